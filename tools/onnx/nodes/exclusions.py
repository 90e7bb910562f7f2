"""The cases that are not run, or do not count, and why."""

from pathlib import Path

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
