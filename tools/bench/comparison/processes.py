"""Fresh processes, all in the same surroundings."""

import json
import os
import subprocess
import tempfile
import threading

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
            process = subprocess.Popen(command, stdout=output, stderr=errors, env=surroundings(threads))
        except OSError as error:
            raise Failure(f"{command[0]}: {error.strerror}") from None
        timer = threading.Timer(TIMEOUT, process.kill)
        timer.start()
        try:
            # The kernel's own count for this one process, the same for every contender.
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise Failure(complaint(errors.read()) or f"ended with {process.returncode}")
        return output.read(), usage.ru_maxrss << 10


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
