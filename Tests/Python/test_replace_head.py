"""`slipstream train --replace-head`: a fresh classifier in files of every form, and nothing else changed."""

import json

import numpy as np
import onnx
import pytest
from onnx import helper

import data
import heads
import models
import runtime
from command import training

NEW = 3
FORM = pytest.mark.parametrize("form", heads.FORMS, ids=lambda form: form.__name__)


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Images in three classes."""
    return data.write_npz(
        tmp_path_factory.mktemp("heads") / "images.npz", *data.images_and_labels(48, (1, 6, 6), NEW))


def replaced(slipstream, model, images, folder, *more, **settings):
    """The network that training with a new classifier wrote, and what the program said."""
    settings = {"epochs": 1, "batch_size": 16, "learning_rate": 0.01, "replace_head": NEW} | settings
    source = f"npz:{images}"
    said = slipstream.train(model, source, folder, *more, validation=source, **settings)
    return folder / "model.onnx", said


def without_classes(model: onnx.ModelProto, names: set[str]) -> onnx.ModelProto:
    """A model without what a number of classes is: the head's tensors, the shapes' sizes, a `Reshape`'s constant."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    kept = [tensor for tensor in copy.graph.initializer if tensor.name not in names | {"shape"}]
    del copy.graph.initializer[:]
    copy.graph.initializer.extend(kept)
    for value in [*copy.graph.output, *copy.graph.value_info]:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_value in (heads.CLASSES, NEW):
                dimension.ClearField("dim_value")
    for node in copy.graph.node:
        if node.output[0] in {"shape", "fc.bias"}:
            node.ClearField("attribute")
            node.ClearField("input")
            node.ClearField("op_type")
    return copy


@FORM
@pytest.mark.parametrize("opset", [13, 17])
def test_only_the_head_differs_and_others_run_the_file(slipstream, images, tmp_path, form, opset):
    source = heads.build(form, tmp_path / "model.onnx", opset=opset)
    trained, said = replaced(slipstream, source, images, tmp_path / "run", "--freeze", "*")
    before, after = onnx.load(source), onnx.load(trained)
    onnx.checker.check_model(after, full_check=True)
    old, new = heads.tensors(before), heads.tensors(after)
    head = {name for name in new if name.startswith("fc.")}
    assert new.keys() - old.keys() <= {"fc.bias"} and old.keys() <= new.keys()
    assert without_classes(before, head).SerializeToString() == without_classes(after, head).SerializeToString()
    assert new["fc.weight"].size == NEW * new["fc.weight"].size // NEW and NEW in new["fc.weight"].shape
    for name in new.keys() - head:
        assert new[name].tobytes() == old[name].tobytes()

    dimension = after.graph.output[0].type.tensor_type.shape.dim[1]
    assert dimension.dim_value == NEW
    pictures = np.load(images)["images"]
    logits = runtime.logits(trained, pictures)
    assert logits.shape == (48, NEW)
    assert runtime.scaled_error(slipstream.predict(trained, f"npz:{images}", tmp_path / "p.npy"), logits) < 1e-5
    assert "new classifier" in said and "fc.weight" in said


@FORM
def test_the_head_learns(slipstream, images, tmp_path, form):
    """The body is random; a head on its features tells three patterns apart all the same."""
    source = heads.build(form, tmp_path / "model.onnx")
    trained, _ = replaced(
        slipstream, source, images, tmp_path / "run", epochs=60, learning_rate=0.03, optimizer="adam", accelerator="none")
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    # Two softmaxes, one in the file and one in the loss, leave little to gain.
    assert rows[-1]["training_loss"] < (0.8 if form is heads.gemm_as_it_is else 0.7) * rows[0]["training_loss"]
    assert slipstream.evaluate(trained, f"npz:{images}")["accuracy"] > 0.6


@pytest.mark.parametrize("path", models.image_fixtures(), ids=lambda path: path.stem)
def test_exports_of_pytorch(slipstream, tmp_path, path):
    takes = models.Interface.of(path)
    images = data.write_npz(
        tmp_path / "i.npz", *data.images_and_labels(2 * (takes.batch or 8), takes.shape, NEW))
    trained, _ = replaced(
        slipstream, path, images, tmp_path / "run", "--freeze", "*", batch_size=takes.batch or 8)
    before, after = onnx.load(path), onnx.load(trained)
    onnx.checker.check_model(str(trained), full_check=True)
    weights = {tensor.name: tensor for tensor in before.graph.initializer}
    changed = {
        tensor.name for tensor in after.graph.initializer
        if tensor.raw_data != weights[tensor.name].raw_data or tensor.dims != weights[tensor.name].dims}
    # Running statistics follow the batches, whatever is frozen.
    assert {name for name in changed if "running" not in name} == (
        {"fc2.weight", "fc2.bias"} if "small" in path.stem else {"fc.weight", "fc.bias"})
    assert runtime.logits(trained, np.load(images)["images"]).shape[1] == NEW


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_the_head_keeps_its_element_type(slipstream, images, tmp_path, dtype):
    source = heads.build(heads.gemm, tmp_path / "model.onnx", dtype=dtype)
    trained, _ = replaced(slipstream, source, images, tmp_path / "run")
    model = onnx.load(trained)
    onnx.checker.check_model(model, full_check=True)
    assert heads.element_name(model, "fc.weight") == heads.element_name(onnx.load(source), "fc.weight")
    assert model.graph.initializer[2].dims == [NEW, heads.CHANNELS]


def test_the_seed_draws_the_weights_as_those_of_a_dense_layer(slipstream, images, tmp_path):
    source = heads.build(heads.gemm, tmp_path / "model.onnx")

    def start(name, seed):
        # A step that is too short to be seen.
        path, _ = replaced(
            slipstream, source, images, tmp_path / name, seed=seed, learning_rate=1e-30, replace_head=500)
        return heads.tensors(onnx.load(path))

    first, again, other = start("a", 5), start("b", 5), start("c", 6)
    assert (first["fc.weight"] == again["fc.weight"]).all() and (first["fc.weight"] != other["fc.weight"]).any()
    limit = 1 / np.sqrt(heads.CHANNELS)
    assert np.abs(first["fc.weight"]).max() <= limit and np.abs(first["fc.bias"]).max() < 1e-20
    assert abs(first["fc.weight"].std() - limit / np.sqrt(3)) < 0.02 * limit


def test_other_outputs_stay(slipstream, images, tmp_path):
    """An auxiliary classifier keeps its classes; a second output of the main one follows."""
    network = heads.Network()
    heads.gemm(network)
    network.weight("aux.weight", (heads.CLASSES, heads.CHANNELS))
    network.node("Gemm", ["flat", "aux.weight"], "aux", transB=1)
    network.node("Softmax", ["logits"], "probabilities", axis=1)
    rows = ("N", heads.CLASSES)
    source = network.save(
        tmp_path / "model.onnx", outputs={"logits": rows, "aux": rows, "probabilities": rows})
    result = slipstream.run(*training(
        source, f"npz:{images}", tmp_path / "run", validation=f"npz:{images}", epochs=1, replace_head=NEW))
    assert result.returncode == 0, result.stderr
    assert "'aux'" in result.stderr and "'probabilities'" not in result.stderr
    model = onnx.load(tmp_path / "run" / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert [value.type.tensor_type.shape.dim[1].dim_value for value in model.graph.output] == [NEW, heads.CLASSES, NEW]


def test_initialisers_that_are_inputs_too(slipstream, images, tmp_path):
    model = onnx.load(heads.build(heads.gemm, tmp_path / "plain.onnx", opset=11))
    for tensor in model.graph.initializer:
        model.graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    onnx.save(model, tmp_path / "model.onnx")
    trained, _ = replaced(slipstream, tmp_path / "model.onnx", images, tmp_path / "run")
    onnx.checker.check_model(onnx.load(trained), full_check=True)
    assert runtime.logits(trained, np.load(images)["images"]).shape == (48, NEW)


def shared_weights(network):
    heads.gemm(network)
    network.node("Gemm", ["flat", "fc.weight"], "twin", transB=1)
    return {"logits": ("N", heads.CLASSES), "twin": ("N", heads.CLASSES)}


def a_sum_of_two(network):
    heads.gemm(network)
    network.weight("other.weight", (heads.CLASSES, heads.CHANNELS))
    network.node("Gemm", ["flat", "other.weight"], "other", transB=1)
    network.node("Add", ["logits", "other"], "sum")
    return {"sum": ("N", heads.CLASSES)}


def factors_of_classes(network):
    heads.gemm(network)
    network.weight("factors", (heads.CLASSES,))
    network.node("Mul", ["logits", "factors"], "scaled")
    return {"scaled": ("N", heads.CLASSES)}


def normalised_classes(network):
    network.weight("fc.weight", (heads.CLASSES, heads.CHANNELS, 1, 1))
    network.node("Conv", ["features", "fc.weight"], "maps", kernel_shape=[1, 1])
    for name in ("scale", "shift", "mean", "variance"):
        network.constant(name, np.ones(heads.CLASSES, np.float32))
    network.node("BatchNormalization", ["maps", "scale", "shift", "mean", "variance"], "even")
    network.node("GlobalAveragePool", ["even"], "average")
    network.node("Flatten", ["average"], "logits")
    return {"logits": ("N", heads.CLASSES)}


def shared_shape(network):
    heads.baked(network)
    network.constant("zeros", np.zeros((1, heads.CLASSES), np.float32))
    network.node("Reshape", ["zeros", "shape"], "again")
    return {"logits": ("N", heads.CLASSES), "again": (1, heads.CLASSES)}


def factors_for_another_output(network):
    heads.gemm(network)
    network.weight("factors", (heads.CLASSES,))
    network.node("Mul", ["logits", "factors"], "scaled")
    return {"logits": ("N", heads.CLASSES), "scaled": ("N", heads.CLASSES)}


def nothing_but_a_body(network):
    network.node("GlobalAveragePool", ["features"], "means")
    network.node("Sqrt", ["means"], "roots")
    network.node("Flatten", ["roots"], "logits")
    return {"logits": ("N", heads.CHANNELS)}


def in_groups(network):
    network.weight("fc.weight", (heads.CHANNELS, 1, 1, 1))
    network.node("Conv", ["features", "fc.weight"], "maps", kernel_shape=[1, 1], group=heads.CHANNELS)
    network.node("GlobalAveragePool", ["maps"], "means")
    network.node("Flatten", ["means"], "logits")
    return {"logits": ("N", heads.CHANNELS)}


def computed_weights(network):
    network.weight("half", (heads.CLASSES, heads.CHANNELS))
    network.node("Add", ["half", "half"], "fc.weight")
    network.node("Gemm", [network.pooled(), "fc.weight"], "logits", transB=1)
    return {"logits": ("N", heads.CLASSES)}


def grouped_classes(network):
    """Ten logits as two rows of five: nobody knows what eleven would be."""
    heads.gemm(network)
    network.constant("rows", np.array([-1, 5], np.int64))
    network.node("Reshape", ["logits", "rows"], "grid")
    return {"grid": ("M", 5)}


@pytest.mark.parametrize("form, says", [
    (shared_weights, r"'fc.weight' is also used by 'twin_node'"),
    (a_sum_of_two, r"no classifier to replace: before the output 'sum' stands 'sum_node' \(Add\)"),
    (factors_of_classes, r"before the output 'scaled' stands 'scaled_node' \(Mul\)"),
    (factors_for_another_output, r"behind it, 'scaled_node' \(Mul\) joins .* one number a class"),
    (normalised_classes, r"'even_node' \(BatchNormalization\)"),
    (shared_shape, r"behind it, 'logits_node' \(Reshape\) takes its shape.* from 'shape', as others do"),
    (computed_weights, r"'fc.weight' is computed by 'fc.weight_node' \(Add\)"),
    (grouped_classes, r"behind it, 'grid_node' \(Reshape\) has the shape \[-1, 5\]"),
    (nothing_but_a_body, r"before the output 'logits' stands 'roots_node' \(Sqrt\)"),
    (in_groups, r"'maps_node' cannot be replaced: it is a convolution in groups"),
], ids=lambda value: getattr(value, "__name__", ""))
def test_what_cannot_be_replaced_is_refused_with_the_reason(slipstream, images, tmp_path, form, says):
    network = heads.Network()
    source = network.save(tmp_path / "model.onnx", outputs=form(network))
    slipstream.refuse(
        *training(source, f"npz:{images}", tmp_path / "run", validation=f"npz:{images}", replace_head=NEW), codes=[1],
        says=["model.onnx", says])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("classes", ["1", "0", "-3", "2000000", "two", "1e9", ""])
def test_impossible_numbers_of_classes_are_refused(slipstream, images, tmp_path, classes):
    source = heads.build(heads.gemm, tmp_path / "model.onnx")
    slipstream.refuse(
        *training(source, f"npz:{images}", tmp_path / "run", validation=f"npz:{images}"), "--replace-head", classes,
        codes=[2], says=["replace-head"])


def test_labels_beyond_the_new_classes_are_refused(slipstream, images, tmp_path):
    source = heads.build(heads.gemm, tmp_path / "model.onnx")
    slipstream.refuse(
        *training(source, f"npz:{images}", tmp_path / "run", validation=f"npz:{images}", replace_head=2), codes=[1],
        says=["2 outputs", "need 3"])


@FORM
def test_inspect_names_the_head(slipstream, tmp_path, form):
    source = heads.build(form, tmp_path / "model.onnx")
    found = json.loads(slipstream.succeed("inspect", source, "--json"))
    assert found["head"]["classes"] == heads.CLASSES and found["head"]["parameters"][0] == "fc.weight"
    assert "head_obstacle" not in found
    assert "--replace-head replaces it" in slipstream.succeed("inspect", source)
