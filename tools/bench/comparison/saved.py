"""Figures kept as JSON: what `--json` writes, and a table made of such files."""

import json
from pathlib import Path

from .figures import Figure, Outcome
from .rounds import Results
from .rows import ROWS

# What must be the same for figures to stand in one table.
SAME = ("processor", "memory", "threads")


class Unfit(Exception):
    """Files that make no table together; the text says why."""


def document(outcomes: list[Outcome], results: Results, facts: dict[str, str], rounds: int) -> dict:
    """Everything that was measured."""
    return {
        "machine": facts,
        "rounds": rounds,
        "rows": [
            {
                "name": outcome.row.name, "work": outcome.row.title, "unit": outcome.row.metric.unit,
                "slipstream": _json(outcome.own), "rival": _json(outcome.rival), "ratio": outcome.ratio,
                "limit": outcome.row.limit, "met": outcome.is_met, "missing": outcome.missing,
            }
            for outcome in outcomes
        ],
        "measurements": [
            {"contender": name, "work": work and work.title, "rounds": records}
            for (name, work), records in results.records.items()
        ],
    }


def read(paths: list[Path]) -> tuple[list[Outcome], dict[str, str]]:
    """The rows of several files, of which each was measured in one run, in the table's order, and their machine."""
    outcomes, facts = {}, {}
    for path in paths:
        try:
            saved = json.loads(path.read_text())
            differing = [name for name in SAME if facts and saved["machine"][name] != facts[name]]
            for line in saved["rows"]:
                row = next(row for row in ROWS if row.name == line["name"])
                if row in outcomes:
                    raise Unfit(f"{path} has the row {row.name}, which another file has, too")
                outcomes[row] = Outcome(
                    row, _figure(line["slipstream"]), _figure(line["rival"]), tuple(line["missing"]))
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
            raise Unfit(f"{path} is not what this version's --json writes") from None
        if differing:
            raise Unfit(f"{path} was measured with another {differing[0]}: {saved['machine'][differing[0]]}")
        facts |= saved["machine"]
    return [outcomes[row] for row in ROWS if row in outcomes], facts


def _json(figure: Figure | None) -> dict | None:
    return figure and {"contender": figure.contender, "median": figure.median, "best": figure.best}


def _figure(saved: dict | None) -> Figure | None:
    return saved and Figure(saved["contender"], saved["median"], saved["best"])
