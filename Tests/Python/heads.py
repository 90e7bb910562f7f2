"""Small classifiers with heads of every form that exporters write, for 1 x 6 x 6 images."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS = 8
CLASSES = 10


class Network:
    """A body of one convolution, to which a head is added node by node."""

    def __init__(self, opset=13, dtype=np.float32, seed=0):
        self.random = np.random.default_rng(seed)
        self.opset = opset
        self.dtype = dtype
        self.nodes, self.constants, self.notes = [], [], []
        self.weight("body.weight", (CHANNELS, 1, 3, 3))
        self.weight("body.bias", (CHANNELS,))
        self.node("Conv", ["image", "body.weight", "body.bias"], "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        self.node("Relu", ["conv"], "features")

    def weight(self, name, shape):
        self.constant(name, (self.random.standard_normal(shape) / 3).astype(self.dtype))

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))

    def node(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"{output}_node", **attributes))
        return output

    def note(self, name, *shape):
        """What the file says of a value in between."""
        self.notes.append(helper.make_tensor_value_info(name, self.element, shape))

    @property
    def element(self):
        return helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype))

    def pooled(self):
        """The features' means, N x CHANNELS."""
        self.node("GlobalAveragePool", ["features"], "means")
        self.note("means", "N", CHANNELS, 1, 1)
        return self.node("Flatten", ["means"], "flat")

    def model(self, outputs={"logits": ("N", CLASSES)}) -> onnx.ModelProto:
        values = [helper.make_tensor_value_info(name, self.element, shape) for name, shape in outputs.items()]
        image = helper.make_tensor_value_info("image", self.element, ("N", 1, 6, 6))
        graph = helper.make_graph(self.nodes, "g", [image], values, self.constants, value_info=self.notes)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model

    def save(self, path: Path, **more) -> Path:
        onnx.save(self.model(**more), path)
        return path


def gemm(network, **attributes):
    """`Gemm`, as both of PyTorch's exporters write `Linear`."""
    network.weight("fc.weight", (CLASSES, CHANNELS))
    network.weight("fc.bias", (CLASSES,))
    network.node("Gemm", [network.pooled(), "fc.weight", "fc.bias"], "logits", transB=1)


def gemm_as_it_is(network):
    """`Gemm` with its weights in order, behind a dropout, with a row of offsets, and a softmax."""
    network.weight("fc.weight", (CHANNELS, CLASSES))
    network.weight("fc.bias", (1, CLASSES))
    network.node("Dropout", [network.pooled()], "kept")
    network.node("Gemm", ["kept", "fc.weight", "fc.bias"], "scores")
    network.note("scores", "N", CLASSES)
    network.node("Softmax", ["scores"], "logits", axis=1)


def matmul(network):
    """`MatMul` and `Add`, as TensorFlow's exporters write a dense layer, with what the file says of both results."""
    network.weight("fc.weight", (CHANNELS, CLASSES))
    network.weight("fc.bias", (CLASSES,))
    network.node("MatMul", [network.pooled(), "fc.weight"], "product")
    network.note("product", "N", CLASSES)
    network.node("Add", ["fc.bias", "product"], "logits")


def transposed(network):
    """`MatMul` with weights that a node transposes, as the dynamo exporter writes `Linear` before it optimises."""
    network.weight("fc.weight", (CLASSES, CHANNELS))
    network.weight("fc.bias", (CLASSES,))
    network.node("Transpose", ["fc.weight"], "turned", perm=[1, 0])
    network.note("turned", CHANNELS, CLASSES)
    network.node("MatMul", [network.pooled(), "turned"], "product")
    network.node("Add", ["product", "fc.bias"], "logits")


def squeezenet(network):
    """A 1 x 1 convolution, ReLU, the mean over the image, and flattening."""
    network.weight("fc.weight", (CLASSES, CHANNELS, 1, 1))
    network.weight("fc.bias", (CLASSES,))
    network.node("Conv", ["features", "fc.weight", "fc.bias"], "maps", kernel_shape=[1, 1])
    network.note("maps", "N", CLASSES, 6, 6)
    network.node("Relu", ["maps"], "rectified")
    network.node("GlobalAveragePool", ["rectified"], "mean")
    network.note("mean", "N", CLASSES, 1, 1)
    network.node("Flatten", ["mean"], "logits", axis=1)


