"""The papers' methods as optimizers of PyTorch's parameters. The defaults are the library's: a test holds them together."""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Optional

import torch

from slipstream._points import number
from slipstream.errors import WrongStateError
from slipstream.torch._rule import Parameters, Rule
from slipstream.torch._tensors import changed


class Neumann(Rule):
    """The Neumann optimizer: a step of the Neumann series for the inverse Hessian with every gradient.

        optimizer = slipstream.torch.Neumann(model, lr=0.05, steps_per_epoch=len(batches))

    Its parameters are displaced: evaluate and save inside `with optimizer.iterate():`. All groups share their settings.
    Clipping gradients breaks the series that it rests on.

    Args:
        params: see `Rule`.
        lr: the learning rate, at least 0.
        steps_per_epoch: how many steps make an epoch, for the durations below.
        warmup_epochs: plain gradient descent for so long.
        reset_epochs: after so long the momentum is reset, and the time doubled.
        cubic, repulsion: alpha and, for each weight, beta: of the regularisers.
        regulariser_limit: their bound relative to the gradient; 0 for none, as published.
        averaging: gamma of the weights' average that the regularisers refer to.
        momentum_minimum, momentum_maximum: the momentum rises from the one to the other.
        threads: how many threads a step may use; 0 for all that the process may run on.

    Memory: 2 vectors, and one each for weights and gradient.

    S. Krishnan, Y. Xiao, R. A. Saurous, Neumann optimizer: a practical optimization algorithm for deep neural networks,
    ICLR 2018.
    """

    _rule: ClassVar[str] = "neumann"

    def __init__(
        self, params: Parameters, lr: float, *, steps_per_epoch: int = 1, warmup_epochs: float = 5.0,
        reset_epochs: float = 10.0, cubic: float = 1e-7, repulsion: float = 1e-5, regulariser_limit: float = 1.0,
        averaging: float = 0.99, momentum_minimum: float = 0.5, momentum_maximum: float = 0.9, threads: int = 0,
    ) -> None:
        super().__init__(
            params, {
                "lr": lr, "steps_per_epoch": steps_per_epoch, "warmup_epochs": warmup_epochs, "reset_epochs": reset_epochs,
                "cubic": cubic, "repulsion": repulsion, "regulariser_limit": regulariser_limit, "averaging": averaging,
                "momentum_minimum": momentum_minimum, "momentum_maximum": momentum_maximum}, threads)


class AdaptiveNesterov(Rule):
    """Nesterov's method with Polyak's step size: it finds its step length from the loss, and has no learning rate.

    It wants loss and gradient at a displaced point. Either with a closure, as torch.optim has it:

        def closure():
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            return loss
        optimizer.step(closure)

    or without one:

        optimizer.displace()
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step(loss=loss)

    The step undoes the displacement. If something raises in between (the closure, or a loss that is not finite), the
    parameters stay displaced, and the next step goes on from there. All groups share their settings.

    Args:
        params: see `Rule`.
        momentum: alpha, in [0, 1).
        confidence: gamma, what the step size is multiplied by; above 0. It is what a schedule would change.
        least_loss: the least loss that there can be.
        square_minimum, square_maximum: bounds of the gradient's squared norm.
        step_minimum, step_maximum: bounds of the step size. `statistics[0].step_size` tells the last one.
        threads: how many threads a step may use; 0 for all that the process may run on.

    Minibatch persistency and adaptive Nesterov, thesis, 2018; B. T. Polyak, Introduction to optimization, 1987.
    """

    _rule: ClassVar[str] = "adaptive-nesterov"

    def __init__(
        self, params: Parameters, *, momentum: float = 0.9, confidence: float = 1.0, least_loss: float = 0.0,
        square_minimum: float = 1e-4, square_maximum: float = 1e10, step_minimum: float = 0.001,
        step_maximum: float = 0.1, threads: int = 0,
    ) -> None:
        super().__init__(
            params, {
                "momentum": momentum, "confidence": confidence, "least_loss": least_loss,
                "square_minimum": square_minimum, "square_maximum": square_maximum, "step_minimum": step_minimum,
                "step_maximum": step_maximum}, threads)

    @property
    def displaced(self) -> bool:
        """Whether the parameters are where the next gradient is to be taken, and not where the method is."""
        return self._displaced

    @torch.no_grad()
    def displace(self) -> None:
        """Moves the parameters to where the next gradient is to be taken. Done already, it does nothing."""
        self._refuse_swapped("displace")
        if self._displaced:
            return
        for unit in self._begin():
            unit.configure(self._settings)
            unit.handle.displace(unit.weights())
            changed(unit.parameters())
        self._displaced = True

    @torch.no_grad()
    def step(
        self, closure: Optional[Callable[[], Any]] = None, *, loss: Optional[float | torch.Tensor] = None
    ) -> Any:
        """Takes a step.

        Args:
            closure: computes the loss and its gradients, at the displaced point to which this call moves before.
            loss: in place of the closure: the loss there, after `displace` and a backward pass.

        Returns the loss. Raises `slipstream.NotFiniteError` for NaN and infinities.
        """
        self._refuse_swapped("step")
        found: Any = loss
        if closure is not None:
            self.displace()
            with torch.enable_grad():
                found = closure()
        elif loss is None or not self._displaced:
            raise WrongStateError(
                "AdaptiveNesterov needs loss and gradient at a displaced point: pass a closure to step, or call displace "
                "before the forward pass and step(loss=loss) after the backward pass")
        if not any(unit.has_gradient for unit in self._made()):
            raise WrongStateError("no parameter has a gradient: call backward on the loss before the step")
        self._step(float(found) if isinstance(found, torch.Tensor) else number(found, "the loss"))
        self._displaced = False
        return found


