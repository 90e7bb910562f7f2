"""How near maximum poolings come to taking the other of two numbers.

Where two numbers of a window differ by less than rounding, a program may take either, and the gradient goes another way. Two
right programs differ by one such window as much as by an activation's edge (margins.py), but biases do not help: they move
both numbers. So the images are chosen.
"""

import copy

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode


def safety(made: torch.nn.Module, images: torch.Tensor) -> float:
    """The least difference of a window's two largest numbers, over what rounding does to a number of its channel.

    Rounding's part is the largest difference of PyTorch's single precision from its double precision in the channel; most
    numbers are off by far less. At 1, it would take two of the largest to make a program choose otherwise.
    """
    with torch.no_grad(), Pooled() as double:
        copy.deepcopy(made).double().train()(images.double())
    with torch.no_grad(), Pooled() as single:
        copy.deepcopy(made).train()(images)
    return min(
        (relative_gap(exact, values, *window) for (exact, *window), (values, *_) in zip(double.kept, single.kept)),
        default=float("inf"))


class Pooled(TorchFunctionMode):
    """Keeps what every maximum pooling is given: numbers, kernel, stride and padding."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def __torch_function__(self, function, types, arguments=(), named=None):
        named = named or {}
        if function is functional.max_pool2d:
            values, kernel, *rest = arguments
            stride = rest[0] if rest else named.get("stride") or kernel
            padding = rest[1] if len(rest) > 1 else named.get("padding", 0)
            self.kept.append((values.detach(), kernel, stride, padding))
        return function(*arguments, **named)


def relative_gap(exact: torch.Tensor, values: torch.Tensor, kernel: int, stride: int, padding: int) -> float:
    error = (values.double() - exact).abs().amax((0, 2, 3)).clamp(min=1e-30)
    padded = functional.pad(exact, (padding,) * 4, value=-torch.inf)
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride).flatten(4)
    first, second = windows.topk(2).values.unbind(-1)
    # What a ReLU made 0 has no gradient, whichever is taken; equal numbers are one that a pooling before took twice.
    gaps = torch.where((first > 0) & (first > second), first - second, torch.inf).amin((0, 2, 3))
    return float((gaps / error).min())
