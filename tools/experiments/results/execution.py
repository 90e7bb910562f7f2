"""Runs experiments for their seeds, several at a time, and keeps what came of each."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .experiment import Experiment


class Failure(Exception):
    """A command that did not do its work; the text says which, and why."""


@dataclass(frozen=True)
class Place:
    """Where things are, and how many at a time."""

    program: str
    data: dict[str, str]
    output: Path
    threads: int
    parallel: int


def all_outcomes(experiments: list[Experiment], seeds: list[int], place: Place, tell) -> None:
    """Runs what has no outcome yet, in the given order."""
    jobs = [(experiment, seed) for experiment in experiments for seed in seeds]
    missing = [job for job in jobs if saved(*job, place) is None]
    if len(missing) < len(jobs):
        tell(f"{len(jobs) - len(missing)} of {len(jobs)} runs are in {place.output} already")
    with ThreadPoolExecutor(place.parallel) as pool:
        running = [pool.submit(_run, *job, place, tell) for job in missing]
        try:
            for future in running:
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def folder(experiment: Experiment, seed: int, place: Place) -> Path:
    """Where a seed's files are."""
    return place.output / experiment.name / f"seed{seed}"


def commands(experiment: Experiment, seed: int, place: Place) -> list[list[str]]:
    """A seed's commands."""
    return experiment.commands(
        place.program, place.data[experiment.task.data], str(folder(experiment, seed, place)), seed, place.threads)


def saved(experiment: Experiment, seed: int, place: Place) -> dict | None:
    """What came of a seed, if it was run by the same commands."""
    path = folder(experiment, seed, place) / "outcome.json"
    if not path.exists():
        return None
    outcome = json.loads(path.read_text())
    return outcome if outcome["commands"] == _recorded(experiment, seed, place) else None


def _recorded(experiment: Experiment, seed: int, place: Place) -> list[list[str]]:
    return [line[1:] for line in commands(experiment, seed, place)]


def _run(experiment: Experiment, seed: int, place: Place, tell) -> None:
    where = folder(experiment, seed, place)
    where.mkdir(parents=True, exist_ok=True)
    for command in commands(experiment, seed, place):
        _call(command)
    last = where / experiment.last
    test = experiment.task.source(experiment.task.test, place.data[experiment.task.data])
    outcome = {
        "commands": _recorded(experiment, seed, place),
        "epochs": [
            json.loads(line) for number in range(len(experiment.runs))
            for line in (where / f"run{number}" / "metrics.jsonl").read_text().splitlines()],
        "plain": _measured(place, last / "model.onnx", test),
    }
    if experiment.is_accelerated:
        outcome["accelerated"] = _measured(place, last / "accelerated.onnx", test)
    partial = where / "outcome.json.partial"
    partial.write_text(json.dumps(outcome))
    os.replace(partial, where / "outcome.json")
    tell(f"{experiment.name} seed {seed}: {outcome['plain']['accuracy']:.4f}" + (
        f", extrapolated {outcome['accelerated']['accuracy']:.4f}" if experiment.is_accelerated else ""))


def _measured(place: Place, model: Path, data: str) -> dict:
    """Loss and accuracy on the test images, and the sparsity."""
    command = [place.program, "evaluate", "--model", str(model), "--data", data, "--threads", str(place.threads), "--json"]
    found = json.loads(_call(command))
    return found | {"sparsity": json.loads(_call([place.program, "inspect", str(model), "--json"])).get("sparsity")}


def _call(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout
