"""Running the `slipstream` program and judging how it ended."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np

# A run that is cut short by these must be found out, not mistaken for a refusal.
CRASH_MARKS = re.compile(r"Fatal error|Backtrace|Crash|Segmentation fault|Illegal instruction|core dumped|terminate called")
TIMEOUT = 300


class Slipstream:
    """The program at a path."""

    def __init__(self, path: Path):
        self.path = path

    def start(self, *arguments, **options) -> subprocess.Popen:
        """Starts the program and does not wait for it."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen(self._command(arguments), **options)

    def run(self, *arguments, **options) -> subprocess.CompletedProcess:
        """Runs the program to its end, whatever that is."""
        options = {"capture_output": True, "text": True, "timeout": TIMEOUT} | options
        return subprocess.run(self._command(arguments), **options)

    def succeed(self, *arguments, **options) -> str:
        """Runs the program, which must succeed; returns what it printed."""
        result = self.run(*arguments, **options)
        assert result.returncode == 0, f"{result.args} ended with {result.returncode}:\n{result.stderr}"
        return result.stdout

    def refuse(self, *arguments, codes=(1, 2), says=(), **options) -> str:
        """Runs the program, which must refuse with one of `codes` and a message that matches all of `says`."""
        result = self.run(*arguments, **options)
        shown = f"{result.args} ended with {result.returncode}:\n{result.stderr}"
        assert result.returncode in codes, shown
        assert result.stderr.strip(), f"{shown}\n(nothing on standard error)"
        assert not CRASH_MARKS.search(result.stderr), shown
        for pattern in says:
            assert re.search(pattern, result.stderr), f"{shown}\n(nothing that matches {pattern!r})"
        return result.stderr

    def new(self, architecture: str, shape: str, classes: int, path: Path, *more) -> Path:
        """Makes a new model at `path`."""
        self.succeed("new", architecture, "--input", shape, "--classes", classes, "-o", path, *more)
        return path

    def predict(self, model: Path, data: str, path: Path) -> np.ndarray:
        """The logits that the program writes to `path`."""
        self.succeed("predict", "--model", model, "--data", data, "--output", path)
        return np.load(path)

    def train(self, model: Path, data: str, directory: Path, *more, **settings) -> str:
        """Trains, with quick settings unless `settings` say otherwise."""
        return self.succeed(*training(model, data, directory, *more, **settings))

    def evaluate(self, model: Path, data: str) -> dict:
        """The loss, accuracy and number of images of a model on data."""
        return json.loads(self.succeed("evaluate", "--model", model, "--data", data, "--json"))

    def _command(self, arguments):
        return [str(self.path), *(str(argument) for argument in arguments)]


def training(model: Path, data: str, directory: Path, *more, **settings) -> list:
    """The arguments of `slipstream train`; `batch_size=8` becomes `--batch-size 8`, `nesterov=True` `--nesterov`.

    What is `None` is left out."""
    usual = {
        "epochs": 2, "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.02, "accelerator": "rna", "threads": 2,
    }
    if settings.get("optimizer", "sgd") == "sgd":
        usual["momentum"] = 0.9
    options = []
    for name, value in (usual | settings).items():
        if value is None:
            continue
        options += ["--" + name.replace("_", "-")] + ([value] if value is not True else [])
    return ["train", "--model", model, "--data", data, "--output", directory, *options, *more]


def snapshot(directory: Path) -> dict[str, bytes]:
    """Every file below a directory, with its content."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def wait_for(path: Path, process: subprocess.Popen):
    """Waits until a file exists or the program has ended."""
    while not path.exists():
        try:
            process.wait(timeout=0.005)
        except subprocess.TimeoutExpired:
            continue
        return
