"""The cases of generate.py: for every operator, what its versions and attributes can make of it."""

import collections

import numpy as np
from onnx import TensorProto, numpy_helper

IMAGE = (2, 4, 5, 6)

Case = collections.namedtuple("Case", "operator name build shape since until dims only twin")
CASES = []


def case(operator, name, build, shape=IMAGE, since=7, until=99, dims=None, only=None, twin=None):
    """Declares a case.

    operator: whose changes decide at which opsets it is made. since, until: the opsets at which it is valid.
    dims: the input's dimensions in the file; by default the first one is open. only: opsets instead of the changes.
    twin: builds the model whose outputs are right where the model's own would be those of its training form.
    """
    CASES.append(Case(operator, name, build, shape, since, until, dims, only, twin))


def single(kind, **attributes):
    return lambda m: m.node(kind, "x", **attributes)


def activations():
    for kind in ("Relu", "Sigmoid", "Tanh"):
        case(kind, "", single(kind))
    case("LeakyRelu", "default slope", single("LeakyRelu"))
    case("LeakyRelu", "slope", single("LeakyRelu", alpha=0.3))
    for name, bounds in [("both", dict(min=-0.5, max=0.7)), ("lower", dict(min=-0.5)), ("upper", dict(max=0.7)),
                         ("none", {})]:
        case("Clip", name, single("Clip", **bounds), until=10)
        operands = lambda m, bounds=bounds: [m.scalar(bounds[k]) if k in bounds else "" for k in ("min", "max")]
        case("Clip", name, lambda m, f=operands: m.node("Clip", "x", *f(m)), since=11)
    case("Clip", "constant nodes", lambda m: m.node(
        "Clip", "x", m.constant(np.float32(0)), m.constant(np.float32(0.6))), since=11)
    case("Clip", "bounds by CastLike", lambda m: m.node(
        "Clip", "x", m.node("CastLike", m.constant(np.int64(-1)), "x"),
        m.node("Cast", m.constant(np.float64(0.25)), to=TensorProto.FLOAT)), only=[15, 19])


def functions():
    for kind in ("Abs", "Neg", "Floor", "Ceil", "Erf", "Exp", "Softplus", "Softsign", "Elu", "Selu", "HardSigmoid"):
        case(kind, "", single(kind), since={"Erf": 9}.get(kind, 7))
    for kind, since in (("Sign", 9), ("Round", 11), ("Celu", 12), ("HardSwish", 14), ("Mish", 18)):
        case(kind, "", single(kind), since=since)
    case("Elu", "alpha", single("Elu", alpha=0.4))
    case("Celu", "alpha", single("Celu", alpha=2.5), since=12)
    case("Selu", "attributes", single("Selu", alpha=0.5, gamma=2.0))
    case("HardSigmoid", "attributes", single("HardSigmoid", alpha=1.0 / 6, beta=0.4))
    for form in ("none", "tanh"):
        case("Gelu", form, single("Gelu", approximate=form), since=20)
    case("Gelu", "", single("Gelu"), since=20)
    for kind in ("Log", "Sqrt", "Reciprocal"):
        case(kind, "", lambda m, kind=kind: m.node(kind, m.node("Add", m.node("Mul", "x", "x"), m.scalar(0.5))))
    case("PRelu", "channels", lambda m: m.node("PRelu", "x", m.weights(4, 1, 1)))
    case("PRelu", "one", lambda m: m.node("PRelu", "x", m.weights(1)))
    case("Pow", "square", lambda m: m.node("Pow", "x", m.scalar(2)))
    case("Pow", "cube", lambda m: m.node("Pow", "x", m.scalar(3)))
    case("Pow", "root", lambda m: m.node("Pow", m.node("Mul", "x", "x"), m.scalar(0.5)))
    case("Pow", "channels", lambda m: m.node("Pow", m.node("Exp", "x"), m.weights(4, 1, 1)))
    case("Pow", "whole exponents", lambda m: m.node("Pow", "x", m.ints(3)), since=12)
    for kind in ("Max", "Min"):
        case(kind, "one", single(kind))
        case(kind, "two", lambda m, kind=kind: m.node(kind, "x", m.node("Tanh", "x")))
        case(kind, "three, broadcast", lambda m, kind=kind: m.node(kind, "x", m.weights(4, 1, 1), m.weights(6)), since=8)


def logic():
    def chosen(kind, since=7):
        case(kind, "", lambda m: m.node("Where", m.node(kind, "x", m.weights(4, 1, 1)), "x", m.scalar(0.5)),
             since=max(since, 9))
        case(kind, "as numbers", lambda m: m.node("Cast", m.node(kind, "x", m.weights(6)), to=TensorProto.FLOAT),
             since=since)
    for kind, since in (("Equal", 11), ("Less", 9), ("Greater", 9), ("LessOrEqual", 12), ("GreaterOrEqual", 12)):
        chosen(kind, since)
    def positive(m):
        return m.node("Greater", "x", m.scalar(0))
    def small(m):
        return m.node("Less", "x", m.weights(4, 1, 1))
    for kind in ("And", "Or", "Xor"):
        case(kind, "", lambda m, kind=kind: m.node("Where", m.node(kind, positive(m), small(m)), "x", m.scalar(0)),
             since=9)
    case("Not", "", lambda m: m.node("Where", m.node("Not", positive(m)), "x", m.scalar(0)), since=9)
    case("Where", "a constant condition", lambda m: m.node("Where", m.initializer(
        np.array([True, False, False, True, True, False])), "x", m.weights(4, 1, 1)), since=9)
    case("Where", "a shape", lambda m: m.node("Expand", m.node("ReduceMean", "x", keepdims=0), m.node(
        "Where", m.node("Equal", m.ints(-1, 3), m.ints(-1)), m.ints(1), m.ints(-1, 3))), since=11, until=17)


