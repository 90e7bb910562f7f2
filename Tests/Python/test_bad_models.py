"""Model files that cannot be used: exit code 1, a message that says what is wrong, nothing written."""

import onnx
import pytest
from onnx import TensorProto, helper

import data
import models
import run_directory
from command import snapshot, training


def reading(command, model, directory) -> list:
    """A command that reads a model."""
    return {
        "train": training(model, "digits", directory / "run"),
        "evaluate": ["evaluate", "--model", model, "--data", "digits"],
        "predict": ["predict", "--model", model, "--data", "digits", "--output", directory / "p.npy"],
        "inspect": ["inspect", model],
        "bench": ["bench", "--model", model, "--batch-size", 2, "--mode", "train", "--steps", 1],
    }[command]


COMMANDS = pytest.mark.parametrize("command", ["train", "evaluate", "predict", "inspect", "bench"])


@COMMANDS
def test_missing_model_is_named(slipstream, tmp_path, command):
    slipstream.refuse(*reading(command, tmp_path / "absent.onnx", tmp_path), codes=[1], says=["absent.onnx"])
    assert snapshot(tmp_path) == {}


@COMMANDS
@pytest.mark.parametrize("content", [
    b"", b"\0" * 64, b"not a model at all\n", b"\x89PNG\r\n\x1a\n" + b"\x07" * 200, b"\xff" * 4096,
], ids=["empty", "zeros", "text", "picture", "ones"])
def test_something_else_than_a_model_is_refused(slipstream, tmp_path, command, content):
    (tmp_path / "odd.onnx").write_bytes(content)
    before = snapshot(tmp_path)
    slipstream.refuse(*reading(command, tmp_path / "odd.onnx", tmp_path), codes=[1], says=["odd.onnx", "ONNX"])
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1])
def test_truncated_model_is_refused(slipstream, digits_model, tmp_path, fraction):
    content = digits_model.read_bytes()
    (tmp_path / "cut.onnx").write_bytes(content[: min(int(fraction * len(content)), len(content) - 1)])
    before = snapshot(tmp_path)
    slipstream.refuse(*reading("train", tmp_path / "cut.onnx", tmp_path), codes=[1], says=["cut.onnx"])
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("fixture", ["residual.torchscript-17.onnx", "small-cnn.dynamo-20.onnx"])
def test_a_model_cut_off_anywhere_is_refused(slipstream, tmp_path, fixture):
    content = (models.ONNX_FIXTURES / fixture).read_bytes()
    # What is left out of the end may be complete in itself, such as the list of operator sets: never less than that.
    whole = content.rindex(onnx.load_from_string(content).opset_import[0].SerializeToString())
    for data_file in models.ONNX_FIXTURES.glob(f"{fixture}.data"):
        (tmp_path / data_file.name).write_bytes(data_file.read_bytes())
    cuts = sorted({*range(40), *range(whole - 20, whole), *(whole * step // 60 for step in range(60))})
    for cut in cuts:
        (tmp_path / "cut.onnx").write_bytes(content[:cut])
        message = slipstream.refuse("inspect", tmp_path / "cut.onnx", codes=[1], says=["cut.onnx"])
        assert len(message.splitlines()) == 1, f"{cut} bytes: {message}"


def test_a_model_whose_external_data_is_cut_off_or_gone_is_refused(slipstream, tmp_path):
    fixture = models.ONNX_FIXTURES / "small-cnn.dynamo-20.onnx"
    (tmp_path / "model.onnx").write_bytes(fixture.read_bytes())
    weights = (models.ONNX_FIXTURES / f"{fixture.name}.data").read_bytes()
    for content in (None, b"", weights[:-1], weights[: len(weights) // 2]):
        if content is not None:
            (tmp_path / f"{fixture.name}.data").write_bytes(content)
        slipstream.refuse(
            *reading("evaluate", tmp_path / "model.onnx", tmp_path), codes=[1],
            says=["model.onnx", f"{fixture.name}.data"])


def test_a_directory_is_not_a_model(slipstream, tmp_path):
    slipstream.refuse("inspect", tmp_path, codes=[1], says=[tmp_path.name])


def test_every_unsupported_operator_is_listed_with_its_node(slipstream, tmp_path):
    nodes = [
        helper.make_node("Hardmax", ["x"], ["a"], name="first_odd_one"),
        helper.make_node("Relu", ["a"], ["b"], name="a_good_one"),
        helper.make_node("Shrink", ["b"], ["c"], name="second_odd_one"),
        helper.make_node("Warp", ["c"], ["y"], name="third_odd_one", domain="com.example"),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 64]) for name in "xy"]
    graph = helper.make_graph(nodes, "graph", values[:1], values[1:])
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", 13), helper.make_opsetid("com.example", 1)]), tmp_path / "odd.onnx")
    before = snapshot(tmp_path)
    message = slipstream.refuse(
        *reading("train", tmp_path / "odd.onnx", tmp_path), codes=[1],
        says=["Hardmax", "Shrink", "Warp", "first_odd_one", "second_odd_one", "third_odd_one"])
    assert "a_good_one" not in message
    assert snapshot(tmp_path) == before


def test_images_that_do_not_fit_are_refused_with_both_shapes(slipstream, tmp_path):
    model = slipstream.new("small-cnn", "1x28x28", 10, tmp_path / "model.onnx")
    before = snapshot(tmp_path)
    slipstream.refuse(*reading("train", model, tmp_path), codes=[1], says=[r"28\D{1,3}28", r"\b8\D{1,3}8\b"])
    assert snapshot(tmp_path) == before


def test_too_few_outputs_for_the_labels_are_refused_with_both_counts(slipstream, tmp_path):
    model = slipstream.new("small-cnn", "1x8x8", 5, tmp_path / "model.onnx")
    before = snapshot(tmp_path)
    slipstream.refuse(*reading("train", model, tmp_path), codes=[1], says=[r"\b5\b", r"\b(9|10)\b"])
    assert snapshot(tmp_path) == before


def test_an_architecture_that_the_images_are_too_small_for_is_refused(slipstream, tmp_path):
    slipstream.refuse("new", "lenet", "--input", "1x2x2", "--classes", 10, "-o", tmp_path / "m.onnx", says=["2"])
    assert snapshot(tmp_path) == {}


def test_a_model_with_damaged_weights_is_refused(slipstream, digits_model, tmp_path):
    model = onnx.load(digits_model)
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]
    onnx.save(model, tmp_path / "short.onnx")
    slipstream.refuse(
        *reading("train", tmp_path / "short.onnx", tmp_path), codes=[1], says=[model.graph.initializer[0].name])


def test_weights_that_are_not_finite_stop_training(slipstream, digits_model, tmp_path):
    model = onnx.load(digits_model)
    size = len(model.graph.initializer[0].raw_data) // 4
    model.graph.initializer[0].raw_data = b"\x00\x00\xc0\x7f" * size
    onnx.save(model, tmp_path / "nan.onnx")
    slipstream.refuse(
        *reading("train", tmp_path / "nan.onnx", tmp_path), codes=[1], says=["not finite", "model is damaged"])


@pytest.mark.parametrize("output", ["missing/folder/m.onnx", "file/m.onnx"])
def test_an_output_that_cannot_be_made_is_refused(slipstream, tmp_path, output):
    (tmp_path / "file").write_text("in the way")
    before = snapshot(tmp_path)
    slipstream.refuse(
        "new", "lenet", "--input", "1x28x28", "--classes", 10, "-o", tmp_path / output, codes=[1], says=["m.onnx"])
    assert snapshot(tmp_path) == before


def test_a_run_cannot_be_written_where_a_file_is(slipstream, digits_model, tmp_path):
    (tmp_path / "file").write_text("in the way")
    before = snapshot(tmp_path)
    slipstream.refuse(*training(digits_model, "digits", tmp_path / "file" / "run"), codes=[1], says=["file"])
    slipstream.refuse(*training(digits_model, "digits", tmp_path / "file"), codes=[1], says=["file"])
    assert snapshot(tmp_path) == before


def test_a_loss_that_is_no_longer_finite_stops_training_and_keeps_the_checkpoint(slipstream, digits_model, tmp_path):
    directory = tmp_path / "run"
    # The first epoch is sound; the second one's learning rate throws the weights out of range.
    arguments = training(digits_model, "digits", directory, epochs=4, schedule="step:1:1e30")
    says = [r"finite at step (4[6-9]|[5-8]\d) \(epoch 2, learning rate 2e\+28\)", "checkpoint stays"]
    message = slipstream.refuse(*arguments, codes=[1], says=says)
    slipstream.train(digits_model, "digits", tmp_path / "sound", epochs=1)
    for network in run_directory.NETWORKS.values():
        assert (directory / network).read_bytes() == (tmp_path / "sound" / network).read_bytes()
    before = snapshot(directory)
    # The checkpoint can be read: the run goes on from the first epoch's end and meets the same step again.
    assert slipstream.refuse(*arguments, "--resume", codes=[1], says=says) == message
    assert snapshot(directory) == before


def test_a_loss_that_is_not_finite_in_the_first_epoch_leaves_the_first_checkpoint(slipstream, digits_model, tmp_path):
    arguments = training(digits_model, "digits", tmp_path / "run", learning_rate=1e25)
    message = slipstream.refuse(*arguments, codes=[1], says=[r"finite at step [2-9] \(epoch 1"])
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"checkpoint.safetensors", "run.json"}
    assert slipstream.refuse(*arguments, "--resume", codes=[1]) == message


def test_labels_of_another_data_set_are_refused_before_anything_is_written(slipstream, digits_model, tmp_path):
    images, labels = data.images_and_labels(20, (1, 8, 8), 10)
    source = data.write_npz(tmp_path / "twelve.npz", images, labels + 2)
    before = snapshot(tmp_path)
    slipstream.refuse(
        *training(digits_model, f"npz:{source}", tmp_path / "run", validation=f"npz:{source}"), codes=[1],
        says=[r"\b1[12]\b", r"\b10\b"])
    assert snapshot(tmp_path) == before