class RDA(Rule):
    """Regularized dual averaging: regularized weights whose mean gradient is below lambda are exactly zero.

        optimizer = slipstream.torch.RDA(model, lambd=1e-6, anchor_steps=100)
        ... train ...
        optimizer.freeze_zeros()        # and retrain: zeros stay zero
        zeros, weights = optimizer.count_zeros()

    It finds its own steps, 1 / (gamma sqrt t) long, and has no learning rate. Groups may differ in their settings.

    Args:
        params: see `Rule`; a module, or groups with "segment", so that factors of normalisation are drawn to 1, not to 0.
        lambd: lambda of the l1 regulariser, at least 0.
        gamma: above 0.
        threshold, threshold_epochs: in place of lambda: the weight below which there is zero after so many epochs.
        steps_per_epoch: how many steps make an epoch.
        scale_centre: what factors of normalisation are drawn to.
        anchor_steps: goes on from the weights that it is given, as if it had taken so many steps; 0 for the papers' start,
            which forgets them at the first step.
        threads: how many threads a step may use; 0 for all that the process may run on.

    L. Xiao, Dual averaging methods, JMLR 11, 2010; X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, Make l1 regularization
    effective in training sparse CNN, 2018.
    """

    _rule: ClassVar[str] = "rda"
    _separable: ClassVar[bool] = True

    def __init__(
        self, params: Parameters, lambd: float = 0.0, gamma: float = 1.0, *, threshold: float = 0.0,
        threshold_epochs: float = 0.0, steps_per_epoch: int = 1, scale_centre: float = 1.0, anchor_steps: float = 0.0,
        threads: int = 0,
    ) -> None:
        super().__init__(
            params, {
                "lambd": lambd, "gamma": gamma, "threshold": threshold, "threshold_epochs": threshold_epochs,
                "steps_per_epoch": steps_per_epoch, "scale_centre": scale_centre, "anchor_steps": anchor_steps}, threads)


class SDA(Rule):
    """Simple dual averaging: `RDA` without regulariser.

    Args:
        params: see `Rule`.
        gamma, scale_centre, anchor_steps, threads: as for `RDA`.

    Y. Nesterov, Primal-dual subgradient methods for convex problems, Mathematical Programming 120, 2009.
    """

    _rule: ClassVar[str] = "sda"
    _separable: ClassVar[bool] = True

    def __init__(
        self, params: Parameters, gamma: float = 1.0, *, scale_centre: float = 1.0, anchor_steps: float = 0.0,
        threads: int = 0,
    ) -> None:
        super().__init__(
            params, {"gamma": gamma, "scale_centre": scale_centre, "anchor_steps": anchor_steps}, threads)


class ProxSGD(Rule):
    """Proximal stochastic gradient descent: steps of lr / sqrt t, each with a soft threshold of lambda times that.

    Groups may differ in their settings.

    Args:
        params: see `Rule`.
        lr: the learning rate, at least 0.
        lambd: lambda of the l1 regulariser, at least 0.
        threads: how many threads a step may use; 0 for all that the process may run on.

    J. Duchi, Y. Singer, Efficient online and batch learning using forward backward splitting, JMLR 10, 2009; the baseline
    of X. Jia et al., 2018.
    """

    _rule: ClassVar[str] = "prox-sgd"
    _separable: ClassVar[bool] = True

    def __init__(self, params: Parameters, lr: float, lambd: float = 0.0, *, threads: int = 0) -> None:
        super().__init__(params, {"lr": lr, "lambd": lambd}, threads)