def windows():
    def conv(*weights, bias=False, **attributes):
        return lambda m: m.node("Conv", "x", m.weights(*weights), *([m.weights(weights[0])] if bias else []),
                                **attributes)
    case("Conv", "plain", conv(3, 4, 3, 3))
    case("Conv", "bias, kernel_shape", conv(3, 4, 3, 2, bias=True, kernel_shape=[3, 2]))
    case("Conv", "pointwise", conv(5, 4, 1, 1, bias=True))
    case("Conv", "asymmetric pads", conv(3, 4, 3, 3, pads=[0, 1, 2, 3]))
    case("Conv", "strides", conv(3, 4, 3, 3, pads=[1, 1, 1, 1], strides=[2, 3]))
    case("Conv", "dilations", conv(3, 4, 2, 3, pads=[1, 1, 1, 1], dilations=[3, 2]))
    case("Conv", "groups", conv(6, 2, 3, 3, bias=True, group=2))
    case("Conv", "depthwise", conv(8, 1, 3, 3, group=4, pads=[1, 1, 1, 1]))
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"):
        case("Conv", auto, conv(3, 4, 2, 4, auto_pad=auto, strides=[2, 2]))
        case("Conv", f"{auto}, stride 1", conv(3, 4, 2, 4, auto_pad=auto))
        for kind in ("MaxPool", "AveragePool"):
            case(kind, auto, single(kind, kernel_shape=[2, 4], auto_pad=auto, strides=[2, 2]))
            case(kind, f"{auto}, stride 1", single(kind, kernel_shape=[2, 4], auto_pad=auto))
    case("Conv", "SAME_UPPER, zero pads", conv(3, 4, 2, 4, auto_pad="SAME_UPPER", pads=[0, 0, 0, 0]))
    for kind in ("MaxPool", "AveragePool"):
        case(kind, "default stride", single(kind, kernel_shape=[3, 2]))
        case(kind, "strides", single(kind, kernel_shape=[3, 2], strides=[2, 3]))
        case(kind, "asymmetric pads", single(kind, kernel_shape=[3, 3], pads=[0, 1, 2, 1], strides=[2, 2]))
        case(kind, "ceil_mode", single(kind, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1), since=10)
        case(kind, "ceil_mode, pads",
             single(kind, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1), since=10)
        case(kind, "ceil_mode, last window in the padding",
             single(kind, kernel_shape=[1, 2], strides=[3, 4], pads=[0, 1, 0, 1], ceil_mode=1), since=10)
    case("MaxPool", "storage_order", single("MaxPool", kernel_shape=[2, 2], storage_order=1), since=8)
    case("MaxPool", "unused indices", lambda m: m.node("MaxPool", "x", kernel_shape=[2, 2], outputs=2), since=8)
    case("MaxPool", "dilations", single("MaxPool", kernel_shape=[2, 3], dilations=[3, 2], pads=[1, 1, 1, 1]), since=10)
    case("AveragePool", "count_include_pad", single(
        "AveragePool", kernel_shape=[3, 3], pads=[0, 1, 2, 1], strides=[2, 2], count_include_pad=1))
    case("AveragePool", "count_include_pad, SAME_LOWER", single(
        "AveragePool", kernel_shape=[2, 4], auto_pad="SAME_LOWER", strides=[2, 2], count_include_pad=1))
    case("AveragePool", "ceil_mode, count_include_pad", single(
        "AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[3, 3], ceil_mode=1, count_include_pad=1),
        since=10)
    case("AveragePool", "dilations", single(
        "AveragePool", kernel_shape=[2, 2], dilations=[2, 3], pads=[1, 1, 1, 1]), since=19)
    case("GlobalAveragePool", "", single("GlobalAveragePool"))


def normalization():
    def norm(m, c=4, outputs=1, **attributes):
        return m.node("BatchNormalization", "x", m.weights(c), m.weights(c), m.weights(c), m.positive(c),
                      outputs=outputs, **attributes)
    case("BatchNormalization", "defaults", lambda m: norm(m))
    case("BatchNormalization", "epsilon, momentum", lambda m: norm(m, epsilon=0.1, momentum=0.7))
    case("BatchNormalization", "matrix", lambda m: norm(m, 3), shape=(4, 3))
    case("BatchNormalization", "three dimensions", lambda m: norm(m, 3), shape=(2, 3, 5))
    case("BatchNormalization", "spatial", lambda m: norm(m, spatial=1), until=8)
    # In training form its result depends on the batch; read by us, it is the form for inference.
    case("BatchNormalization", "training form", lambda m: norm(m, outputs=5), until=13, twin=lambda m: norm(m))
    case("BatchNormalization", "training form", lambda m: norm(m, outputs=3, training_mode=1), since=14,
         twin=lambda m: norm(m))


def linear():
    shape = (3, 4)
    def gemm(b, c=None, **attributes):
        return lambda m: m.node("Gemm", "x", m.weights(*b), *([] if c is None else [m.weights(*c)]), **attributes)
    case("Gemm", "plain", gemm((4, 5), (5,)), shape)
    case("Gemm", "without C", gemm((4, 5)), shape, since=11)
    case("Gemm", "alpha, beta", gemm((4, 5), (5,), alpha=0.25, beta=-1.5), shape)
    case("Gemm", "transB", gemm((5, 4), (5,), transB=1), shape)
    case("Gemm", "transA", gemm((3, 5), (5,), transA=1), shape, dims=[3, 4])
    case("Gemm", "transA, transB", gemm((5, 3), (5,), transA=1, transB=1, alpha=2.0), shape, dims=[3, 4])
    for c in [(3, 5), (1, 5), (3, 1), (1,), (1, 1), ()]:
        case("Gemm", f"C {c}", gemm((4, 5), c, beta=0.5), shape, dims=[3, 4])
    case("Gemm", "beta 0", gemm((4, 5), (5,), beta=0.0), shape)
    case("Gemm", "weights on the left", lambda m: m.node("Gemm", m.weights(5, 3), "x", m.weights(1, 4)), shape,
         dims=[3, 4])
    def matmul(*b):
        return lambda m: m.node("MatMul", "x", m.weights(*b))
    case("MatMul", "matrices", matmul(4, 5), shape)
    case("MatMul", "many rows", matmul(4, 5), (2, 3, 4))
    case("MatMul", "images", matmul(4, 5), (2, 2, 3, 4))
    case("MatMul", "batches", matmul(2, 4, 5), (2, 3, 4), dims=[2, 3, 4])
    case("MatMul", "broadcast batches", matmul(2, 1, 4, 5), (2, 3, 4), dims=[2, 3, 4])
    case("MatMul", "vector on the right", matmul(4), (2, 3, 4))
    case("MatMul", "vector on the left", lambda m: m.node("MatMul", m.weights(3), "x"), (2, 3, 4))
    case("MatMul", "with itself", lambda m: m.node("MatMul", "x", m.node("Transpose", "x", perm=[0, 2, 1])), (2, 3, 4))


def softmax():
    for kind in ("Softmax", "LogSoftmax"):
        case(kind, "default axis", single(kind))
        case(kind, "matrix", single(kind), (3, 7))
        for axis in (0, 1, 2, 3):
            case(kind, f"axis {axis}", single(kind, axis=axis))
        case(kind, "axis -1", single(kind, axis=-1), since=11)
        case(kind, "axis -3", single(kind, axis=-3), since=11)
        case(kind, "large numbers", lambda m, kind=kind: m.node(kind, m.node("Mul", "x", m.scalar(200))), (3, 7))


def arithmetic():
    for kind in ("Add", "Sub", "Mul", "Div"):
        for name, shape in [("scalar", ()), ("row", (6,)), ("channel", (4, 1, 1)), ("one", (1,)),
                            ("pixel", (1, 5, 1)), ("more dimensions", (3, 1, 1, 1, 6))]:
            case(kind, name, lambda m, kind=kind, shape=shape: m.node(kind, "x", m.positive(*shape)))
        case(kind, "first operand broadcast", lambda m, kind=kind: m.node(kind, m.weights(4, 1, 1), m.node(
            "Add", m.node("Mul", "x", "x"), m.scalar(1))))
        case(kind, "with itself", lambda m, kind=kind: m.node(kind, "x", m.node("Add", m.node(
            "Mul", "x", "x"), m.scalar(1))))
    case("Sum", "one", single("Sum"))
    case("Sum", "two", lambda m: m.node("Sum", "x", m.node("Tanh", "x")))
    case("Sum", "three, broadcast", lambda m: m.node("Sum", "x", m.weights(4, 1, 1), m.weights(6)), since=8)


def reductions():
    for kind in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                 "ReduceSumSquare", "ReduceLogSumExp"):
        operand = 13 if kind == "ReduceSum" else 18
        def reduce(m, axes, kind=kind, operand=operand, **attributes):
            return m.axes(kind, "x", axes, operand, **attributes)
        case(kind, "everything", single(kind))
        case(kind, "everything, keepdims 0", single(kind, keepdims=0))
        case(kind, "pixels", lambda m, f=reduce: f(m, [2, 3], keepdims=0))
        case(kind, "pixels kept", lambda m, f=reduce: f(m, [2, 3]))
        case(kind, "batch", lambda m, f=reduce: f(m, [0], keepdims=1))
        case(kind, "unsorted axes", lambda m, f=reduce: f(m, [3, 1], keepdims=0))
        case(kind, "negative axes", lambda m, f=reduce: f(m, [-1, -2], keepdims=0), since=11)
        case(kind, "noop", single(kind, noop_with_empty_axes=1), since=operand)
        case(kind, "noop with axes", lambda m, f=reduce: f(m, [1], noop_with_empty_axes=1), since=operand)
        case(kind, "empty axes", lambda m, f=reduce: f(m, []), since=operand)
        case(kind, "empty axes, noop", lambda m, f=reduce: f(m, [], noop_with_empty_axes=1), since=operand)
    case("ReduceLogSum", "", lambda m: m.axes("ReduceLogSum", m.node("Exp", "x"), [2, 3], 18))
    powers = (2, 2, 4, 8)
    for kind in ("ReduceProd", "ReduceMax", "ReduceMin", "ReduceSum"):
        case(kind, "of a shape", lambda m, kind=kind: m.node("Reshape", "x", m.node("Concat", m.axes(
            kind, m.node("Shape", "x"), [0], 13 if kind == "ReduceSum" else 18), m.ints(-1), axis=0)), powers,
            dims=list(powers))
    case("ReduceLogSumExp", "large numbers", lambda m: m.axes(
        "ReduceLogSumExp", m.node("Mul", "x", m.scalar(200)), [3], 18))


