"""What an experiment is: commands of `slipstream`, one after the other, for one seed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """A network and the data that it is to learn: what a table's rows have in common."""

    network: str
    shape: str
    data: str
    train: str
    held_out: str
    test: str
    batch_size: int = 128

    def source(self, rows: str, folder: str) -> str:
        """A part of the data as `slipstream` takes it."""
        return f"{self.data}/{rows}:{folder}"


@dataclass(frozen=True)
class Run:
    """One `slipstream train`; several in a row go on from one another's best plain network."""

    epochs: int
    options: tuple[str, ...]
    batch_size: int | None = None
    # Of the weights of what the run before has left, this part is set to zero first.
    pruned: float | None = None


@dataclass(frozen=True)
class Experiment:
    """A row: a method with its settings."""

    name: str
    title: str
    task: Task
    runs: tuple[Run, ...]
    # Options of `slipstream new`.
    start: tuple[str, ...] = ()

    def commands(self, program: str, data: str, folder: str, seed: int, threads: int) -> list[list[str]]:
        """The commands for a seed, in order. Weights are drawn from another seed than the order of images."""
        task, model = self.task, f"{folder}/start.onnx"
        lines = [[
            program, "new", task.network, "--input", task.shape, "--classes", "10", "--seed", str(seed + 1), *self.start,
            "-o", model]]
        for number, run in enumerate(self.runs):
            if run.pruned is not None:
                pruned = f"{folder}/pruned.onnx"
                lines.append([program, "prune", "--model", model, "--sparsity", str(run.pruned), "--output", pruned])
                model = pruned
            output = f"{folder}/run{number}"
            lines.append([
                program, "train", "--model", model, "--data", task.source(task.train, data), "--validation",
                task.source(task.held_out, data), "--epochs", str(run.epochs), "--batch-size",
                str(run.batch_size or task.batch_size), "--seed", str(seed), "--threads", str(threads), *run.options,
                "--overwrite", "--output", output])
            model = f"{output}/model.onnx"
        return lines

    @property
    def last(self) -> str:
        """The folder of the run that is judged, in the experiment's."""
        return f"run{len(self.runs) - 1}"

    @property
    def is_accelerated(self) -> bool:
        """Whether there is a second network beside the plain one."""
        return "--accelerator" in self.runs[-1].options
