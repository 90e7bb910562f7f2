"""Exports a network as its users would, in a process of its own: `python exports.py NAME FOLDER [BATCH]`.

The folder gets, for each way to export, FORM.onnx in training form and FORM.inference.onnx; images.npz with the batch; and
expected.npz with the logits that PyTorch computes in inference mode, and the weights before and after a step of plain
gradient descent. With the number of a batch, only these two are made anew, from that batch or one behind it.
"""

import copy
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch

from catalogue import ARCHITECTURES, FORMS, Architecture
from networks import batch, network

RATE = 0.1
# How far rounding may move a weight of the updated network, as a part of its tensor's largest: a tenth of what is allowed.
ROUNDING = 1e-4
BATCHES = 20


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    warnings.filterwarnings("ignore")
    torch.set_num_threads(2)
    folder.mkdir(parents=True, exist_ok=True)
    architecture = ARCHITECTURES[name]
    made = network(architecture)
    first = int(sys.argv[3]) if len(sys.argv) > 3 else None
    for form in FORMS if first is None else ():
        export(made, batch(architecture, 0)[0], form, folder)
    number, expected = settled(architecture, made, first or 0)
    images, labels = batch(architecture, number)
    np.savez(folder / "images.npz", images=images.numpy(), labels=labels.numpy())
    np.savez(folder / "expected.npz", **expected)


def export(made: torch.nn.Module, images: torch.Tensor, form: str, folder: Path):
    """Writes a network in inference form, and in the form that keeps batch normalisation."""
    exporter, _, opset = form.partition("-")
    for is_training in (False, True):
        path = folder / (f"{form}.onnx" if is_training else f"{form}.inference.onnx")
        model = copy.deepcopy(made).eval()
        if exporter == "torchscript":
            mode = torch.onnx.TrainingMode.TRAINING if is_training else torch.onnx.TrainingMode.EVAL
            torch.onnx.export(
                model, (images,), path, dynamo=False, opset_version=int(opset), training=mode,
                do_constant_folding=not is_training, input_names=["images"], output_names=["logits"],
                dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}})
            if is_training:
                restore_statistics(path, made)
        else:
            # The exporter's optimizer multiplies batch normalisation into the convolutions.
            torch.onnx.export(
                model, (images,), path, dynamo=True, optimize=not is_training, input_names=["images"],
                output_names=["logits"], dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False)


def restore_statistics(path: Path, made: torch.nn.Module):
    """The exporter runs the network in training mode, and writes the statistics that come of it."""
    model, state = onnx.load(path), made.state_dict()
    for tensor in model.graph.initializer:
        if "running_" in tensor.name and tensor.name in state:
            tensor.raw_data = state[tensor.name].numpy().tobytes()
    onnx.save(model, path)


def settled(architecture: Architecture, made: torch.nn.Module, first: int) -> tuple[int, dict[str, np.ndarray]]:
    """The first batch on which PyTorch's step does not depend on rounding, and what PyTorch makes of it.

    A number that is all but at the edge of its activation's slope has another gradient once it is rounded, and behind
    batch normalisation of a few pixels that moves weights by a tenth: single and double precision then differ as much.
    """
    best = None
    for number in range(first, first + BATCHES):
        images, labels = batch(architecture, number)
        single = after_step(made, images, labels, torch.float32)
        double = after_step(made, images, labels, torch.float64)
        error = max(
            float(np.abs(single[name] - value).max() / max(np.abs(value).max(), 1e-30)) for name, value in double.items())
        if best is None or error < best[0]:
            best = (error, number, double)
        if error <= ROUNDING:
            break
    error, number, double = best
    print(f"{architecture.name}: batch {number}, in which rounding moves PyTorch's weights by {error:.1e}")
    images, _ = batch(architecture, number)
    with torch.inference_mode():
        result = {"logits": copy.deepcopy(made).eval()(images).numpy(), "rounding": np.array(error), "batch": np.array(number)}
    result |= {f"after/{name}": value.astype(np.float32) for name, value in double.items()}
    return number, result | {f"before/{name}": value.numpy() for name, value in floats(made).items()}


def after_step(made: torch.nn.Module, images, labels, precision: torch.dtype) -> dict[str, np.ndarray]:
    """The weights and statistics after a step of gradient descent."""
    made = copy.deepcopy(made).to(precision).train()
    torch.nn.functional.cross_entropy(made(images.to(precision)), labels).backward()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter -= RATE * parameter.grad
    return {name: value.numpy() for name, value in floats(made).items()}


def floats(made: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Weights and statistics, without the counts of batches."""
    return {name: value.detach() for name, value in made.state_dict().items() if value.is_floating_point()}


if __name__ == "__main__":
    main()
