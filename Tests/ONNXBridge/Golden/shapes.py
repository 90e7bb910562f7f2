"""Cases of operators that move elements, and of arithmetic on shapes."""

import numpy as np
from declaration import IMAGE, case, single
from onnx import TensorProto, numpy_helper


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
    def listed(m, place, *sizes, **attributes):
        sequence = m.node("SplitToSequence", "x", *sizes, **attributes)
        return m.node("SequenceAt", sequence, m.initializer(np.int64(place)))
    case("SplitToSequence", "chunks", lambda m: m.node("Concat", listed(m, 2, m.initializer(np.int64(2)), axis=2), listed(
        m, 0, m.initializer(np.int64(2)), axis=2), axis=2), since=11)
    case("SplitToSequence", "sizes", lambda m: m.node("Concat", listed(m, 1, m.ints(1, 2, 1), axis=1), listed(
        m, -1, m.ints(1, 2, 1), axis=1), axis=1), since=11)
    case("SplitToSequence", "single", lambda m: listed(m, 3, axis=1), since=11)
    case("SequenceAt", "dimension dropped", lambda m: listed(m, 3, axis=1, keepdims=0), since=11)


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
    case("CastLike", "like a value of computed shape", lambda m: m.node("Clip", "x", m.node("CastLike", m.constant(
        np.int64(0)), m.node("Conv", "x", m.weights(3, 4, 1, 1), m.node("Expand", m.scalar(0.5), m.node(
            "Shape", "w0", start=0, end=1))))), since=15)
    case("Cast", "truths", lambda m: m.node("Cast", m.node("Cast", m.node("Relu", "x"), to=TensorProto.BOOL),
                                            to=TensorProto.FLOAT))
    case("Where", "a cast condition", lambda m: m.node("Where", m.node("Cast", m.ints(1, 0, 3, 0, 0, 2),
                                                       to=TensorProto.BOOL), "x", m.scalar(2)), since=9)
