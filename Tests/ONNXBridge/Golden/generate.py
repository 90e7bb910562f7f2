"""Small ONNX models for every operator that Slipstream reads, at every opset from 7 to 20 that changed it.

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
from onnx.reference import ReferenceEvaluator

import operator_cases
from building import Model, numbers
from operator_cases import CASES, changes

HERE = os.path.dirname(os.path.abspath(__file__))


def runtime(proto, x):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, ["CPUExecutionProvider"])
    return session.run(None, {"x": x})


def is_known_to_be_wrong(case, opset):
    """What onnx 1.23's reference evaluator does not compute as the operator's definition says."""
    return (
        case.operator in ("Softmax", "LogSoftmax") and opset < 13  # does not flatten
        or case.operator == "BatchNormalization" and opset < 14  # normalises with the batch's statistics
        or case.operator == "MaxPool" and case.name == "SAME_LOWER"  # has a row too few
        or case.operator == "LogSoftmax" and case.name == "large numbers"  # takes the logarithm of what underflowed
    )


def evaluate(proto, x, case, opset):
    """ONNX Runtime's outputs, which onnx's reference evaluator confirms."""
    if "zero pads" in case.name:  # the one thing that ONNX Runtime refuses
        return ReferenceEvaluator(proto).run(None, {"x": x})
    expected = runtime(proto, x)
    if not is_known_to_be_wrong(case, opset):
        for a, b in zip(expected, ReferenceEvaluator(proto).run(None, {"x": x})):
            assert a.shape == b.shape, (case, opset, a.shape, b.shape)
            error = np.abs(a - b).max(initial=0)
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
    operator_cases.declare()
    inputs, index, models, outputs, seen = {}, [], b"", [], set()
    for case in CASES:
        for opset in case.only or changes(case.operator):
            opset = opset if case.only else max(opset, case.since)
            label = f"{case.operator}-{opset}|{case.name}"
            if opset > case.until or label in seen:
                continue
            seen.add(label)
            key = "x" + "x".join(map(str, case.shape))
            x = inputs.setdefault(key, numbers(np.random.default_rng(seed(key)), case.shape))
            expected = evaluate(build(case, opset, True, None), x, case, opset)
            proto = build(case, opset, False, [y.ndim for y in expected])
            if case.dims != "none":
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
