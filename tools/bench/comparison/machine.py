"""The machine and the versions that a table was measured with."""

import os
import platform
from datetime import date
from pathlib import Path

from .rounds import Results


def description(results: Results, threads: int) -> dict[str, str]:
    """What a reader needs to know to judge the figures, in the order in which to tell it."""
    facts = {
        "date": date.today().isoformat(),
        "processor": _field("/proc/cpuinfo", "model name"),
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / (1 << 20):.0f} GiB",
        "system": f"{_distribution()}, Linux {platform.release()}",
        "threads": f"{threads} of the {len(os.sched_getaffinity(0))} that the process may use",
    }
    facts |= {name: value for name, value in sorted(os.environ.items()) if name.startswith("OPENBLAS_")}
    for records in results.records.values():
        record = records[0]
        facts |= record.get("versions", {})
        facts |= {
            title: record[name] for name, title in (("openblas", "OpenBLAS"), ("onednn", "oneDNN")) if record.get(name)
        }
    return facts


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "0 unknown"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
