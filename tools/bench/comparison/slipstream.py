"""Slipstream's own side: the program, its model files, and the images that everybody gets."""

import random
import subprocess
import zipfile
from array import array
from pathlib import Path

from . import ROOT
from .processes import Failure, run
from .rows import Model

IMAGES = 128


def build() -> Path:
    """Builds the program in release, with oneDNN where its header is."""
    options = ["-c", "release", *traits()]
    subprocess.run(["swift", "build", *options, "--product", "slipstream"], cwd=ROOT, check=True)
    folder = subprocess.run(
        ["swift", "build", *options, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return Path(folder.stdout.strip()) / "slipstream"


def traits() -> list[str]:
    """The package's traits that this machine has the libraries for."""
    tool = ROOT / "tools" / "traits"
    if tool.exists():
        return subprocess.run([tool], check=True, capture_output=True, text=True).stdout.split()
    return ["--traits", "OneDNN"] if Path("/usr/include/dnnl.h").exists() else []


def make_model(program: Path, model: Model, folder: Path, threads: int):
    """Writes `model.onnx`, `images.npz`, and Slipstream's `logits.npy` for them."""
    folder.mkdir(parents=True, exist_ok=True)
    file, images = folder / "model.onnx", folder / "images.npz"
    shape = "x".join(map(str, model.shape))
    run([str(program), "new", model.architecture, "--input", shape, "--classes", "10", "-o", str(file)], threads)
    write_images(images, model.shape)
    run([
        str(program), "predict", "--model", str(file), "--data", f"npz:{images}", "--output",
        str(folder / "logits.npy")], threads)


def write_images(path: Path, shape: tuple[int, int, int]):
    """Writes 128 images of noise and their labels as a NumPy archive."""
    draw = random.Random(0)
    size = IMAGES * shape[0] * shape[1] * shape[2]
    pixels = array("f", (draw.uniform(-1.7, 1.7) for _ in range(size)))
    labels = array("q", (index % 10 for index in range(IMAGES)))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", _npy("<f4", (IMAGES, *shape), pixels))
        archive.writestr("labels.npy", _npy("<i8", (IMAGES,), labels))


def _npy(kind: str, shape: tuple[int, ...], values: array) -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(-(-(len(header) + 11) // 64) * 64 - 11) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values.tobytes()


def check_record(record: dict) -> dict:
    """Refuses the figures of a program that is older than this tool."""
    if "step_seconds" not in record:
        raise Failure("this slipstream is too old: `slipstream bench --json` gives no step_seconds")
    return record
