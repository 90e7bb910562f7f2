"""`--batch`: another batch size than the one that a file fixes."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

import data
import onnx_files
import runtime


@pytest.fixture
def baked(tmp_path):
    """A network for a batch of 4, which a Reshape's constant and notes on values in between say too."""
    model = onnx_files.classifier(17, batch=4, flatten=[4, 36])
    path = tmp_path / "baked.onnx"
    onnx.save(onnx.shape_inference.infer_shapes(model), path)
    onnx.checker.check_model(path, full_check=True)
    return path


@pytest.fixture
def npz(tmp_path):
    return f"npz:{data.write_npz(tmp_path / 'images.npz', *onnx_files.images(24))}"


def batches(path):
    """The first dimension of all values that the file describes."""
    graph = onnx.load(path).graph
    values = [*graph.input, *graph.output, *graph.value_info]
    return {value.name: value.type.tensor_type.shape.dim[0] for value in values}


@pytest.mark.parametrize("batch", ["8", "1", "dynamic"])
def test_the_written_network_has_the_new_batch(slipstream, baked, npz, tmp_path, batch):
    size = 8 if batch == "dynamic" else int(batch)
    slipstream.train(
        baked, npz, tmp_path / "run", "--batch", batch, validation=npz, batch_size=size, learning_rate=0.001)
    for name in ("model.onnx", "accelerated.onnx"):
        written = tmp_path / "run" / name
        onnx.checker.check_model(written, full_check=True)
        for value, dimension in batches(written).items():
            if batch == "dynamic":
                assert dimension.dim_param == "batch", value
            else:
                assert dimension.dim_value == size, value
        images = onnx_files.images(24)[0]
        found = slipstream.predict(written, npz, tmp_path / "p.npy")
        assert runtime.scaled_error(found, runtime.logits(written, images)) <= 1e-4
    # The values in between that were noted are all noted still.
    assert batches(tmp_path / "run" / "model.onnx").keys() == batches(baked).keys()
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["settings"]["batch"] == batch


def test_every_command_takes_it(slipstream, baked, npz):
    shape = json.loads(slipstream.succeed("inspect", baked, "--batch", "9", "--json"))["inputs"][0]["shape"]
    assert shape == ["9", "2", "6", "6"]
    shape = json.loads(slipstream.succeed("inspect", baked, "--batch", "dynamic", "--json"))["inputs"][0]["shape"]
    assert shape == ["batch", "2", "6", "6"]
    plan = json.loads(slipstream.succeed("inspect", baked, "--plan", "--batch", "9", "--json"))
    assert plan["batch_size"] == 9
    slipstream.succeed("bench", "--model", baked, "--batch", "5", "--batch-size", 5, "--mode", "train", "--steps", 1)
    data.write_npz(odd := baked.parent / "odd.npz", *onnx_files.images(5))
    slipstream.refuse(
        "predict", "--model", baked, "--data", f"npz:{odd}", "--output", baked.parent / "p.npy", codes=[1],
        says=["5 images are no whole number of such batches: --batch dynamic"])
    slipstream.succeed(
        "predict", "--model", baked, "--data", f"npz:{odd}", "--output", baked.parent / "p.npy", "--batch", "dynamic")
    assert np.load(baked.parent / "p.npy").shape == (5, 3)
    as_it_is = slipstream.evaluate(baked, npz)
    for batch in ("1", "6", "dynamic"):
        result = json.loads(slipstream.succeed("evaluate", "--model", baked, "--data", npz, "--batch", batch, "--json"))
        assert result["images"] == 24 and abs(result["loss"] - as_it_is["loss"]) < 1e-5


@pytest.mark.parametrize("text", ["0", "-1", "65537", "1e3", "many", "8x8", "99999999999999999999"])
def test_nonsense_is_refused_with_what_would_be_right(slipstream, baked, npz, text):
    slipstream.refuse(
        "evaluate", "--model", baked, "--data", npz, f"--batch={text}", codes=[2, 64],
        says=["--batch is", "from 1 to 65536, or dynamic"])


def test_a_node_that_needs_the_old_batch_is_named(slipstream, tmp_path):
    model = onnx_files.classifier(17, batch=4, flatten=[2, 72])
    model.graph.node[-2].op_type, model.graph.node[-2].name = "Softmax", "odd"
    del model.graph.node[-2].input[1:]
    onnx.save(model, tmp_path / "m.onnx")
    slipstream.refuse("inspect", tmp_path / "m.onnx", "--batch", "8", codes=[1], says=["node 'Reshape_", "batch of 7"])


def test_external_data_stays_beside_the_model(slipstream, baked, npz, tmp_path):
    outside = tmp_path / "outside.onnx"
    # The threshold keeps the constants of shapes and axes in the file: ONNX Runtime reads those from nowhere else.
    onnx.save(onnx.load(baked), outside, save_as_external_data=True, location="weights.bin", size_threshold=100)
    assert any(tensor.external_data for tensor in onnx.load(outside, load_external_data=False).graph.initializer)
    slipstream.train(
        outside, npz, tmp_path / "run", "--batch", "dynamic", validation=npz, batch_size=6, accelerator="none",
        learning_rate=0.001)
    written = tmp_path / "run" / "model.onnx"
    onnx.checker.check_model(written)
    session = onnxruntime.InferenceSession(written, providers=["CPUExecutionProvider"])
    assert session.run(None, {"x": onnx_files.images(5)[0]})[0].shape == (5, 3)
