"""`slipstream train --resume`: what it continues, and what it refuses to continue."""

from pathlib import Path

import pytest

import data
import models
from command import snapshot, training
from runs import Run, assert_same_run, untimed

# Twelve batches an epoch, whose last is shorter.
COUNT = 380


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("resume") / "images.npz"
    return f"npz:{data.write_npz(path, *data.images_and_labels(COUNT, (1, 8, 8), 10))}"


@pytest.fixture(scope="module")
def run(slipstream, digits_model, source) -> Run:
    return Run(slipstream, digits_model, source, {"validation": source, "epochs": 3})


@pytest.fixture(scope="module")
def finished(run, tmp_path_factory):
    """The directory of a finished run, which no test may change."""
    directory = tmp_path_factory.mktemp("finished") / "run"
    run.finish(directory)
    return directory


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of the finished run."""
    directory = tmp_path / "run"
    directory.mkdir()
    for path in finished.iterdir():
        (directory / path.name).write_bytes(path.read_bytes())
    return directory


def test_a_finished_run_resumes_to_itself_and_says_so(run, finished, copy):
    result = run.program.run(*run.arguments(copy, "--resume"))
    assert result.returncode == 0
    assert "the run is done, 3 of 3 epochs" in result.stderr
    assert snapshot(copy) == snapshot(finished)


def test_more_epochs_continue_a_finished_run_as_if_it_had_been_longer(run, copy, tmp_path):
    run.finish(copy, "--resume", epochs=5)
    run.finish(tmp_path / "long", epochs=5)
    assert_same_run(copy, tmp_path / "long", 5)


def test_fewer_epochs_than_are_done_are_refused(run, finished, copy):
    run.program.refuse(*run.arguments(copy, "--resume", epochs=2), codes=[1], says=["--epochs is 2", "at least 3"])
    assert snapshot(copy) == snapshot(finished)


def test_files_that_were_lost_are_written_again(run, finished, copy):
    for name in ("model.onnx", "accelerated.onnx", "metrics.jsonl", "report.html"):
        (copy / name).unlink()
    run.finish(copy, "--resume")
    assert snapshot(copy) == snapshot(finished)


OTHER = {
    "batch size": ({"batch_size": 16}, ["32", "16"]),
    "learning rate": ({"learning_rate": 0.03}, ["0.02", "0.03"]),
    "momentum": ({"momentum": 0.8}, ["0.9", "0.8"]),
    "optimizer": ({"optimizer": "adam"}, ["sgd", "adam"]),
    "schedule": ({"schedule": "step:2:0.5"}, ["constant", "step:2:0.5"]),
    "seed": ({"seed": 4}, ["0", "4"]),
    "threads": ({"threads": 1}, ["2", "1"]),
    "backends": ({"backend": "reference"}, ["openblas", "reference"]),
    "persistency": ({"persistency": 2}, ["1", "2"]),
    "augmentation": ({"augment": "translate:1"}, ["none", "translate:1"]),
    "accelerator": ({"accelerator": "none"}, ["rna", "none"]),
    "accelerator ": ({"rna_window": 4}, ["window=10", "window=4"]),
    "validation data": ({"validation": "digits"}, [str(COUNT), "360"]),
}


@pytest.mark.parametrize("name", OTHER)
def test_another_setting_is_refused_and_both_values_are_named(run, finished, copy, name):
    settings, values = OTHER[name]
    message = run.program.refuse(
        *run.arguments(copy, "--resume", **settings), codes=[1], says=[name.strip(), "another run"])
    for value in values:
        assert value in message, message
    assert snapshot(copy) == snapshot(finished)


def test_all_differences_are_listed_at_once(run, copy):
    run.program.refuse(
        *run.arguments(copy, "--resume", batch_size=16, seed=4, learning_rate=0.5), codes=[1],
        says=["batch size", "seed", "learning rate"])


def test_other_data_is_refused(run, finished, copy, slipstream, digits_model, tmp_path):
    other = data.write_npz(tmp_path / "other.npz", *data.images_and_labels(COUNT, (1, 8, 8), 10, seed=1))
    slipstream.refuse(
        *training(digits_model, f"npz:{other}", copy, "--resume", **run.settings), codes=[1], says=["training data"])
    assert snapshot(copy) == snapshot(finished)


def test_another_network_is_refused(run, finished, copy, slipstream, digits_model, source, tmp_path):
    other = models.add_dropout(digits_model, tmp_path / "other.onnx", 0.1)
    slipstream.refuse(*training(other, source, copy, "--resume", **run.settings), codes=[1], says=["network"])
    assert snapshot(copy) == snapshot(finished)


def test_data_that_was_moved_is_the_same_data(run, finished, copy, slipstream, digits_model, tmp_path):
    moved = tmp_path / "moved.npz"
    moved.write_bytes(Path(run.data.removeprefix("npz:")).read_bytes())
    slipstream.succeed(
        *training(digits_model, f"npz:{moved}", copy, "--resume", epochs=4, validation=f"npz:{moved}"))
    assert len(untimed(copy)) == 4


@pytest.mark.parametrize("fraction", [0, 0.001, 0.2, 0.5, 0.9, 0.999])
def test_a_truncated_checkpoint_is_refused(run, copy, fraction):
    checkpoint = copy / "checkpoint.safetensors"
    content = checkpoint.read_bytes()
    checkpoint.write_bytes(content[: int(fraction * len(content))])
    before = snapshot(copy)
    run.program.refuse(*run.arguments(copy, "--resume", epochs=4), codes=[1], says=["checkpoint.safetensors"])
    assert snapshot(copy) == before


def test_a_flipped_bit_in_a_checkpoint_is_noticed(run, copy):
    checkpoint = copy / "checkpoint.safetensors"
    content = bytearray(checkpoint.read_bytes())
    content[len(content) // 2] ^= 0x10
    checkpoint.write_bytes(content)
    run.program.refuse(
        *run.arguments(copy, "--resume", epochs=4), codes=[1], says=["checkpoint.safetensors", "damaged"])


def test_a_folder_that_does_not_exist_has_nothing_to_resume(run, tmp_path):
    run.program.refuse(*run.arguments(tmp_path / "absent", "--resume"), codes=[1], says=["absent"])
    assert snapshot(tmp_path) == {}


def test_an_empty_folder_is_a_run_that_has_not_begun(run, finished, tmp_path):
    (tmp_path / "run").mkdir()
    result = run.program.run(*run.arguments(tmp_path / "run", "--resume"))
    assert result.returncode == 0 and "beginning" in result.stderr
    assert_same_run(tmp_path / "run", finished, 3)
