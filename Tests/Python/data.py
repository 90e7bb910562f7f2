"""Data sets in the formats that `--data` reads, made by the tests themselves."""

import gzip
import re
import struct
from pathlib import Path

import numpy as np


def images_and_labels(count: int, shape: tuple[int, ...], classes: int, seed: int = 0):
    """Images whose class can be learnt: noise around one random pattern a class."""
    random = np.random.default_rng(seed)
    patterns = random.standard_normal((classes, *shape))
    labels = random.integers(0, classes, count)
    images = patterns[labels] + 0.5 * random.standard_normal((count, *shape))
    return images.astype(np.float32), labels.astype(np.int64)


def write_npz(path: Path, images, labels) -> Path:
    """Writes an `npz:` data set."""
    np.savez(path, images=images, labels=labels)
    return path


def idx(values: np.ndarray) -> bytes:
    """The IDX form of an array of bytes."""
    return struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.astype(np.uint8).tobytes()


def write_mnist(directory: Path, images, labels, compressed: bool = False) -> Path:
    """Writes an `mnist:` directory whose training and test parts are both (N, H, W) `images`."""
    directory.mkdir()
    for part in ("train", "t10k"):
        for name, values in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            content = idx(values)
            if compressed:
                (directory / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (directory / name).write_bytes(content)
    return directory


def write_cifar10(directory: Path, images, labels) -> Path:
    """Writes a `cifar10:` directory: five training batches and the test batch, all of the same (N, 3, 32, 32) images."""
    directory.mkdir()
    records = np.concatenate([labels.reshape(-1, 1), images.reshape(len(images), -1)], axis=1).astype(np.uint8)
    for name in [f"data_batch_{batch}.bin" for batch in range(1, 6)] + ["test_batch.bin"]:
        (directory / name).write_bytes(records.tobytes())
    return directory


def write_madelon(directory: Path) -> Path:
    """Writes a small `madelon:` directory: 120 rows of 8 integers."""
    directory.mkdir()
    random = np.random.default_rng(5)
    features = random.integers(300, 700, (120, 8))
    labels = np.where(features @ random.normal(size=8) > 0, 1, -1)
    np.savetxt(directory / "madelon_train.data", features, fmt="%d")
    np.savetxt(directory / "madelon_train.labels", labels, fmt="%d")
    return directory


def embedded_digits() -> tuple[np.ndarray, np.ndarray]:
    """The 360 embedded test digits as networks get them, and their labels."""
    source = Path(__file__).resolve().parents[2] / "Modules" / "Datasets" / "Digits" / "DigitsTest.swift"
    lines = re.findall(r"^ +(\d)([A-Q]{64})$", source.read_text(), re.MULTILINE)
    pixels = np.array([[ord(letter) - ord("A") for letter in letters] for _, letters in lines])
    images = (pixels.reshape(-1, 1, 8, 8) / 16 - 0.3054) / 0.3761
    return images.astype(np.float32), np.array([int(label) for label, _ in lines])
