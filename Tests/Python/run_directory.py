"""The names in a run's directory and in its files, stated once for all tests."""

import json
import math
from pathlib import Path

NETWORKS = {"plain": "model.onnx", "accelerated": "accelerated.onnx"}
FILES = {*NETWORKS.values(), "metrics.jsonl", "checkpoint.safetensors", "run.json", "report.html"}


def metrics(directory: Path) -> list[dict]:
    """One object an epoch."""
    return [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]


def assert_metrics(rows: list[dict], epochs: int):
    """Every row has every field, of the right type and range, and the epochs are 1…`epochs`."""
    assert [row["epoch"] for row in rows] == list(range(1, epochs + 1))
    for row in rows:
        for field in ("training_loss", "validation_loss", "accelerated_loss", "seconds", "images_per_second"):
            assert math.isfinite(row[field]) and row[field] > 0, (field, row)
        for field in ("validation_accuracy", "accelerated_accuracy"):
            assert 0 <= row[field] <= 1, (field, row)
        assert row["learning_rate"] > 0, row
