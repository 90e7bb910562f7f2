"""Models made with the onnx package, for what exporters do not write."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# The IR version of the onnx release that brought an opset.
IR_VERSIONS = {7: 3, 8: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10,
               22: 10, 23: 11, 24: 12, 25: 13, 26: 13, 27: 13, 28: 14}
NEWEST = onnx.defs.onnx_opset_version()


class Builder:
    """A network from `x`, images of 2 x 6 x 6, to `y`, 3 logits, node by node."""

    def __init__(self, opset: int, dtype=np.float32, seed: int = 0):
        self.opset, self.dtype = opset, dtype
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers = [], []

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes) -> str:
        names = [f"{kind}_{len(self.nodes)}" + (f"_{index}" if index else "") for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0]

    def constant(self, values, name: str = "") -> str:
        tensor = numpy_helper.from_array(np.asarray(values), name or f"c{len(self.initializers)}")
        self.initializers.append(tensor)
        return tensor.name

    def weights(self, name: str, *shape: int) -> str:
        return self.constant((0.5 * self.random.standard_normal(shape)).astype(self.dtype), name)

    def positive(self, name: str, *shape: int) -> str:
        return self.constant((0.5 + self.random.random(shape)).astype(self.dtype), name)

    def norm(self, x: str, name: str, channels: int) -> str:
        parts = [self.positive(f"{name}.scale", channels), self.weights(f"{name}.shift", channels),
                 self.weights(f"{name}.mean", channels), self.positive(f"{name}.var", channels)]
        return self.node("BatchNormalization", x, *parts)

    def model(self, y: str, batch="N", functions=(), value_info=(), domains=()) -> onnx.ModelProto:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype))
        inputs = [helper.make_tensor_value_info("x", kind, [batch, 2, 6, 6])]
        if IR_VERSIONS[self.opset] < 4:
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.initializers]
        self.nodes.append(helper.make_node("Identity", [y], ["y"], name="last"))
        graph = helper.make_graph(
            self.nodes, "g", inputs, [helper.make_tensor_value_info("y", kind, [batch, 3])], self.initializers,
            value_info=list(value_info))
        opsets = [helper.make_opsetid("", self.opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
        model = helper.make_model(graph, opset_imports=opsets, functions=list(functions), producer_name="test")
        model.ir_version = IR_VERSIONS[self.opset]
        return model


def classifier(opset: int, dtype=np.float32, batch="N", flatten=None) -> onnx.ModelProto:
    """A network of the operators whose form the opsets have changed; `flatten` is the shape that a Reshape takes."""
    b = Builder(opset, dtype)
    x = b.node("Conv", "x", b.weights("conv.w", 4, 2, 3, 3), b.weights("conv.b", 4), pads=[1, 1, 1, 1])
    x = b.node("Relu", b.norm(x, "norm", 4))
    x = b.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    if opset >= 11:
        x = b.node("Clip", x, b.constant(np.array(-1, dtype)), b.constant(np.array(2, dtype)))
    else:
        x = b.node("Clip", x, min=-1.0, max=2.0)
    y = b.node("AveragePool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = b.node("Add", x, y)
    if opset >= 12:
        x = b.node("Dropout", x, b.constant(np.float32(0.25)))
    else:
        x = b.node("Dropout", x, ratio=0.25)
    # A mean over the channels that is taken off, with its axis in either form, and a dimension that comes and goes.
    mean = b.node("ReduceMean", x, b.constant([1])) if opset >= 18 else b.node("ReduceMean", x, axes=[1])
    total = b.node("ReduceSum", mean, b.constant([3]), keepdims=1) if opset >= 13 else b.node("ReduceSum", mean, axes=[3])
    x = b.node("Sub", x, b.node("Mul", total, b.constant(np.array(0.25, dtype))))
    if opset >= 13:
        x = b.node("Squeeze", b.node("Unsqueeze", x, b.constant([1])), b.constant([1]))
    else:
        x = b.node("Squeeze", b.node("Unsqueeze", x, axes=[1]), axes=[1])
    if flatten is None:
        x = b.node("Flatten", x)
    else:
        x = b.node("Reshape", x, b.constant(flatten, "shape"))
    return b.model(b.node("Gemm", x, b.weights("dense.w", 36, 3), b.weights("dense.b", 3)), batch)


def reference(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    """What onnx's own evaluator computes."""
    return ReferenceEvaluator(model).run(None, {"x": images})[0]


def images(count: int = 12, classes: int = 3, seed: int = 1):
    """Images that the networks here take, and labels."""
    random = np.random.default_rng(seed)
    return random.standard_normal((count, 2, 6, 6)).astype(np.float32), random.integers(0, classes, count)


def arrays(path: Path) -> dict[str, np.ndarray]:
    """A model's initialisers, those in external data included."""
    return {tensor.name: numpy_helper.to_array(tensor, str(path.parent)) for tensor in onnx.load(path).graph.initializer}


def dense_classifier(dtype, opset: int = 17) -> onnx.ModelProto:
    """A network of two dense layers and a normalisation, which ONNX Runtime computes in double precision too."""
    b = Builder(opset, dtype)
    x = b.node("Gemm", b.node("Flatten", "x"), b.weights("first.w", 72, 8), b.weights("first.b", 8))
    x = b.node("Relu", b.norm(x, "norm", 8))
    return b.model(b.node("Gemm", x, b.weights("last.w", 8, 3), b.weights("last.b", 3)))
