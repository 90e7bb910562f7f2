"""Exports a network as its users would, in a process of its own: `python exports.py NAME FOLDER`.

The folder gets, for each way to export, FORM.onnx in training form and FORM.inference.onnx; images.npz with the batch; and
expected.npz with the logits that PyTorch computes in inference mode, the weights before and after a step of plain gradient
descent in double precision, and how far PyTorch's own steps in single precision are from it.
"""

import copy
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch

from catalogue import ARCHITECTURES, FORMS, Architecture
from margins import settle
from networks import batch, network
from ties import safety

RATE = 0.1
# How safe from rounding the poolings of the first batch are that is taken, and how many batches are tried.
SAFE, BATCHES = 1.0, 48
# How far images are moved to see what rounding does to a step, and how often.
UNIT, MOVED = 2e-7, 2


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    warnings.filterwarnings("ignore")
    torch.set_num_threads(2)
    folder.mkdir(parents=True, exist_ok=True)
    made, images, labels, expected = conditioned(ARCHITECTURES[name])
    for form in FORMS:
        export(made, images, form, folder)
    np.savez(folder / "images.npz", images=images.numpy(), labels=labels.numpy())
    # The last to be written: with it, the folder is whole.
    unfinished = folder / "unfinished.npz"
    np.savez(unfinished, **expected)
    unfinished.rename(folder / "expected.npz")


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


def conditioned(architecture: Architecture) -> tuple[torch.nn.Module, torch.Tensor, torch.Tensor, dict[str, np.ndarray]]:
    """The network, a batch on which a step does not depend on rounding, and what PyTorch makes of it.

    Biases keep activations from the edges of their slopes; of the batches, the first is taken whose maximum poolings are safe
    from taking the other of two all but equal numbers, or the safest. How far rounding moves PyTorch's own step is then seen
    on the images and on images moved by rounding.
    """
    best = None
    for number in range(BATCHES):
        made, (images, labels) = network(architecture), batch(architecture, number)
        margin, safe = settle(made, images), safety(made, images)
        if best is None or safe > best[0]:
            best = (safe, number, margin, made, images, labels)
        if safe >= SAFE:
            break
    safe, number, margin, made, images, labels = best
    double = after_step(made, images, labels, torch.float64)
    error = max(apart(single, double) for single in single_steps(made, images, labels))
    print(
        f"{architecture.name}: batch {number}, margin {margin:.1e}, safety {safe:.1f}; "
        f"PyTorch's single precision is off by {error:.1e}", flush=True)
    with torch.inference_mode():
        result = {"logits": copy.deepcopy(made).eval()(images).numpy()}
    result |= {"rounding": np.array(error), "batch": np.array(number), "margin": np.array(margin), "safety": np.array(safe)}
    result |= {f"after/{name}": value.astype(np.float32) for name, value in double.items()}
    return made, images, labels, result | {f"before/{name}": value.numpy() for name, value in floats(made).items()}


def single_steps(made: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor):
    """PyTorch's steps in single precision, as rounding makes them."""
    yield after_step(made, images, labels, torch.float32)
    for seed in range(MOVED):
        noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
        yield after_step(made, images + UNIT * noise, labels, torch.float32)


def apart(single: dict[str, np.ndarray], double: dict[str, np.ndarray]) -> float:
    """The largest difference of a tensor's number, over the tensor's largest."""
    return max(
        float(np.abs(single[name] - value).max() / max(np.abs(value).max(), 1e-30)) for name, value in double.items())


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
