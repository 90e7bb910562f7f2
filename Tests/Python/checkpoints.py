"""Checkpoints of a made-up run in the three formats, and RNA over them as its formula stands, in Float64."""

import json
import struct
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SHAPES = {"conv.weight": (6, 3, 3, 3), "bn.running_mean": (6,), "fc.weight": (10, 54), "fc.bias": (10,), "scale": ()}
DTYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "uint8": "U8", "bool": "BOOL"}


def run(files: int, dtype="float32", seed=0, shapes=SHAPES) -> list[dict[str, np.ndarray]]:
    """The tensors of successive checkpoints of a method that converges, and a counter."""
    random = np.random.default_rng(seed)
    limit = {name: random.standard_normal(shape) for name, shape in shapes.items()}
    directions = [{name: random.standard_normal(shape) for name, shape in shapes.items()} for _ in range(3)]
    points = []
    for k in range(files):
        point = {}
        for name, shape in shapes.items():
            value = limit[name] + sum(d[name] * f**k for d, f in zip(directions, (0.9, 0.6, 0.3)))
            point[name] = np.asarray(value + 1e-3 * random.standard_normal(shape)).astype(dtype)
        point["steps"] = np.array(100 * k, np.int64)
        points.append(point)
    return points


def is_float(array: np.ndarray) -> bool:
    return array.dtype.kind == "f" or array.dtype == ml_dtypes.bfloat16


def coefficients(points, regularization=1e-8, exclude=()) -> tuple[np.ndarray, float]:
    """c of the differences between successive points, and the condition number of M + λI."""
    names = [name for name, array in points[0].items() if is_float(array) and name not in exclude]
    flat = np.array([np.concatenate([np.ravel(point[name]) for name in names]).astype(np.float64) for point in points])
    residuals = np.diff(flat, axis=0)
    gram = residuals @ residuals.T
    gram /= np.linalg.norm(gram, 2)
    system = gram + regularization * np.eye(len(gram))
    z = np.linalg.solve(system, np.ones(len(gram)))
    return z / z.sum(), np.linalg.cond(system)


def combine(points, weights) -> dict[str, np.ndarray]:
    """The weighted sum in Float64, unrounded; what is no floating-point number is the last point's."""
    return {
        name: sum(w * point[name].astype(np.float64) for w, point in zip(weights, points)) if is_float(array) else array
        for name, array in points[-1].items()
    }


def write_safetensors(path: Path, tensors: dict[str, np.ndarray], metadata=None) -> Path:
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, array in tensors.items():
        content = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": DTYPES[array.dtype.name], "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def read_safetensors(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    metadata = header.pop("__metadata__", {})
    types = {name: np.dtype(getattr(ml_dtypes, kind, kind)) for kind, name in DTYPES.items()}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }, metadata


def write_npz(path: Path, tensors: dict[str, np.ndarray], compressed=False) -> Path:
    (np.savez_compressed if compressed else np.savez)(path, **tensors)
    return path


def read_npz(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=True) as file:
        return {name: file[name] for name in file.files}


def write_onnx(path: Path, tensors: dict[str, np.ndarray], external=False, typed=()) -> Path:
    """A model that adds all tensors' sums to its input, so that every one of them is used.

    `external` is False, True, or the name of the file that the tensors go to.
    """
    initializers, nodes, total = [], [], "x"
    for name, array in tensors.items():
        if name in typed:
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            initializers.append(helper.make_tensor(name, kind, array.shape, array.ravel().tolist()))
        else:
            initializers.append(numpy_helper.from_array(array, name))
        if array.dtype == np.float32:
            nodes.append(helper.make_node("ReduceSum", [name], [f"{name}/sum"], keepdims=0))
            nodes.append(helper.make_node("Add", [total, f"{name}/sum"], [f"{name}/total"]))
            total = f"{name}/total"
    nodes.append(helper.make_node("Identity", [total], ["y"]))
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, []) for name in "xy"]
    graph = helper.make_graph(nodes, "sums", value[:1], value[1:], initializers)
    model = helper.make_model(graph, producer_name="test", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.metadata_props.add(key="checkpoint", value=path.stem)
    onnx.save(
        model, path, save_as_external_data=bool(external), size_threshold=0,
        location=external if isinstance(external, str) else f"{path.name}.weights")
    return path


def read_onnx(path: Path) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}


def write(folder, points, kind="safetensors", **options):
    """Writes points as the files of epochs."""
    writer = globals()[f"write_{kind}"]
    return [writer(folder / f"epoch{k}.{kind}", point, **options) for k, point in enumerate(points)]


def read(path):
    """The tensors of a file, by its ending."""
    if path.suffix == ".safetensors":
        return read_safetensors(path)[0]
    return globals()[f"read_{path.suffix[1:]}"](path)
