"""Models exported by PyTorch: imported, trained, written back into their own files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest

import models
import run_directory
import runtime

FIXTURES = models.image_fixtures()
WEIGHTED = {"Conv", "Gemm", "MatMul", "BatchNormalization"}
NETWORKS = pytest.mark.parametrize("network", run_directory.NETWORKS.values())


@dataclass
class Trained:
    """A fixture, the run that trained it, and images that fit it."""

    source: Path
    directory: Path
    images: Path


@pytest.fixture(scope="module", params=FIXTURES, ids=lambda path: path.stem)
def trained(request, slipstream, tmp_path_factory) -> Trained:
    takes = models.Interface.of(request.param)
    batch = takes.batch or 16
    folder = tmp_path_factory.mktemp(request.param.stem)
    images = takes.npz(folder / "images.npz", 4 * batch)
    source = f"npz:{images}"
    slipstream.train(
        request.param, source, folder / "run", validation=source, epochs=2, batch_size=batch, learning_rate=0.01)
    return Trained(request.param, folder / "run", images)


def test_both_networks_are_there_from_both_exporters():
    found = {(name, exporter.split("-")[0]) for name, exporter in (path.stem.split(".") for path in FIXTURES)}
    assert found >= {(name, exporter) for name in ("small-cnn", "residual") for exporter in ("torchscript", "dynamo")}


def initializers(path: Path) -> dict[str, bytes]:
    """Every initialiser, in order, as its bytes in the file; one in external data as if it stood in the file."""
    return {tensor.name: tensor.SerializeToString() for tensor in onnx.load(path).graph.initializer}


def changed(trained: Trained, network: str) -> set[str]:
    """The names of the initialisers that training changed."""
    before, after = initializers(trained.source), initializers(trained.directory / network)
    return {name for name in before if before[name] != after[name]}


def merged(trained: Trained) -> set[str]:
    """The weights that are Identity nodes, because an exporter merged initialisers that happened to be equal."""
    graph = onnx.load(trained.source).graph
    names = {tensor.name for tensor in graph.initializer}
    return {node.output[0] for node in graph.node if node.op_type == "Identity" and node.input[0] in names}


def skeleton(path: Path, values: set[str], merged: set[str]) -> bytes:
    """The file without the elements of the named initialisers, with batch normalisation in inference form, and without
    the nodes that give the merged weights."""
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.name in values:
            for field in ("raw_data", "float_data"):
                tensor.ClearField(field)
    models.inference_form(model)
    for node in [node for node in model.graph.node if node.output[0] in merged]:
        model.graph.node.remove(node)
    return model.SerializeToString(deterministic=True)


@NETWORKS
def test_everything_but_trained_values_stays(trained, network):
    values, nodes = changed(trained, network), merged(trained)
    assert skeleton(trained.directory / network, values, nodes) == skeleton(trained.source, values, nodes)


@NETWORKS
def test_weights_that_an_exporter_merged_become_constants_of_their_own(trained, network):
    names = merged(trained)
    assert bool(names) == trained.source.name.startswith("fresh-")
    constants = {
        node.output[0]: node.attribute[0].t.raw_data
        for node in onnx.load(trained.directory / network).graph.node if node.op_type == "Constant"}
    # Of two normalisations whose results are added, the shifts have the same gradient; all else moves apart.
    contents = {constants[name] for name in names - {"block2.projection.1.bias"}}
    assert len(contents) == max(len(names) - 1, 0)


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
    found = slipstream.predict(path, f"npz:{trained.images}", tmp_path / "p.npy")
    assert runtime.scaled_error(found, runtime.logits(path, np.load(trained.images)["images"])) <= 1e-4


def test_onnx_runtime_agrees_with_predict_on_the_file_as_it_came(slipstream, trained, tmp_path):
    found = slipstream.predict(trained.source, f"npz:{trained.images}", tmp_path / "p.npy")
    model = onnx.load(trained.source)
    models.inference_form(model)
    onnx.save(model, tmp_path / "inference.onnx")
    expected = runtime.logits(tmp_path / "inference.onnx", np.load(trained.images)["images"])
    assert runtime.scaled_error(found, expected) <= 1e-4


@NETWORKS
def test_a_written_network_can_be_trained_again(slipstream, trained, network, tmp_path):
    source = f"npz:{trained.images}"
    slipstream.train(
        trained.directory / network, source, tmp_path / "again", validation=source, epochs=1, learning_rate=0.01)
    onnx.checker.check_model(onnx.load(tmp_path / "again" / "model.onnx"), full_check=True)


def test_training_lowers_the_loss(trained):
    first, *_, last = [row["training_loss"] for row in run_directory.metrics(trained.directory)]
    assert last < first
