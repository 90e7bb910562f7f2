"""Update rules on weights in NumPy arrays, by the rule's name."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, ClassVar, Optional

import numpy.typing as npt

from slipstream import _structures as structures
from slipstream._handle import Handle, parameter_name
from slipstream._library import DONE, check, function, text
from slipstream._points import Flags, Layout, Point, number
from slipstream.errors import WrongTypeError

USES_LEARNING_RATE, DISPLACES, ITERATE_DIFFERS = 1, 2, 4


@dataclass(frozen=True)
class Rule:
    """A rule, or an average, that there is."""

    name: str
    summary: str
    #: Has the parameter "learning-rate"; a rule without it finds its own step length.
    uses_learning_rate: bool
    #: Wants gradients at a displaced point: `displace` has to come before each of them.
    displaces: bool
    #: The point to evaluate and save is another one than the weights: `iterate` gives it.
    iterate_differs: bool


@dataclass(frozen=True)
class OptimizerStatistics:
    """Counts and figures of an `Optimizer`. Figures are of the last step: NaN before it, and where the rule has none."""

    #: Steps taken since it was made or reset.
    steps: int
    #: Steps refused: weights, gradient or loss were not finite. Each is counted by the first of these.
    refused_parameters: int
    refused_gradient: int
    refused_loss: int
    #: Elements that are frozen at zero.
    frozen_zeros: int
    #: What the gradient was multiplied by.
    step_size: float
    #: The bound on weights below which they become zero: rda, prox-sgd; 0 for sda.
    threshold: float
    #: The gradient's norm: adaptive-nesterov.
    gradient_norm: float
    #: The momentum, and the distance of the weights to their average: neumann.
    momentum: float
    distance: float


def rules(kind: str = "optimizer") -> list[Rule]:
    """The rules that `Optimizer` knows, or the averages for the kind "average"."""
    describe = function(f"slip_{kind}_describe")
    found: list[Rule] = []
    while True:
        made = structures.sized(structures.Description)
        if check(describe(len(found), ctypes.byref(made))) == DONE:
            return found
        flags = made.flags
        found.append(
            Rule(
                text(made.name), text(made.summary), bool(flags & USES_LEARNING_RATE), bool(flags & DISPLACES),
                bool(flags & ITERATE_DIFFERS)))


class Optimizer(Handle):
    """An update rule by its name; `slipstream.SGD` and the others are the same, each with its parameters spelt out.

        rule = slipstream.Optimizer("adaptive-nesterov", weights, momentum=0.9)
        for step in range(steps):
            rule.displace(weights)                      # for this rule alone, see `Rule.displaces`
            loss, gradient = loss_and_gradient(weights)
            rule.step(weights, gradient, loss)

    Args:
        rule: one of the names that `slipstream.rules()` lists.
        like: the weights, or arrays like them: one, or a list, tuple or dict of them, of any shapes; float32 or float64,
            which decides the precision. Or the number of weights.
        flags: what the arrays are, as one `Flag` for each. By default all are REGULARIZED. STATISTIC is never touched.
        dtype: float32 or float64 where `like` is a number; float64 by default.
        parameters: of the rule, by name, with underscores (`weight_decay=1e-4`) and `lambd` for lambda. Of all rules:
            `learning_rate`, at least 0, no default, may change at every step (not of adaptive-nesterov, sda and rda);
            `steps_per_epoch` (1), for parameters in epochs; `threads` (0: all that the process may run on).

    Memory: the rule's own vectors (`slipstream.rules()`; Adam 2, dual averaging 1, ...).
    """

    _kind: ClassVar[str] = "optimizer"

    def __init__(
        self, rule: str, like: Point | int, *, flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
        **parameters: Optional[float],
    ) -> None:
        if not isinstance(rule, str) or "\0" in rule:
            raise WrongTypeError(f"the rule must be a name, such as \"adam\", not {rule!r}")
        super().__init__(Layout(like, dtype, flags), rule, parameters)

    @property
    def rule(self) -> Rule:
        """The rule that it follows."""
        return next(rule for rule in rules() if rule.name == self._rule)

    @property
    def learning_rate(self) -> float:
        """The learning rate; NaN before it was set. Setting it acts at the next step."""
        return self.get("learning-rate")

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.set("learning-rate", value)

    def displace(self, weights: Point) -> None:
        """Moves the weights, in place, to where the rule wants the next gradient. The step undoes the move.

        Needed before every step of a rule that displaces; others put frozen zeros back.
        """
        self._checked()
        pieces = self._layout.write(weights, "weights")
        self._call("displace", *pieces.arguments)
        pieces.finish()

    def step(self, weights: Point, gradient: Point, loss: float = 0.0) -> None:
        """Takes a step: changes the weights in place.

        Args:
            weights: in the form that this object was made for.
            gradient: in the same form; what is FROZEN or STATISTIC is not looked at, and may be None or missing.
            loss: at the weights as they are; read by adaptive-nesterov alone.

        Raises `NotFiniteError`, with nothing changed, where weights, gradient or loss are not finite.
        """
        self._checked()
        pieces = self._layout.write(weights, "weights")
        derivative = self._layout.read(gradient, "gradient", differentiated=True)
        self._call("step", *pieces.arguments, *derivative.arguments, number(loss, "loss"))
        pieces.finish()

    def iterate(self, weights: Point, out: Optional[Point] = None) -> Point:
        """The point to evaluate and save: with neumann, another one than the weights; with other rules a copy.

        Written to `out`, or to new arrays.
        """
        self._checked()
        pieces = self._layout.read(weights, "weights")
        target = self._layout.empty() if out is None else out
        written = self._layout.write(target, "out")
        self._call("read_iterate", *pieces.arguments, *written.arguments)
        written.finish()
        return target

    def freeze_zeros(self, weights: Point) -> int:
        """Adaptive sparse retraining: from now on REGULARIZED weights that are zero, or become so, stay zero.

        Returns how many there are now.
        """
        frozen = ctypes.c_uint64()
        self._checked()
        self._call("freeze_zeros", *self._layout.read(weights, "weights").arguments, ctypes.byref(frozen))
        return frozen.value

    def thaw(self) -> None:
        """Ends `freeze_zeros`: zeros are free to change again."""
        self._call("thaw")

    def count_zeros(self, weights: Point) -> tuple[int, int]:
        """How many REGULARIZED weights are zero, and how many there are: their ratio is the sparsity."""
        zeros, regularized = ctypes.c_uint64(), ctypes.c_uint64()
        self._checked()
        self._call(
            "count_zeros", *self._layout.read(weights, "weights").arguments, ctypes.byref(zeros),
            ctypes.byref(regularized))
        return zeros.value, regularized.value

    @property
    def statistics(self) -> OptimizerStatistics:
        """Counts, and figures of the last step."""
        return self._figures(structures.OptimizerStatistics, OptimizerStatistics)

    def reset(self) -> None:
        """Forgets all steps. Parameters, frozen zeros and the counts of refusals stay."""
        self._call("reset")


def parameters_of(rule: str) -> dict[str, Any]:
    """A rule's parameters by name, as `Optimizer.parameters` describes them."""
    with Optimizer(rule, 1) as made:
        return {parameter.name: parameter for parameter in made.parameters()}


__all__ = ["Optimizer", "OptimizerStatistics", "Rule", "parameter_name", "parameters_of", "rules"]
