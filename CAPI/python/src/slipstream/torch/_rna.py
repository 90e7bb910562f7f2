"""Regularized nonlinear acceleration of a PyTorch training run."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, Optional, Union

import torch
from torch.nn.modules.batchnorm import _NormBase

import slipstream
from slipstream._points import Flag
from slipstream.errors import (
    IncompatibleError, InvalidArgumentError, WrongCountError, WrongStateError, WrongTypeError)
from slipstream.torch._tensors import block_array, block_tensor, changed, restored, view

Tensors = dict[str, torch.Tensor]
Loss = Optional[Union[float, torch.Tensor]]


class RNA:
    """The combination of the last stored weights of a training run whose residual is least.

        rna = slipstream.torch.RNA(model)
        for epoch in range(epochs):
            train(model, optimizer)
            rna.store()
            with rna.extrapolated():
                accuracy = evaluate(model)

    Offline, as above, the run is not touched: its weights are the same, bit for bit, with and without it.

    Args:
        source: a `torch.nn.Module`, or a `torch.optim.Optimizer`, whose `step` then is called by this object's. Parameters
            that require no gradient when this object is made are left out. Parameters: float32 or float64, all alike.
        window: N, how many stored points are combined; 1 to 128.
        regularization: lambda, at least 0, relative to the largest eigenvalue of the residuals' Gram matrix; 1e-8 for
            epochs, up to 1e-2 where steps are noisy.
        relaxation: beta, 0 to 2: 1 combines the points that the run came to, 0 those that it came from. With gradients as
            residuals it must be 1: they are only proportional to the differences, which another beta would take them for.
        mode: "offline", or "online": after every `store` the extrapolation becomes what the run goes on from. The
            optimizer's own state stays.
        residuals: "differences" of stored points, or "gradients": the mean of the gradients since the last point, which
            `step` sums up.
        statistics: whether running means and variances of batch (and instance) normalisation are combined with the
            weights; they make no residuals. A variance that would be negative stays what the module has.
        module: with an optimizer as source: the module that has the statistics.
        every: store after so many calls of `step`; by default only `store` does.
        threads: how many threads a call may use; 0 for all that the process may run on.

    Memory, on the CPU: N + 2 points, up to 2 N + 2 online or with gradients, one for the gradients' sum, and one inside
    `extrapolated()`.

    D. Scieur, E. Oyallon, A. d'Aspremont, F. Bach, Nonlinear acceleration of CNNs, ICLR workshop 2018 (differences, N = 10);
    Nonlinear acceleration of deep neural networks, 2018 (gradients, N = 5); lambda = 1e-8 in both.
    """

    def __init__(
        self, source: torch.nn.Module | torch.optim.Optimizer, window: int = 10, regularization: float = 1e-8, *,
        relaxation: float = 1.0, mode: str = "offline", residuals: str = "differences", statistics: bool = True,
        module: Optional[torch.nn.Module] = None, every: Optional[int] = None, threads: int = 0,
    ) -> None:
        for name, value, allowed in (
            ("mode", mode, ("offline", "online")), ("residuals", residuals, ("differences", "gradients"))):
            if value not in allowed:
                raise InvalidArgumentError(f"{name} is {value!r}, but must be {allowed[0]!r} or {allowed[1]!r}")
        if residuals == "gradients":
            _check_relaxation(relaxation)
        if every is not None and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
            raise InvalidArgumentError(f"every is {every!r}, but must be a whole number from 1 on, or None")
        if isinstance(source, torch.optim.Optimizer):
            self.optimizer: Optional[torch.optim.Optimizer] = source
            self.module = module
        elif isinstance(source, torch.nn.Module):
            if module is not None:
                raise InvalidArgumentError("module goes with an optimizer as source; here the source is the module")
            self.optimizer, self.module = None, source
        else:
            raise WrongTypeError(
                f"the source must be a torch.nn.Module or a torch.optim.Optimizer, not a {type(source).__name__}")
        self.mode, self.residuals, self.every = mode, residuals, every
        self._with_statistics = statistics
        parameters = {name: tensor for name, tensor in self._parameters().items() if tensor.requires_grad}
        if not parameters:
            raise WrongCountError("there is no parameter that requires a gradient")
        self._parameter_names = list(parameters)
        found = self._statistics()
        self._names = [*parameters, *found]
        flags = {name: Flag.STATISTIC for name in found}
        # Without statistics there is nothing to flag.
        self._history = slipstream.RNA(
            self._views({**parameters, **found}), window, regularization, relaxation=relaxation, threads=threads,
            flags=flags or None)
        self._sums: Tensors = {}
        self._summed = 0
        self._steps = 0
        self._swapped = False

    # What is extrapolated

    def _parameters(self) -> Tensors:
        of_module = {} if self.module is None else dict(self.module.named_parameters())
        if self.optimizer is None:
            return dict(of_module)
        named = {id(tensor): name for name, tensor in of_module.items()}
        return {
            named.get(id(tensor), f"group {g}, parameter {i}"): tensor
            for g, group in enumerate(self.optimizer.param_groups) for i, tensor in enumerate(group["params"])}

    def _statistics(self) -> Tensors:
        if not self._with_statistics or self.module is None:
            return {}
        return {
            f"{prefix}.{name}" if prefix else name: tensor
            for prefix, layer in self.module.named_modules() if isinstance(layer, _NormBase)
            for name, tensor in layer.named_buffers(recurse=False) if name in ("running_mean", "running_var")}

    def _tensors(self) -> Tensors:
        """The tensors as the source has them now."""
        found = {**self._parameters(), **self._statistics()}
        missing = [name for name in self._names if name not in found]
        if missing:
            raise WrongCountError(f"the model has no {', '.join(missing[:10])} any more; make a new RNA for it")
        return {name: found[name] for name in self._names}

    @staticmethod
    def _views(tensors: Tensors) -> dict[str, Any]:
        return {name: view(tensor, name) for name, tensor in tensors.items()}

    @property
    def history(self) -> slipstream.RNA:
        """What holds the points: statistics, coefficients, parameters that can be set, `withdraw`."""
        return self._history

    @property
    def accepted(self) -> Optional[bool]:
        """Whether the last extrapolation was one; False if it was the last stored point, None before the first."""
        return self._history.accepted

    # Taking points in

    def step(self, closure: Optional[Callable[[], Any]] = None) -> Any:
        """Takes the optimizer's step, if the source is one, and counts it: see `residuals` and `every`.

        With a module as source, call it after the optimizer's own step, while its gradients are there. Returns what the
        optimizer's step does.
        """
        self._refuse_swapped("step")
        loss = None
        if self.optimizer is not None:
            loss = self.optimizer.step() if closure is None else self.optimizer.step(closure)
        elif closure is not None:
            raise InvalidArgumentError("a closure is for the optimizer, and this RNA was made for a module")
        if self.residuals == "gradients":
            self._add_gradients()
        self._steps += 1
        if self.every is not None and self._steps % self.every == 0:
            self.store()
        return loss

    @torch.no_grad()
    def _add_gradients(self) -> None:
        tensors = self._tensors()
        for name in self._parameter_names:
            tensor = tensors[name]
            if name not in self._sums:
                self._sums[name] = torch.zeros_like(tensor, memory_format=torch.contiguous_format)
            if tensor.grad is not None:
                view(tensor.grad, f"the gradient of {name}")
                self._sums[name] += tensor.grad
        self._summed += 1

    def store(self) -> None:
        """Takes in the weights as they are: at an epoch's end, say. They are read, not kept."""
        self._refuse_swapped("store")
        point = self._views(self._tensors())
        if self.residuals == "differences":
            self._history.push(point)
        else:
            _check_relaxation(self._history.get("relaxation"))
            if not self._summed:
                raise WrongStateError(
                    "residuals are gradients, and there were none since the last point: call step after every backward pass")
            self._history.push(point, residual=self._views(self._sums))
            for tensor in self._sums.values():
                tensor.zero_()
            self._summed = 0
        if self.mode == "online":
            self.load_extrapolated()

    def reset(self) -> None:
        """Forgets all points."""
        self._history.reset()
        self._sums, self._summed = {}, 0

    # Handing the extrapolation out

    @torch.no_grad()
    def extrapolate(self) -> Tensors:
        """The extrapolation as new tensors by name, for `load_state_dict(..., strict=False)`; the model stays as it is.

        Where none can be made, it is the last stored point: `accepted` says so. Raises `NoPointsError` before the first.
        """
        present = self._tensors()
        made = {
            name: torch.empty(tensor.shape, dtype=tensor.dtype) for name, tensor in present.items()}
        self._extrapolate(made, present)
        return made

    @torch.no_grad()
    def load_extrapolated(self) -> bool:
        """Puts the extrapolation into the model: the run goes on from it, and later residuals are taken from there.

        Returns whether it is one, and not the last stored point.
        """
        self._refuse_swapped("load_extrapolated")
        tensors = self._tensors()
        self._extrapolate(tensors, tensors)
        self._history.start(self._views(tensors))
        changed(tensors.values())
        return bool(self.accepted)

    @contextlib.contextmanager
    def extrapolated(self) -> Iterator[bool]:
        """A `with` block in which the model is the extrapolated one.

        Whatever happens in it, afterwards parameters and all buffers of the module are as they were, bit for bit. So
        running statistics may be measured anew in it, as by `torch.optim.swa_utils.update_bn`. The block's `as` tells
        whether it is an extrapolation, and not the last stored point.
        """
        self._refuse_swapped("extrapolated")
        tensors = self._tensors()
        kept = {id(tensor): tensor for tensor in tensors.values()}
        if self.module is not None:
            kept.update((id(tensor), tensor) for tensor in self.module.buffers())
        with restored(kept.values()):
            with torch.no_grad():
                self._extrapolate(tensors, tensors)
            changed(tensors.values())
            self._swapped = True
            try:
                yield bool(self.accepted)
            finally:
                self._swapped = False

    def _extrapolate(self, targets: Tensors, present: Tensors) -> None:
        # `history.set` may have changed it since the point was taken.
        if self.residuals == "gradients":
            _check_relaxation(self._history.get("relaxation"))
        variances = {
            name: present[name].clone() for name in self._names
            if name.split(".")[-1] == "running_var" and name not in self._parameter_names}
        self._history.extrapolate(self._views(targets))
        for name, old in variances.items():
            new = targets[name]
            new.copy_(torch.where(new < 0, old, new))

    def _refuse_swapped(self, name: str) -> None:
        if self._swapped:
            raise WrongStateError(f"{name} inside extrapolated(): the model's weights are not those of the run")

    # Saved states

    def state_dict(self) -> dict[str, Any]:
        """Everything that it knows, for torch.save: `torch.load(..., weights_only=True)` reads it."""
        return {
            "version": 1, "names": list(self._names), "residuals": self.residuals, "steps": self._steps,
            "summed": self._summed, "sums": {name: tensor.clone() for name, tensor in self._sums.items()},
            "block": block_tensor(self._history._saved())}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes over what another one's `state_dict` gave, for a model with the same parameters: the same bits follow.

        Settings of the points' history (window, regularization, relaxation) are part of it, the others are not.
        """
        if not isinstance(state, dict) or state.get("version") != 1:
            raise WrongTypeError("this is no state of slipstream.torch.RNA, or one of a later version")
        missing = [key for key in ("names", "residuals", "steps", "summed", "sums", "block") if key not in state]
        if missing:
            raise WrongTypeError(f"the state has no {', '.join(missing)}")
        if state["names"] != self._names:
            raise WrongCountError("the state is of a model with other parameters or statistics")
        if state["residuals"] != self.residuals:
            raise InvalidArgumentError(f"the state has {state['residuals']} as residuals, and this RNA {self.residuals}")
        sums = {name: tensor.detach().clone() for name, tensor in state["sums"].items()}
        self._views(sums)
        self._history.load(block_array(state["block"]))
        self._sums, self._summed, self._steps = sums, state["summed"], state["steps"]


def _check_relaxation(relaxation: float) -> None:
    if relaxation != 1:
        raise IncompatibleError(
            f"relaxation is {relaxation}, but must be 1 with gradients as residuals: they are only proportional to the "
            "differences")