def regrouping():
    case("Flatten", "default axis", single("Flatten"))
    for axis in (0, 1, 2, 4):
        case("Flatten", f"axis {axis}", single("Flatten", axis=axis))
    for axis in (-1, -4):
        case("Flatten", f"axis {axis}", single("Flatten", axis=axis), since=11)
    def reshape(*target, **attributes):
        return lambda m: m.node("Reshape", "x", m.ints(*target), **attributes)
    case("Reshape", "fixed", reshape(8, 30), dims=list(IMAGE))
    case("Reshape", "-1", reshape(-1, 120))
    case("Reshape", "0, -1", reshape(0, -1))
    case("Reshape", "0, 0, -1", reshape(0, 0, -1, 3))
    case("Reshape", "-1 in front of the batch", reshape(2, -1, 15), dims=list(IMAGE))
    case("Reshape", "shape by Constant", lambda m: m.node("Reshape", "x", m.constant(np.array([0, -1]))))
    case("Reshape", "scalar", lambda m: m.node("Reshape", m.node("ReduceMean", "x", keepdims=0), m.initializer(
        np.array([], dtype=np.int64))), until=17)
    case("Reshape", "allowzero", reshape(-1, 4, 30, allowzero=1), since=14)
    case("Transpose", "reversed", single("Transpose"))
    case("Transpose", "perm", single("Transpose", perm=[0, 2, 3, 1]))
    case("Transpose", "twice", lambda m: m.node(
        "Transpose", m.node("Transpose", "x", perm=[3, 0, 2, 1]), perm=[1, 3, 2, 0]))
    ones = (2, 1, 5, 1)
    case("Squeeze", "all", single("Squeeze"), ones, dims=list(ones))
    case("Squeeze", "axes", lambda m: m.axes("Squeeze", "x", [3], 13), ones)
    case("Squeeze", "two axes", lambda m: m.axes("Squeeze", "x", [1, 3], 13), ones)
    case("Squeeze", "unsorted axes", lambda m: m.axes("Squeeze", "x", [3, 1], 13), ones, since=13)
    case("Squeeze", "negative axis", lambda m: m.axes("Squeeze", "x", [-1], 13), ones, since=11)
    case("Unsqueeze", "axis 0", lambda m: m.axes("Unsqueeze", "x", [0], 13), (2, 3))
    case("Unsqueeze", "two axes", lambda m: m.axes("Unsqueeze", "x", [1, 3], 13), (2, 3))
    case("Unsqueeze", "unsorted axes", lambda m: m.axes("Unsqueeze", "x", [3, 1], 13), (2, 3), since=13)
    case("Unsqueeze", "negative axes", lambda m: m.axes("Unsqueeze", "x", [-1, 1], 13), (2, 3), since=11)
    case("Concat", "channels", lambda m: m.node("Concat", "x", m.node("Tanh", "x"), axis=1))
    case("Concat", "three", lambda m: m.node("Concat", "x", m.node("Tanh", "x"), m.node("Relu", "x"), axis=3))
    case("Concat", "batch", lambda m: m.node("Concat", "x", m.weights(1, 4, 5, 6), axis=0))
    case("Concat", "one", lambda m: m.node("Concat", "x", axis=2))
    case("Concat", "negative axis", lambda m: m.node("Concat", "x", "x", axis=-2), since=11)
    case("Expand", "more dimensions", lambda m: m.node("Expand", "x", m.ints(3, 1, 1, 4)), (2, 3, 1), since=8)
    case("Expand", "ones stay", lambda m: m.node("Expand", "x", m.ints(1, 1)), (2, 3), since=8)
    case("Identity", "", single("Identity"))
    case("Identity", "of weights", lambda m: m.node("Add", "x", m.node("Identity", m.weights(6))))


