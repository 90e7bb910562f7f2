"""Runs that are stopped, killed and resumed: what is trained, and how two runs are compared."""

import json
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import run_directory
from command import Slipstream, training


@dataclass
class Run:
    """A run that can be started again and again in any folder."""

    program: Slipstream
    model: Path
    data: str
    settings: dict = field(default_factory=dict)

    def arguments(self, directory: Path, *more, **settings) -> list:
        """The arguments of `slipstream train`."""
        return training(self.model, self.data, directory, *more, **(self.settings | settings))

    def finish(self, directory: Path, *more, **settings) -> float:
        """Trains to the end; returns the seconds that it took."""
        started = time.monotonic()
        self.program.succeed(*self.arguments(directory, *more, **settings))
        return time.monotonic() - started

    def resume(self, directory: Path, **settings):
        """Resumes where there is something to resume: a run may be killed before it has written anything."""
        more = ["--resume"] if directory.exists() and any(directory.iterdir()) else []
        self.program.succeed(*self.arguments(directory, *more, **settings))

    def kill_after(self, directory: Path, seconds: float) -> bool:
        """Starts or resumes, and kills after some time; whether the run was still going on."""
        more = ["--resume"] if directory.exists() and any(directory.iterdir()) else []
        process = self.program.start(*self.arguments(directory, *more))
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True
        return False

    def interrupt(self, directory: Path, signal: int, seconds: float) -> tuple[int, str]:
        """Starts or resumes, sends a signal some time after an epoch's end; returns the exit code and standard error."""
        more = ["--resume"] if directory.exists() else []
        process = self.program.start(*self.arguments(directory, *more))
        # Two lines of headings, then a line an epoch: each comes when it happens.
        lines = [process.stdout.readline() for _ in range(3)]
        epoch = int(lines[-1].split("/")[0])
        while process.poll() is None and checkpoint_state(directory)["epoch"] < epoch:
            pass
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal)
        _, message = process.communicate(timeout=60)
        return process.returncode, message


def checkpoint_state(directory: Path) -> dict:
    """What a checkpoint says of how far its run is."""
    content = (directory / "checkpoint.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    return json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["state"])


def assert_same_run(directory: Path, expected: Path, epochs: int):
    """Both directories hold the same networks, byte for byte, and the same metrics but for the clock's."""
    for network in run_directory.NETWORKS.values():
        assert (directory / network).read_bytes() == (expected / network).read_bytes(), network
    assert untimed(directory) == untimed(expected)
    run_directory.assert_metrics(directory, epochs)
    assert {path.name for path in directory.iterdir()} == {path.name for path in expected.iterdir()}


def untimed(directory: Path) -> list[dict]:
    """The metrics without what the clock decides."""
    clock = {"seconds", "stall_seconds", "images_per_second"}
    return [{name: row[name] for name in row.keys() - clock} for row in run_directory.metrics(directory)]
