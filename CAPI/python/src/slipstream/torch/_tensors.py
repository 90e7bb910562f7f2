"""PyTorch's tensors as NumPy arrays that share their memory, and tensors that are swapped for a while."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterable, Iterator

import numpy.typing as npt
import torch
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from slipstream.errors import WrongTypeError


def view(tensor: object, label: str) -> npt.NDArray[Any]:
    """A tensor's elements as an array that shares its memory; a tensor that cannot be shared is refused."""
    if not isinstance(tensor, torch.Tensor):
        raise WrongTypeError(f"{label} must be a tensor, not a {type(tensor).__name__}")
    if isinstance(tensor, (UninitializedParameter, UninitializedBuffer)):
        raise WrongTypeError(f"{label} has no shape yet; run the module on a first batch before")
    if tensor.layout != torch.strided:
        raise WrongTypeError(
            f"{label} is {str(tensor.layout)[6:]}, but must be dense: to_dense() makes it so, and sparse=False of an "
            "embedding its gradient")
    if tensor.device.type != "cpu":
        raise WrongTypeError(
            f"{label} is on {tensor.device}, but must be on the CPU: keep a copy of the weights there, as with "
            "module.to('cpu'), and bring back what you want to go on with")
    if tensor.dtype not in (torch.float32, torch.float64):
        raise WrongTypeError(
            f"{label} is {str(tensor.dtype)[6:]}, but must be float32 or float64: where a model computes in less, hand over "
            "the float32 weights that the optimizer steps")
    return tensor.detach().resolve_neg().numpy()


def changed(tensors: Iterable[torch.Tensor]) -> None:
    """Tells PyTorch that tensors were written to, so that a backward pass that needs the old values complains."""
    increment: Callable[[torch.Tensor], None] | None = getattr(torch.autograd.graph, "increment_version", None)
    for tensor in tensors:
        if increment is not None and not tensor.is_inference():
            increment(tensor)


@contextlib.contextmanager
def restored(tensors: Iterable[torch.Tensor]) -> Iterator[None]:
    """Gives tensors their present contents back, bit for bit, whatever happens in between."""
    kept = [(tensor, tensor.detach().clone()) for tensor in tensors]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, content in kept:
                tensor.copy_(content)


def block_tensor(block: npt.NDArray[Any]) -> torch.Tensor:
    """A saved state as a tensor, which torch.save and torch.load take without pickling code."""
    return torch.from_numpy(block)


def block_array(value: object) -> npt.NDArray[Any]:
    """A saved state from the tensor that holds it."""
    if not isinstance(value, torch.Tensor) or value.dtype != torch.uint8:
        raise WrongTypeError(f"a saved state must be a tensor of uint8, not a {type(value).__name__}")
    return value.detach().cpu().contiguous().numpy()
