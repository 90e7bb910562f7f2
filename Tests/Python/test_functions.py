"""Functions that a model defines itself, as onnxscript and PyTorch's exporters write them: read, trained, written back."""

import numpy as np
import onnx
import pytest
from onnx import helper

import data
import onnx_files
import runtime


def model(opset: int = 18) -> onnx.ModelProto:
    """A network whose layers are functions: one within another, with attributes handed on and defaults."""
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("pkg.layers", 1)]

    def by_reference(node, **names):
        for name, (outer, kind) in names.items():
            node.attribute.append(onnx.AttributeProto(name=name, ref_attr_name=outer, type=kind))
        return node

    leaky = helper.make_function(
        "pkg.layers", "Activation", ["x"], ["y"],
        [by_reference(helper.make_node("LeakyRelu", ["x"], ["y"]), alpha=("slope", onnx.AttributeProto.FLOAT))], imports,
        attribute_protos=[helper.make_attribute("slope", 0.3)])
    block = helper.make_function(
        "pkg.layers", "Block", ["x", "w", "b", "s", "t", "m", "v"], ["y"],
        [by_reference(helper.make_node("Conv", ["x", "w", "b"], ["c"]), pads=("pads", onnx.AttributeProto.INTS)),
         helper.make_node("BatchNormalization", ["c", "s", "t", "m", "v"], ["n"]),
         by_reference(helper.make_node("Activation", ["n"], ["y"], domain="pkg.layers"),
                      slope=("slope", onnx.AttributeProto.FLOAT))],
        imports, attributes=["pads"], attribute_protos=[helper.make_attribute("slope", 0.2)])
    head = helper.make_function(
        "pkg.layers", "Head", ["x", "w", "b"], ["y"],
        [helper.make_node("GlobalAveragePool", ["x"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
         helper.make_node("Gemm", ["f", "w", "b"], ["y"])], imports)
    b = onnx_files.Builder(opset)
    x = "x"
    for index, (inputs, more) in enumerate([(2, {}), (4, {"slope": 0.1})]):
        names = [b.weights(f"{index}.w", 4, inputs, 3, 3), b.weights(f"{index}.b", 4), b.positive(f"{index}.s", 4),
                 b.weights(f"{index}.t", 4), b.weights(f"{index}.m", 4), b.positive(f"{index}.v", 4)]
        x = b.node("Block", x, *names, domain="pkg.layers", pads=[1, 1, 1, 1], **more)
    x = b.node("Head", x, b.weights("head.w", 4, 3), b.weights("head.b", 3), domain="pkg.layers")
    return b.model(x, functions=[leaky, block, head], domains=["pkg.layers"])


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("functions") / "model.onnx"
    onnx.checker.check_model(model(), full_check=True)
    onnx.save(model(), path)
    return path


def test_logits_are_those_of_onnx_runtime(slipstream, source, tmp_path):
    images, labels = onnx_files.images()
    npz = data.write_npz(tmp_path / "images.npz", images, labels)
    found = slipstream.predict(source, f"npz:{npz}", tmp_path / "p.npy")
    assert runtime.scaled_error(found, runtime.logits(source, images)) <= 1e-5


def test_weights_that_go_through_calls_are_trained_and_nothing_else_changes(slipstream, source, tmp_path):
    images, labels = onnx_files.images(24)
    npz = f"npz:{data.write_npz(tmp_path / 'images.npz', images, labels)}"
    slipstream.train(source, npz, tmp_path / "run", validation=npz, batch_size=8, accelerator="none")
    written = tmp_path / "run" / "model.onnx"
    before, after = onnx_files.arrays(source), onnx_files.arrays(written)
    assert all(not np.array_equal(before[name], after[name]) for name in before)
    old, new = onnx.load(source), onnx.load(written)
    for each in (old, new):
        for tensor in each.graph.initializer:
            tensor.ClearField("raw_data")
    assert old.SerializeToString(deterministic=True) == new.SerializeToString(deterministic=True)
    onnx.checker.check_model(onnx.load(written), full_check=True)
    found = slipstream.predict(written, npz, tmp_path / "p.npy")
    assert runtime.scaled_error(found, runtime.logits(written, images)) <= 1e-4


def test_a_function_that_cannot_be_read_is_named_with_its_call(slipstream, source, tmp_path):
    broken = onnx.load(source)
    broken.functions[0].node[0].op_type = "StringNormalizer"
    onnx.save(broken, tmp_path / "broken.onnx")
    said = slipstream.succeed("inspect", tmp_path / "broken.onnx")
    assert said.count("Block_0/") >= 1 and "StringNormalizer" in said
