"""`slipstream bench`: figures that fit together."""

import json
import os
import subprocess

import pytest

import data
from conftest import ROOT


@pytest.mark.parametrize("mode", ["train", "infer"])
def test_figures_fit_together(slipstream, digits_model, mode):
    found = json.loads(slipstream.succeed(
        "bench", "--model", digits_model, "--batch-size", 16, "--mode", mode, "--steps", 5, "--threads", 1, "--json"))
    assert 0 < found["minimum"] <= found["seconds_per_step"]
    assert found["images_per_second"] == pytest.approx(16 / found["seconds_per_step"], rel=1e-3)
    assert found["gflops"] > 0
    assert found["peak_bytes"] > 4 * 16 * 64
    assert found["threads"] == 1
    assert len(found["step_seconds"]) == 5
    assert found["seconds_per_step"] == sorted(found["step_seconds"])[2]
    assert found["minimum"] == min(found["step_seconds"])
    assert found["operations"] == pytest.approx(1e9 * found["gflops"] * found["seconds_per_step"])


def test_an_update_is_part_of_a_training_step(slipstream, digits_model):
    found = json.loads(slipstream.succeed(
        "bench", "--model", digits_model, "--batch-size", 16, "--mode", "train", "--steps", 3, "--warm-up", 0, "--json"))
    assert all(0 < update < step for update, step in zip(found["update_seconds"], found["step_seconds"], strict=True))
    parameters = 32 * 9 + 32 + 64 * 32 * 9 + 64 + 256 * 128 + 128 + 1290
    assert found["update_bytes"] == 20 * parameters


@pytest.mark.parametrize("backend", ["reference", "openblas"])
def test_the_backend_that_ran_is_named(slipstream, digits_model, backend):
    found = json.loads(slipstream.succeed(
        "bench", "--model", digits_model, "--batch-size", 2, "--mode", "infer", "--steps", 1, "--backend", backend,
        "--json"))
    assert found["backend"] == backend


def test_training_does_more_work_than_inference(slipstream, digits_model):
    work = {}
    for mode in ("train", "infer"):
        found = json.loads(slipstream.succeed(
            "bench", "--model", digits_model, "--batch-size", 16, "--mode", mode, "--steps", 5, "--json"))
        work[mode] = found["gflops"] * found["seconds_per_step"]
    assert 2 <= work["train"] / work["infer"] <= 4


@pytest.fixture(scope="module")
def automatic(slipstream, digits_model) -> dict:
    """The figures of a few training steps with --backend auto."""
    return json.loads(slipstream.succeed(
        "bench", "--model", digits_model, "--batch-size", 32, "--mode", "train", "--steps", 1, "--backend", "auto",
        "--json"))


def test_auto_prefers_onednn_where_it_is_built_in(automatic, slipstream):
    if automatic.get("onednn"):
        assert automatic["backend"] == "onednn" and automatic["kernels"]["onednn"] > 0
        assert "onednn, openblas, vectorized or reference" in help_text(slipstream)
    else:
        assert automatic["backend"] == "openblas" and "onednn" not in automatic["kernels"]
        assert "onednn" not in help_text(slipstream)


@pytest.mark.skipif("SLIPSTREAM" in os.environ, reason="another program is tested than the one that the tools build")
def test_onednn_is_built_in_exactly_where_tools_traits_turns_it_on(automatic):
    printed = subprocess.run([ROOT / "tools" / "traits"], capture_output=True, text=True, check=True).stdout.split()
    assert printed == (["--traits", "OneDNN"] if automatic.get("onednn") else [])


def test_a_program_without_onednn_says_how_to_get_it(automatic, slipstream, digits_model):
    arguments = [
        "bench", "--model", digits_model, "--batch-size", 2, "--mode", "infer", "--steps", 1, "--backend", "onednn"]
    if automatic.get("onednn"):
        assert "backend onednn: of the nodes " in slipstream.succeed(*arguments)
    else:
        slipstream.refuse(*arguments, codes=[2], says=["without oneDNN.*tools/traits"])


def help_text(slipstream) -> str:
    """What `slipstream bench --help` says, on one line."""
    return " ".join(slipstream.succeed("bench", "--help").split())


@pytest.mark.parametrize("mode", ["train", "infer"])
@pytest.mark.parametrize("augment", [None, "flip,translate:1"])
def test_steps_on_data_are_timed_too(slipstream, digits_model, mode, augment):
    found = json.loads(slipstream.succeed(
        "bench", "--model", digits_model, "--batch-size", 32, "--mode", mode, "--steps", 60, "--threads", 1, "--json",
        "--data", "digits", *(["--augment", augment] if augment else [])))
    figures = found["data"]
    assert figures["name"] == "digits/train" and figures["augment"] == (augment or "none")
    assert 0 < figures["seconds_per_batch"] and 0 < figures["seconds_per_step"]
    assert 0 <= figures["stall_seconds_per_step"]


def test_without_data_there_are_no_figures_of_it(slipstream, digits_model):
    found = json.loads(slipstream.succeed(
        "bench", "--model", digits_model, "--batch-size", 2, "--mode", "infer", "--steps", 1, "--json"))
    assert "data" not in found


def test_data_that_does_not_fit_is_refused(slipstream, digits_model, tmp_path):
    bench = ["bench", "--model", digits_model, "--mode", "train", "--steps", 1, "--batch-size"]
    slipstream.refuse(*bench, 2000, "--data", "digits", codes=[1], says=["2000", "1437"])
    slipstream.refuse(*bench, 2, "--data", "digitz", codes=[2], says=["--data"])
    large = data.write_npz(tmp_path / "large.npz", *data.images_and_labels(4, (1, 9, 9), 10))
    slipstream.refuse(*bench, 2, "--data", f"npz:{large}", codes=[1], says=["1 x 8 x 8", "1 x 9 x 9"])
