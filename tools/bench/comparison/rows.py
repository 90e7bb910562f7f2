"""What is compared, with whom, and which ratio is aimed at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """A network that `slipstream new` makes, for 10 classes."""

    name: str
    architecture: str
    shape: tuple[int, int, int]


@dataclass(frozen=True)
class Work:
    """Steps of a model, in a fresh process."""

    model: Model
    batch: int
    mode: str
    warm_up: int
    steps: int

    @property
    def title(self) -> str:
        return f"{self.model.name}, batch {self.batch}, {'training' if self.mode == 'train' else 'inference'}"


@dataclass(frozen=True)
class Metric:
    """A figure of a run: how it ends a row's title, its unit in base units, and which way is better."""

    suffix: str
    unit: str
    scale: float
    larger_is_better: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the table. The best of `rivals` counts. The limit is for the ratio, of which smaller is better."""

    name: str
    work: Work
    metric: Metric
    rivals: tuple[str, ...]
    limit: float | None
    contender: str = "slipstream"
    remark: str = ""

    @property
    def title(self) -> str:
        return f"{self.work.title}{self.metric.suffix}" + (f", {self.remark}" if self.remark else "")


STEP = Metric(" step", "ms", 1e-3)
MEMORY = Metric(", peak resident memory", "MiB", 1 << 20)
UPDATE = Metric(", optimizer's update", "GB/s", 1e9, larger_is_better=True)
RATE = Metric(", rate", "GFLOP/s", 1e9, larger_is_better=True)

RESNET = Model("resnet18-cifar", "resnet18-cifar", (3, 32, 32))
VGG = Model("vgg16-bn-cifar", "vgg16-bn-cifar", (3, 32, 32))
SMALL = Model("small-cnn 28x28", "small-cnn", (1, 28, 28))
DIGITS = Model("digits CNN", "small-cnn", (1, 8, 8))

RESNET_TRAINING = Work(RESNET, 128, "train", warm_up=2, steps=3)
PYTORCH = ("pytorch", "pytorch-channels-last")

ROWS = (
    Row("resnet18-train", RESNET_TRAINING, STEP, PYTORCH, 0.85),
    Row("resnet18-train-ort", RESNET_TRAINING, STEP, ("onnxruntime-training",), 0.50),
    Row("vgg16-train", Work(VGG, 128, "train", warm_up=2, steps=4), STEP, PYTORCH, 0.85),
    Row("small-cnn-train", Work(SMALL, 128, "train", warm_up=10, steps=100), STEP, PYTORCH, 0.60),
    Row("digits-train", Work(DIGITS, 32, "train", warm_up=50, steps=1000), STEP, PYTORCH, 0.30),
    Row("resnet18-infer", Work(RESNET, 128, "infer", warm_up=2, steps=6), STEP, ("onnxruntime",), 1.05),
    Row("resnet18-infer-one", Work(RESNET, 1, "infer", warm_up=20, steps=200), STEP, ("onnxruntime",), 1.20),
    Row("resnet18-memory", RESNET_TRAINING, MEMORY, PYTORCH, 0.60),
    Row(
        "resnet18-openblas", RESNET_TRAINING, STEP, PYTORCH, 1.6, contender="slipstream-openblas",
        remark="OpenBLAS only"),
    Row("resnet18-update", RESNET_TRAINING, UPDATE, ("memory",), None),
    Row("resnet18-rate", RESNET_TRAINING, RATE, ("kernels",), None),
)
