"""Building of small ONNX models, node by node, with random constants."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def numbers(rng, shape):
    """Eighths, so that sums are exact and files small."""
    return rng.integers(-12, 13, shape).astype(np.float32) / 8


class Model:
    """A model under construction: one input `x` of float numbers, nodes, constants."""

    def __init__(self, opset, rng):
        self.opset = opset
        self.rng = rng
        self.nodes, self.initializers, self.outputs = [], [], []

    def node(self, kind, *inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}" + ("" if i == 0 else f"_{i}") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=f"n{len(self.nodes)}", **attributes))
        return names[0]

    def weights(self, *shape):
        """An initialiser of random numbers."""
        return self.initializer(numbers(self.rng, shape))

    def positive(self, *shape):
        return self.initializer(np.abs(numbers(self.rng, shape)) + np.float32(0.5))

    def initializer(self, array):
        array = np.asarray(array)
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def ints(self, *values):
        return self.initializer(np.array(values, dtype=np.int64))

    def scalar(self, value):
        return self.initializer(np.array(value, dtype=np.float32))

    def constant(self, array):
        """A `Constant` node, which holds integers since opset 9."""
        if self.opset < 9 and np.asarray(array).dtype.kind == "i":
            return self.initializer(array)
        return self.node("Constant", value=numpy_helper.from_array(np.asarray(array)))

    def axes(self, kind, x, axes, since, **attributes):
        """A node whose axes were an attribute before an opset and are an operand since."""
        if self.opset >= since:
            return self.node(kind, x, self.ints(*axes), **attributes)
        return self.node(kind, x, axes=list(axes), **attributes)

    def proto(self, dims, ranks):
        ir = 3 if self.opset < 9 else 8
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, dims if dims != "none" else None)]
        if ir < 4:
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.initializers]
        outputs = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None if ranks is None else [None] * ranks[i])
            for i, name in enumerate(self.outputs)
        ]
        graph = helper.make_graph(self.nodes, "g", inputs, outputs, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=ir)
