"""What Slipstream makes of an exported network, in a process of its own: `python checks.py PROGRAM FOLDER FORM THREADS`.

Prints one JSON object: for each check, its figure, and whether it is met.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

LOGITS, STEP, UPDATE = 1e-4, 1e-3, 1e-2
# An update below this part of its tensor is judged as one of that part. Batch normalisation takes a constant away, so that a
# bias before it has no gradient: PyTorch's single precision changes one of mnasnet1_0 by 4e-6, its double precision by 6e-15.
FAINT = 1e-3
# One batch serves so many steps an epoch; an epoch tells the loss before its steps, so the last one tells that after 20.
EPOCHS, PERSISTENCY = 5, 5
STEP_RATE = 0.1
# The first with which the loss falls counts: a random network without batch normalisation can be steep.
TRAINING_RATES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)


class Failure(Exception):
    """A check that is not met, why, and its figure, if there is one."""

    def __init__(self, reason: str, figure=None):
        super().__init__(reason)
        self.figure = figure


class Export:
    """An exported network, and the program that works on it."""

    def __init__(self, program: str, folder: Path, form: str, threads: str):
        self.program, self.folder, self.form, self.threads = program, folder, form, threads
        self.training, self.inference = folder / f"{form}.onnx", folder / f"{form}.inference.onnx"
        self.images = folder / "images.npz"
        with np.load(self.images) as data:
            self.batch, self.labels = data["images"], data["labels"]
        self.work = folder / f"{form}.work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()

    def run(self, *arguments) -> str:
        result = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, timeout=1800)
        if result.returncode != 0:
            raise Failure(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else f"{result.returncode}")
        return result.stdout

    def predict(self, model: Path) -> np.ndarray:
        path = self.work / "logits.npy"
        self.run("predict", "--model", model, "--data", f"npz:{self.images}", "-o", path, "--threads", self.threads)
        return np.load(path)

    def runtime(self, model: Path) -> np.ndarray:
        """The logits that ONNX Runtime computes."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(self.threads)
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: self.batch})[0]

    def train(self, model: Path, output: Path, **settings) -> list[dict]:
        """Trains with the whole data as one batch; the figures of every epoch."""
        options = {"epochs": 1, "batch-size": len(self.batch), "optimizer": "sgd", "threads": self.threads} | settings
        data = f"npz:{self.images}"
        self.run(
            "train", "--model", model, "--data", data, "--validation", data, "--output", output, "--overwrite",
            *(part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)))
        return [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]

    # The checks, in order. Each returns its figure, or raises Failure.

    def imported(self):
        opset = None
        for path in (self.training, self.inference):
            summary = json.loads(self.run("inspect", path, "--json"))
            if summary["unsupported"]:
                raise Failure(f"{path.name}: {summary['unsupported'][0].splitlines()[0]}")
            opset = summary["opset"]
        return opset

    def logits(self):
        expected = self.runtime(self.inference)
        with np.load(self.folder / "expected.npz") as values:
            within(scaled(expected, values["logits"]), LOGITS, "ONNX Runtime's from PyTorch's")
        error = max(scaled(self.predict(path), expected) for path in (self.training, self.inference))
        return within(error, LOGITS, "Slipstream's from ONNX Runtime's")

    def step(self):
        self.train(self.training, self.work / "step", learning_rate=STEP_RATE)
        with np.load(self.folder / "expected.npz") as values:
            before = {name[7:]: values[name] for name in values.files if name.startswith("before/")}
            after = {name[6:]: values[name] for name in values.files if name.startswith("after/")}
        given = tensors(self.training)
        updated = tensors(self.work / "step" / "model.onnx")
        names = matched(before, given)
        results = {name: oriented(updated[own], after[name]) for name, own in names.items()}
        weights, worst = max((scaled(results[name], after[name]), name) for name in names)
        # Weights hardly move in one step: an update that is not made at all would be within a thousandth of many of them.
        updates, least = max((against_update(results[name], before[name], after[name]), name) for name in names)
        figures = [weights, updates]
        if not weights <= STEP:
            raise Failure(f"'{worst}' from PyTorch's by {weights:.1e}", figures)
        if not updates <= UPDATE:
            raise Failure(f"the update of '{least}' from PyTorch's by {updates:.1e}", figures)
        return figures

    def loss(self):
        for rate in TRAINING_RATES:
            try:
                epochs = self.train(
                    self.trained_form, self.work / "loss", epochs=EPOCHS, persistency=PERSISTENCY, learning_rate=rate,
                    momentum=0.9)
                first, last = (epoch["training_loss"] for epoch in (epochs[0], epochs[-1]))
                if last < first:
                    return [first, last, rate]
                failure = Failure(f"the loss goes from {first:.4g} to {last:.4g}", [first, last, rate])
            except Failure as diverged:
                failure = diverged
        raise failure

    def written(self):
        model = self.work / "loss" / "model.onnx"
        onnx.checker.check_model(str(model), full_check=True)
        return within(scaled(self.predict(model), self.runtime(model)), LOGITS, "ONNX Runtime's from Slipstream's")

    @property
    def trained_form(self) -> Path:
        """What users train: of the default exporter, what it writes by default."""
        return self.inference if self.form == "dynamo" else self.training


def scaled(values: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, over the largest expected number."""
    largest = float(np.abs(expected).max()) or 1.0
    return float(np.abs(values.astype(np.float64) - expected).max()) / largest


def against_update(values: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """The largest difference, over the largest update."""
    update = np.abs(after.astype(np.float64) - before).max()
    return float(np.abs(values.astype(np.float64) - after).max() / max(update, FAINT * np.abs(after).max(), 1e-30))


def within(error: float, limit: float, what: str) -> float:
    if not error <= limit:
        raise Failure(f"{what} by {error:.1e}", error)
    return error


def tensors(path: Path) -> dict[str, np.ndarray]:
    """The constants of a model: initialisers, their copies by Identity, and what Constant nodes hold."""
    model = onnx.load(path)
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]]
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            found[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return found


def matched(weights: dict[str, np.ndarray], given: dict[str, np.ndarray]) -> dict[str, str]:
    """The name in the file of each of PyTorch's weights: its own, or of the one that has its values, maybe transposed."""
    names, rest = {}, {name for name in given if name not in weights and given[name].size > 1}
    for name, value in weights.items():
        if name in given and given[name].size == value.size:
            names[name] = name
            continue
        same = [
            other for other in sorted(rest) if given[other].size == value.size
            and np.array_equal(oriented(given[other], value), value)]
        if not same:
            raise Failure(f"the file has no tensor of the values of '{name}'")
        names[name] = same[0]
        rest.discard(same[0])
    return names


def oriented(value: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A matrix that an exporter may have transposed, or a vector that it may have given further dimensions."""
    if value.shape == like.shape[::-1] and value.shape != like.shape:
        return value.T
    return value.reshape(like.shape)


def main():
    program, folder, form, threads = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    export = Export(program, folder, form, threads)
    results = {}
    for check in ("imported", "logits", "step", "loss", "written"):
        try:
            results[check] = {"met": True, "figure": getattr(export, check)()}
        except Exception as error:
            results[check] = {
                "met": False, "reason": str(error) or type(error).__name__, "figure": getattr(error, "figure", None)}
    with np.load(folder / "expected.npz") as values:
        results["step"]["rounding"] = float(values["rounding"])
    # Weights of half a gigabyte would stay behind, several times.
    shutil.rmtree(export.work)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