def constants():
    def added(make):
        return lambda m: m.node("Add", "x", make(m))
    case("Constant", "value", added(lambda m: m.constant(m.numbers((4, 1, 1)))))
    case("Constant", "scalar value", added(lambda m: m.constant(np.float32(0.3))))
    case("Constant", "value_float", added(lambda m: m.node("Constant", value_float=0.7)), since=12)
    case("Constant", "value_floats", added(
        lambda m: m.node("Constant", value_floats=[1., 2., 3., 4., 5., 6.])), since=12)
    case("Constant", "value_ints", lambda m: m.node("Reshape", "x", m.node("Constant", value_ints=[0, -1])), since=12)
    case("Constant", "value_int", lambda m: m.node("Add", "x", m.node("Cast", m.node(
        "Constant", value_int=3), to=TensorProto.FLOAT)), since=12)
    def filled(shape, value=None):
        tensor = {} if value is None else dict(value=numpy_helper.from_array(np.array([value])))
        return lambda m: m.node("ConstantOfShape", shape(m), **tensor)
    case("ConstantOfShape", "zeros", added(filled(lambda m: m.ints(4, 1, 1))), since=9)
    case("ConstantOfShape", "numbers", added(filled(lambda m: m.ints(1, 5, 6), np.float32(2.5))), since=9)
    case("ConstantOfShape", "scalar", added(filled(lambda m: m.initializer(np.array([], dtype=np.int64)),
                                                   np.float32(-2.5))), since=9)
    case("ConstantOfShape", "integers", lambda m: m.node("Expand", m.node("ReduceMean", "x", keepdims=0), filled(
        lambda m: m.ints(3), np.int64(2))(m)), since=9, until=17)
    case("ConstantOfShape", "computed shape", added(filled(lambda m: m.node("Shape", "x"), np.float32(1.5))), since=9)
    case("ConstantOfShape", "empty", lambda m: m.node("Reshape", "x", m.node(
        "Concat", filled(lambda m: m.ints(0), np.int64(7))(m), m.ints(-1), axis=0)), since=9)


