"""How far steps in single precision are from PyTorch's in double: `python rounding.py PROGRAM NAME...`.

For each network, with random biases and with those that keep numbers from their activations' edges (margins.py): PyTorch with
and without oneDNN, and Slipstream on each backend, all on the first batch; and PyTorch's single precision from its double one
that makes the same choices: what ReLU lets through, and what a maximum pooling takes. What is left without them is the
distance that rounding alone makes.
"""

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch

from catalogue import ARCHITECTURES
from checks import matched, oriented, tensors
from exports import RATE, after_step, apart, export, floats
from margins import settle
from networks import batch, network
from torch.nn import functional
from torch.overrides import TorchFunctionMode

BACKENDS = ("onednn", "openblas", "vectorized")
FORM = "torchscript-17"


class Choices(TorchFunctionMode):
    """Keeps what every ReLU lets through and every maximum pooling takes, or makes them choose as another run did."""

    def __init__(self, forced: list[torch.Tensor] | None = None):
        super().__init__()
        self.kept, self.forced = [], forced

    def __torch_function__(self, function, types, arguments=(), named=None):
        named = named or {}
        if function is functional.relu:
            let = self.choose(arguments[0] > 0)
            return arguments[0] * let.to(arguments[0].dtype)
        if function is functional.max_pool2d:
            taken = self.choose(function(*arguments, **named | {"return_indices": True})[1])
            return arguments[0].flatten(2).gather(2, taken.flatten(2)).view(taken.shape)
        return function(*arguments, **named)

    def choose(self, own: torch.Tensor) -> torch.Tensor:
        self.kept.append(own if self.forced is None else self.forced[len(self.kept)])
        return self.kept[-1]


def main():
    program, names = sys.argv[1], sys.argv[2:]
    warnings.filterwarnings("ignore")
    for name in names:
        for is_settled in (False, True):
            distances(program, name, is_settled)


def distances(program: str, name: str, is_settled: bool):
    architecture = ARCHITECTURES[name]
    made, (images, labels) = network(architecture), batch(architecture, 0)
    if is_settled:
        settle(made, images)
    print(f"{name}, biases {'moved from edges' if is_settled else 'at random'}")
    with Choices() as double:
        truth = after_step(made, images, labels, torch.float64)
    with Choices() as single:
        after_step(made, images, labels, torch.float32)
    other = [int((one != two).sum()) for one, two in zip(double.kept, single.kept)]
    with Choices(single.kept):
        chosen = after_step(made, images, labels, torch.float64)
    for is_fused in (True, False):
        with torch.backends.mkldnn.flags(enabled=is_fused):
            step = after_step(made, images, labels, torch.float32)
        say(f"PyTorch {'with' if is_fused else 'without'} oneDNN", step, truth)
        if is_fused:
            counts = f"{sum(other)} other choices of {sum(map(torch.numel, double.kept))}"
            say(f"... from double precision with its {counts}", step, chosen)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        export(made, images, FORM, folder)
        np.savez(folder / "images.npz", images=images.numpy(), labels=labels.numpy())
        model = folder / f"{FORM}.onnx"
        owned = matched({key: value.numpy() for key, value in floats(made).items()}, tensors(model))
        for backend in BACKENDS:
            data = f"npz:{folder / 'images.npz'}"
            subprocess.run(
                [program, "train", "--model", model, "--data", data, "--validation", data, "--output", folder / backend,
                 "--epochs", "1", "--batch-size", str(len(images)), "--optimizer", "sgd", "--learning-rate", str(RATE),
                 "--backend", backend], check=True, capture_output=True)
            updated = tensors(folder / backend / "model.onnx")
            say(f"Slipstream, {backend}", {key: oriented(updated[own], truth[key]) for key, own in owned.items()}, truth)


def say(what: str, step: dict[str, np.ndarray], truth: dict[str, np.ndarray]):
    print(f"  {apart(step, truth):.1e}  {what}", flush=True)


if __name__ == "__main__":
    main()
