"""Runs cases by `slipstream check`, many in a process."""

import json
import subprocess
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from .cases import Case

CASES_A_PROCESS = 80
SECONDS_A_PROCESS = 120


def supported(program: Path, cases: list[Case], folder: Path) -> set[str]:
    """The operators of the cases that the program reads."""
    operators = sorted({name for case in cases for name in case.operators if "." not in name})
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    nodes = [helper.make_node(operator, ["x"], [f"y{index}"]) for index, operator in enumerate(operators)]
    path = folder / "operators.onnx"
    onnx.save(helper.make_model(helper.make_graph(nodes, "operators", value[:1], value[1:])), path)
    summary = json.loads(subprocess.run(
        [program, "inspect", path, "--json"], check=True, capture_output=True, text=True).stdout)
    return {operator["operator"] for operator in summary["operators"] if operator["supported"]}


def outcomes(program: Path, cases: list[Case], folder: Path) -> dict[str, str | None]:
    """What goes wrong in each case; None where nothing does."""
    found = {}
    for start in range(0, len(cases), CASES_A_PROCESS):
        part = cases[start:start + CASES_A_PROCESS]
        said, ended = run(program, part, folder)
        if ended:
            # One case may have ended the process, and taken the others with it.
            for case in part:
                alone, ended = run(program, [case], folder)
                said[case.name] = alone.get(case.name, []) + ([ended] if ended else [])
        for case in part:
            lines = said.get(case.name)
            found[case.name] = "it said nothing" if lines is None else "; ".join(line for line in lines if line) or None
    return found


def run(program: Path, cases: list[Case], folder: Path) -> tuple[dict[str, list], str | None]:
    """What the program says of each case, and how it ended if that was no usual end."""
    paths = [str(folder / case.name / "model.onnx") for case in cases]
    try:
        result = subprocess.run(
            [program, "check", "--json", "--threads", "1", *paths], capture_output=True, text=True,
            timeout=SECONDS_A_PROCESS)
        text, ended = result.stdout, None
        if result.returncode not in (0, 1):
            ended = f"ended with {result.returncode}: {result.stderr.strip().splitlines()[:1]}"
    except subprocess.TimeoutExpired as expired:
        text, ended = (expired.stdout or b"").decode(), f"took more than {SECONDS_A_PROCESS} s"
    said: dict[str, list] = {}
    for line in text.splitlines():
        record = json.loads(line)
        said.setdefault(Path(record["model"]).parent.name, []).append(None if record["passed"] else fault(record))
    return said, ended


def fault(record: dict) -> str:
    """What is wrong with an output, or why a file cannot be compared."""
    if "error" in record:
        # Behind the file's name.
        return record["error"].partition("model.onnx: ")[2].replace("\n", " ") or record["error"]
    if "fault" in record:
        return f"{record['output']}: {record['fault']}"
    return (
        f"{record['output']}: {record['misses']} of {record['elements']} elements are off, by "
        f"{float(record['largest_error']):.1e} at most")