def indexing():
    def gathered(m, index):
        return m.node("Gather", m.node("Shape", "x"), m.ints(index))
    case("Shape", "chain", lambda m: m.node("Reshape", "x", m.node(
        "Concat", gathered(m, 0), m.node("Mul", gathered(m, 1), gathered(m, 2)), m.ints(-1), axis=0)))
    case("Shape", "start, end", lambda m: m.node("Reshape", "x", m.node(
        "Concat", m.node("Shape", "x", start=0, end=2), m.ints(-1), axis=0)), since=15)
    case("Shape", "negative start", lambda m: m.node("Expand", m.node("ReduceMean", "x", keepdims=0), m.node(
        "Shape", "x", start=-2)), since=15, until=17)
    case("Shape", "end beyond", lambda m: m.node("Reshape", "x", m.node("Shape", "x", end=100)), since=15)
    case("Shape", "as numbers", lambda m: m.node("Div", "x", m.node(
        "Cast", gathered(m, 3), to=TensorProto.FLOAT)))
    case("Shape", "TorchScript's flatten", lambda m: m.node("Reshape", "x", m.node("Concat", m.axes(
        "Unsqueeze", m.node("Gather", m.node("Shape", "x"), m.constant(np.int64(0)), axis=0), [0], 13), m.ints(-1),
        axis=0)))
    case("Shape", "sliced", lambda m: m.node("Reshape", "x", m.node("Concat", m.node(
        "Slice", m.node("Shape", "x"), m.ints(0), m.ints(2), m.ints(0)), m.ints(-1), axis=0)), since=10)
    case("Shape", "squeezed", lambda m: m.node("Reshape", "x", m.node("Concat", m.axes("Unsqueeze", m.axes(
        "Squeeze", gathered(m, 0), [0], 13), [0], 13), m.ints(-1), axis=0)))
    case("Shape", "divided", lambda m: m.node("Reshape", "x", m.node("Concat", gathered(m, 0), m.node(
        "Div", gathered(m, 1), m.ints(2)), m.ints(-1), axis=0)))
    case("Gather", "channels", lambda m: m.node("Gather", "x", m.ints(2, 0, 0), axis=1))
    case("Gather", "one", lambda m: m.node("Gather", "x", m.initializer(np.int64(1)), axis=2))
    case("Gather", "table", lambda m: m.node("Gather", "x", m.initializer(np.array([[0, 1], [3, 2]])), axis=3))
    case("Gather", "default axis", lambda m: m.node("Gather", "x", m.ints(1)), dims=list(IMAGE))
    case("Gather", "negative", lambda m: m.node("Gather", "x", m.ints(-1, 0), axis=-1), since=11)
    case("Gather", "int32 indices", lambda m: m.node("Gather", "x", m.initializer(np.array([1, 2], np.int32)), axis=1))
    case("Slice", "attributes", single("Slice", starts=[1, -3], ends=[3, 1000], axes=[1, 3]), until=9)
    case("Slice", "no axes", single("Slice", starts=[0, 1], ends=[2, 4]), until=9)
    def slices(*lists):
        return lambda m: m.node("Slice", "x", *[m.ints(*values) for values in lists])
    case("Slice", "no axes", slices([0, 1], [2, 4]), since=10)
    case("Slice", "axes", slices([1, -3], [3, 2**63 - 1], [1, 3]), since=10)
    case("Slice", "steps", slices([0, 5], [5, -2**63], [2, 3], [2, -2]), since=10)
    case("Slice", "negative axis", slices([1], [4], [-1]), since=10)
    case("Slice", "int32", lambda m: m.node("Slice", "x", *[m.initializer(np.array([v], np.int32)) for v in (1, 3, 1)]),
         since=10)
    case("Cast", "double", lambda m: m.node("Cast", m.node("Cast", "x", to=TensorProto.DOUBLE), to=TensorProto.FLOAT))
    case("Cast", "float", single("Cast", to=TensorProto.FLOAT))
    case("Cast", "half-precision weights", lambda m: m.node("MatMul", "x", m.node("Cast", m.initializer(
        m.numbers((6, 3)).astype(np.float16)), to=TensorProto.FLOAT)))
    case("Cast", "double-precision weights", lambda m: m.node("MatMul", "x", m.node("Cast", m.initializer(
        m.numbers((6, 3)).astype(np.float64)), to=TensorProto.FLOAT)))
    case("Cast", "numbers to integers", lambda m: m.node("Reshape", "x", m.node("Cast", m.initializer(
        np.array([2.7, -1.9], np.float32)), to=TensorProto.INT64)), dims=list(IMAGE))
    case("CastLike", "real", lambda m: m.node("Add", "x", m.node("CastLike", m.initializer(np.float64(0.1)), "x")),
         since=15)
    case("CastLike", "integer", lambda m: m.node("Add", "x", m.node("CastLike", m.initializer(np.int64(3)), "x")),
         since=15)
    case("CastLike", "like a computed size", lambda m: m.node("Reshape", "x", m.node("Concat", m.node(
        "Shape", "x", end=1), m.node("CastLike", m.initializer(np.array([-1], np.int32)), gathered(m, 0)), axis=0)),
        since=15)


def dropout():
    case("Dropout", "default ratio", single("Dropout"))
    case("Dropout", "ratio", single("Dropout", ratio=0.3), until=11)
    case("Dropout", "unused mask", lambda m: m.node("Dropout", "x", outputs=2))
    case("Dropout", "ratio", lambda m: m.node("Dropout", "x", m.scalar(0.3)), since=12)
    case("Dropout", "seed", lambda m: m.node("Dropout", "x", m.scalar(0.3), seed=7), since=12)
    case("Dropout", "not training", lambda m: m.node("Dropout", "x", m.scalar(0.3), m.initializer(np.array(False))),
         since=12)
    case("Dropout", "training form", lambda m: m.node("Dropout", "x", m.scalar(0.3), m.initializer(np.array(True))),
         since=12, twin=lambda m: m.node("Dropout", "x", m.scalar(0.3)))


