"""The models that are damaged: small ones, with every kind of operator that training meets."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import ROOT

FIXTURES = ROOT / "Tests" / "Fixtures" / "ONNX"
NAMES = (
    "small-cnn.torchscript-17", "small-cnn.torchscript-11", "small-cnn.dynamo-20", "residual.torchscript-13",
    "residual.dynamo-18-unoptimized", "fresh-residual.torchscript-17", "encodings")
FILTERS, CLASSES, SIZE = 4, 10, 12


def sources() -> list[onnx.ModelProto]:
    """The fixtures, their weights inside, and a model for each operator that moves or makes many numbers."""
    found = [onnx.load(FIXTURES / f"{name}.onnx") for name in NAMES if (FIXTURES / f"{name}.onnx").exists()]
    return found + [around(*middle) for middle in MIDDLES]


def integers(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


# What stands between a convolution and the last layer: operator, operands behind the first, attributes.
MIDDLES = (
    ("Expand", [integers(1, FILTERS, SIZE, SIZE)], {}),
    ("Tile", [integers(1, 1, 2, 2)], {}),
    ("Pad", [integers(0, 0, 1, 1, 0, 0, 1, 1)], {"mode": "constant"}),
    ("Resize", [np.zeros(0, np.float32), np.array([1, 1, 2, 2], np.float32)], {"mode": "nearest"}),
    ("Reshape", [integers(0, -1, 4, 4)], {}),
    ("Slice", [integers(0, 0), integers(8, 8), integers(2, 3), integers(1, 2)], {}),
    ("Gather", [integers(0, 2, 1)], {"axis": 1}),
    ("Transpose", [], {"perm": [0, 2, 3, 1]}),
    ("MaxPool", [], {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("AveragePool", [], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("ReduceMean", [], {"axes": [2, 3], "keepdims": 1}),
    ("ConvTranspose", [np.full((FILTERS, 3, 2, 2), 0.1, np.float32)], {"strides": [2, 2]}),
    ("Split", [integers(1, 3)], {"axis": 1}),
    ("DepthToSpace", [], {"blocksize": 2}),
    ("LRN", [], {"size": 3}),
    ("Unsqueeze", [integers(4)], {}),
    ("Concat", [np.ones((1, 1, SIZE, SIZE), np.float32)], {"axis": 1}),
    ("Einsum", [np.eye(SIZE, dtype=np.float32)], {"equation": "nchw,wv->nchv"}),
    ("LayerNormalization", [np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)], {"axis": -1}),
    ("Where", [np.ones((1, FILTERS, SIZE, SIZE), np.float32)], {}),
)


def around(operator: str, operands: list[np.ndarray], attributes: dict) -> onnx.ModelProto:
    """A network of a convolution, an operator on its result, and a dense layer behind a global mean."""
    random = np.random.default_rng(1)
    weights = {
        "w": random.standard_normal((FILTERS, 1, 3, 3)).astype(np.float32) / 3,
        "v": random.standard_normal((1, CLASSES)).astype(np.float32)}
    weights |= {f"operand{index}": value for index, value in enumerate(operands)}
    inputs = ["c", *(f"operand{index}" for index in range(len(operands)))]
    if operator == "Where":
        weights["condition"] = np.ones(1, np.bool_)
        inputs = ["condition", *inputs]
    outputs = ["m", "rest"] if operator == "Split" else ["m"]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], name="first", pads=[1, 1, 1, 1]),
        helper.make_node(operator, inputs, outputs, name="middle", **attributes),
        helper.make_node("Flatten", ["m"], ["f"], axis=1),
        helper.make_node("ReduceMean", ["f"], ["r"], axes=[1], keepdims=1),
        helper.make_node("MatMul", ["r", "v"], ["y"], name="last"),
    ]
    graph = helper.make_graph(
        nodes, operator, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, SIZE, SIZE])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", CLASSES])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def shape(model: onnx.ModelProto) -> tuple[int, ...]:
    """The shape of a model's images."""
    constants = {tensor.name for tensor in model.graph.initializer}
    value = next(value for value in model.graph.input if value.name not in constants)
    return tuple(dimension.dim_value for dimension in value.type.tensor_type.shape.dim[1:])
