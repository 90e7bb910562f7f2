"""Small ONNX models for every operator that Slipstream reads, at every opset from 7 to 26 that changed it.

Writes operators.npz: the models' bytes and outputs one behind the other, one input for each shape, and an index, one
line a model: label, bytes, input, shapes of the outputs. ONNX Runtime computes the outputs; onnx's own reference
evaluator has to agree, except where it is known to be wrong.

    python -m venv V && V/bin/pip install onnx onnxruntime numpy && V/bin/python generate.py
"""

import os
import sys
import zlib

import numpy as np
import onnx
import onnxruntime
from cases import all_cases
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = os.path.dirname(os.path.abspath(__file__))
OPSETS = range(7, 27)


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

    def numbers(self, shape):
        """Eighths, so that sums are exact and files small."""
        return self.rng.integers(-12, 13, shape).astype(np.float32) / 8

    def weights(self, *shape):
        """An initialiser of random numbers."""
        return self.initializer(self.numbers(shape))

    def positive(self, *shape):
        return self.initializer(np.abs(self.numbers(shape)) + np.float32(0.5))

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


def changes(operator):
    """The opsets in range at which an operator changed; the first also stands for what was there before."""
    versions = {
        schema.since_version for schema in onnx.defs.get_all_schemas_with_history()
        if schema.name == operator and schema.domain == ""
    }
    assert versions, operator
    return sorted({max(v, OPSETS[0]) for v in versions if v <= OPSETS[-1]})


def runtime(proto, x):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, ["CPUExecutionProvider"])
    return session.run(None, {"x": x})


def is_known_to_be_wrong(case, opset):
    """What onnx 1.23's reference evaluator refuses, or does not compute as the operator's definition says."""
    wrong = {
        "MaxPool": ["SAME_LOWER", "indices"],  # has a row too few; counts the padding
        "LogSoftmax": ["large numbers"],  # takes the logarithm of what underflowed
        "GlobalMaxPool": ["a line"],  # drops a dimension
        "ConvTranspose": ["groups", "depthwise", "a volume, groups", "output_shape, NOTSET"],  # mixes up the groups; pads nothing
        "Pad": ["constant, away", "reflect, away", "edge, away"],  # takes nothing away
        "Resize": ["axes", "tf_half_pixel_for_nn"],
        "ReduceLogSumExp": ["minus infinity"],  # is no number
        "LRN": None,  # leaves out most channels
        "Upsample": None,
    }
    return (
        case.operator in wrong and (wrong[case.operator] is None or case.name in wrong[case.operator])
        or case.operator in ("Softmax", "LogSoftmax") and opset < 13  # does not flatten
        or case.operator == "BatchNormalization" and opset < 14  # normalises with the batch's statistics
        or case.operator == "Resize" and opset < 11
    )


def evaluate(proto, x, case, opset):
    """ONNX Runtime's outputs, which onnx's reference evaluator confirms."""
    if "zero pads" in case.name:  # the one thing that ONNX Runtime refuses
        return ReferenceEvaluator(proto).run(None, {"x": x})
    expected = runtime(proto, x)
    if not is_known_to_be_wrong(case, opset):
        for a, b in zip(expected, ReferenceEvaluator(proto).run(None, {"x": x})):
            assert a.shape == b.shape, (case, opset, a.shape, b.shape)
            error = np.abs(a - b, where=a != b, out=np.zeros_like(b)).max(initial=0)
            assert error <= 1e-5 * max(1, np.abs(b).max(initial=0)), (case, opset, error)
    return expected


def seed(text):
    """A number that depends on the text alone."""
    return zlib.crc32(text.encode())


def build(case, opset, twin, ranks):
    label, dims = f"{case.operator}-{opset}|{case.name}", case.dims
    model = Model(opset, np.random.default_rng(seed(label)))
    model.outputs.append((case.twin or case.build if twin else case.build)(model))
    return model.proto(["N", *case.shape[1:]] if dims is None else dims, ranks)


def main():
    inputs, index, models, outputs, seen = {}, [], b"", [], set()
    for case in all_cases():
        for opset in case.only or changes(case.operator):
            opset = opset if case.only else max(opset, case.since)
            label = f"{case.operator}-{opset}|{case.name}"
            if opset > case.until or label in seen:
                continue
            seen.add(label)
            key = "x" + "x".join(map(str, case.shape))
            x = inputs.setdefault(key, Model(0, np.random.default_rng(seed(key))).numbers(case.shape))
            expected = evaluate(build(case, opset, True, None), x, case, opset)
            proto = build(case, opset, False, [y.ndim for y in expected])
            # Deprecated operators are refused by the checker; files of their time have them.
            if case.dims != "none" and (case.operator, opset) != ("GroupNormalization", 18):
                onnx.checker.check_model(proto, full_check=True)
            data = proto.SerializeToString()
            shapes = ";".join("x".join(map(str, y.shape)) for y in expected)
            index.append(f"{label}|{len(data)}|{key}|{shapes}")
            models += data
            outputs += [y.ravel() for y in expected]
    text = np.frombuffer("\n".join(index).encode(), dtype=np.uint8)
    path = os.path.join(HERE, "operators.npz")
    np.savez_compressed(
        path, index=text, models=np.frombuffer(models, dtype=np.uint8), outputs=np.concatenate(outputs), **inputs)
    print(f"{len(index)} models, {os.path.getsize(path) >> 10} KiB, onnx {onnx.__version__}, "
          f"ONNX Runtime {onnxruntime.__version__}")


if __name__ == "__main__":
    sys.exit(main())
