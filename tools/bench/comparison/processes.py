"""Fresh processes, all in the same surroundings."""

import json
import os
import subprocess
import tempfile

from comparison.usage import MeasuredProcess

TIMEOUT = 900
# How Slipstream's error line begins; a line of advice may follow it.
ERROR = "slipstream: error: "

# What would give one contender another allocator, number of threads or choice of kernels than the others.
PARTIAL = (
    "MALLOC_", "GLIBC_", "LD_PRELOAD", "OMP_", "GOMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "ATEN_", "TORCH",
    "PYTORCH_", "ORT_", "PYTHON")


class Failure(Exception):
    """A process that did not do its work; the text says why."""


def surroundings(threads: int) -> dict[str, str]:
    """The environment of every process: the caller's, without what favours one of them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PARTIAL)}
    return kept | {"OMP_NUM_THREADS": str(threads)}


def run(command: list[str], threads: int) -> tuple[str, int]:
    """Runs a command to its end. Returns what it printed, and the most memory that it had resident, in bytes."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        try:
            with MeasuredProcess(command, stdout=output, stderr=errors, env=surroundings(threads)) as process:
                usage = process.wait(TIMEOUT)
        except OSError as error:
            raise Failure(f"{command[0]}: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise Failure(f"did not end within {TIMEOUT} s") from None
        output.seek(0)
        errors.seek(0)
        if usage.status != 0:
            raise Failure(complaint(errors.read()) or f"ended with {usage.status}")
        return output.read(), usage.peak_bytes


def record(command: list[str], threads: int) -> dict:
    """Runs a command that prints one JSON object; adds `peak_bytes` as the kernel counts them."""
    text, peak = run(command, threads)
    try:
        return json.loads(last_line(text)) | {"peak_bytes": peak}
    except (ValueError, TypeError):
        raise Failure(f"{command[0]} printed no JSON object but '{last_line(text)}'") from None


def last_line(text: str) -> str:
    """The last line that is not empty."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def complaint(errors: str) -> str:
    """What a program said of its failure: Slipstream's error line, else the last line, as Python and pip have it."""
    marked = [line.removeprefix(ERROR).strip() for line in errors.splitlines() if line.startswith(ERROR)]
    return marked[0] if marked else last_line(errors)
