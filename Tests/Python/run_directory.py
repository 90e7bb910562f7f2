"""The names in a run's directory and in its files, stated once for all tests."""

import json
import math
from pathlib import Path

NETWORKS = {"plain": "model.onnx", "accelerated": "accelerated.onnx"}
FILES = {*NETWORKS.values(), "metrics.jsonl", "checkpoint.safetensors", "run.json", "report.html"}


def metrics(directory: Path) -> list[dict]:
    """One object an epoch."""
    return [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]


def accelerator(directory: Path) -> str:
    """What combined the run's weights."""
    return json.loads((directory / "run.json").read_text())["settings"]["accelerator"]


def assert_metrics(directory: Path, epochs: int):
    """Every epoch has every field, of the right range, and the epochs are 1…`epochs`."""
    rows = metrics(directory)
    assert [row["epoch"] for row in rows] == list(range(1, epochs + 1))
    assert any("accelerated_accuracy" in row for row in rows)
    # RNA tells them; averages and plugins have none.
    assert any("coefficients" in row for row in rows) == (accelerator(directory) == "rna")
    for row in rows:
        # An epoch whose extrapolation was rejected has no figures for it, and says why.
        accelerated = "accelerated_loss" in row
        assert row["proposal"]
        for field in ("training_loss", "loss", "learning_rate", "seconds", "images_per_second"):
            assert math.isfinite(row[field]) and row[field] > 0, (field, row)
        assert row["stall_seconds"] >= 0
        if "coefficients" in row:
            assert math.isclose(sum(row["coefficients"]), 1, rel_tol=1e-6) and row["condition_number"] >= 1, row
        for field in ["training_accuracy", "accuracy"] + ["accelerated_accuracy"] * accelerated:
            assert 0 <= row[field] <= 1, (field, row)


def best_accuracy(rows: list[dict], kind: str) -> float:
    """The best accuracy of the `plain` or the `accelerated` network."""
    field = {"plain": "accuracy", "accelerated": "accelerated_accuracy"}[kind]
    return max(row[field] for row in rows if field in row)
