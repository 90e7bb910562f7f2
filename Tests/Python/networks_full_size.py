"""Every published network at its full size: its parameters, the checker, ONNX Runtime's logits, a training step.

`tools/test --only networks` runs this; pytest does not find it by its name, as files of half a gigabyte take their time.
"""

import math
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import pytest

import data
import run_directory
import runtime

LARGE = ["alexnet", "vgg16", "vgg16-bn", "vgg19", "vgg19-bn", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
         "densenet121", "inception-v3", "inception-resnet-v2"]
SMALL = ["alexnet-reduced", "vgg16-cifar", "vgg16-bn-cifar", "vgg19-cifar", "vgg19-bn-cifar", "resnet18-cifar",
         "resnet34-cifar", "resnet50-cifar", "resnet101-cifar", "resnet152-cifar"]
# torchvision's, and timm's for Inception-ResNet-v2.
PARAMETERS = {
    "alexnet": 61_100_840, "vgg16": 138_357_544, "vgg16-bn": 138_365_992, "vgg19": 143_667_240, "vgg19-bn": 143_678_248,
    "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160,
    "resnet152": 60_192_808, "densenet121": 7_978_856, "inception-v3": 23_834_568, "inception-resnet-v2": 55_843_464,
}


@pytest.fixture
def folder():
    """A folder that is removed at once; pytest would keep those of three runs, of some gigabytes each."""
    with tempfile.TemporaryDirectory(prefix="slipstream-networks-") as path:
        yield Path(path)


@pytest.mark.parametrize("name", LARGE + SMALL)
def test_onnx_runtime_agrees_with_predict(slipstream, folder, name):
    side = 32 if name in SMALL else 299 if name.startswith("inception") else 224
    classes = 10 if name in SMALL else 1000
    model = slipstream.new(name, f"3x{side}x{side}", classes, folder / "model.onnx")
    onnx.checker.check_model(str(model), full_check=True)
    if name in PARAMETERS:
        assert trained_elements(model) == PARAMETERS[name]
    images, labels = data.images_and_labels(2, (3, side, side), classes)
    source = data.write_npz(folder / "images.npz", images, labels)
    predictions = slipstream.predict(model, f"npz:{source}", folder / "p.npy")
    assert predictions.shape == (2, classes) and np.ptp(predictions, axis=0).max() > 0
    assert runtime.scaled_error(predictions, runtime.logits(model, images)) <= 1e-4


def trained_elements(model: Path) -> int:
    """The elements of a file's real tensors of at least one dimension, without running statistics."""
    graph = onnx.load(model).graph
    statistics = {name for node in graph.node if node.op_type == "BatchNormalization" for name in node.input[3:5]}
    return sum(
        math.prod(tensor.dims) for tensor in graph.initializer
        if tensor.dims and tensor.data_type == onnx.TensorProto.FLOAT and tensor.name not in statistics)


# The networks for large images at, or near, their smallest.
TRAINED = [(name, 32) for name in SMALL] + [
    ("alexnet", 63), ("vgg16", 32), ("resnet18", 32), ("resnet50", 32), ("densenet121", 32), ("inception-v3", 75),
    ("inception-resnet-v2", 75),
]


@pytest.mark.parametrize("name, side", TRAINED, ids=[name for name, _ in TRAINED])
def test_a_training_step_has_a_finite_loss_and_reaches_every_weight(slipstream, folder, name, side):
    model = slipstream.new(name, f"3x{side}x{side}", 10, folder / "model.onnx")
    source = data.write_npz(folder / "images.npz", *data.images_and_labels(8, (3, side, side), 10))
    run = folder / "run"
    slipstream.train(
        model, f"npz:{source}", run, "--validation", f"npz:{source}", epochs=1, batch_size=8, learning_rate=1e-3,
        accelerator="none")
    (epoch,) = run_directory.metrics(run)
    assert 0 < epoch["training_loss"] < 100 and math.isfinite(epoch["loss"])
    before, after = weights(model), weights(run / "model.onnx")
    assert before.keys() == after.keys()
    for tensor, values in after.items():
        assert np.isfinite(values).all() and (values != before[tensor]).any(), tensor


def weights(model: Path) -> dict[str, np.ndarray]:
    """The filters and matrices of a file."""
    return {
        tensor.name: onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(model).graph.initializer if len(tensor.dims) >= 2}