def interfaces():
    """What a file may say, or not, of its input; several outputs; names in odd places."""
    def network(m):
        x = m.node("Relu", m.node("Conv", "x", m.weights(3, 4, 3, 3), m.weights(3)))
        return m.node("Gemm", m.node("Flatten", x), m.weights(3 * 3 * 4, 2), m.weights(2))
    case("Input", "fixed batch", network, dims=list(IMAGE), only=[7, 13])
    case("Input", "named batch", network, dims=["batch", 4, 5, 6], only=[7, 13])
    case("Input", "everything named", network, dims=["N", "C", "H", "W"], only=[7, 13])
    case("Input", "nameless dimensions", network, dims=[None, None, None, None], only=[7, 13])
    case("Input", "no shape", network, dims="none", only=[7, 13])
    def two(m):
        x = network(m)
        m.outputs.append(x)
        return m.node("Softmax", x, axis=1)
    case("Output", "two", two, only=[9, 17])
    case("Output", "the input", lambda m: (m.outputs.append(m.node("Relu", "x")), "x")[1], only=[13])
    def unused(m):
        m.weights(7, 7)
        m.node("Tanh", "x")
        return m.node("Relu", "x")
    case("Output", "unused parts", unused, only=[7, 13])


def lines():
    """Images of one dimension."""
    line = (2, 4, 9)
    case("Conv", "a line", lambda m: m.node("Conv", "x", m.weights(6, 2, 3), m.weights(6), group=2, pads=[1, 2],
                                            strides=[2]), line)
    case("Conv", "a line, SAME_LOWER", lambda m: m.node("Conv", "x", m.weights(3, 4, 2), auto_pad="SAME_LOWER"), line)
    for kind in ("MaxPool", "AveragePool"):
        case(kind, "a line", single(kind, kernel_shape=[3], strides=[2], pads=[1, 0]), line)
    case("ConvTranspose", "a line", lambda m: m.node(
        "ConvTranspose", "x", m.weights(4, 3, 3), m.weights(3), strides=[2], pads=[1, 0], output_padding=[1]), line)
    for kind in ("GlobalAveragePool", "GlobalMaxPool"):
        case(kind, "a line", single(kind), line)


def transposed():
    def conv(*weights, bias=None, **attributes):
        return lambda m: m.node("ConvTranspose", "x", m.weights(*weights), *([m.weights(bias)] if bias else []),
                                **attributes)
    case("ConvTranspose", "plain", conv(4, 3, 3, 3))
    case("ConvTranspose", "bias, kernel_shape", conv(4, 3, 3, 2, bias=3, kernel_shape=[3, 2]))
    case("ConvTranspose", "strides, pads", conv(4, 3, 3, 3, strides=[2, 3], pads=[1, 0, 1, 2]))
    case("ConvTranspose", "output_padding", conv(4, 3, 3, 3, bias=3, strides=[2, 3], output_padding=[1, 2]))
    case("ConvTranspose", "dilations", conv(4, 3, 2, 3, dilations=[3, 2]))
    case("ConvTranspose", "groups", conv(4, 3, 3, 3, bias=6, group=2, strides=[2, 2], pads=[1, 1, 1, 1]))
    case("ConvTranspose", "depthwise", conv(4, 1, 2, 2, bias=4, group=4, strides=[2, 2]))
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        case("ConvTranspose", auto, conv(4, 3, 3, 4, auto_pad=auto, strides=[2, 2]))
    for auto in ("SAME_UPPER", "NOTSET"):
        case("ConvTranspose", f"output_shape, {auto}", conv(
            4, 3, 3, 3, strides=[2, 2], output_shape=[10, 12], auto_pad=auto))
    case("GlobalMaxPool", "", single("GlobalMaxPool"))


def further_normalization():
    for name, attributes in (("defaults", {}), ("attributes", dict(alpha=0.3, beta=0.5, bias=2.0))):
        for size in (3, 5):
            case("LRN", f"{name}, size {size}", single("LRN", size=size, **attributes))
    case("InstanceNormalization", "", lambda m: m.node("InstanceNormalization", "x", m.weights(4), m.weights(4)))
    case("InstanceNormalization", "epsilon", lambda m: m.node(
        "InstanceNormalization", "x", m.weights(4), m.weights(4), epsilon=0.1))
    case("InstanceNormalization", "a line", lambda m: m.node(
        "InstanceNormalization", "x", m.weights(4), m.weights(4)), (2, 4, 7))
    case("InstanceNormalization", "everything named", lambda m: m.node(
        "InstanceNormalization", "x", m.weights(4), m.weights(4)), dims=["N", "C", "H", "W"])
    def grouped(channels, **attributes):
        return lambda m: m.node("GroupNormalization", "x", m.weights(channels), m.weights(channels), **attributes)
    case("GroupNormalization", "groups", grouped(2, num_groups=2), since=18, until=20)
    case("GroupNormalization", "channels", grouped(4, num_groups=2), since=21)
    case("GroupNormalization", "epsilon", grouped(4, num_groups=4, epsilon=0.1), since=18)
    def layer(*shape, shift=True, **attributes):
        return lambda m: m.node("LayerNormalization", "x", m.weights(*shape), *([m.weights(*shape)] if shift else []),
                                **attributes)
    case("LayerNormalization", "defaults", layer(6), since=17)
    case("LayerNormalization", "axis", layer(4, 5, 6, axis=1, epsilon=0.1), since=17)
    case("LayerNormalization", "no shift", layer(5, 6, shift=False, axis=-2, stash_type=1), since=17)
    case("LayerNormalization", "unused statistics", lambda m: m.node(
        "LayerNormalization", "x", m.weights(6), m.weights(6), outputs=3), since=17)
    case("RMSNormalization", "defaults", lambda m: m.node("RMSNormalization", "x", m.weights(6)), since=23)
    case("RMSNormalization", "axis", lambda m: m.node(
        "RMSNormalization", "x", m.weights(5, 6), axis=2, epsilon=0.1), since=23)


