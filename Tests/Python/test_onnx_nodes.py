"""onnx's own tests: those of its operators, and its light models."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from conftest import ROOT

sys.path.insert(0, str(ROOT / "tools" / "onnx"))
cases, exclusions, running, table = (
    importlib.import_module(f"nodes.{name}") for name in ("cases", "exclusions", "running", "table"))
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
# The table and the recorded exclusions are those of the cases that this version has.
RECORDED = "1.23"


@pytest.fixture(scope="module")
def outcome(slipstream, tmp_path_factory):
    """The rows of the table, and what the excluded cases come to."""
    if not onnx.__version__.startswith(RECORDED):
        pytest.skip(f"the record is of onnx {RECORDED}, this is {onnx.__version__}")
    folder = tmp_path_factory.mktemp("onnx") / "node"
    tests = cases.listed(folder)
    supported = running.supported(slipstream.path, tests, folder)
    return exclusions.judged(slipstream.path, tests, supported, folder, running.outcomes)


def test_every_case_in_float32_passes_that_is_not_excluded(outcome):
    rows, _ = outcome
    assert {name: why for row in rows for name, why in row.failed.items()} == {}


def test_95_of_100_cases_of_every_operator_pass(outcome):
    rows, _ = outcome
    assert {row.operator: row.share for row in rows if row.share < table.LEAST} == {}
    assert len(rows) >= 101 and sum(len(row.passed) for row in rows) >= 720


def test_few_cases_are_excluded_and_they_cannot_pass(outcome):
    rows, passing = outcome
    assert passing == []
    assert sum(len(row.excluded) for row in rows) <= 20
    # A name that no case has would exclude nothing.
    assert set(exclusions.recorded()) <= {name for row in rows for name in row.excluded}


def test_the_document_has_the_table(outcome):
    rows, _ = outcome
    assert table.text(rows) in table.DOCUMENT.read_text()


@pytest.mark.parametrize("model", [pytest.param(path, id=path.stem) for path in sorted(LIGHT.glob("*.onnx"))])
def test_light_models_load_and_run(slipstream, tmp_path, model):
    """As onnx's own runner has it: a ramp as input, and the stored output."""
    value = onnx.load(model).graph
    given = {tensor.name for tensor in value.initializer}
    shape = [size.dim_value for size in next(
        input for input in value.input if input.name not in given).type.tensor_type.shape.dim]
    ramp = (np.arange(np.prod(shape)).reshape(shape) / np.prod(shape)).astype(np.float32)
    data = tmp_path / "test_data_set_0"
    data.mkdir()
    (data / "input_0.pb").write_bytes(numpy_helper.from_array(ramp).SerializeToString())
    (data / "output_0.pb").write_bytes(model.with_name(f"{model.stem}_output_0.pb").read_bytes())
    assert "passes" in slipstream.succeed("check", model, "--data-sets", tmp_path)


def test_the_tool_tells_of_one_operator(slipstream, tmp_path):
    result = subprocess.run(
        [sys.executable, ROOT / "tools" / "onnx" / "node-tests", "Relu", "--slipstream", slipstream.path, "--cases",
         tmp_path / "cases"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert re.search(r"^\| Relu \| (\d+) \| \1 \| 100.0 % \|", result.stdout, re.MULTILINE)
