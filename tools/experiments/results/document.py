"""Puts the tables into `docs/results.md`."""

import os
import platform
from datetime import date
from pathlib import Path

from . import ROOT
from .tables import BEGIN, END

DOCUMENT = ROOT / "docs" / "results.md"


class Unfit(Exception):
    """A document without the place for the tables."""


def write(text: str, seeds: list[int], path: Path = DOCUMENT) -> None:
    """Replaces what stands between the document's markers."""
    content = path.read_text() if path.exists() else ""
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Unfit(f"{path} has no lines '{BEGIN}' and '{END}', between which the tables go")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{_surroundings(seeds)}\n\n{END}{after}")


def _surroundings(seeds: list[int]) -> str:
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return (
        f"Seeds {', '.join(map(str, seeds))}; {date.today().isoformat()}, {len(os.sched_getaffinity(0))} cores of "
        f"{names[0] if names else platform.machine()}.")
