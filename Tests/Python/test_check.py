"""`slipstream check`: stored results, found, compared and told."""

import json
import os

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper


def write(folder, nodes, inputs: dict, outputs: dict, opset=17):
    """Writes a model, and a data set of its inputs and outputs."""
    def values(arrays):
        return [helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape) for name, value in arrays.items()]

    graph = helper.make_graph(nodes, "graph", values(inputs), values(outputs))
    onnx.save(
        helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)]), folder / "model.onnx")
    store(folder / "test_data_set_0", inputs.values(), outputs.values())
    return folder / "model.onnx"


def store(folder, inputs, outputs):
    folder.mkdir(exist_ok=True)
    for name, arrays in (("input", inputs), ("output", outputs)):
        for index, value in enumerate(arrays):
            (folder / f"{name}_{index}.pb").write_bytes(numpy_helper.from_array(value, name).SerializeToString())


@pytest.fixture
def values():
    return np.random.default_rng(5).standard_normal((2, 3, 4, 4)).astype(np.float32)


@pytest.fixture
def relu(tmp_path, values):
    return write(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], {"x": values}, {"y": np.maximum(values, 0)})


def test_right_results_pass_and_are_told_in_a_line(slipstream, relu):
    line, = slipstream.succeed("check", relu).splitlines()
    assert "test_data_set_0, y: passes, largest error 0 in 96 elements" in line


def test_one_wrong_element_misses(slipstream, relu, values):
    expected = np.maximum(values, 0)
    expected[1, 2, 3, 3] += 0.5
    store(relu.parent / "test_data_set_0", [values], [expected])
    result = slipstream.run("check", relu)
    assert result.returncode == 1 and result.stderr == ""
    assert "MISSES, 1 too far off, largest error 0.5 in 96 elements" in result.stdout
    assert slipstream.run("check", relu, "--absolute", 0.6).returncode == 0
    record = json.loads(slipstream.run("check", relu, "--json").stdout)
    assert (record["passed"], record["misses"], record["largest_error"]) == (False, 1, 0.5)


@pytest.mark.parametrize("moved", [False, True])
def test_a_cast_like_truth_values_gives_truth_values(slipstream, values, tmp_path, moved):
    values[0, 1] = 0
    nodes = [
        helper.make_node("Greater", ["x", "x"], ["computed"]),
        helper.make_node("Transpose" if moved else "Identity", ["computed"], ["like"]),
        helper.make_node("CastLike", ["x", "like"], ["truth"]),
        helper.make_node("Cast", ["truth"], ["y"], to=TensorProto.FLOAT)]
    model = write(tmp_path, nodes, {"x": values}, {"y": (values != 0).astype(np.float32)})
    slipstream.succeed("check", model)


@pytest.mark.parametrize("outputs, stored", [(1, 2), (3, 2)])
def test_a_data_set_must_hold_one_tensor_for_each_output(slipstream, values, tmp_path, outputs, stored):
    result = np.maximum(values, 0)
    nodes = [helper.make_node("Relu", ["x"], [f"y{index}"]) for index in range(outputs)]
    model = write(tmp_path, nodes, {"x": values}, {f"y{index}": result for index in range(outputs)})
    for path in (tmp_path / "test_data_set_0").glob("output_*"):
        path.unlink()
    store(tmp_path / "test_data_set_0", [values], [result] * stored)
    slipstream.refuse("check", model, codes=[1], says=[f"has {outputs} output", f"holds {stored}"])


def test_infinite_results_must_be_infinite(slipstream, relu, values):
    expected = np.maximum(values, 0)
    expected[0, 1, 2, 3] = np.inf
    store(relu.parent / "test_data_set_0", [values], [expected])
    result = slipstream.run("check", relu)
    assert result.returncode == 1 and "MISSES, 1 too far off, largest error inf" in result.stdout


def test_a_pipe_is_refused_not_waited_for(slipstream, relu):
    stored = relu.parent / "test_data_set_0" / "input_0.pb"
    stored.unlink()
    os.mkfifo(stored)
    slipstream.refuse("check", relu, codes=[1], says=["input_0.pb", "not a regular file"], timeout=10)


def test_tolerances_are_those_of_onnx(slipstream, relu, values):
    expected = np.maximum(values, 0)
    for factor, status in ((1 + 9e-4, 0), (1 + 1.1e-3, 1)):
        store(relu.parent / "test_data_set_0", [values], [expected * np.float32(factor)])
        assert slipstream.run("check", relu).returncode == status
    assert slipstream.run("check", relu, "--relative", 2e-3).returncode == 0


def test_every_data_set_counts_and_others_can_be_named(slipstream, relu, values, tmp_path):
    store(relu.parent / "test_data_set_1", [-values], [np.maximum(-values, 0)])
    assert len(slipstream.succeed("check", relu).splitlines()) == 2
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store(elsewhere / "test_data_set_7", [values], [values])
    assert slipstream.run("check", relu, "--data-sets", elsewhere).returncode == 1
    assert slipstream.run("check", relu, "--data-sets", elsewhere / "test_data_set_7").returncode == 1
    assert slipstream.run("check", relu, "--data-sets", relu.parent / "test_data_set_1").returncode == 0


def test_inputs_of_shapes_and_weights_are_constants(slipstream, tmp_path):
    random = np.random.default_rng(2)
    images = random.standard_normal((2, 3, 8, 8)).astype(np.float32)
    weights = random.standard_normal((4, 3, 3, 3)).astype(np.float32)
    shape = np.array([2, -1], np.int64)
    model = write(
        tmp_path, [helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node("Reshape", ["c", "shape"], ["y"])],
        {"x": images, "w": weights, "shape": shape}, {"y": np.zeros((2, 144), np.float32)})
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    result = session.run(None, {"x": images, "w": weights, "shape": shape})
    store(tmp_path / "test_data_set_0", [images, weights, shape], result)
    assert "passes" in slipstream.succeed("check", model)


