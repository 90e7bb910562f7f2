"""tools/quickstart: from a checkout to two networks that do well, whatever the seed."""

import re
import shlex
import subprocess

import numpy as np
import onnx
import pytest

import data
import run_directory
import runtime
from conftest import ROOT

QUICKSTART = ROOT / "tools" / "quickstart"
# Both networks are to reach this on the 360 test digits.
GOAL = 0.975


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    """The folder that the quickstart wrote, and what it printed."""
    directory = tmp_path_factory.mktemp("quickstart") / "run"
    result = subprocess.run([QUICKSTART, "--output", directory], capture_output=True, text=True, timeout=1200)
    assert result.returncode == 0, result.stdout + result.stderr
    return directory, result.stdout


def test_it_leaves_a_run_the_untrained_network_and_predictions(quickstart):
    directory, output = quickstart
    assert {path.name for path in directory.iterdir()} == run_directory.FILES | {"untrained.onnx", "predictions.npy"}
    for name in (*run_directory.NETWORKS.values(), "report.html"):
        assert str(directory / name) in output


def test_it_states_the_accuracies_that_onnx_runtime_finds(quickstart):
    directory, output = quickstart
    images, labels = data.embedded_digits()
    for name, network in (("plain", "model.onnx"), ("extrapolated", "accelerated.onnx")):
        logits = runtime.logits(directory / network, images)
        _, accuracy = runtime.loss_and_accuracy(logits, labels)
        assert f"{name} network".ljust(22) + f"{100 * accuracy:.2f} % right" in output
        onnx.checker.check_model(onnx.load(directory / network), full_check=True)
    assert runtime.scaled_error(np.load(directory / "predictions.npy"), logits) <= 1e-4


@pytest.mark.parametrize("seed", range(5))
def test_both_networks_do_well_with_any_seed(quickstart, slipstream, tmp_path, seed):
    _, output = quickstart
    for command in ("new", "train"):
        (line,) = re.findall(rf"^\$ slipstream ({command} .*)$", output, re.MULTILINE)
        arguments = shlex.split(line)
        arguments[arguments.index("--seed") + 1] = str(seed)
        slipstream.succeed(*[argument.replace(str(quickstart[0]), str(tmp_path)) for argument in arguments])
    for network in run_directory.NETWORKS.values():
        assert slipstream.evaluate(tmp_path / network, "digits")["accuracy"] >= GOAL, network


def test_a_run_that_is_there_already_is_left_alone(quickstart):
    directory, _ = quickstart
    before = (directory / "model.onnx").stat().st_mtime_ns
    result = subprocess.run([QUICKSTART, "--output", directory], capture_output=True, text=True)
    assert result.returncode == 1 and "already holds a run" in result.stderr
    assert (directory / "model.onnx").stat().st_mtime_ns == before


@pytest.mark.parametrize("arguments", [["--seed"], ["--seed", "lucky"], ["--fast"]])
def test_wrong_usage_is_told(arguments):
    result = subprocess.run([QUICKSTART, *arguments], capture_output=True, text=True)
    assert result.returncode == 2 and "usage:" in result.stderr


def test_a_missing_or_old_swift_gets_a_clear_sentence(tmp_path):
    tools = {"missing": None, "old": "Swift version 5.9 (swift-5.9-RELEASE)"}
    for name, version in tools.items():
        folder = tmp_path / name
        folder.mkdir()
        for tool in ("bash", "dirname", "cat", "env", "sed"):
            (folder / tool).symlink_to(subprocess.check_output(["which", tool], text=True).strip())
        if version:
            (folder / "swift").write_text(f"#!/bin/bash\necho '{version}'\n")
            (folder / "swift").chmod(0o755)
        result = subprocess.run(
            [ROOT / "tools" / "setup"], capture_output=True, text=True, env={"PATH": str(folder)})
        assert result.returncode == 1
        assert "needs Swift 6.2 or newer" in result.stderr and "swift.org/install" in result.stderr
        assert ("5.9" in result.stderr) == (name == "old")
