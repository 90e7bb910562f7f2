"""A run that is stopped at any moment and resumed ends with the same bytes as one that was never stopped."""

import random
import signal
import subprocess
import time

import pytest

import run_directory
from command import training, wait_for

EPOCHS = 10
MODES = pytest.mark.parametrize("mode", ["offline", "online"])


@pytest.fixture(scope="module")
def uninterrupted(slipstream, digits_model, tmp_path_factory):
    """By RNA mode: the directory of a run that was never stopped, and the seconds that it took."""
    runs = {}

    def run(mode):
        if mode not in runs:
            directory = tmp_path_factory.mktemp(mode) / "run"
            started = time.monotonic()
            slipstream.succeed(*arguments(digits_model, directory, mode))
            runs[mode] = directory, time.monotonic() - started
        return runs[mode]

    return run


def arguments(model, directory, mode):
    return training(model, "digits", directory, epochs=EPOCHS, rna_mode=mode, rna_window=4,
                    learning_rate=0.05, schedule=f"linear:0.01:{EPOCHS}")


def assert_same_run(directory, expected):
    for network in run_directory.NETWORKS.values():
        assert (directory / network).read_bytes() == (expected / network).read_bytes(), network
    run_directory.assert_metrics(run_directory.metrics(directory), EPOCHS)
    assert {path.name for path in directory.iterdir()} == run_directory.FILES


def resume_option(directory):
    """`--resume` where there is something to resume: a run may be killed before it has written anything."""
    return ["--resume"] if directory.exists() and any(directory.iterdir()) else []


@MODES
@pytest.mark.parametrize("seed", range(4))
def test_killed_and_resumed_run_ends_with_the_same_bytes(slipstream, digits_model, uninterrupted, tmp_path, mode, seed):
    expected, seconds = uninterrupted(mode)
    chance = random.Random(seed)
    directory = tmp_path / "run"
    kills = []
    # Each attempt is killed earlier than the whole takes; one that finishes first, on a busy machine, proves nothing.
    for _ in range(2):
        moment = chance.uniform(0.05, 0.75) * seconds
        process = slipstream.start(*arguments(digits_model, directory, mode), *resume_option(directory))
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills.append(moment)
    assert kills, "the run was over before it could be killed"
    slipstream.succeed(*arguments(digits_model, directory, mode), *resume_option(directory))
    assert_same_run(directory, expected)


@MODES
@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_leaves_a_checkpoint_and_says_so(
        slipstream, digits_model, uninterrupted, tmp_path, mode, number, status):
    directory = tmp_path / "run"
    process = slipstream.start(*arguments(digits_model, directory, mode))
    # The first epoch's record: training is under way, and nine epochs are left.
    wait_for(directory / "metrics.jsonl", process)
    process.send_signal(number)
    _, message = process.communicate(timeout=60)
    assert process.returncode == status, message
    assert "--resume" in message
    assert (directory / "checkpoint.safetensors").exists()
    slipstream.succeed(*arguments(digits_model, directory, mode), "--resume")
    assert_same_run(directory, uninterrupted(mode)[0])


def test_a_finished_run_resumes_to_itself(slipstream, digits_model, uninterrupted, tmp_path):
    directory = tmp_path / "run"
    slipstream.succeed(*arguments(digits_model, directory, "offline"))
    slipstream.succeed(*arguments(digits_model, directory, "offline"), "--resume")
    assert_same_run(directory, uninterrupted("offline")[0])


def test_resuming_with_other_settings_is_refused(slipstream, digits_model, tmp_path):
    slipstream.train(digits_model, "digits", tmp_path / "run", epochs=2)
    before = (tmp_path / "run" / "checkpoint.safetensors").read_bytes()
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", "--resume", epochs=2, optimizer="adam"), says=["optimizer"])
    assert (tmp_path / "run" / "checkpoint.safetensors").read_bytes() == before


def test_a_damaged_checkpoint_is_refused(slipstream, digits_model, tmp_path):
    slipstream.train(digits_model, "digits", tmp_path / "run", epochs=2)
    checkpoint = tmp_path / "run" / "checkpoint.safetensors"
    content = bytearray(checkpoint.read_bytes())
    checkpoint.write_bytes(content[: len(content) // 2])
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", "--resume", epochs=4), codes=[1],
        says=["checkpoint.safetensors"])