def baked(network):
    """The same, with offsets added by a node, and a `Reshape` that holds the number of classes."""
    network.weight("fc.weight", (CLASSES, CHANNELS, 1, 1))
    network.weight("fc.bias", (1, CLASSES, 1, 1))
    network.constant("shape", np.array([-1, CLASSES], np.int64))
    network.node("Conv", ["features", "fc.weight"], "product", kernel_shape=[1, 1])
    network.node("Add", ["product", "fc.bias"], "maps")
    network.node("GlobalAveragePool", ["maps"], "mean")
    network.node("Reshape", ["mean", "shape"], "logits")


def baked_in_a_node(network):
    """The same, the shape in a `Constant` node."""
    network.weight("fc.weight", (CLASSES, CHANNELS, 1, 1))
    network.node("Conv", ["features", "fc.weight"], "maps", kernel_shape=[1, 1])
    network.node("GlobalAveragePool", ["maps"], "mean")
    network.node("Constant", [], "shape", value=numpy_helper.from_array(np.array([0, CLASSES], np.int64)))
    network.node("Reshape", ["mean", "shape"], "logits")


def computed(network):
    """A `Reshape` to what is computed of the images' number, as TorchScript writes `x.view(x.size(0), -1)`."""
    network.weight("fc.weight", (CLASSES, CHANNELS, 1, 1))
    for name, value in (("first", 0), ("rest", [-1])):
        network.constant(name, np.array(value, np.int64))
    network.node("Conv", ["features", "fc.weight"], "maps", kernel_shape=[1, 1])
    network.node("GlobalAveragePool", ["maps"], "mean")
    network.node("Shape", ["mean"], "sizes")
    network.node("Gather", ["sizes", "first"], "count", axis=0)
    network.constant("zero", np.array([0], np.int64))
    network.node("Unsqueeze", ["count", "zero"], "counts")
    network.node("Concat", ["counts", "rest"], "shape", axis=0)
    network.node("Reshape", ["mean", "shape"], "logits")


def squeezed(network):
    """A convolution whose result loses its last two dimensions, as MobileNet's from TensorFlow."""
    network.weight("fc.weight", (CLASSES, CHANNELS, 1, 1))
    network.weight("fc.bias", (CLASSES,))
    network.constant("places", np.array([2, 3], np.int64))
    network.node("GlobalAveragePool", ["features"], "means")
    network.node("Conv", ["means", "fc.weight", "fc.bias"], "maps", kernel_shape=[1, 1])
    network.node("Squeeze", ["maps", "places"], "scores")
    network.node("LogSoftmax", ["scores"], "logits", axis=-1)


def averaged(network):
    """The mean over the image by `ReduceMean`, then one over a temperature."""
    network.weight("fc.weight", (CLASSES, CHANNELS, 1, 1))
    network.constant("temperature", np.array(2, network.dtype))
    network.node("Conv", ["features", "fc.weight"], "maps", kernel_shape=[1, 1])
    network.node("ReduceMean", ["maps"], "mean", axes=[2, 3], keepdims=0)
    network.node("Div", ["mean", "temperature"], "logits")


def repeated(network):
    """Offsets that an `Identity` repeats: TorchScript has merged them with equal ones of the body."""
    network.weight("fc.weight", (CLASSES, CHANNELS))
    network.constants = [tensor for tensor in network.constants if tensor.name != "body.bias"]
    # As many channels as classes, or they could not be merged.
    network.weight("body.bias", (CHANNELS,))
    network.weight("body2.weight", (CLASSES, CHANNELS, 1, 1))
    network.weight("body2.bias", (CLASSES,))
    network.node("Conv", ["features", "body2.weight", "body2.bias"], "more", kernel_shape=[1, 1])
    network.node("GlobalAveragePool", ["more"], "means")
    network.node("Flatten", ["means"], "flat")
    network.constants = [tensor for tensor in network.constants if tensor.name != "fc.weight"]
    network.weight("fc.weight", (CLASSES, CLASSES))
    network.node("Identity", ["body2.bias"], "fc.bias")
    network.node("Gemm", ["flat", "fc.weight", "fc.bias"], "logits", transB=1)


FORMS = [
    gemm, gemm_as_it_is, matmul, transposed, squeezenet, baked, baked_in_a_node, computed, squeezed, averaged, repeated,
]


def build(form, path: Path, **options) -> Path:
    """Writes the network with a head of a form."""
    network = Network(**options)
    form(network)
    return network.save(path)


def tensors(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """All floating-point constants by name, those of nodes by their output's."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].type == onnx.AttributeProto.TENSOR:
            found[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return {name: array for name, array in found.items() if array.dtype.kind == "f"}


def element_name(model: onnx.ModelProto, name: str) -> str:
    """The type of a constant's elements in the file."""
    return next(TensorProto.DataType.Name(t.data_type) for t in model.graph.initializer if t.name == name)
