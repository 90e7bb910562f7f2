"""Weights of other types than float32: trained in float32, written back in their own type, rounded to the nearest."""

import json

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
import pytest

import data
import onnx_files
import runtime

TYPES = [np.float64, np.float16, ml_dtypes.bfloat16]


def stored(path) -> dict[str, np.ndarray]:
    """The float32 tensors of a safetensors file."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    return {
        name: np.frombuffer(content[8 + size :][slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "F32"}


def skeleton(path) -> bytes:
    """A model without the elements of its initialisers."""
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for field in ("raw_data", "double_data", "int32_data"):
            tensor.ClearField(field)
    return model.SerializeToString(deterministic=True)


@pytest.mark.parametrize("external", [False, True], ids=["inside", "outside"])
@pytest.mark.parametrize("raw", [True, False], ids=["raw", "typed"])
@pytest.mark.parametrize("dtype", TYPES, ids=lambda dtype: np.dtype(dtype).name)
def test_weights_are_written_back_in_their_own_type(slipstream, tmp_path, dtype, raw, external):
    model = onnx_files.dense_classifier(dtype)
    if not raw:
        for tensor in model.graph.initializer:
            array = onnx.numpy_helper.to_array(tensor)
            values = array.ravel().astype(np.float64 if dtype == np.float64 else np.float32)
            tensor.CopyFrom(onnx.helper.make_tensor(tensor.name, tensor.data_type, array.shape, values))
            assert not tensor.HasField("raw_data")
        if external:
            pytest.skip("external data is raw")
    source = tmp_path / "model.onnx"
    onnx.save(model, source, save_as_external_data=external, location="model.onnx.data", size_threshold=0)
    before = onnx_files.arrays(source)
    images, labels = onnx_files.images(24)
    npz = f"npz:{data.write_npz(tmp_path / 'images.npz', images, labels)}"

    slipstream.train(
        source, npz, tmp_path / "run", validation=npz, batch_size=8, epochs=1, accelerator="none", learning_rate=0.05)
    written = tmp_path / "run" / "model.onnx"
    after = onnx_files.arrays(written)
    assert {array.dtype for array in after.values()} == {np.dtype(dtype)}
    assert skeleton(source) == skeleton(written)
    trained = stored(tmp_path / "run" / "checkpoint.safetensors")
    parameters = next(value for value in trained.values() if value.size == sum(a.size for a in after.values()))
    # θ has the weights in the file's order, then the statistics.
    names = [name for name in after if "mean" not in name and "var" not in name] + ["norm.mean", "norm.var"]
    expected = np.split(parameters.ravel(), np.cumsum([after[name].size for name in names])[:-1])
    for name, values in zip(names, expected):
        # A double that has not moved keeps the digits that float32 lacks.
        found = after[name].ravel().astype(np.float32) if dtype == np.float64 else after[name].ravel()
        assert np.array_equal(found, values if dtype == np.float64 else values.astype(dtype)), name
        # Normalisation takes away what the first layer's bias adds.
        assert name == "first.b" or not np.array_equal(after[name], before[name]), name
    if dtype != ml_dtypes.bfloat16:
        onnx.checker.check_model(written, full_check=True)
        session = onnxruntime.InferenceSession(written, providers=["CPUExecutionProvider"])
        logits = session.run(None, {"x": images.astype(dtype)})[0].astype(np.float32)
        found = slipstream.predict(written, npz, tmp_path / "p.npy")
        assert runtime.scaled_error(found, logits) <= (5e-3 if dtype == np.float16 else 1e-5)


@pytest.mark.parametrize("dtype", TYPES, ids=lambda dtype: np.dtype(dtype).name)
def test_values_that_training_does_not_move_keep_their_bits(slipstream, tmp_path, dtype):
    # Random doubles have digits that float32 lacks.
    model = onnx_files.dense_classifier(dtype)
    onnx.save(model, tmp_path / "model.onnx")
    images, labels = onnx_files.images(8)
    npz = f"npz:{data.write_npz(tmp_path / 'images.npz', images, labels)}"
    # So small a step rounds to none in float32 too; only the running statistics move.
    slipstream.train(
        tmp_path / "model.onnx", npz, tmp_path / "run", validation=npz, batch_size=8, epochs=1, accelerator="none",
        learning_rate=1e-30)
    before, after = onnx_files.arrays(tmp_path / "model.onnx"), onnx_files.arrays(tmp_path / "run" / "model.onnx")
    for name in before:
        if "mean" not in name and "var" not in name:
            assert before[name].tobytes() == after[name].tobytes(), name


def test_a_network_in_half_precision_learns_as_its_copy_in_single_precision_does(slipstream, tmp_path):
    images, labels = onnx_files.images(48)
    npz = f"npz:{data.write_npz(tmp_path / 'images.npz', images, labels)}"
    half = onnx_files.classifier(17, np.float16)
    onnx.save(half, tmp_path / "half.onnx")
    single = onnx_files.classifier(17)
    for tensor, other in zip(single.graph.initializer, half.graph.initializer):
        if tensor.data_type == onnx.TensorProto.FLOAT and other.data_type == onnx.TensorProto.FLOAT16:
            values = onnx.numpy_helper.to_array(other).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    onnx.save(single, tmp_path / "single.onnx")
    runs = {}
    for name in ("half", "single"):
        slipstream.train(
            tmp_path / f"{name}.onnx", npz, tmp_path / name, validation=npz, batch_size=16, epochs=3, accelerator="none")
        runs[name] = onnx_files.arrays(tmp_path / name / "model.onnx")
    for name, values in runs["single"].items():
        if values.dtype == np.float32 and runs["half"][name].dtype == np.float16:
            assert np.array_equal(runs["half"][name], values.astype(np.float16)), name
