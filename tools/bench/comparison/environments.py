"""The peers' virtual environments."""

import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from . import BENCH
from .processes import Failure, complaint

TORCH_WHEELS = "https://download.pytorch.org/whl/cpu"


def existing(name: str, folder: Path) -> Path:
    """The interpreter of an environment that somebody else made."""
    python = folder / name / "bin" / "python"
    if not python.exists():
        raise Failure(f"{python} does not exist")
    return python


def made(name: str, folder: Path, requirements: Path | None = None) -> Path:
    """The interpreter of an environment that is made if it is not there, or not as its requirements say."""
    requirements = requirements or BENCH / "requirements" / f"{name}.txt"
    environment = folder / name
    python, stamp = environment / "bin" / "python", environment / "installed.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text() and python.exists():
        return python
    shutil.rmtree(environment, ignore_errors=True)
    print(f"Making {environment}", file=sys.stderr, flush=True)
    _succeed([sys.executable, "-m", "venv", str(environment)])
    _succeed([
        str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout",
        "30", *_extra_index(), "--requirement", str(requirements)])
    stamp.write_text(requirements.read_text())
    return python


def _extra_index() -> list[str]:
    """PyTorch's own wheels, where they can be reached: pip would try for minutes where they cannot."""
    try:
        urllib.request.urlopen(f"{TORCH_WHEELS}/torch/", timeout=5).close()
    except (urllib.error.URLError, OSError):
        return []
    return ["--extra-index-url", TORCH_WHEELS]


def _succeed(command: list[str]):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise Failure(complaint(result.stderr or result.stdout) or f"{command[0]} ended with {result.returncode}")
