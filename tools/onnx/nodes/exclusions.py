"""The cases that are not run, or do not count, and why."""

from pathlib import Path

from . import table
from .cases import Case

KNOWN = Path(__file__).resolve().parent / "not-supported.txt"
WINDOWS = {
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"}


def reason(case: Case) -> str | None:
    """Why a case lies outside of what is supported by its very kind; None if it does not."""
    kinds = sorted({name for name in case.inputs + case.outputs if name.startswith("a ")})
    if kinds:
        return f"{kinds[0].removeprefix('a ')} in place of a tensor"
    if not case.is_float32:
        return "other numbers than float32"
    if case.operator in WINDOWS and case.rank != 4:
        return f"windows of {case.rank - 2} dimension{'s' if case.rank != 3 else ''}, not 2"
    if case.attributes.get("training_mode") or "train" in case.name:
        return "training form: random, or with statistics as further outputs"
    return None


def known(path: Path = KNOWN) -> dict[str, str]:
    """The cases that are recorded as not supported, with what they ask for."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, why = line.partition(" ")
            found[name] = why.strip()
    return found


def judged(program: Path, tests: list[Case], supported: set[str], folder: Path, run) -> tuple[list[table.Row], list[str]]:
    """The table's rows, and the cases that are recorded as not supported although they pass."""
    recorded = known()
    excluded = {case.name: why for case in tests if (why := reason(case) or recorded.get(case.name))}
    # An expansion into operators that are not supported has nothing to say of the one that it expands.
    chosen = [case for case in tests if not reason(case) and {case.operator, *case.operators} <= supported]
    outcomes = run(program, chosen, folder)
    counted = [case for case in tests if case.name in excluded or case in chosen]
    passing = [case.name for case in chosen if case.name in recorded and outcomes[case.name] is None]
    return table.rows(counted, supported, excluded, outcomes), passing
