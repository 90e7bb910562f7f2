"""The checks of tools/onnx/architectures: they see what is wrong, and networks' steps do not depend on rounding."""

import importlib.machinery
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "onnx"
sys.path[:0] = [str(TOOLS), str(TOOLS / "zoo")]

from zoo import checks, table  # noqa: E402

BEFORE = np.linspace(-1, 1, 64, dtype=np.float32)


def test_a_small_step_that_is_not_made_is_seen():
    after = BEFORE + np.float32(1e-4)
    assert checks.scaled(BEFORE, after) < checks.STEP
    assert checks.against_update(BEFORE, BEFORE, after) > checks.UPDATE


def test_an_update_that_is_off_by_a_fiftieth_is_seen_and_rounding_is_not():
    after = BEFORE + np.float32(1e-2)
    assert checks.against_update(after + np.float32(2e-4), BEFORE, after) > checks.UPDATE
    assert checks.against_update(np.nextafter(after, np.float32(2)), BEFORE, after) < checks.UPDATE / 100


def test_rounding_of_a_step_of_zero_is_no_fault():
    assert checks.against_update(np.nextafter(BEFORE, np.float32(2)), BEFORE, BEFORE) < checks.UPDATE


def test_a_check_that_is_missed_shows_its_figures():
    outcome = {"met": False, "reason": "", "figure": [2e-2, 0.5], "rounding": 1e-6}
    assert table.cell("step", outcome) == "**2e-2** | **5e-1** | 1e-6"
    assert table.cell("step", {"met": False, "reason": "", "rounding": 1e-6}) == "**no** | **no** | 1e-6"
    assert table.cell("step", outcome | {"met": True}) == "2e-2 | 5e-1 | 1e-6"
    assert table.cell("loss", {"met": False, "figure": [2.0, 3.0, 1e-3]}) == "**2 → 3**"
    assert table.cell("loss", {"met": True, "figure": [6.3, 4.9, 1e-4]}) == "6.3 → 4.9 (rate 1e-4)"
    assert table.cell("imported", {"met": False, "figure": None}) == "**no**"


def test_what_was_checked_is_checked_again_only_with_another_program(tmp_path, monkeypatch):
    tool = architectures()
    runs = []

    def child(python, script, *arguments):
        runs.append(arguments)
        return json.dumps({"imported": {"met": True, "figure": 17}})

    monkeypatch.setattr(tool, "child", child)
    first = tool.checked("x", "dynamo", tmp_path, "python", "program", 1, "one")
    assert tool.checked("x", "dynamo", tmp_path, "python", "program", 1, "one") == first
    assert len(runs) == 1
    tool.checked("x", "dynamo", tmp_path, "python", "program", 1, "two")
    assert len(runs) == 2


@pytest.mark.parametrize("activation, edges", [("ReLU", [0]), ("ReLU6", [0, 6]), ("Hardswish", [-3, 3])])
def test_no_number_stays_near_an_activations_edge(activation, edges):
    torch = pytest.importorskip("torch")
    from margins import settle

    torch.manual_seed(1)
    made = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), getattr(torch.nn, activation)(),
        torch.nn.Conv2d(8, 8, 3), getattr(torch.nn, activation)())
    with torch.no_grad():
        made[1].weight.fill_(3)
    images = torch.randn(4, 3, 32, 32)
    assert nearest(made, images, edges) < 1e-4
    assert settle(made, images) > 5e-4
    assert nearest(made, images, edges) > 2e-4


def nearest(made, images, edges) -> float:
    """How near a number before an activation comes to an edge."""
    values, least = images, float("inf")
    for module in made.train():
        if not list(module.parameters()):
            least = min(least, *(float((values - edge).abs().min()) for edge in edges))
        values = module(values).detach()
    return least


def architectures():
    """The tool, which has no suffix, as a module."""
    loader = importlib.machinery.SourceFileLoader("architectures", str(TOOLS / "architectures"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("architectures", loader))
    loader.exec_module(module)
    return module
