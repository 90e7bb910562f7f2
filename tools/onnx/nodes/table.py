"""The table of docs/onnx-operators.md."""

from collections import Counter, defaultdict
from pathlib import Path

import onnx

from . import ROOT
from .cases import EXPANSION, Case

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

    @property
    def share(self) -> float:
        """The part of the cases that count which pass."""
        count = len(self.passed) + len(self.failed)
        return len(self.passed) / count if count else 1.0


def rows(
    cases: list[Case], supported: set[str], excluded: dict[str, str], outcomes: dict[str, str | None]
) -> list[Row]:
    """A row an operator, for those that are supported, in alphabetical order."""
    found: dict[str, Row] = {}
    for case in cases:
        if case.operator not in supported:
            continue
        row = found.setdefault(case.operator, Row(case.operator))
        if case.name in excluded:
            row.excluded[case.name] = excluded[case.name]
        elif outcomes.get(case.name) is None:
            row.passed.append(case.name)
        else:
            row.failed[case.name] = outcomes[case.name]
    return [found[operator] for operator in sorted(found)]


def text(rows: list[Row]) -> str:
    """The table, and what is excluded from it by reason."""
    total = Counter()
    lines = [
        "| operator | cases | passed | failed | excluded | why |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        counts = {"passed": len(row.passed), "failed": len(row.failed), "excluded": len(row.excluded)}
        total.update(counts)
        why = Counter(row.excluded.values())
        reasons = "; ".join(f"{count} × {reason}" for reason, count in sorted(why.items()))
        lines.append(
            f"| {row.operator} | {sum(counts.values())} | {counts['passed']} | {counts['failed']} | {counts['excluded']} | "
            f"{reasons} |")
    lines.append(
        f"| **all {len(rows)}** | {sum(total.values())} | {total['passed']} | {total['failed']} | {total['excluded']} | |")
    return "\n".join(lines)


def write(table: str, path: Path = DOCUMENT):
    """Replaces what stands between the document's markers."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no lines '{BEGIN}' and '{END}', between which the table goes")
    path.write_text(f"{before}{BEGIN}\n\n{table}\n\nMade with onnx {onnx.__version__}.\n\n{END}{after}")
