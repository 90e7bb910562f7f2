"""The experiments, table by table.

Learning rates are those that a first look found to train well, the same for every row of a comparison unless the row is
about another rate.
"""

from dataclasses import dataclass, replace

from .experiment import Experiment, Run, Task


@dataclass(frozen=True)
class Table:
    """Experiments that stand beside one another."""

    name: str
    title: str
    experiments: tuple[Experiment, ...]


MNIST = Task("small-cnn", "1x28x28", "mnist", "train[:10000]", "train[55000:]", "test")
CIFAR = Task("small-cnn", "3x32x32", "cifar10", "train[:10000]", "train[45000:]", "test")
RESNET_MNIST = Task("resnet18-cifar", "1x28x28", "mnist", "train[:2048]", "train[59500:]", "test[:2000]")
RESNET_CIFAR = Task("resnet18-cifar", "3x32x32", "cifar10", "train[:2048]", "train[49500:]", "test[:2000]")
WHOLE_MNIST = replace(MNIST, train="train[:55000]")


def sgd(rate: float, *more: str) -> tuple[str, ...]:
    """Stochastic gradient descent with momentum."""
    return ("--optimizer", "sgd", "--learning-rate", str(rate), "--momentum", "0.9", *more)


def rna(*more: str) -> tuple[str, ...]:
    """RNA over five epochs."""
    return ("--accelerator", "rna", "--rna-window", "5", *more)


def acceleration(name: str, task: Task, epochs: int, rate: float, every: bool) -> Table:
    """What the weights of past epochs give. Offline methods share one plain run, bit for bit."""
    methods = [
        ("rna-offline", "offline RNA", rna()),
        ("uniform", "uniform average", ("--accelerator", "uniform-average")),
        ("rna-online", "online RNA", rna("--rna-mode", "online")),
    ]
    if every:
        methods += [("rna-gradients", "offline RNA, mean gradients as residuals", rna("--rna-residuals", "gradients"))]
    return Table(
        f"{name}/acceleration", "Acceleration", tuple(
            Experiment(f"{name}/{short}", title, task, (Run(epochs, sgd(rate) + options),))
            for short, title, options in methods))


def rules(name: str, task: Task, epochs: int, rate: float, steps: int) -> Table:
    """Update rules and schedules; an epoch has so many steps, and half a cycle is two of them."""
    half = 2 * steps
    rows = (
        ("sgd", "momentum 0.9", sgd(rate)),
        ("nesterov", "Nesterov's momentum 0.9", sgd(rate, "--nesterov")),
        ("clr", "cyclical rate, triangular", sgd(rate / 5, "--schedule", f"cyclical:{2 * rate:g}:{half}:triangular")),
        ("adaptive-nesterov", "adaptive Nesterov", ("--optimizer", "adaptive-nesterov")),
    )
    return Table(
        f"{name}/rules", "Rules and schedules", tuple(
            Experiment(f"{name}/{short}", title, task, (Run(epochs, options),)) for short, title, options in rows))


def neumann(name: str, task: Task, epochs: int, rates: dict[int, float]) -> Table:
    """The Neumann optimizer against momentum at a small and a large batch."""
    rows = []
    for batch, rate in rates.items():
        rows += [
            Experiment(
                f"{name}/momentum-{batch}", f"momentum 0.9, batch {batch}", task, (Run(epochs, sgd(rate), batch),)),
            Experiment(
                f"{name}/neumann-{batch}", f"Neumann, batch {batch}", task, (Run(
                    epochs, ("--optimizer", "neumann", "--learning-rate", str(rate), "--warmup-epochs", "1"), batch),)),
        ]
    return Table(f"{name}/neumann", "Neumann", tuple(rows))


def persistency(name: str, task: Task, epochs: int, rate: float) -> Table:
    """Minibatch persistency at batches of 512."""
    return Table(
        f"{name}/persistency", "Minibatch persistency, batch 512", tuple(
            Experiment(
                f"{name}/persistency-{k}", f"K = {k}", task, (Run(epochs, sgd(rate, "--persistency", str(k)), 512),))
            for k in (1, 2, 5)))


def sparsity(name: str, task: Task, penalties: tuple[str, str], rate: float, share: float) -> Table:
    """Sparse training; Prox-SGD with the λ, stages and epochs of RDA, pruning to about its sparsity."""
    penalty = ("--lambda", penalties[0], "--stage", f"8:lambda={penalties[1]}", "--freeze-zeros", "8")
    start = ("--initialization", "uniform:1")
    dual = ("--optimizer", "rda", "--gamma", "0.5", "--anchor-steps", "500", *penalty)
    proximal = ("--optimizer", "prox-sgd", "--learning-rate", "0.5", *penalty)
    return Table(f"{name}/sparsity", "Sparse training", (
        Experiment(f"{name}/rda", "RDA, then retraining", task, (Run(16, dual),), start),
        Experiment(f"{name}/prox-sgd", "Prox-SGD, then retraining", task, (Run(16, proximal),), start),
        Experiment(f"{name}/pruning", "magnitude pruning in three steps", task, (
            Run(8, sgd(rate)), Run(6, sgd(rate / 5, "--freeze-zeros", "0"), pruned=share)), start),
    ))


TABLES = (
    sparsity("mnist", WHOLE_MNIST, ("1.27e-4", "1e-5"), 0.05, 0.91),
    acceleration("mnist", MNIST, 10, 0.05, True),
    rules("mnist", MNIST, 10, 0.05, 79),
    neumann("mnist", MNIST, 10, {128: 0.02, 1024: 0.05}),
    persistency("mnist", MNIST, 6, 0.05),
    acceleration("cifar10", CIFAR, 10, 0.02, True),
    rules("cifar10", CIFAR, 10, 0.02, 79),
    neumann("cifar10", CIFAR, 10, {128: 0.02, 1024: 0.05}),
    persistency("cifar10", CIFAR, 6, 0.05),
    sparsity("cifar10", CIFAR, ("1.2e-4", "1e-5"), 0.02, 0.8),
    acceleration("resnet18-cifar10", RESNET_CIFAR, 5, 0.05, False),
    acceleration("resnet18-mnist", RESNET_MNIST, 5, 0.05, False),
)
