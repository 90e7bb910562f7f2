"""The tables of `docs/results.md`, made of what the runs left."""

from dataclasses import dataclass
from statistics import fmean, stdev

from .catalogue import Table
from .execution import Place, saved
from .experiment import Experiment

BEGIN, END = "<!-- tools/experiments/run --markdown: begin -->", "<!-- tools/experiments/run --markdown: end -->"


@dataclass(frozen=True)
class Row:
    """An experiment's outcomes, one for each seed that has been run."""

    experiment: Experiment
    outcomes: list[dict]

    def spread(self, *path: str, percent: bool = False) -> str:
        """The mean over the seeds, and the standard deviation of a single seed."""
        values = []
        for outcome in self.outcomes:
            value = outcome
            for name in path:
                value = value[name]
            values.append(value * (100 if percent else 1))
        form = ".2f" if percent else ".4f"
        return f"{fmean(values):{form}}" + (f" ± {stdev(values):{form}}" if len(values) > 1 else "")

    def after(self, epoch: int) -> str:
        """Accuracy on the held-out images after an epoch."""
        values = [outcome["epochs"][epoch - 1]["accuracy"] * 100 for outcome in self.outcomes]
        return f"{fmean(values):.2f}"

    def after_seconds(self, seconds: float) -> str:
        """Accuracy on the held-out images at the last epoch that ended within so many seconds of training."""
        values = []
        for outcome in self.outcomes:
            spent, accuracy = 0.0, None
            for epoch in outcome["epochs"]:
                spent += epoch["seconds"]
                # A tenth is the noise of a shared machine.
                if spent <= 1.1 * seconds:
                    accuracy = epoch["accuracy"]
            values.append(accuracy)
        return "–" if None in values else f"{100 * fmean(values):.2f}"

    @property
    def seconds(self) -> float:
        """Seconds of training, measurements left out."""
        return fmean(sum(epoch["seconds"] for epoch in outcome["epochs"]) for outcome in self.outcomes)

    @property
    def steps(self) -> int:
        """Gradients, of the run that is judged and those before it."""
        return sum(
            epoch["steps"] for epoch, after in zip(self._epochs, [*self._epochs[1:], None])
            if after is None or after["steps"] < epoch["steps"])

    @property
    def _epochs(self) -> list[dict]:
        return self.outcomes[0]["epochs"]


def rows(table: Table, seeds: list[int], place: Place) -> list[Row]:
    """Those that have been run for every seed."""
    found = [
        Row(experiment, [outcome for seed in seeds if (outcome := saved(experiment, seed, place))])
        for experiment in table.experiments]
    return [row for row in found if len(row.outcomes) == len(seeds)]


def markdown(tables: list[Table], seeds: list[int], place: Place) -> str:
    """All of them, those without any row left out."""
    return "\n\n".join(text for table in tables if (text := one(table, rows(table, seeds, place))))


def one(table: Table, found: list[Row]) -> str:
    """A table with its heading."""
    if not found:
        return ""
    task, run = found[0].experiment.task, found[0].experiment.runs[-1]
    columns = COLUMNS[table.name.partition("/")[2]](found)
    lines = [
        f"### {table.title}: {task.network} on {task.data}", "",
        f"Trained on `{task.data}/{task.train}`, chosen by `{task.held_out}`, tested on `{task.test}`; "
        f"{len(found[0].outcomes)} seeds.", "",
        "| " + " | ".join(columns[0]) + " |", "| " + " | ".join(["---"] * 2 + ["---:"] * (len(columns[0]) - 2)) + " |"]
    return "\n".join(lines + ["| " + " | ".join(line) + " |" for line in columns[1:]])


def _acceleration(found: list[Row]) -> list[list[str]]:
    plain, first = "plain", found[0]
    lines = [["row", "method", "epochs", "test accuracy, %", "test loss"]]
    epochs = str(len(first.outcomes[0]["epochs"]))
    lines.append([
        f"`{first.experiment.name}`", "momentum 0.9 alone", epochs, first.spread(plain, "accuracy", percent=True),
        first.spread(plain, "loss")])
    for row in found:
        lines.append([
            f"`{row.experiment.name}`", row.experiment.title, epochs,
            row.spread("accelerated", "accuracy", percent=True), row.spread("accelerated", "loss")])
        if "online" in row.experiment.name:
            lines.append([
                f"`{row.experiment.name}`", f"{row.experiment.title}: the iterate that it goes on from", epochs,
                row.spread(plain, "accuracy", percent=True), row.spread(plain, "loss")])
    return lines


def _rules(found: list[Row]) -> list[list[str]]:
    last = len(found[0].outcomes[0]["epochs"])
    marks = sorted({1, 3, last})
    return [
        ["row", "method", *(f"held-out accuracy, epoch {mark}" for mark in marks), "test accuracy, %", "test loss"],
        *([
            f"`{row.experiment.name}`", row.experiment.title, *(row.after(mark) for mark in marks),
            row.spread("plain", "accuracy", percent=True), row.spread("plain", "loss")] for row in found)]


def _persistency(found: list[Row]) -> list[list[str]]:
    last, budget = len(found[0].outcomes[0]["epochs"]), found[0].seconds
    marks = sorted({1, 3, last})
    return [
        ["row", "K", *(f"held-out accuracy, epoch {mark}" for mark in marks), f"in the {budget:.0f} s of K = 1",
         "seconds", "gradients", "test accuracy, %", "test loss"],
        *([
            f"`{row.experiment.name}`", row.experiment.title.removeprefix("K = "), *(row.after(mark) for mark in marks),
            row.after_seconds(budget), f"{row.seconds:.0f}", str(row.steps),
            row.spread("plain", "accuracy", percent=True), row.spread("plain", "loss")] for row in found)]


def _sparsity(found: list[Row]) -> list[list[str]]:
    return [
        ["row", "method", "epochs", "sparsity of the weights, %", "test accuracy, %", "test loss"],
        *([
            f"`{row.experiment.name}`", row.experiment.title, str(len(row.outcomes[0]["epochs"])),
            row.spread("plain", "sparsity", "weights", percent=True), row.spread("plain", "accuracy", percent=True),
            row.spread("plain", "loss")] for row in found)]


COLUMNS = {
    "acceleration": _acceleration, "rules": _rules, "neumann": _rules, "persistency": _persistency, "sparsity": _sparsity}
