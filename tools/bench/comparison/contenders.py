"""Who takes part, and how each is started."""

from dataclasses import dataclass
from pathlib import Path

from . import BENCH
from .rows import Work


@dataclass(frozen=True)
class Contender:
    """A program that does some work: Slipstream's, or a script of `peers` in its environment.

    `needs_model` is false for the machine's own limits, which depend on no model.
    """

    name: str
    title: str
    environment: str | None
    program: str = ""
    options: tuple[str, ...] = ()
    prepares: bool = False
    needs_model: bool = True


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("slipstream", "Slipstream", None),
        Contender("slipstream-openblas", "Slipstream, OpenBLAS", None, options=("--backend", "openblas")),
        Contender("pytorch", "PyTorch", "torch", "pytorch.py", prepares=True),
        Contender(
            "pytorch-channels-last", "PyTorch, channels-last", "torch", "pytorch.py", ("--channels-last",),
            prepares=True),
        Contender("onnxruntime", "ONNX Runtime", "torch", "onnxruntime_inference.py"),
        Contender(
            "onnxruntime-training", "ONNX Runtime Training", "ort-training", "onnxruntime_training.py", prepares=True),
        Contender("memory", "in-place a*x + y", "torch", "limits.py", ("--of", "memory"), needs_model=False),
        Contender("kernels", "oneDNN's convolutions", "torch", "limits.py", ("--of", "kernels"), needs_model=False),
    )
}


@dataclass(frozen=True)
class Place:
    """Where things lie in this run: Slipstream's program, the environments' interpreters, the models' folders."""

    slipstream: Path
    pythons: dict[str, Path]
    models: dict[str, Path]
    threads: int

    def command(self, contender: Contender, work: Work, steps: int) -> list[str]:
        """The command that does a piece of work."""
        count = ["--warm-up", str(work.warm_up), "--steps", str(steps), "--threads", str(self.threads)]
        if not contender.needs_model:
            return [*self._script(contender), *count, *contender.options]
        job = ["--batch-size", str(work.batch), "--mode", work.mode, *count, *contender.options]
        folder = self.models[work.model.name]
        if contender.environment is None:
            return [str(self.slipstream), "bench", "--model", str(folder / "model.onnx"), "--json", *job]
        return [*self._script(contender), str(folder), "--architecture", work.model.architecture, *job]

    def preparation(self, contender: Contender, work: Work) -> list[str]:
        """The command that gets a peer ready for a model, and checks that it computes the same."""
        folder = self.models[work.model.name]
        return [*self._script(contender), str(folder), "--architecture", work.model.architecture, "--prepare"]

    def _script(self, contender: Contender) -> list[str]:
        return [str(self.pythons[contender.environment]), str(BENCH / "peers" / contender.program)]
