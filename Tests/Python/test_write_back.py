"""Models exported by PyTorch: imported, trained, written back into their own files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest

import data
import run_directory
import runtime
from conftest import ONNX_FIXTURES

NETWORK_NAMES = ("small-cnn", "residual")
FIXTURES = sorted(path for name in NETWORK_NAMES for path in ONNX_FIXTURES.glob(f"{name}.*.onnx"))
WEIGHTED = {"Conv", "Gemm", "MatMul", "BatchNormalization"}
NETWORKS = pytest.mark.parametrize("network", run_directory.NETWORKS.values())


@dataclass
class Trained:
    """A fixture, the run that trained it, and images that fit it."""

    source: Path
    directory: Path
    images: np.ndarray


def sizes(value: onnx.ValueInfoProto) -> list[int | None]:
    """A value's dimensions; None where the batch size is open."""
    return [dimension.dim_value or None for dimension in value.type.tensor_type.shape.dim]


@pytest.fixture(scope="module", params=FIXTURES, ids=lambda path: path.stem)
def trained(request, slipstream, tmp_path_factory) -> Trained:
    graph = onnx.load(request.param).graph
    weights = {weight.name for weight in graph.initializer}
    batch, *shape = sizes(next(value for value in graph.input if value.name not in weights))
    classes = sizes(graph.output[0])[1]
    batch = batch or 16
    images, labels = data.images_and_labels(4 * batch, tuple(shape), classes)
    folder = tmp_path_factory.mktemp(request.param.stem)
    source = f"npz:{data.write_npz(folder / 'images.npz', images, labels)}"
    slipstream.train(
        request.param, source, folder / "run", validation=source, epochs=2, batch_size=batch, learning_rate=0.01)
    return Trained(request.param, folder / "run", images)


def test_both_networks_are_there_from_both_exporters():
    kinds = {(name, exporter) for path in FIXTURES for name in NETWORK_NAMES for exporter in ("torchscript", "dynamo")
             if path.name.startswith(f"{name}.{exporter}-")}
    assert len(kinds) == 4


def initializers(path: Path) -> dict[str, bytes]:
    """Every initialiser, in order, as its bytes in the file; one in external data as if it stood in the file."""
    return {tensor.name: tensor.SerializeToString() for tensor in onnx.load(path).graph.initializer}


def changed(trained: Trained, network: str) -> set[str]:
    """The names of the initialisers that training changed."""
    before, after = initializers(trained.source), initializers(trained.directory / network)
    return {name for name in before if before[name] != after[name]}


def skeleton(path: Path, values: set[str]) -> bytes:
    """The file without the elements of the named initialisers, and with batch normalisation in inference form.

    A file that was exported in training form is written in the form that can be used: training_mode off, the further
    outputs, which nothing reads, gone.
    """
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.name in values:
            for field in ("raw_data", "float_data"):
                tensor.ClearField(field)
    gone = set()
    for node in model.graph.node:
        if node.op_type == "BatchNormalization":
            gone |= set(node.output[1:])
            del node.output[1:]
            for attribute in [a for a in node.attribute if a.name == "training_mode"]:
                node.attribute.remove(attribute)
    for value in [value for value in model.graph.value_info if value.name in gone]:
        model.graph.value_info.remove(value)
    return model.SerializeToString(deterministic=True)


@NETWORKS
def test_everything_but_trained_values_stays(trained, network):
    values = changed(trained, network)
    assert skeleton(trained.directory / network, values) == skeleton(trained.source, values)


@NETWORKS
def test_only_weights_change_and_every_weight_does(trained, network):
    graph = onnx.load(trained.source).graph
    names = {tensor.name: tensor for tensor in graph.initializer}
    weights = {
        name for node in graph.node if node.op_type in WEIGHTED for name in node.input[1:] if name in names}
    values = changed(trained, network)
    assert weights <= values, f"unchanged: {weights - values}"
    for name in values:
        assert names[name].data_type == onnx.TensorProto.FLOAT, name


@NETWORKS
def test_initializers_keep_their_order_and_encoding(trained, network):
    before, after = (onnx.load(path).graph.initializer for path in (trained.source, trained.directory / network))
    assert [tensor.name for tensor in before] == [tensor.name for tensor in after]
    for old, new in zip(before, after):
        assert len(old.raw_data) == len(new.raw_data) and len(old.float_data) == len(new.float_data), old.name


@NETWORKS
def test_written_file_passes_the_checker(trained, network):
    onnx.checker.check_model(onnx.load(trained.directory / network), full_check=True)


@NETWORKS
def test_onnx_runtime_agrees_with_predict(slipstream, trained, network, tmp_path):
    path = trained.directory / network
    slipstream.succeed(
        "predict", "--model", path, "--data", f"npz:{trained.directory.parent / 'images.npz'}",
        "--output", tmp_path / "p.npy")
    assert runtime.scaled_error(np.load(tmp_path / "p.npy"), runtime.logits(path, trained.images)) <= 1e-4


def test_training_lowers_the_loss(trained):
    first, *_, last = [row["training_loss"] for row in run_directory.metrics(trained.directory)]
    assert last < first
