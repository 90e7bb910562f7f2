"""Models over 2 GiB, whose weights lie in external data: sparse files stand for the bytes."""

import importlib
import subprocess
import sys
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import data
import onnx_files
from command import training
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tools" / "bench"))
MeasuredProcess = importlib.import_module("comparison.usage").MeasuredProcess

GIB = 1 << 30


def external(name: str, shape, offset: int, length: int) -> onnx.TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", "big.data"), ("offset", str(offset)), ("length", str(length))):
        tensor.external_data.add(key=key, value=value)
    return tensor


def measured(command):
    """Runs a command to its end. Returns what it used, and what it said."""
    with MeasuredProcess(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = process.stdout.read()
        return process.wait(), said


@pytest.fixture
def large(tmp_path):
    """A dense network whose last weights lie 5 GiB into a data file, behind a table of 3 GiB that no node reads."""
    model = onnx_files.dense_classifier(np.float32)
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    del model.graph.initializer[:]
    offset = 4096
    with open(tmp_path / "big.data", "wb") as file:
        for name, array in values.items():
            if name == "last.w":
                model.graph.initializer.append(external("table", [3 * GIB // 4096, 1024], offset, 3 * GIB))
                offset = 5 * GIB
            file.seek(offset)
            file.write(array.tobytes())
            model.graph.initializer.append(external(name, array.shape, offset, array.nbytes))
            offset += (array.nbytes + 4095) // 4096 * 4096
        file.truncate(offset)
    onnx.save(model, tmp_path / "big.onnx")
    if (tmp_path / "big.data").stat().st_blocks * 512 > GIB:
        pytest.skip("this file system knows no sparse files")
    return tmp_path / "big.onnx"


def test_a_model_over_2_gib_is_trained_and_written_in_seconds_and_little_memory(slipstream, large, tmp_path):
    images, labels = onnx_files.images(24)
    npz = f"npz:{data.write_npz(tmp_path / 'images.npz', images, labels)}"
    started = time.monotonic()
    command = training(large, npz, tmp_path / "run", validation=npz, batch_size=8, epochs=1, accelerator="none")
    usage, said = measured([slipstream.path, *command])
    assert usage.status == 0, said
    assert usage.peak_bytes < GIB, "memory"
    assert time.monotonic() - started < 60
    written = tmp_path / "run" / "model.onnx"
    output = tmp_path / "run" / "model.onnx.data"
    assert output.stat().st_size == (tmp_path / "big.data").stat().st_size
    assert output.stat().st_blocks * 512 < GIB >> 4, "holes stay holes"
    onnx.checker.check_model(written)
    for tensor in onnx.load(written, load_external_data=False).graph.initializer:
        place = {entry.key: entry.value for entry in tensor.external_data}
        # No node reads the table, and normalisation takes away what the first layer's bias adds.
        if tensor.name in ("table", "first.b"):
            continue
        values = []
        for path in (tmp_path / "big.data", output):
            with open(path, "rb") as file:
                file.seek(int(place["offset"]))
                values.append(file.read(int(place["length"])))
        assert values[0] != values[1], f"{tensor.name} was not trained"
    found = slipstream.predict(written, npz, tmp_path / "p.npy")
    assert np.isfinite(found).all() and found.shape == (24, 3)


@pytest.mark.parametrize("entries, says", [
    ({"location": "../big.data"}, "must lie in the model's folder"),
    ({"location": "/etc/hostname"}, "must lie in the model's folder"),
    ({"location": "absent.data"}, "No such file"),
    ({"location": ""}, "does not name the file"),
    ({"location": "."}, "not a regular file"),
    ({"offset": str(1 << 62)}, "are needed, but it has"),
    ({"offset": "-1"}, "is no number of bytes"),
    ({"offset": "0x10"}, "is no number of bytes"),
    ({"length": "12"}, "is given as '12'"),
    ({"length": str(1 << 63)}, "is given as"),
])
def test_places_that_hold_no_weights_are_refused(slipstream, large, entries, says):
    model = onnx.load(large, load_external_data=False)
    for entry in model.graph.initializer[0].external_data:
        entry.value = entries.get(entry.key, entry.value)
    onnx.save(model, large)
    slipstream.refuse("evaluate", "--model", large, "--data", "digits", codes=[1], says=["first.w", says])


@pytest.mark.parametrize("shape", [
    [1 << 20, 1 << 20], [1 << 62, 4], [-1, 8], [1 << 31, 1 << 31, 1 << 31], [0x7FFFFFFFFFFFFFFF],
], ids=str)
@pytest.mark.parametrize("raw", [True, False])
def test_initializers_that_lie_about_their_size_are_refused_in_little_memory(slipstream, tmp_path, shape, raw):
    model = onnx_files.dense_classifier(np.float32)
    tensor = model.graph.initializer[0]
    if not raw:
        values = onnx.numpy_helper.to_array(tensor)
        tensor.CopyFrom(helper.make_tensor(tensor.name, TensorProto.FLOAT, values.shape, values.ravel()))
    del tensor.dims[:]
    tensor.dims.extend(shape)
    onnx.save(model, tmp_path / "m.onnx")
    check_refusal(slipstream, ["inspect", tmp_path / "m.onnx"], "first.w")


@pytest.mark.parametrize("bomb", ["expand", "fill", "reshape", "tile of a constant", "input", "padding"])
def test_shapes_that_would_fill_the_memory_are_refused_or_only_described(slipstream, tmp_path, bomb):
    b = onnx_files.Builder(17)
    huge = b.constant([1 << 18, 1 << 18])
    x = b.node("Flatten", "x")
    if bomb == "expand":
        x = b.node("Add", x, b.node("ReduceSum", b.node("Expand", b.constant(np.float32(1)), huge)))
    elif bomb == "fill":
        x = b.node("Add", x, b.node("ReduceMean", b.node("ConstantOfShape", huge), keepdims=0))
    elif bomb == "reshape":
        x = b.node("Reshape", x, huge)
    elif bomb == "tile of a constant":
        for _ in range(40):
            x = b.node("Concat", x, x, axis=1)
    elif bomb == "padding":
        x = b.node("MaxPool", "x", kernel_shape=[2, 2], pads=[1 << 40, 1 << 40, 1 << 40, 1 << 40])
    y = b.node("Gemm", b.node("Flatten", x), b.weights("w", 72, 3))
    model = b.model(y)
    if bomb == "input":
        for dimension in model.graph.input[0].type.tensor_type.shape.dim:
            dimension.dim_value = 1 << 40
    onnx.save(model, tmp_path / "m.onnx")
    check_refusal(slipstream, ["inspect", tmp_path / "m.onnx"], "", codes=[0, 1])
    npz = data.write_npz(tmp_path / "images.npz", *onnx_files.images(4))
    check_refusal(slipstream, ["evaluate", "--model", tmp_path / "m.onnx", "--data", f"npz:{npz}"], "", codes=[1])


def check_refusal(slipstream, arguments, says, codes=(1,)):
    """Runs the program and checks how it ended, within 15 s and 1 GiB."""
    started = time.monotonic()
    usage, said = measured([slipstream.path, *arguments])
    assert usage.status in codes and says in said, (usage.status, said)
    assert usage.peak_bytes < GIB and time.monotonic() - started < 15, (usage.peak_bytes, said)
