"""What the rules have in common as `torch.optim.Optimizer`s."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, ClassVar, Iterable, Iterator, Optional, Union

import numpy as np
import torch

import slipstream
from slipstream._handle import parameter_name
from slipstream._points import Flag
from slipstream.errors import (
    IncompatibleError, InvalidArgumentError, NotFiniteError, WrongCountError, WrongStateError, WrongTypeError)
from slipstream.torch._tensors import block_array, block_tensor, changed, restored, view

#: A module, or what torch.optim takes: tensors, or groups of them with settings of their own.
Parameters = Union[torch.nn.Module, Iterable[Any]]

_SEGMENTS = {
    "regularized": Flag.REGULARIZED, "plain": Flag.PLAIN, "scale": Flag.SCALE,
    None: None}


def parameter_groups(module: torch.nn.Module) -> list[dict[str, Any]]:
    """A module's parameters as groups that say what they are, for the optimizers of this package.

    "regularized": filters and matrices; "scale": the factors of normalisation layers; "plain": biases, offsets and the like.
    """
    groups: dict[str, list[torch.nn.Parameter]] = {"regularized": [], "scale": [], "plain": []}
    seen: set[int] = set()
    for layer in module.modules():
        is_norm = "Norm" in type(layer).__name__
        for name, parameter in layer.named_parameters(recurse=False):
            if id(parameter) in seen:
                continue
            seen.add(id(parameter))
            kind = "regularized" if parameter.dim() > 1 else "scale" if is_norm and name == "weight" else "plain"
            groups[kind].append(parameter)
    return [{"params": parameters, "segment": kind} for kind, parameters in groups.items() if parameters]


class _Unit:
    """A handle of the library, and the groups whose parameters it steps."""

    def __init__(self, rule: str, groups: list[dict[str, Any]], threads: int) -> None:
        self.groups = groups
        self.set: dict[str, float] = {}
        self.handle = slipstream.Optimizer(rule, self.weights(), flags=self.flags(), threads=threads)

    def parameters(self) -> list[torch.Tensor]:
        return [parameter for group in self.groups for parameter in group["params"]]

    def weights(self) -> list[Any]:
        return [view(parameter, f"parameter {i}") for i, parameter in enumerate(self.parameters())]

    def flags(self) -> list[int]:
        found: list[int] = []
        for group in self.groups:
            segment = _SEGMENTS[group["segment"]]
            for parameter in group["params"]:
                by_shape = Flag.REGULARIZED if parameter.dim() > 1 else Flag.PLAIN
                flag = by_shape if segment is None else segment
                found.append(int(flag if parameter.requires_grad else flag | Flag.FROZEN))
        return found

    @property
    def has_gradient(self) -> bool:
        """Whether any parameter has a gradient."""
        return any(parameter.grad is not None for parameter in self.parameters())

    def gradient(self) -> list[Any]:
        """The gradient: 0 for a parameter that has none, None for a frozen one."""
        return [
            None if not parameter.requires_grad
            else np.zeros(tuple(parameter.shape), self.handle.dtype) if parameter.grad is None
            else view(parameter.grad, f"the gradient of parameter {i}")
            for i, parameter in enumerate(self.parameters())]

    def configure(self, names: Iterable[str]) -> None:
        """Hands the groups' settings over, as schedulers and the caller may have changed them."""
        if self.handle._layout.flags != self.flags():
            raise WrongStateError(
                "parameters were frozen or set free, or their groups changed, after the first step; make a new optimizer")
        for name in names:
            values = [float(group[name]) for group in self.groups]
            if any(value != values[0] for value in values):
                raise IncompatibleError(
                    f"{name} is {values[0]} in one group and {next(v for v in values if v != values[0])} in another; this "
                    "rule has lengths over the whole model in it, so all groups must have the same")
            if self.set.get(name) != values[0]:
                self.handle.set("learning-rate" if name == "lr" else parameter_name(name), values[0])
                self.set[name] = values[0]


