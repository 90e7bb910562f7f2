"""Exports a network as its users would, in a process of its own: `python exports.py NAME FOLDER`.

The folder gets, for each way to export, FORM.onnx in training form and FORM.inference.onnx, and data.npz with the batch,
the logits that PyTorch computes in inference mode, and the weights before and after a step of plain gradient descent.
"""

import copy
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch

from networks import ARCHITECTURES, Architecture

RATE = 0.1
FORMS = ("torchscript-13", "torchscript-17", "dynamo")


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    warnings.filterwarnings("ignore")
    torch.set_num_threads(2)
    folder.mkdir(parents=True, exist_ok=True)
    architecture = ARCHITECTURES[name]
    network = architecture.network()
    images, labels = architecture.batch()
    for form in FORMS:
        export(network, images, form, folder)
    np.savez(folder / "images.npz", images=images.numpy(), labels=labels.numpy())
    np.savez(folder / "expected.npz", **expected(network, images, labels))


def export(network: torch.nn.Module, images: torch.Tensor, form: str, folder: Path):
    """Writes a network in inference form, and in the form that keeps batch normalisation."""
    exporter, _, opset = form.partition("-")
    for is_training in (False, True):
        path = folder / (f"{form}.onnx" if is_training else f"{form}.inference.onnx")
        model = copy.deepcopy(network).eval()
        if exporter == "torchscript":
            mode = torch.onnx.TrainingMode.TRAINING if is_training else torch.onnx.TrainingMode.EVAL
            torch.onnx.export(
                model, (images,), path, dynamo=False, opset_version=int(opset), training=mode,
                do_constant_folding=not is_training, input_names=["images"], output_names=["logits"],
                dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}})
            if is_training:
                restore_statistics(path, network)
        else:
            # The exporter's optimizer multiplies batch normalisation into the convolutions.
            torch.onnx.export(
                model, (images,), path, dynamo=True, optimize=not is_training, input_names=["images"],
                output_names=["logits"], dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False)


def restore_statistics(path: Path, network: torch.nn.Module):
    """The exporter runs the network in training mode, and writes the statistics that come of it."""
    model, state = onnx.load(path), network.state_dict()
    for tensor in model.graph.initializer:
        if "running_" in tensor.name and tensor.name in state:
            tensor.raw_data = state[tensor.name].numpy().tobytes()
    onnx.save(model, path)


def expected(network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> dict[str, np.ndarray]:
    """What PyTorch makes of it."""
    with torch.inference_mode():
        result = {"logits": copy.deepcopy(network).eval()(images).numpy()}
    names = {name for name, value in network.state_dict().items() if value.is_floating_point()}
    result |= {f"before/{name}": network.state_dict()[name].numpy().copy() for name in names}
    network.train()
    loss = torch.nn.functional.cross_entropy(network(images), labels)
    loss.backward()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter -= RATE * parameter.grad
    result |= {f"after/{name}": network.state_dict()[name].numpy() for name in names}
    return result | {"loss": np.array(loss.item())}


if __name__ == "__main__":
    main()
