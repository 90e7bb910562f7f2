"""`--batch-norm`: whether training follows batch normalisation's running statistics or keeps them."""

import json

import numpy as np
import onnx
import pytest

import data
import onnx_files
import runtime
from command import training


@pytest.fixture
def model(tmp_path):
    onnx.save(onnx_files.classifier(17), tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


@pytest.fixture
def npz(tmp_path):
    return f"npz:{data.write_npz(tmp_path / 'images.npz', *onnx_files.images(24))}"


def run(slipstream, model, npz, folder, how, *more, **settings):
    said = slipstream.run(
        *training(
            model, npz, folder, "--batch-norm", how, *more,
            **({"validation": npz, "batch_size": 8, "learning_rate": 0.01} | settings)))
    assert said.returncode == 0, said.stderr
    return said.stderr


@pytest.mark.parametrize("mode", ["offline", "online"])
def test_frozen_statistics_keep_their_bits_while_scales_and_shifts_are_trained(slipstream, model, npz, tmp_path, mode):
    said = run(slipstream, model, npz, tmp_path / "run", "frozen", epochs=4, rna_mode=mode)
    assert "running statistics are used as they are, and stay" in said
    before = onnx_files.arrays(model)
    for name in ("model.onnx", "accelerated.onnx"):
        after = onnx_files.arrays(tmp_path / "run" / name)
        for part in ("norm.mean", "norm.var"):
            assert np.array_equal(after[part], before[part]), (name, part)
        for part in ("norm.scale", "norm.shift", "conv.w"):
            assert not np.array_equal(after[part], before[part]), (name, part)
        onnx.checker.check_model(tmp_path / "run" / name, full_check=True)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["settings"]["batch-norm"] == "frozen"


def test_trained_statistics_follow_the_batches_as_pytorchs_do(slipstream, model, npz, tmp_path):
    run(slipstream, model, npz, tmp_path / "run", "train", epochs=1, batch_size=24, accelerator="none", learning_rate=1e-30)
    before, after = onnx_files.arrays(model), onnx_files.arrays(tmp_path / "run" / "model.onnx")
    images = onnx_files.images(24)[0].astype(np.float64)
    padded = np.pad(images, [(0, 0), (0, 0), (1, 1), (1, 1)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    x = np.einsum("nchwij,ocij->nohw", windows, before["conv.w"]) + before["conv.b"][:, None, None]
    count = x.size / x.shape[1]
    mean = 0.9 * before["norm.mean"] + 0.1 * x.mean((0, 2, 3))
    # Momentum 0.9 is what is kept, ONNX's convention; the batch's variance is divided by n - 1, PyTorch's.
    sample = 0.9 * before["norm.var"] + 0.1 * x.var((0, 2, 3)) * count / (count - 1)
    population = 0.9 * before["norm.var"] + 0.1 * x.var((0, 2, 3))
    assert np.abs(after["norm.mean"] - mean).max() < 1e-6
    assert np.abs(after["norm.var"] - sample).max() < 1e-5 * np.abs(sample - population).max() + 1e-6
    assert np.abs(after["norm.var"] - population).max() > 0.5 * np.abs(sample - population).max()


def test_a_run_goes_on_only_as_it_began(slipstream, model, npz, tmp_path):
    run(slipstream, model, npz, tmp_path / "run", "frozen", epochs=1)
    command = training(
        model, npz, tmp_path / "run", "--batch-norm", "train", "--resume", validation=npz, batch_size=8, learning_rate=0.01)
    slipstream.refuse(*command, codes=[1])
    run(slipstream, model, npz, tmp_path / "run", "frozen", "--resume", epochs=2)


def test_a_network_in_which_a_scale_and_a_variance_are_one_tensor_can_be_frozen(slipstream, npz, tmp_path):
    # TorchScript's exporter merges equal initialisers: here the ones of a fresh network.
    b = onnx_files.Builder(17)
    ones, zeros = b.constant(np.ones(4, np.float32), "ones"), b.constant(np.zeros(4, np.float32), "zeros")
    x = b.node("Conv", "x", b.weights("conv.w", 4, 2, 3, 3))
    x = b.node("BatchNormalization", x, ones, zeros, b.node("Identity", zeros), b.node("Identity", ones))
    x = b.node("Flatten", b.node("GlobalAveragePool", b.node("Relu", x)))
    source = tmp_path / "merged.onnx"
    onnx.save(b.model(b.node("Gemm", x, b.weights("dense.w", 4, 3), b.weights("dense.b", 3))), source)
    run(slipstream, source, npz, tmp_path / "run", "frozen", accelerator="none", epochs=3)
    written = tmp_path / "run" / "model.onnx"
    constants = {
        node.output[0]: onnx.numpy_helper.to_array(node.attribute[0].t)
        for node in onnx.load(written).graph.node if node.op_type == "Constant"}
    assert sorted(tuple(value) for value in constants.values()) == [(0, 0, 0, 0), (1, 1, 1, 1)]
    assert not np.array_equal(onnx_files.arrays(written)["ones"], np.ones(4))
    found = slipstream.predict(written, npz, tmp_path / "p.npy")
    assert runtime.scaled_error(found, runtime.logits(written, onnx_files.images(24)[0])) <= 1e-4


def test_a_network_without_normalisation_is_named_as_such(slipstream, npz, tmp_path):
    onnx.save(onnx_files.dense_classifier(np.float32), tmp_path / "norm.onnx")
    bare = onnx.load(tmp_path / "norm.onnx")
    for node in [node for node in bare.graph.node if node.op_type == "BatchNormalization"]:
        node.op_type = "Identity"
        del node.input[1:]
    onnx.save(bare, tmp_path / "bare.onnx")
    assert "no batch normalisation to train" in slipstream.succeed("inspect", tmp_path / "bare.onnx")
    assert "no batch normalisation" not in slipstream.succeed("inspect", tmp_path / "norm.onnx")


def test_another_word_is_refused_with_the_valid_ones(slipstream, model, npz, tmp_path):
    command = training(model, npz, tmp_path / "run", "--batch-norm", "eval", batch_size=8)
    slipstream.refuse(*command, codes=[2, 64], says=["train", "frozen"])
