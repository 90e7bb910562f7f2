"""A seeded series of damaged files, each of which is inspected and trained."""

import random
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import mutations, running, sources


@dataclass
class Result:
    """What came of some files."""

    files: int = 0
    # How commands ended: successes and errors.
    endings: Counter = field(default_factory=Counter)
    ways: Counter = field(default_factory=Counter)
    slowest: float = 0.0
    largest: int = 0
    # The file's number, what was done to it, and what is wrong.
    faults: list[tuple[int, str, str]] = field(default_factory=list)


class Campaign:
    """Files number 0, 1, 2, … of a seed; each is the same whenever it is made."""

    def __init__(self, program: Path, folder: Path, seed: int = 0):
        self.program, self.folder, self.seed = program, folder, seed
        self.models = sources.sources()
        folder.mkdir(parents=True, exist_ok=True)
        self.images = {}
        for shape in {sources.shape(model) for model in self.models}:
            draw = np.random.default_rng(0)
            path = folder / f"images-{'x'.join(map(str, shape))}.npz"
            np.savez(
                path, images=draw.standard_normal((4, *shape)).astype(np.float32), labels=np.arange(4) % 2)
            self.images[shape] = path

    def write(self, number: int, path: Path) -> tuple[str, Path]:
        """Writes a file; returns what was done to it, and the images that fit what it was."""
        draw = random.Random(f"{self.seed}/{number}")
        model = draw.choice(self.models)
        way, content = mutations.mutated(model, draw)
        path.write_bytes(content)
        return way, self.images[sources.shape(model)]

    def run(self, numbers: list[int], processes: int = 2, keep: Path | None = None, told=lambda text: None) -> Result:
        """Tries some files; those that something is wrong with are kept in a folder, if one is named."""
        result = Result()
        with ThreadPoolExecutor(processes) as pool:
            for number, way, endings in pool.map(self.tried, numbers):
                result.files += 1
                result.ways[way] += 1
                if result.files % 100 == 0:
                    told(f"{result.files} of {len(numbers)} files, {len(result.faults)} with a fault")
                for command, ending in zip(("inspect", "train"), endings):
                    result.endings[f"{command}: {'success' if ending.is_success else 'error'}"] += 1
                    result.slowest = max(result.slowest, ending.seconds)
                    result.largest = max(result.largest, ending.peak)
                    if ending.fault:
                        result.faults.append((number, way, f"{command} {ending.fault}"))
                        told(f"file {number} ({way}): {command} {ending.fault}")
                        if keep:
                            keep.mkdir(parents=True, exist_ok=True)
                            self.write(number, keep / f"{self.seed}-{number}-{way}.onnx")
        return result

    def tried(self, number: int) -> tuple[int, str, list[running.Ending]]:
        """One file, by all commands."""
        place = self.folder / f"file{number}"
        place.mkdir(exist_ok=True)
        model = place / "model.onnx"
        way, images = self.write(number, model)
        endings = [
            running.run(command) for command in running.commands(self.program, model, images, place / "run")]
        shutil.rmtree(place)
        return number, way, endings
