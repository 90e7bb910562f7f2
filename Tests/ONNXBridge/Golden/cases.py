"""The cases of generate.py: for every operator, what its versions and attributes can make of it."""

import images
import numpy as np
import shapes
from declaration import CASES, IMAGE, case, single
from onnx import TensorProto


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
    for kind in ("ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"):
        case(kind, "nothing", lambda m, kind=kind: m.axes(kind, m.node("Slice", "x", m.ints(1), m.ints(1), m.ints(
            2)), [2], 13 if kind == "ReduceSum" else 18), since=20)
    case("ReduceLogSum", "", lambda m: m.axes("ReduceLogSum", m.node("Exp", "x"), [2, 3], 18))
    powers = (2, 2, 4, 8)
    for kind in ("ReduceProd", "ReduceMax", "ReduceMin", "ReduceSum"):
        case(kind, "of a shape", lambda m, kind=kind: m.node("Reshape", "x", m.node("Concat", m.axes(
            kind, m.node("Shape", "x"), [0], 13 if kind == "ReduceSum" else 18), m.ints(-1), axis=0)), powers,
            dims=list(powers))
    def infinite(m, *axes, **attributes):
        # Zeros become minus infinity, in the first rows of the last dimension nothing is left.
        mask = m.initializer(np.array([0, 0, 0, 0, 1, 1], np.float32))
        logarithm = m.node("Log", m.node("Mul", m.node("Abs", "x"), mask))
        return m.axes("ReduceLogSumExp", logarithm, axes, 18, **attributes)
    case("ReduceLogSumExp", "minus infinity", lambda m: infinite(m, 2))
    case("ReduceLogSumExp", "minus infinity beside numbers", lambda m: infinite(m, 3, keepdims=0))
    case("ReduceLogSumExp", "large numbers", lambda m: m.axes(
        "ReduceLogSumExp", m.node("Mul", "x", m.scalar(200)), [3], 18))


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
    case("Einsum", "diagonal", lambda m: m.node("Einsum", "x", equation="nchh->nch"), (2, 3, 4, 4), since=12)
    case("Einsum", "trace", lambda m: m.node("Einsum", "x", equation="nhch->nc"), (2, 4, 3, 4), since=12)
    case("Einsum", "...", lambda m: m.node(
        "Einsum", "x", m.weights(6, 3), equation="...w, wd -> ...d"), since=12)
    case("Einsum", "... without a result", lambda m: m.node("Einsum", "x", equation="...ba"), since=12)
    case("Einsum", "attention", lambda m: m.node("Einsum", "x", m.node("Tanh", "x"), equation="bhqd,bhkd->bhqk"),
         since=12)
    case("Einsum", "everything named", einsum("nchw,dc->ndhw", (3, 4)), since=12, dims=["N", "C", "H", "W"])


def all_cases():
    """Every case, in order."""
    for declare in (
            activations, functions, logic, images.windows, images.lines, images.volumes, images.places, images.transposed, images.normalization,
            images.further_normalization, linear, einsums, softmax, arithmetic, reductions, searches, shapes.regrouping,
            shapes.splitting, images.padding, images.sampling, images.pixels, shapes.constants, shapes.indexing,
            shapes.shape_arithmetic, dropout, interfaces):
        declare()
    return CASES
