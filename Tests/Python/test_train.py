"""`slipstream train`: what a run leaves behind, and that the same settings give the same bits."""

import json
import signal

import numpy as np
import onnx
import pytest

import data
import run_directory
import runtime
from command import training, wait_for

NETWORKS = pytest.mark.parametrize("network", run_directory.NETWORKS.values())


def test_a_run_leaves_exactly_its_files(digits_run):
    assert {path.name for path in digits_run.iterdir()} == run_directory.FILES


def test_metrics_hold_one_object_an_epoch(digits_run):
    rows = run_directory.metrics(digits_run)
    run_directory.assert_metrics(digits_run, epochs=4)
    assert rows[-1]["training_loss"] < rows[0]["training_loss"]
    assert rows[-1]["accuracy"] > 0.8


def test_run_json_holds_the_resolved_settings(digits_run):
    run = json.loads((digits_run / "run.json").read_text())
    assert {"settings", "seed", "versions", "backend", "threads"} <= run.keys()
    assert run["threads"] == 2
    assert run["settings"]["augment"] == "none"


def test_persistency_is_recorded_and_counts_gradients(slipstream, digits_model, tmp_path):
    printed = slipstream.train(
        digits_model, "digits", tmp_path / "run", epochs=2, persistency=3, accelerator="none", learning_rate=0.01)
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["settings"]["persistency"] == 3
    rows = run_directory.metrics(tmp_path / "run")
    assert [row["steps"] for row in rows] == [3 * 45, 6 * 45]
    for row in rows:
        assert row["images_per_second"] * row["seconds"] == pytest.approx(3 * 1437)
    # Beside epochs stand gradients and seconds.
    assert printed.splitlines()[1].split() == [
        "epoch", "gradients", "loss", "accuracy", "loss", "seconds", "images/s"]
    assert printed.splitlines()[3].split()[:2] == ["2/2", "270"]
    assert "Gradients" in (tmp_path / "run" / "report.html").read_text()


@pytest.mark.parametrize("size, is_told", [(1437, False), (5000, True)])
def test_a_batch_of_more_images_than_there_are_is_told_of(slipstream, digits_model, tmp_path, size, is_told):
    result = slipstream.run(
        *training(digits_model, "digits", tmp_path / "run", epochs=2, batch_size=size, accelerator="none"))
    assert result.returncode == 0
    note = "every step takes all images that are trained on: there are 1437, and --batch-size is 5000"
    assert (note in result.stderr) == is_told, result.stderr
    assert [row["steps"] for row in run_directory.metrics(tmp_path / "run")] == [1, 2]


def test_augmentations_are_recorded_and_change_the_training_only(slipstream, digits_model, tmp_path):
    settings = {"epochs": 1, "accelerator": "none"}
    slipstream.train(digits_model, "digits", tmp_path / "plain", **settings)
    slipstream.train(digits_model, "digits", tmp_path / "augmented", augment="flip:0.50,translate:2", **settings)
    run = json.loads((tmp_path / "augmented" / "run.json").read_text())
    assert run["settings"]["augment"] == "flip,translate:2"
    assert "flip,translate:2" in (tmp_path / "augmented" / "report.html").read_text()
    rows = [run_directory.metrics(tmp_path / name)[0] for name in ("plain", "augmented")]
    assert rows[0]["training_loss"] < rows[1]["training_loss"]
    # What the run measured is what anybody measures, on images as they are.
    found = slipstream.evaluate(tmp_path / "augmented" / "model.onnx", "digits")
    assert found["accuracy"] == pytest.approx(rows[1]["accuracy"], abs=1e-9)


@NETWORKS
def test_written_network_passes_the_checker(digits_run, network):
    onnx.checker.check_model(onnx.load(digits_run / network), full_check=True)


@NETWORKS
def test_onnx_runtime_agrees_on_the_written_network(slipstream, digits_run, npz, tmp_path, network):
    slipstream.succeed(
        "predict", "--model", digits_run / network, "--data", f"npz:{npz}", "--output", tmp_path / "p.npy")
    expected = runtime.logits(digits_run / network, np.load(npz)["images"])
    assert runtime.scaled_error(np.load(tmp_path / "p.npy"), expected) <= 1e-4


@pytest.mark.parametrize("kind", run_directory.NETWORKS)
def test_the_best_network_of_each_kind_is_kept(slipstream, digits_run, kind):
    found = slipstream.evaluate(digits_run / run_directory.NETWORKS[kind], "digits")
    rows = run_directory.metrics(digits_run)
    assert found["accuracy"] == pytest.approx(run_directory.best_accuracy(rows, kind))


