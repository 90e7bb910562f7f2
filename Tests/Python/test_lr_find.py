"""`slipstream lr-find`: what it records, what it suggests, and what it refuses."""

import json
import math
import xml.etree.ElementTree

import pytest

from command import snapshot

NUMBERS, PAGE = "lr-find.json", "lr-find.html"


def find(slipstream, model, directory, *more):
    """Runs the test on the digits; returns what it recorded."""
    slipstream.succeed(
        "lr-find", "--model", model, "--data", "digits", "--batch-size", 32, "--threads", 2, "-o", directory, *more)
    return json.loads((directory / NUMBERS).read_text())


def test_numbers_and_picture_are_written_and_the_model_stays(slipstream, digits_model, tmp_path):
    before = digits_model.read_bytes()
    found = find(slipstream, digits_model, tmp_path / "made/here", "--momentum", 0.9, "--to", 10)
    assert digits_model.read_bytes() == before
    assert {path.name for path in (tmp_path / "made/here").iterdir()} == {NUMBERS, PAGE}
    assert found["steps"] == 3 * 45 and found["rise"] == "exponential"
    rates = [point["learning_rate"] for point in found["points"]]
    assert rates[0] == 1e-5 and rates == sorted(rates)
    # With momentum, no rate up to 10 is safe.
    assert found["end"] == "diverged" and len(rates) < found["steps"]
    assert found["tenth_of_minimum"] == pytest.approx(found["minimum"] / 10)
    assert 1e-4 < found["steepest"] < 1
    page = (tmp_path / "made/here" / PAGE).read_text()
    root = xml.etree.ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>"))
    assert sum(element.get("role") == "img" for element in root.iter("svg")) == 2


def test_a_range_of_any_width_can_be_tried(slipstream, digits_model, tmp_path):
    found = find(slipstream, digits_model, tmp_path / "find", "--from", "1e-300", "--to", "1e300", "--epochs", 1)
    rates = [point["learning_rate"] for point in found["points"]]
    assert rates[0] == 1e-300 and rates == sorted(rates) and found["end"] == "diverged"


def test_a_suggested_rate_trains(slipstream, digits_model, tmp_path):
    found = find(slipstream, digits_model, tmp_path / "find", "--momentum", 0.9)
    slipstream.train(
        digits_model, "digits", tmp_path / "run", learning_rate=found["steepest"], accelerator="none", epochs=4)
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert max(row["accuracy"] for row in rows) > 0.9


def test_the_same_seed_gives_the_same_numbers(slipstream, digits_model, tmp_path):
    options = ["--rise", "linear", "--from", 0, "--to", 0.1, "--epochs", 1, "--augment", "translate:1"]
    first, second = (find(slipstream, digits_model, tmp_path / name, *options) for name in "ab")
    assert first == second
    rates = [point["learning_rate"] for point in first["points"]]
    assert all(math.isclose(rate, 0.1 * step / 44, abs_tol=1e-12) for step, rate in enumerate(rates))
    assert find(slipstream, digits_model, tmp_path / "c", *options, "--seed", 1) != first


@pytest.mark.parametrize("options, says", [
    (["--batch-size", 0], "--batch-size"), (["--from", 0], "--from"), (["--from", -1, "--rise", "linear"], "--from"),
    (["--from", 1, "--to", 1], "--to"), (["--to", "nan"], "--to"), (["--rise", "cubic"], "--rise"),
    (["--epochs", 0], "--epochs"), (["--divergence", 1], "--divergence"), (["--optimizer", "sgdd"], "--optimizer"),
    (["--optimizer", "adam", "--momentum", 0.9], "--momentum is not for adam"),
    (["--optimizer", "rda"], "--optimizer is rda, which finds its own step length"),
    (["--optimizer", "adaptive-nesterov"], "no learning rate to find"), (["--lambda", 0.1], "--lambda is not for sgd"),
    (["--augment", "flop"], "--augment"),
    (["--data", "digitz"], "--data"), (["--threads", 0], "--threads"), (["--seed", -1], "--seed"),
])
def test_what_makes_no_sense_is_refused(slipstream, digits_model, tmp_path, options, says):
    usual = {"--model": digits_model, "--data": "digits", "--batch-size": 32, "-o": tmp_path / "out"}
    for name, value in zip(options[::2], options[1::2]):
        usual[name] = value
    slipstream.refuse("lr-find", *(part for pair in usual.items() for part in pair), codes=[2], says=[says])
    assert snapshot(tmp_path) == {}


def test_a_place_that_cannot_be_written_to_is_refused(slipstream, digits_model, tmp_path):
    (tmp_path / "file").write_text("")
    slipstream.refuse(
        "lr-find", "--model", digits_model, "--data", "digits", "--batch-size", 32, "-o", tmp_path / "file/out",
        codes=[1], says=["file"])
