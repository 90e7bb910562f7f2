"""`slipstream inspect`: what is in a model, counted as onnx counts it."""

import json
import math
from collections import Counter

import onnx
import pytest


@pytest.fixture(scope="module")
def small_cnn(slipstream, tmp_path_factory):
    """peers.md's small CNN for 28 x 28 pixels."""
    return slipstream.new("small-cnn", "1x28x28", 10, tmp_path_factory.mktemp("inspect") / "model.onnx")


@pytest.fixture(scope="module")
def found(slipstream, small_cnn):
    return json.loads(slipstream.succeed("inspect", small_cnn, "--json"))


def test_operators_are_counted(found, small_cnn):
    counts = Counter(node.op_type for node in onnx.load(small_cnn).graph.node)
    assert {row["operator"]: row["count"] for row in found["operators"]} == counts
    assert all(row["supported"] for row in found["operators"])


def test_parameters_and_multiply_adds_are_counted(found, small_cnn):
    weights = onnx.load(small_cnn).graph.initializer
    assert found["parameters"] == sum(math.prod(weight.dims) for weight in weights if weight.data_type == 1)
    # Two convolutions of 3 x 3 at 28 x 28 and 14 x 14 pixels, then dense 3136 -> 128 -> 10.
    assert found["multiply_adds"] == 28**2 * 9 * 32 + 14**2 * 9 * 32 * 64 + 3136 * 128 + 128 * 10


def test_inputs_outputs_and_opset_are_those_of_the_file(found, small_cnn):
    model = onnx.load(small_cnn)
    assert [value["name"] for value in found["inputs"]] == [value.name for value in model.graph.input]
    assert [value["name"] for value in found["outputs"]] == [value.name for value in model.graph.output]
    assert found["opset"] == model.opset_import[0].version


def test_a_person_gets_the_same_facts(slipstream, small_cnn, found):
    text = slipstream.succeed("inspect", small_cnn)
    for fact in ("Conv", "MaxPool", str(found["opset"])):
        assert fact in text
    assert str(found["parameters"]) in text.replace(",", "").replace(" ", "")


def test_unsupported_operators_are_marked(slipstream, tmp_path):
    node = onnx.helper.make_node("Hardmax", ["x"], ["y"], name="odd_one")
    value = [onnx.helper.make_tensor_value_info(name, 1, ["N", 4]) for name in "xy"]
    model = onnx.helper.make_model(
        onnx.helper.make_graph([node], "g", value[:1], value[1:]),
        opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "odd.onnx")
    found = json.loads(slipstream.succeed("inspect", tmp_path / "odd.onnx", "--json"))
    assert found["operators"] == [{"operator": "Hardmax", "count": 1, "supported": False}]