def splitting():
    def parts(m, outputs, *operands, **attributes):
        name = m.node("Split", "x", *operands, outputs=outputs, **attributes)
        return m.node("Concat", *[f"{name}_{i}" for i in range(outputs - 1, 0, -1)], name, axis=attributes.get("axis", 0))
    def halves(m, outputs, **attributes):
        extra = dict(num_outputs=outputs) if m.opset >= 18 else {}
        return parts(m, outputs, **attributes, **extra)
    case("Split", "halves", lambda m: halves(m, 2, axis=1))
    case("Split", "default axis", lambda m: halves(m, 2), dims=list(IMAGE))
    case("Split", "negative axis", lambda m: halves(m, 3, axis=-1), since=11)
    case("Split", "sizes", lambda m: parts(m, 3, axis=1, split=[1, 2, 1]), until=12)
    case("Split", "sizes", lambda m: parts(m, 3, m.ints(1, 2, 1), axis=1), since=13)
    case("Split", "uneven", lambda m: parts(m, 2, axis=2, num_outputs=2), since=18)
    case("Split", "of a shape", lambda m: m.node("Reshape", "x", (lambda n: m.node("Concat", n, m.ints(-1), axis=0))(
        m.node("Split", m.node("Shape", "x"), axis=0, outputs=2, **(dict(num_outputs=2) if m.opset >= 18 else {})))),
        dims=list(IMAGE))
    def unused(m):
        m.node("Split", "x", axis=1, outputs=2, **(dict(num_outputs=2) if m.opset >= 18 else {}))
        return "v0_1"
    case("Split", "one part used", unused)


def padding():
    def pad(m, pads, *operands, **attributes):
        if m.opset >= 11:
            return m.node("Pad", "x", m.ints(*pads), *operands, **attributes)
        return m.node("Pad", "x", pads=pads, **attributes)
    image = [0, 0, 1, 2, 0, 0, 3, 1]
    for mode in ("constant", "reflect", "edge"):
        case("Pad", mode, lambda m, mode=mode: pad(m, image, mode=mode))
        case("Pad", f"{mode}, away", lambda m, mode=mode: pad(m, [0, 0, -1, 2, 0, 0, 2, -3], mode=mode))
    case("Pad", "default", lambda m: pad(m, [1, 0, 0, 0, 0, 2, 0, 0]), dims=list(IMAGE))
    case("Pad", "number", lambda m: pad(m, image, value=1.5), until=10)
    case("Pad", "number", lambda m: pad(m, image, m.scalar(1.5)), since=11)
    case("Pad", "axes", lambda m: m.node("Pad", "x", m.ints(1, 2, 0, 3), "", m.ints(-1, 1)), since=18)
    case("Pad", "wrap", lambda m: pad(m, [0, 0, 2, 7, 0, 0, 6, 1], mode="wrap"), since=19)
    case("Pad", "computed", lambda m: m.node("Pad", "x", m.node("Concat", m.node(
        "ConstantOfShape", m.ints(4), value=numpy_helper.from_array(np.array([0]))), m.ints(0, 0, 1, 2), axis=0)),
        since=11)


def sampling():
    case("Tile", "", lambda m: m.node("Tile", "x", m.ints(1, 2, 3, 1)))
    case("Tile", "the batch", lambda m: m.node("Tile", "x", m.ints(2, 1, 1, 2)), dims=list(IMAGE))
    for kind in ("nearest", "linear"):
        case("Upsample", kind, single("Upsample", mode=kind, scales=[1., 1., 2., 3.]), until=8)
        scales = lambda m: m.initializer(np.array([1, 1, 2, 1.5], np.float32))
        case("Upsample", kind, lambda m, kind=kind: m.node("Upsample", "x", scales(m), mode=kind), since=9, until=9)
        case("Resize", kind, lambda m, kind=kind: m.node("Resize", "x", scales(m), mode=kind), since=10, until=10)
    case("Resize", "nearest, smaller", lambda m: m.node("Resize", "x", m.initializer(
        np.array([1, 1, 0.6, 0.5], np.float32))), since=10, until=10)
    def scaled(*scales, **attributes):
        return lambda m: m.node("Resize", "x", "" if m.opset > 12 else m.initializer(np.array([], np.float32)),
                                m.initializer(np.array(scales, np.float32)), **attributes)
    def sized(*sizes, **attributes):
        empty = lambda m: m.initializer(np.array([], np.float32))
        return lambda m: m.node("Resize", "x", *(["", ""] if m.opset > 12 else [empty(m), empty(m)]), m.ints(*sizes),
                                **attributes)
    for mode in ("nearest", "linear", "cubic"):
        for coordinates in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
            more = dict(mode=mode, coordinate_transformation_mode=coordinates)
            case("Resize", f"{mode}, {coordinates}, larger", scaled(1, 1, 2, 1.5, **more), since=11)
            case("Resize", f"{mode}, {coordinates}, sizes", sized(2, 4, 9, 3, **more), since=11, dims=list(IMAGE))
        case("Resize", f"{mode}, one pixel", sized(2, 4, 1, 1, mode=mode), since=11, dims=list(IMAGE))
        case("Resize", f"{mode}, symmetric", scaled(1, 1, 0.7, 1.7, mode=mode, coordinate_transformation_mode="half_pixel_symmetric"), since=19)
    case("Resize", "tf_half_pixel_for_nn", scaled(
        1, 1, 2, 1.5, coordinate_transformation_mode="tf_half_pixel_for_nn"), since=11, until=12)
    for rounding in ("round_prefer_ceil", "floor", "ceil"):
        case("Resize", rounding, scaled(1, 1, 1.6, 0.7, nearest_mode=rounding), since=11)
    case("Resize", "cubic, exclude_outside", scaled(
        1, 1, 2, 0.8, mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1), since=11)
    case("Resize", "axes", lambda m: m.node("Resize", "x", "", "", m.ints(8, 9), axes=[-1, 2], mode="linear"), since=18)
    for policy in ("not_larger", "not_smaller", "stretch"):
        case("Resize", policy, lambda m, policy=policy: m.node(
            "Resize", "x", "", "", m.ints(7, 9), axes=[2, 3], keep_aspect_ratio_policy=policy), since=18)
    case("Resize", "twice the computed size", lambda m: m.node("Resize", "x", *(
        ["", ""] if m.opset > 12 else [m.initializer(np.array([], np.float32)) for _ in range(2)]), m.node(
        "Mul", m.node("Shape", "x"), m.ints(1, 1, 2, 2)), mode="linear"), since=11)


