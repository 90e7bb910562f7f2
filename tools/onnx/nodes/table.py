"""The tables of docs/onnx-operators.md."""

from pathlib import Path

import onnx

from . import ROOT
from .cases import Case

DOCUMENT = ROOT / "docs" / "onnx-operators.md"
BEGIN, END = "<!-- node tests -->", "<!-- end -->"
LEAST = 0.95


class Row:
    """The cases of an operator."""

    def __init__(self, operator: str):
        self.operator = operator
        self.passed: list[str] = []
        self.failed: dict[str, str] = {}
        self.excluded: dict[str, str] = {}
        # Those of other types than a float32 network has.
        self.others_passed: list[str] = []
        self.others_failed: dict[str, str] = {}

    @property
    def share(self) -> float:
        """The part of the cases that count which pass."""
        count = len(self.passed) + len(self.failed)
        return len(self.passed) / count if count else 1.0


def rows(cases: list[Case], excluded: dict[str, str], outcomes: dict[str, str | None]) -> list[Row]:
    """A row an operator, in alphabetical order."""
    found: dict[str, Row] = {}
    for case in cases:
        row = found.setdefault(case.operator, Row(case.operator))
        fault = outcomes.get(case.name)
        if case.name in excluded:
            row.excluded[case.name] = excluded[case.name]
        elif case.is_float32:
            record(row.passed, row.failed, case.name, fault)
        else:
            record(row.others_passed, row.others_failed, case.name, fault)
    return [found[operator] for operator in sorted(found)]


def record(passed: list[str], failed: dict[str, str], name: str, fault: str | None):
    """Puts a case where it belongs."""
    if fault is None:
        passed.append(name)
    else:
        failed[name] = fault


def text(rows: list[Row]) -> str:
    """The table of all operators, and the list of what is excluded."""
    lines = [
        "| operator | float32: cases | passed | share | excluded | other types: cases | passed |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    total = [0] * 5
    for row in rows:
        counted = len(row.passed) + len(row.failed)
        counts = [
            counted, len(row.passed), len(row.excluded), len(row.others_passed) + len(row.others_failed),
            len(row.others_passed)]
        total = [sum(pair) for pair in zip(total, counts)]
        lines.append(line(row.operator, counts))
    lines.append(line(f"**all {len(rows)}**", total))
    lines += ["", "Not counted:", "", "| case | why |", "|---|---|"]
    lines += [
        f"| `{name.removeprefix('test_')}` | {why} |"
        for name, why in sorted((name, why) for row in rows for name, why in row.excluded.items())]
    return "\n".join(lines)


def line(name: str, counts: list[int]) -> str:
    """A line of the table: the numbers, with the share of the cases that count which pass."""
    counted, passed, excluded, others, others_passed = counts
    share = f"{100 * passed / counted:.1f} %" if counted else ""
    return f"| {name} | {counted} | {passed} | {share} | {excluded or ''} | {others or ''} | {others_passed if others else ''} |"


def write(table: str, path: Path = DOCUMENT):
    """Replaces what stands between the document's markers."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no lines '{BEGIN}' and '{END}', between which the table goes")
    path.write_text(f"{before}{BEGIN}\n\n{table}\n\nMade with onnx {onnx.__version__}.\n\n{END}{after}")
