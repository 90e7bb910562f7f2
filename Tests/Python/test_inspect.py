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


def plan(slipstream, model, *more):
    return json.loads(slipstream.succeed("inspect", model, "--plan", "--json", *more))


@pytest.fixture(scope="module")
def residual(slipstream, tmp_path_factory):
    """ResNet-18 for small images: batch normalisation, skip connections."""
    return slipstream.new("resnet18-cifar", "3x16x16", 10, tmp_path_factory.mktemp("plan") / "model.onnx")


def test_a_training_plan_has_forward_and_backward_nodes(slipstream, residual):
    found = plan(slipstream, residual, "--batch-size", 4)
    operators = Counter(node["operator"] for node in found["nodes"])
    layers = Counter(node.op_type for node in onnx.load(residual).graph.node)
    assert found["mode"] == "train" and found["batch_size"] == 4
    assert operators["Conv"] == operators["ConvWeightGradient"] == layers["Conv"]
    assert operators["BatchNormalizationTraining"] == layers["BatchNormalization"]
    # Every ReLU went into the node before it, and every gradient of a weight into the gradient vector.
    assert operators["Relu"] == 0
    assert all(node["memory"] == "gradient" for node in found["nodes"] if node["operator"] == "ConvWeightGradient")
    assert all(node["memory"] == "in place" for node in found["nodes"] if node["operator"] == "Sum")


def test_an_inference_plan_folds_normalization_once_for_all_runs(slipstream, residual):
    found = plan(slipstream, residual, "--mode", "infer")
    operators = Counter(node["operator"] for node in found["nodes"])
    layers = Counter(node.op_type for node in onnx.load(residual).graph.node)
    assert operators["BatchNormalization"] == operators["Relu"] == 0
    assert operators["FoldBatchNormalization"] == layers["BatchNormalization"] == layers["Conv"]
    for node in found["nodes"]:
        assert node["runs_once"] == (node["operator"] == "FoldBatchNormalization")
    assert found["retained_bytes"] > 0


@pytest.mark.parametrize("mode", ["train", "infer"])
@pytest.mark.parametrize("backend", ["auto", "reference"])
def test_a_plans_figures_fit_together(slipstream, residual, mode, backend):
    found = plan(slipstream, residual, "--batch-size", 2, "--mode", mode, "--backend", backend)
    nodes = found["nodes"]
    assert [node["number"] for node in nodes] == list(range(len(nodes)))
    assert 0 < found["arena_bytes"] < found["unshared_bytes"]
    own = [node["bytes"] for node in nodes if node["memory"] != "gradient"]
    assert max(own) <= found["arena_bytes"] + found["retained_bytes"]
    kernels = Counter(node["kernel"].split(".")[0] for node in nodes if "kernel" in node)
    assert found["kernels"] == kernels
    if backend == "reference":
        assert set(kernels) == {"reference"}
    for node in nodes:
        assert ("kernel" not in node) == (node["memory"] == "view")
        images = len(node["shape"]) == 4
        assert node["layout"] in (["channels-last", "row-major"] if images else ["row-major"])


def test_a_plan_for_more_images_needs_more_memory(slipstream, residual):
    arenas = [plan(slipstream, residual, "--batch-size", n)["arena_bytes"] for n in (2, 8, 32)]
    assert arenas[0] < arenas[1] < arenas[2]


def test_a_person_gets_the_same_plan(slipstream, residual):
    text = slipstream.succeed("inspect", residual, "--plan", "--batch-size", 2)
    for node in plan(slipstream, residual, "--batch-size", 2)["nodes"]:
        shape = "x".join(map(str, node["shape"])) or "1"
        operator = node["operator"] + (f"+{node['activation']}" if "activation" in node else "")
        line = next(line for line in text.splitlines() if line.split()[:1] == [str(node["number"])])
        assert line.split()[1:4] == [operator, node.get("kernel", "-"), shape]


def test_options_of_the_plan_need_the_plan(slipstream, residual):
    slipstream.refuse("inspect", residual, "--batch-size", 4, codes=[2], says=["--plan"])
    slipstream.refuse("inspect", residual, "--mode", "infer", codes=[2], says=["--plan"])
    slipstream.refuse("inspect", residual, "--plan", "--batch-size", 0, codes=[2], says=["at least 1"])


def test_a_batch_size_that_the_file_does_not_take_is_refused(slipstream, residual, tmp_path):
    model = onnx.load(residual)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 3
    onnx.save(model, tmp_path / "fixed.onnx")
    assert plan(slipstream, tmp_path / "fixed.onnx")["batch_size"] == 3
    slipstream.refuse("inspect", tmp_path / "fixed.onnx", "--plan", "--batch-size", 4, codes=[1], says=["3"])
