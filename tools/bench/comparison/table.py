"""The outcomes as text and as Markdown."""

from pathlib import Path

from .contenders import CONTENDERS
from .figures import Figure, Outcome

BEGIN, END = "<!-- tools/bench/run --markdown: begin -->", "<!-- tools/bench/run --markdown: end -->"
HEADINGS = ("work", "Slipstream", "against", "theirs", "ratio", "at most", "")


class MissingMarkers(Exception):
    """A file without the place for the table."""


def text(outcomes: list[Outcome], facts: dict[str, str]) -> str:
    """The table for a terminal."""
    lines = [HEADINGS, *(_cells(outcome) for outcome in outcomes)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    machine = [f"{name}: {value}" for name, value in facts.items()]
    return "\n".join([*table, "", LEGEND, *_missing(outcomes), "", *machine])


def markdown(outcomes: list[Outcome], facts: dict[str, str]) -> str:
    """The same for `docs/benchmarks.md`."""
    lines = [HEADINGS, ("---", "---:", "---", "---:", "---:", "---:", "---"), *map(_cells, outcomes)]
    table = [f"| {' | '.join(line)} |" for line in lines]
    machine = [f"- {name}: {value}" for name, value in facts.items()]
    missing = [f"- {line}" for line in _missing(outcomes)]
    return "\n".join([*table, "", LEGEND, *(["", *missing] if missing else []), "", *machine])


LEGEND = "Medians, the best step in brackets."


def surroundings(path: Path) -> tuple[str, str]:
    """What stands before and after the table in a file that has the markers."""
    content = path.read_text() if path.exists() else ""
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MissingMarkers(f"{path} has no lines '{BEGIN}' and '{END}', between which the table goes")
    return before, after


def write_markdown(path: Path, table: str):
    """Puts the table between the file's markers."""
    before, after = surroundings(path)
    path.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")


def _cells(outcome: Outcome) -> tuple[str, ...]:
    rivals = outcome.row.rivals
    against = outcome.rival.contender if outcome.rival else rivals[0]
    return (
        outcome.row.title, _figure(outcome, outcome.own), CONTENDERS[against].title, _figure(outcome, outcome.rival),
        "–" if outcome.ratio is None else f"{outcome.ratio:.2f}",
        "–" if outcome.row.limit is None else f"{outcome.row.limit:.2f}", _verdict(outcome))


def _verdict(outcome: Outcome) -> str:
    if outcome.ratio is None:
        return "not measured"
    return {True: "met", False: "missed", None: ""}[outcome.is_met]


def _figure(outcome: Outcome, figure: Figure | None) -> str:
    return f"{_number(figure.median)} ({_number(figure.best)}) {outcome.row.metric.unit}" if figure else "–"


def _number(value: float) -> str:
    """Three digits that count, or all those before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _missing(outcomes: list[Outcome]) -> list[str]:
    """Who was not measured and why, each once."""
    return list(dict.fromkeys(
        f"{outcome.row.work.model.name}: {line}" for outcome in outcomes for line in outcome.missing))