def test_integers_must_be_equal(slipstream, tmp_path):
    images = np.zeros((2, 3, 5), np.float32)
    model = write(
        tmp_path, [helper.make_node("Shape", ["x"], ["y"])], {"x": images}, {"y": np.array([2, 3, 5], np.int64)})
    assert "passes" in slipstream.succeed("check", model)
    store(tmp_path / "test_data_set_0", [images], [np.array([2, 3, 6], np.int64)])
    assert slipstream.run("check", model, "--absolute", 10).returncode == 1


def test_a_model_of_integers_alone_is_compared(slipstream, tmp_path):
    left, right = np.array([1, 2], np.int64), np.array([30, 40], np.int64)
    model = write(
        tmp_path, [helper.make_node("Add", ["a", "b"], ["y"])], {"a": left, "b": right}, {"y": left + right})
    assert "passes" in slipstream.succeed("check", model)


def test_another_shape_misses_and_is_told(slipstream, relu, values):
    store(relu.parent / "test_data_set_0", [values], [np.maximum(values, 0)[:1]])
    result = slipstream.run("check", relu)
    assert result.returncode == 1 and "2 x 3 x 4 x 4" in result.stdout and "1 x 3 x 4 x 4" in result.stdout


def test_nothing_to_compare_with_is_an_error(slipstream, relu, tmp_path):
    for path in (relu.parent / "test_data_set_0").iterdir():
        path.unlink()
    slipstream.refuse("check", relu, codes=[1], says=["output_0.pb"])
    (relu.parent / "test_data_set_0").rmdir()
    slipstream.refuse("check", relu, codes=[1], says=["test_data_set_0", "--data-sets"])


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"\x08\x02\x10\x01"], ids=["empty", "text", "short"])
def test_damaged_data_is_named(slipstream, relu, content):
    (relu.parent / "test_data_set_0" / "input_0.pb").write_bytes(content)
    message = slipstream.refuse("check", relu, codes=[1], says=["input_0.pb"])
    assert len(message.splitlines()) == 1


def test_values_for_other_inputs_are_refused(slipstream, relu, values):
    store(relu.parent / "test_data_set_0", [values, values], [values])
    slipstream.refuse("check", relu, codes=[1], says=["1 inputs", "2"])
    (relu.parent / "test_data_set_0" / "input_1.pb").unlink()
    store(relu.parent / "test_data_set_0", [values.astype(np.int64)], [values])
    slipstream.refuse("check", relu, codes=[1], says=["int64", "float"])


def test_a_file_that_cannot_be_compared_does_not_keep_others_from_it(slipstream, relu, tmp_path):
    result = slipstream.run("check", tmp_path / "absent.onnx", relu, "--json")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
    assert [record["passed"] for record in records] == [False, True] and "absent.onnx" in records[0]["error"]


@pytest.mark.parametrize("option, value", [("--relative", -1), ("--absolute", "nan")])
def test_wrong_tolerances_are_refused(slipstream, relu, option, value):
    slipstream.refuse("check", relu, option, value, codes=[2], says=[option])


def test_texts_are_refused(slipstream, tmp_path):
    (tmp_path / "test_data_set_0").mkdir()
    values = [helper.make_tensor_value_info(name, TensorProto.STRING, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "graph", values[:1], values[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), tmp_path / "model.onnx")
    text = helper.make_tensor("x", TensorProto.STRING, [1], [b"word"]).SerializeToString()
    for name in ("input_0.pb", "output_0.pb"):
        (tmp_path / "test_data_set_0" / name).write_bytes(text)
    slipstream.refuse("check", tmp_path / "model.onnx", codes=[1], says=["string"])


def test_an_input_of_another_shape_is_named(slipstream, relu, values):
    store(relu.parent / "test_data_set_0", [values[:, :, :3]], [values[:, :, :3]])
    slipstream.refuse("check", relu, codes=[1], says=["'x'", "takes 2 x 3 x 4 x 4", "is 2 x 3 x 3 x 4"])


def test_the_missing_thing_is_named(slipstream, relu, tmp_path):
    slipstream.refuse("check", tmp_path / "absent.onnx", codes=[1], says=["no such file", "absent.onnx"])
    slipstream.refuse("check", relu, "--data-sets", tmp_path / "nowhere", codes=[1], says=["nowhere: there is no such folder"])
    slipstream.refuse("check", relu, "--data-sets", relu, codes=[1], says=["model.onnx: there is no such folder"])
    stored = relu.parent / "test_data_set_0" / "output_0.pb"
    stored.write_bytes(stored.read_bytes()[:-3])
    slipstream.refuse("check", relu, codes=[1], says=["output_0.pb: it holds no tensor that can be read"])


def test_a_miss_of_training_form_is_explained(slipstream, tmp_path, values):
    """Runtimes compute what the form says: normalisation over the batch. `check` computes the form for use."""
    parts = {name: np.full(3, value, np.float32) for name, value in dict(s=1, b=0, m=0.5, v=2).items()}
    node = helper.make_node(
        "BatchNormalization", ["x", *parts], ["y", "m2", "v2"], name="norm", training_mode=1)
    model = write(tmp_path, [node], {"x": values}, {"y": values})
    loaded = onnx.load(model)
    loaded.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in parts.items())
    onnx.save(loaded, model)
    expected, = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, {"x": values})
    store(tmp_path / "test_data_set_0", [values], [expected])
    result = slipstream.run("check", model)
    assert result.returncode == 1 and "MISSES" in result.stdout
    assert "'norm' is in training form; what is computed is the inference form" in result.stderr
