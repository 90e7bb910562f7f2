"""`slipstream bench`: figures that fit together."""

import json

import pytest


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