def pixels():
    deep, wide = (2, 12, 2, 3), (2, 3, 4, 6)
    case("DepthToSpace", "", single("DepthToSpace", blocksize=2), deep)
    for mode in ("DCR", "CRD"):
        case("DepthToSpace", mode, single("DepthToSpace", blocksize=2, mode=mode), deep, since=11)
    case("SpaceToDepth", "", single("SpaceToDepth", blocksize=2), wide)


def searches():
    for kind in ("ArgMax", "ArgMin"):
        def index(m, x="x", kind=kind, **attributes):
            return m.node("Cast", m.node(kind, x, **attributes), to=TensorProto.FLOAT)
        case(kind, "defaults", lambda m, f=index: f(m), dims=list(IMAGE))
        case(kind, "channels", lambda m, f=index: f(m, axis=1, keepdims=0))
        case(kind, "last axis", lambda m, f=index: f(m, axis=-1), since=11)
        case(kind, "the last of equals", lambda m, f=index: f(
            m, m.node("Floor", "x"), axis=3, select_last_index=1), since=12)
        case(kind, "the first of equals", lambda m, f=index: f(m, m.node("Floor", "x"), axis=3))


def einsums():
    def einsum(equation, *shapes):
        return lambda m: m.node("Einsum", "x", *[m.weights(*shape) for shape in shapes], equation=equation)
    for equation, *shapes in [
            ("nchw->nhwc",), ("nchw->nc",), ("nchw,dc->ndhw", (3, 4)), ("nchw,wv->nchv", (6, 2)),
            ("nchw,chwd->nd", (4, 5, 6, 3)), ("nchw, c -> nchw", (4,)), ("nchw,hk,wl->nckl", (5, 2), (6, 3)),
            ("nchw,ab->", (2, 3)), ("nchw,dc", (3, 4))]:
        case("Einsum", equation, einsum(equation, *shapes), since=12)
    case("Einsum", "attention", lambda m: m.node("Einsum", "x", m.node("Tanh", "x"), equation="bhqd,bhkd->bhqk"),
         since=12)
    case("Einsum", "everything named", einsum("nchw,dc->ndhw", (3, 4)), since=12, dims=["N", "C", "H", "W"])


def shape_arithmetic():
    case("Range", "", lambda m: m.node("Reshape", "x", m.node("Concat", m.node(
        "Range", *[m.initializer(np.int64(v)) for v in (0, -2, -1)]), m.ints(120), axis=0)), since=11,
        dims=list(IMAGE))
    case("Range", "indices", lambda m: m.node("Gather", "x", m.node("Range", *[
        m.initializer(np.int64(v)) for v in (1, 6, 2)]), axis=3), since=11)
    case("Range", "numbers", lambda m: m.node("Add", "x", m.node("Range", *[
        m.scalar(v) for v in (0.5, 2.1, 0.3)])), since=11)
    case("Size", "", lambda m: m.node("Reshape", "x", m.axes("Unsqueeze", m.node("Size", "x"), [0], 13)))
    case("Mod", "", lambda m: m.node("Mod", "x", m.weights(4, 1, 1), fmod=1), since=10)
    case("Mod", "of a size", lambda m: m.node("Gather", "x", m.node("Mod", m.ints(7, -1, 5), m.ints(6)), axis=3),
         since=10)
    case("Mean", "three", lambda m: m.node("Mean", "x", m.node("Tanh", "x"), m.node("Abs", "x")))
    case("Cast", "truths", lambda m: m.node("Cast", m.node("Cast", m.node("Relu", "x"), to=TensorProto.BOOL),
                                            to=TensorProto.FLOAT))
    case("Where", "a cast condition", lambda m: m.node("Where", m.node("Cast", m.ints(1, 0, 3, 0, 0, 2),
                                                       to=TensorProto.BOOL), "x", m.scalar(2)), since=9)


def all_cases():
    """Every case, in order."""
    for declare in (activations, functions, logic, windows, lines, transposed, normalization, further_normalization,
                    linear, einsums, softmax, arithmetic, reductions, searches, regrouping, splitting, padding, sampling,
                    pixels, constants, indexing, shape_arithmetic, dropout, interfaces):
        declare()
    return CASES
