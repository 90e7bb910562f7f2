"""A disk that fills up: a clear message, and what was there before stays as it was.

The limit on a file's size stands for the full disk: it needs no rights, and the write fails in the same place.
"""

import resource
import signal

import pytest

from command import snapshot, training, wait_for

EPOCHS = 10


def limited(size: int) -> dict:
    """Options that make every file end at `size` bytes; the signal that comes with it stays ignored, so writes fail."""

    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return {"preexec_fn": prepare}


def test_new_leaves_nothing_behind(slipstream, tmp_path):
    slipstream.refuse(
        "new", "small-cnn", "--input", "1x8x8", "--classes", 10, "-o", tmp_path / "model.onnx",
        codes=[1], says=["model.onnx"], **limited(4096))
    assert snapshot(tmp_path) == {}


def test_predict_leaves_an_earlier_result_as_it_was(slipstream, digits_model, tmp_path):
    output = tmp_path / "p.npy"
    arguments = ["predict", "--model", digits_model, "--data", "digits", "--output", output]
    slipstream.succeed(*arguments)
    before = snapshot(tmp_path)
    slipstream.refuse(*arguments, codes=[1], says=["p.npy"], **limited(4096))
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("size", [1 << 10, 64 << 10], ids=["no-room-at-all", "no-room-for-a-checkpoint"])
def test_training_keeps_the_last_good_checkpoint(slipstream, digits_model, tmp_path, size):
    directory = tmp_path / "run"
    arguments = training(digits_model, "digits", directory, epochs=EPOCHS)
    process = slipstream.start(*arguments)
    wait_for(directory / "metrics.jsonl", process)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    before = (directory / "checkpoint.safetensors").read_bytes()

    slipstream.refuse(*arguments, "--resume", codes=[1], says=["cannot write"], **limited(size))
    assert (directory / "checkpoint.safetensors").read_bytes() == before
    assert not [path.name for path in directory.iterdir() if "tmp" in path.name], "temporary files were left"

    slipstream.succeed(*arguments, "--resume")
    slipstream.train(digits_model, "digits", tmp_path / "uninterrupted", epochs=EPOCHS)
    assert (directory / "model.onnx").read_bytes() == (tmp_path / "uninterrupted" / "model.onnx").read_bytes()
