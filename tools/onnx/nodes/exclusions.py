"""The cases that do not count, and why."""

from pathlib import Path

from . import table
from .cases import Case

EXCLUDED = Path(__file__).resolve().parent / "excluded.txt"


def reason(case: Case, supported: set[str]) -> str | None:
    """Why a case cannot be run at all; None if it can."""
    kinds = sorted({name for name in case.inputs + case.outputs if name.startswith("a ")})
    if kinds:
        return f"{kinds[0].removeprefix('a ')}, no tensor"
    # An expansion into operators that are not supported has nothing to say of the one that it expands.
    missing = sorted({*case.operators} - supported)
    return f"expanded into {', '.join(missing)}" if missing else None


def recorded(path: Path = EXCLUDED) -> dict[str, str]:
    """The cases that are recorded as impossible to pass, with the reason."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, why = line.partition(" ")
            found[name] = why.strip()
    return found


def judged(program: Path, tests: list[Case], supported: set[str], folder: Path, run) -> tuple[list[table.Row], list[str]]:
    """The table's rows, and the cases that are recorded as impossible to pass although they do."""
    tests = [case for case in tests if case.operator in supported]
    known = recorded()
    # Every case is run for which there are files, whatever its types are and whether it counts or not.
    chosen = [case for case in tests if reason(case, supported) is None]
    outcomes = run(program, chosen, folder)
    excluded = {case.name: why for case in tests if (why := reason(case, supported) or known.get(case.name))}
    passing = [name for name in known if outcomes.get(name, "") is None]
    return table.rows(tests, excluded, outcomes), passing
