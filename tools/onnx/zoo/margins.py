"""Networks whose step does not depend on rounding.

A number within rounding of the edge of its activation's slope, such as 0 for ReLU, has a gradient or has none as a program
adds up its sums. Of ResNet-50's three million numbers before a ReLU (four images of 64 x 64) some five lie that near, and
behind batch normalisation of 16 pixels each of them moves weights by a hundredth: two right programs differ by as much, and
so do PyTorch's single and double precision. Random biases are as random when they are moved a little: here each is moved to
where the numbers of its channel leave the widest gap around the edge.
"""

import copy

import numpy as np
import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

# Where the slope of an activation jumps.
EDGES = {
    functional.relu: (0.0,), functional.hardswish: (-3.0, 3.0), functional.hardsigmoid: (-3.0, 3.0),
    # ReLU6, the only one with other limits than 0 and 1 here.
    functional.hardtanh: (0.0, 6.0),
}
# Where functions have their bias.
BIASES = {torch.conv2d: 2, functional.linear: 2, functional.batch_norm: 4}
# How far a bias is moved at most, in standard deviations of its channel.
REACH = 0.1


def settle(made: torch.nn.Module, images: torch.Tensor) -> float:
    """Moves a network's biases until no number of a batch is near an edge.

    Returns the least distance from one, in standard deviations of the number's channel.
    """
    double = copy.deepcopy(made).double().train()
    with torch.no_grad(), Settling() as settling:
        double(images.double())
    with torch.no_grad():
        for own, moved in zip(made.parameters(), double.parameters()):
            own.copy_(moved)
    return settling.margin


class Settling(TorchFunctionMode):
    """Moves the last bias before each activation, and what was computed with it, while a network runs."""

    def __init__(self):
        super().__init__()
        self.bias, self.margin = None, float("inf")

    def __torch_function__(self, function, types, arguments=(), named=None):
        named = named or {}
        if function in BIASES:
            bias = arguments[BIASES[function]] if len(arguments) > BIASES[function] else named.get("bias")
            self.bias = bias if bias is not None else self.bias
        if function in EDGES:
            self.settle(arguments[0], EDGES[function])
        return function(*arguments, **named)

    def settle(self, values: torch.Tensor, edges: tuple[float, ...]):
        channels = values.transpose(0, 1).flatten(1).numpy()
        if len(channels) != len(self.bias):
            raise SystemExit(f"an activation of {len(channels)} channels follows a bias of {len(self.bias)}")
        wanted = self.bias + torch.tensor([middle(channel, edges) for channel in channels])
        # The network's weights are in single precision.
        shifts = wanted.float().double() - self.bias
        self.bias += shifts
        values += shifts.view(1, -1, *[1] * (values.dim() - 2))
        channels = values.transpose(0, 1).flatten(1).numpy()
        distances = np.min([np.abs(channels - edge).min(1) for edge in edges], axis=0)
        self.margin = min(self.margin, float((distances / np.maximum(channels.std(1), 1e-30)).min()))


def middle(values: np.ndarray, edges: tuple[float, ...]) -> float:
    """The shift that brings the widest gap between numbers to the edges."""
    reach = REACH * values.std()
    shifts = np.concatenate([edge - values for edge in edges])
    ends = np.concatenate([[-reach], np.sort(shifts[np.abs(shifts) < reach]), [reach]])
    widest = np.argmax(np.diff(ends))
    return float(ends[widest : widest + 2].mean())
