"""A run that is stopped at any moment and resumed ends with the same bytes as one that was never stopped."""

import random
import re
import shutil
import signal
from pathlib import Path

import pytest

import models
from runs import Run, assert_same_run, checkpoint_state

EPOCHS = 8
CASES = {
    "offline": {"rna_window": 4, "learning_rate": 0.05, "schedule": f"linear:0.01:{EPOCHS}"},
    "online": {"rna_mode": "online", "rna_window": 4, "learning_rate": 0.05, "nesterov": True},
    "adam": {"optimizer": "adam", "learning_rate": 0.001, "rna_mode": "online", "weight_decay": 1e-4},
    "batch-norm": {"model": "residual.torchscript-17.onnx", "rna_mode": "online", "schedule": "step:3,5:0.3"},
    "external-data": {"model": "residual.dynamo-20-unoptimized.onnx", "optimizer": "adam", "learning_rate": 0.002},
    "persistent": {"persistency": 3, "learning_rate": 0.01, "rna_mode": "online"},
    "augmented": {"augment": "flip:0.2,translate:1", "rna_mode": "online", "learning_rate": 0.05},
    "dropout": {"model": "dropout", "rna_mode": "offline", "learning_rate": 0.05},
}
NAMES = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module")
def prepared(slipstream, digits_model, tmp_path_factory):
    """By a case's name: its run, the directory of one that was never stopped, and the seconds that it took."""
    made = {}

    def prepare(name):
        if name in made:
            return made[name]
        folder = tmp_path_factory.mktemp(name)
        settings = {"epochs": EPOCHS} | CASES[name]
        model, source = settings.pop("model", None), "digits"
        if model == "dropout":
            model = models.add_dropout(digits_model, folder / "dropout.onnx", 0.3)
        elif model:
            model = models.ONNX_FIXTURES / model
            source = f"npz:{models.Interface.of(model).npz(folder / 'images.npz', 1200)}"
            settings["validation"] = source
        run = Run(slipstream, model or digits_model, source, settings)
        made[name] = run, folder / "run", run.finish(folder / "run")
        return made[name]

    return prepare


@NAMES
@pytest.mark.parametrize("seed", range(2))
def test_a_run_killed_at_random_moments_and_resumed_ends_with_the_same_bytes(prepared, tmp_path, name, seed):
    run, expected, seconds = prepared(name)
    chance = random.Random(f"{name} {seed}")
    kills, limit = 0, 0.8 * seconds
    while kills < 2:
        if run.kill_after(tmp_path / "run", chance.uniform(0.05, 1) * limit):
            kills += 1
        else:
            # Over before it could be killed: the machine was busier when the time was taken. Once more, and earlier.
            shutil.rmtree(tmp_path / "run")
            kills, limit = 0, limit / 2
    run.resume(tmp_path / "run")
    assert_same_run(tmp_path / "run", expected, EPOCHS)


@NAMES
@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_interrupted_within_an_epoch_resumes_to_the_same_bytes(prepared, tmp_path, name, number, status):
    run, expected, _ = prepared(name)
    for attempt in range(5):
        code, message = run.interrupt(tmp_path / "run", number, 0.002 * 2**attempt)
        assert code == status, message
        assert "--resume" in message
        # Before the next epoch's first step: once more, a little later.
        if checkpoint_state(tmp_path / "run")["batch"] > 0:
            break
    assert checkpoint_state(tmp_path / "run")["batch"] > 0
    run.resume(tmp_path / "run")
    assert_same_run(tmp_path / "run", expected, EPOCHS)


def test_a_signal_before_the_first_step_is_heeded_too(prepared, tmp_path):
    run, expected, _ = prepared("offline")
    process = run.program.start(*run.arguments(tmp_path / "run"))
    status = Path(f"/proc/{process.pid}/status")
    # As soon as the program has a handler of its own.
    while not int(re.search(r"SigCgt:\s*(\w+)", status.read_text())[1], 16) >> (signal.SIGTERM - 1) & 1:
        assert process.poll() is None
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert checkpoint_state(tmp_path / "run")["step"] == 0
    run.resume(tmp_path / "run")
    assert_same_run(tmp_path / "run", expected, EPOCHS)