class Rule(torch.optim.Optimizer):
    """A rule of Slipstream that steps PyTorch's parameters.

    - Parameters: a module, or what torch.optim takes. float32 or float64, dense, on the CPU, all of one type. A module is
      taken apart by `parameter_groups`. Groups of the caller's may have the entry "segment": "regularized", "scale" or
      "plain", as there; by default tensors of two and more dimensions are regularized. Frozen parameters (requires_grad is
      False) are left out, and must be so before the first step.
    - Settings stand in `param_groups`, where torch's schedulers and the caller may change them at any step.
    - A parameter without gradient counts as having the gradient 0, as the methods' vectors are those of the whole model;
      if none has one, a step does nothing. Sparse gradients are refused.
    - `state_dict` and `load_state_dict` go on with the same bits, as does a copy or a pickle.
    """

    _rule: ClassVar[str]
    #: Whether every parameter is stepped by itself: then groups may differ in their settings, and come later.
    _separable: ClassVar[bool] = False
    # Of the class, as copies and pickles do not have it: their parameters are never given back.
    _swapped: bool = False

    def __init__(self, params: Parameters, settings: dict[str, Any], threads: int) -> None:
        self._units: list[_Unit] = []
        self._begun = False
        self._displaced = False
        self._threads = threads
        self._settings = list(settings)
        groups = parameter_groups(params) if isinstance(params, torch.nn.Module) else params
        super().__init__(groups, {**settings, "segment": None})
        # So that what is wrong with parameters or settings is found out here, and not at the first step.
        for unit in self._made():
            unit.configure(self._settings)

    def _made(self) -> list[_Unit]:
        """The handles; new ones as long as nothing is in them, because groups and what is frozen may still change."""
        if not self._begun:
            groups = [[group] for group in self.param_groups] if self._separable else [self.param_groups]
            self._units = [_Unit(self._rule, part, self._threads) for part in groups]
        return self._units

    def _begin(self) -> list[_Unit]:
        units = self._made()
        self._begun = True
        return units

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group. After the first step only where parameters are stepped one by one: `RDA`, `SDA`, `ProxSGD`."""
        if self._begun and not self._separable:
            raise WrongStateError(
                f"{type(self).__name__} has vectors of the whole model, which have begun; make a new optimizer")
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        if group["segment"] not in _SEGMENTS:
            self.param_groups.pop()
            raise InvalidArgumentError(
                f"segment is {group['segment']!r}, but must be 'regularized', 'scale', 'plain' or None")
        if self._begun:
            self._units.append(_Unit(self._rule, [group], self._threads))

    @torch.no_grad()
    def step(
        self, closure: Optional[Callable[[], Any]] = None
    ) -> Any:
        """Takes a step.

        Args:
            closure: computes the loss and its gradients anew; not needed, but called if it is there.

        Returns the closure's loss. Raises `slipstream.NotFiniteError` for NaN and infinities, before any group is
        changed.
        """
        self._refuse_swapped("step")
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._step(0.0)
        return loss

    def _step(self, loss: float) -> None:
        if not any(unit.has_gradient for unit in self._made()):
            return
        units = self._begin()
        points = [(unit, unit.weights(), unit.gradient()) for unit in units]
        for unit in units:
            unit.configure(self._settings)
        # The library looks at one unit before it changes that one; the others must not have been stepped by then.
        if len(points) > 1:
            for g, (_, weights, gradient) in enumerate(points):
                _check_finite(weights, gradient, g)
        for unit, weights, gradient in points:
            unit.handle.step(weights, gradient, loss)
            changed(unit.parameters())

    # Sparsity

    def freeze_zeros(self) -> int:
        """Adaptive sparse retraining: regularized weights that are zero, or become so, stay zero. Returns how many."""
        self._refuse_swapped("freeze_zeros")
        return sum(unit.handle.freeze_zeros(unit.weights()) for unit in self._begin())

    def thaw(self) -> None:
        """Ends `freeze_zeros`."""
        for unit in self._made():
            unit.handle.thaw()

    def count_zeros(self) -> tuple[int, int]:
        """How many regularized weights are zero, and how many there are: their ratio is the sparsity."""
        counts = [unit.handle.count_zeros(unit.weights()) for unit in self._made()]
        return sum(zeros for zeros, _ in counts), sum(regularized for _, regularized in counts)

    @property
    def statistics(self) -> list[slipstream.OptimizerStatistics]:
        """Counts, and figures of the last step: of the whole model, or, for `RDA`, `SDA` and `ProxSGD`, of each group."""
        return [unit.handle.statistics for unit in self._made()]

    # The point to evaluate

    @contextlib.contextmanager
    def iterate(self) -> Iterator[None]:
        """A `with` block in which the parameters are those to evaluate and save, which with `Neumann` are others.

        Afterwards they are as they were, bit for bit, whatever happens in it. Inside, whatever needs the run's own
        parameters raises `WrongStateError`: `step`, `freeze_zeros`, `load_state_dict` and another `iterate`.
        """
        self._refuse_swapped("iterate")
        units = self._made()
        parameters = [parameter for unit in units for parameter in unit.parameters()]
        with restored(parameters):
            for unit in units:
                weights = unit.weights()
                unit.handle.iterate([array.copy() for array in weights], out=weights)
            changed(parameters)
            self._swapped = True
            try:
                yield
            finally:
                self._swapped = False

    def _refuse_swapped(self, name: str) -> None:
        if self._swapped:
            raise WrongStateError(f"{name} inside iterate(): the parameters are not those of the run")

    # Saved states

    def state_dict(self) -> dict[str, Any]:
        """As torch's optimizers', and what the library knows in "slipstream"; torch.load reads it with weights_only."""
        state: dict[str, Any] = super().state_dict()
        state["slipstream"] = {
            "rule": self._rule, "displaced": self._displaced,
            "blocks": [block_tensor(unit.handle._saved()) for unit in self._units] if self._begun else []}
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes over what another one's `state_dict` gave, for the same parameters. After an error all is as it was."""
        self._refuse_swapped("load_state_dict")
        own = state_dict.get("slipstream") if isinstance(state_dict, dict) else None
        if not isinstance(own, dict) or own.get("rule") != self._rule:
            raise WrongTypeError(f"this is no state of slipstream.torch.{type(self).__name__}")
        missing = [key for key in ("state", "param_groups") if key not in state_dict]
        missing += [key for key in ("displaced", "blocks") if key not in own]
        if missing:
            raise WrongTypeError(f"the state has no {', '.join(missing)}")
        before = self.__getstate__()
        try:
            # First of all the groups, as what parameters are ("segment") is told by the state.
            super().load_state_dict({key: value for key, value in state_dict.items() if key != "slipstream"})
            self._begun, self._displaced = False, bool(own["displaced"])
            units = self._made()
            if own["blocks"]:
                if len(own["blocks"]) != len(units):
                    raise WrongCountError(f"the state is of {len(own['blocks'])} groups, and there are {len(units)}")
                for unit, block in zip(units, own["blocks"]):
                    unit.handle.load(block_array(block))
                self._begun = True
        except BaseException:
            self.__dict__.update(before)
            raise

    def __getstate__(self) -> dict[str, Any]:
        return {
            **super().__getstate__(), "_units": self._units, "_begun": self._begun, "_displaced": self._displaced,
            "_threads": self._threads, "_settings": self._settings}


def _check_finite(weights: list[Any], gradient: list[Any], group: int) -> None:
    for i, (weight, slope) in enumerate(zip(weights, gradient)):
        for array, what in ((weight, ""), (slope, "the gradient of ")):
            # Frozen parameters have no gradient, and are never read.
            if slope is not None and not np.isfinite(array).all():
                raise NotFiniteError(
                    f"{what}parameter {i} of group {group} has elements that are infinite or not a number")
