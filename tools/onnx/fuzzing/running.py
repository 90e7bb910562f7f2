"""Gives a damaged file to the program, and judges how that ends."""

import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from comparison.usage import MeasuredProcess, Usage

# Seconds of a processor's time; what only waits for one is no hang. Waiting for ever is found out by the clock.
MOST_SECONDS, MOST_WAITING, MOST_BYTES = 5, 60, 1 << 30
CRASH = re.compile(r"Fatal error|Backtrac|crashed|Segmentation|Illegal instruction|core dumped|terminate called")


@dataclass
class Ending:
    """How a process ended."""

    status: int
    seconds: float
    peak: int
    errors: str
    waited: bool

    @property
    def is_success(self) -> bool:
        return self.status == 0

    @property
    def fault(self) -> str | None:
        """What is wrong with it; None for a success, or an error that is told clearly."""
        if self.waited:
            return f"did not end within {MOST_WAITING} s"
        if self.status < 0 or CRASH.search(self.errors):
            return f"crashed with {self.status}: {self.errors.strip()[:400]}"
        if self.seconds > MOST_SECONDS:
            return f"took {self.seconds:.1f} s of processor time"
        if self.peak > MOST_BYTES:
            return f"took {self.peak >> 20} MiB"
        if self.status not in (0, 1):
            return f"ended with {self.status}: {self.errors.strip()[:400]}"
        lines = [line for line in self.errors.splitlines() if not line.startswith("slipstream: note: ")]
        # Every node that cannot be imported has a line of its own behind the first.
        if self.status == 1 and not (
                lines and lines[0].startswith("slipstream: error: ") and all(line.startswith("  ") for line in lines[1:])):
            return f"is no clear error: {self.errors.strip()[:400]}"
        return None


def run(command: list[str]) -> Ending:
    """Runs a command to its end, or until it has waited too long."""
    surroundings = os.environ | {"SWIFT_BACKTRACE": "enable=no"}
    with (tempfile.TemporaryFile() as errors,
          MeasuredProcess(command, stdout=subprocess.DEVNULL, stderr=errors, env=surroundings) as process):
        try:
            usage, waited = process.wait(MOST_WAITING), False
        except subprocess.TimeoutExpired:
            usage, waited = Usage(-signal.SIGKILL, 0, 0), True
        errors.seek(0)
        return Ending(
            usage.status, usage.processor_seconds, usage.peak_bytes, errors.read().decode(errors="replace"), waited)


def commands(program: Path, model: Path, images: Path, output: Path) -> list[list[str]]:
    """What is tried with each file."""
    return [
        [str(program), "inspect", str(model)],
        [str(program), "train", "--model", str(model), "--data", f"npz:{images}", "--validation", f"npz:{images}",
         "--epochs", "1", "--batch-size", "4", "--optimizer", "sgd", "--learning-rate", "0.01", "--threads", "1",
         "--output", str(output), "--overwrite"]]