def test_the_same_settings_give_the_same_bytes(slipstream, digits_model, digits_run, tmp_path):
    slipstream.train(digits_model, "digits", tmp_path / "again", epochs=4)
    for network in run_directory.NETWORKS.values():
        assert (tmp_path / "again" / network).read_bytes() == (digits_run / network).read_bytes(), network


def test_another_seed_gives_another_network(slipstream, digits_model, digits_run, tmp_path):
    slipstream.train(digits_model, "digits", tmp_path / "other", epochs=4, seed=7)
    assert (tmp_path / "other" / "model.onnx").read_bytes() != (digits_run / "model.onnx").read_bytes()


@pytest.mark.parametrize("settings", [
    {"optimizer": "sgd", "weight_decay": 1e-4},
    {"optimizer": "adam", "learning_rate": 0.002},
    {"accelerator": "rna", "rna_mode": "online", "rna_window": 5, "rna_regularization": 1e-8},
    {"schedule": "linear:0.001:2"},
    {"schedule": "step:1:0.1"},
    {"accelerator": "none"},
], ids=lambda settings: "-".join(f"{name}={value}" for name, value in settings.items()))
def test_every_rule_learns(slipstream, digits_model, tmp_path, settings):
    slipstream.train(digits_model, "digits", tmp_path / "run", epochs=3, **settings)
    assert slipstream.evaluate(tmp_path / "run" / "model.onnx", "digits")["accuracy"] > 0.8


@pytest.mark.parametrize("settings", [
    {"nesterov": True, "schedule": "warmup:0.1:1:cosine:0:3", "clip_norm": 1, "augment": "translate:1"},
    {"rna_grid": "singular-values", "rna_no_step_search": True, "rna_guard": "training", "rna_mode": "online"},
    {"rna_residuals": "gradients", "rna_mixing": "earlier", "rna_statistics": "reestimate"},
    {"accelerator": "uniform-average", "average_window": 2},
    {"accelerator": "exponential-average", "average_decay": 0.5, "accelerator_statistics": "reestimate"},
    {"accelerator": "last-iterate", "persistency": 2},
    {"optimizer": "rda", "learning_rate": None, "stage": "1:gamma=0.5", "anchor_steps": 9, "freeze_zeros": 1},
    {"optimizer": "neumann", "warmup_epochs": 1, "schedule": "cyclical:0.05:1:exp-range=0.9:sinusoidal"},
    {"optimizer": "adaptive-nesterov", "learning_rate": None},
    {"optimizer": "rmsprop", "centred": True, "learning_rate": 0.001, "schedule": "inverse:0.5"},
], ids=lambda settings: "-".join(f"{name}={value}" for name, value in settings.items()))
def test_a_record_holds_the_options_of_the_run(slipstream, digits_model, tmp_path, settings):
    """`run.json`'s settings, given as options, lead to the same run."""
    slipstream.train(digits_model, "digits", tmp_path / "run", epochs=3, **settings)
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    options = [f"--seed={record['seed']}", f"--threads={record['threads']}", f"--output={tmp_path / 'again'}"]
    options += [
        f"--{name}" if value is True else f"--{name}={value}"
        for name, value in record["settings"].items() if value is not False]
    slipstream.succeed("train", *options)
    first, second = (run_directory.metrics(tmp_path / name) for name in ("run", "again"))
    for name in ("loss", "accelerated_loss", "training_loss", "coefficients"):
        assert [row.get(name) for row in first] == [row.get(name) for row in second], name
    assert json.loads((tmp_path / "again" / "run.json").read_text())["settings"] == record["settings"]


def test_the_longest_run_can_begin(slipstream, digits_model, tmp_path):
    command = training(digits_model, "digits", tmp_path / "run", epochs=1000000, persistency=1000000)
    process = slipstream.start(*command)
    wait_for(tmp_path / "run" / "run.json", process)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130, message


def test_schedules_lower_the_learning_rate(slipstream, digits_model, tmp_path):
    slipstream.train(digits_model, "digits", tmp_path / "run", epochs=3, schedule="step:1,2:0.5", learning_rate=0.02)
    rates = [row["learning_rate"] for row in run_directory.metrics(tmp_path / "run")]
    assert rates == pytest.approx([0.02, 0.01, 0.005])


def test_backends_train_alike(slipstream, digits_model, tmp_path):
    losses = {}
    for backend in ("reference", "openblas"):
        directory = tmp_path / backend
        source = data.write_npz(tmp_path / "images.npz", *data.images_and_labels(256, (1, 8, 8), 10))
        slipstream.train(digits_model, f"npz:{source}", directory, epochs=1, backend=backend,
                         validation=f"npz:{source}")
        assert json.loads((directory / "run.json").read_text())["backend"] == backend
        losses[backend] = run_directory.metrics(directory)[0]["loss"]
    assert losses["reference"] == pytest.approx(losses["openblas"], rel=1e-3)
