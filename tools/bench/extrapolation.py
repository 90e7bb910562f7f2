#!/usr/bin/env python3
"""Times one extrapolation step of long vectors: Slipstream's RNA from Swift and Python, NumPy, and cvxgrp/aa, in one run.

    python3 -m venv .venv-bench
    .venv-bench/bin/pip install -r tools/bench/requirements/extrapolation.txt ./CAPI/python
    .venv-bench/bin/python tools/bench/extrapolation.py [--slipstream PATH] [--json]

A step takes in a point and gives back the extrapolation.

- Slipstream: `slipstream bench-rna`, one push and one combination; f32.
- Python: the same by the package `slipstream`, one `push` and one `extrapolate` into an array of the caller's; f32.
- NumPy: stores the residual and the point, computes the whole Gram matrix, solves, combines; f32.
- cvxgrp/aa: one `apply`, of type II and with memory N; f64, which is all it has.

They take turns, once a repetition, so that a machine that slows down slows all of them; the medians are compared. With
--json one object is printed: the seconds of each and the ratios. Exit status 1 if a ratio misses what the project claims:
aa at least 15 times as long as Slipstream from Swift and from Python, NumPy 3 times, Python at most 1.2 times.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# At least so many times as long as Slipstream takes, from Swift and from Python.
CLAIMS = {"aa": 15.0, "numpy": 3.0}
# At most so many times as long from Python as from Swift.
PYTHON_CLAIM = 1.2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slipstream", type=pathlib.Path, default=ROOT / ".build/release/slipstream")
    parser.add_argument("--dimension", type=int, default=11_173_962, help="numbers a point; ResNet-18's by default")
    parser.add_argument("--window", type=int, default=10, help="how many points are combined")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3, help="turns, each of several steps")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def swift(options):
    """The median seconds of a step, from Swift."""
    command = [
        options.slipstream, "bench-rna", "--dimension", options.dimension, "--window", options.window,
        "--rounds", 9, "--threads", options.threads, "--json"]
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["seconds_per_round"]


class Python:
    """The package, its window filled."""

    def __init__(self, options, numpy, slipstream):
        random = numpy.random.default_rng(3)
        shape = (options.window + 2, options.dimension)
        self.points = random.random(shape, dtype=numpy.float32)
        self.result = numpy.empty(options.dimension, numpy.float32)
        self.rna = slipstream.RNA(self.result, window=options.window, threads=options.threads)
        self.round = 0
        for _ in range(len(self.points)):
            self.step()

    def step(self):
        self.rna.push(self.points[self.round % len(self.points)])
        self.rna.extrapolate(out=self.result)
        self.round += 1

    def measure(self):
        return median_seconds(self.step, 9)


class NumPy:
    """RNA as its formula stands, with the whole Gram matrix each time."""

    def __init__(self, options, numpy):
        self.numpy = numpy
        self.window = options.window
        random = numpy.random.default_rng(1)
        shape = (options.window, options.dimension)
        self.points = random.random(shape, dtype=numpy.float32)
        self.residuals = random.random(shape, dtype=numpy.float32)
        self.last = random.random(options.dimension, dtype=numpy.float32)
        self.round = 0

    def step(self):
        numpy, slot = self.numpy, self.round % self.window
        self.round += 1
        point = self.last
        self.residuals[slot] = point - self.points[slot - 1]
        self.points[slot] = point
        gram = (self.residuals @ self.residuals.T).astype(numpy.float64)
        gram /= numpy.linalg.norm(gram, 2)
        z = numpy.linalg.solve(gram + 1e-8 * numpy.eye(self.window), numpy.ones(self.window))
        return (z / z.sum()).astype(numpy.float32) @ self.points

    def measure(self):
        return median_seconds(self.step, 3)


class AA:
    """cvxgrp/aa's accelerator, its memory filled."""

    def __init__(self, options, numpy, aa):
        random = numpy.random.default_rng(2)
        self.accelerator = aa.AndersonAccelerator(options.dimension, options.window)
        self.points = [random.random(options.dimension) for _ in range(3)]
        self.numpy = numpy
        self.round = 0
        for _ in range(options.window + 1):
            self.step()

    def step(self):
        # f is overwritten; it and x are what the last step left and where the map went from there.
        f, x = self.points[self.round % 3], self.points[(self.round + 1) % 3]
        self.round += 1
        self.accelerator.apply(f, x)

    def measure(self):
        return median_seconds(self.step, 3)


def median_seconds(step, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    options = arguments()
    if not options.slipstream.exists():
        sys.exit(f"extrapolation: there is no {options.slipstream}; build it, or name it with --slipstream")
    # Before NumPy is loaded: its BLAS reads them once.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    import aa
    import numpy
    import slipstream

    times = {"slipstream": [], "python": [], "numpy": [], "aa": []}
    for _ in range(options.repetitions):
        times["slipstream"].append(swift(options))
        times["python"].append(Python(options, numpy, slipstream).measure())
        # Made anew each turn: all of them at once would not fit a small machine's memory.
        times["numpy"].append(NumPy(options, numpy).measure())
        times["aa"].append(AA(options, numpy, aa).measure())
    seconds = {name: statistics.median(values) for name, values in times.items()}
    ratios = {name: seconds[name] / seconds["slipstream"] for name in CLAIMS}
    from_python = {name: seconds[name] / seconds["python"] for name in CLAIMS}
    overhead = seconds["python"] / seconds["slipstream"]
    result = {
        "dimension": options.dimension, "window": options.window, "threads": options.threads, "seconds": seconds,
        "times": times, "ratios": ratios, "claims": CLAIMS, "python_ratios": from_python, "python_overhead": overhead,
        "python_claim": PYTHON_CLAIM}
    if options.json:
        print(json.dumps(result, sort_keys=True))
    else:
        print(f"one step, d = {options.dimension}, N = {options.window}, {options.threads} threads")
        print(f"{'slipstream':<12}{1e3 * seconds['slipstream']:9.1f} ms")
        print(
            f"{'python':<12}{1e3 * seconds['python']:9.1f} ms   {overhead:5.2f} times as long (claimed: at most "
            f"{PYTHON_CLAIM:g})")
        for name, claim in CLAIMS.items():
            print(
                f"{name:<12}{1e3 * seconds[name]:9.1f} ms   {ratios[name]:5.1f} times as long, {from_python[name]:.1f} times "
                f"python (claimed: {claim:g})")
    return overhead > PYTHON_CLAIM or any(
        min(ratios[name], from_python[name]) < claim for name, claim in CLAIMS.items())


if __name__ == "__main__":
    sys.exit(main())
