"""Data sets that cannot be used: exit code 1, a message that names the file and what is wrong, nothing written."""

import gzip

import numpy as np
import pytest

import data
from command import snapshot, training

IMAGES, LABELS = data.images_and_labels(20, (1, 8, 8), 10)
BYTES = np.random.default_rng(3).integers(0, 256, (20, 28, 28))


def arrays(path, **values):
    np.savez(path, **values)


# What is wrong, how the file is made, and what the message must say.
BAD_NPZ = {
    "empty file": (lambda path: path.write_bytes(b""), "images.npz"),
    "not an archive": (lambda path: path.write_text("images"), "images.npz"),
    "no images": (lambda path: arrays(path, labels=LABELS), "images"),
    "no labels": (lambda path: arrays(path, images=IMAGES), "labels"),
    "no rows": (lambda path: arrays(path, images=IMAGES[:0], labels=LABELS[:0]), "empty|no images|0 images"),
    "fewer labels than images": (lambda path: arrays(path, images=IMAGES, labels=LABELS[:-1]), r"\b19\b"),
    "images of doubles": (lambda path: arrays(path, images=IMAGES.astype(np.float64), labels=LABELS), "float"),
    "labels of halves": (lambda path: arrays(path, images=IMAGES, labels=LABELS.astype(np.float32)), "int64"),
    "flat images": (lambda path: arrays(path, images=IMAGES.reshape(20, 64), labels=LABELS), "20.*64|shape"),
    "two labels an image": (lambda path: arrays(path, images=IMAGES, labels=np.stack([LABELS, LABELS], 1)), "labels"),
    "negative label": (lambda path: arrays(path, images=IMAGES, labels=LABELS - 5), "-[1-5]|negative"),
    "label beyond the outputs": (lambda path: arrays(path, images=IMAGES, labels=LABELS + 1000), r"10\d\d"),
    "pickled objects": (lambda path: arrays(path, images=np.array([{}]), labels=LABELS), "images"),
}


@pytest.mark.parametrize("fault", BAD_NPZ)
def test_npz_is_refused(slipstream, digits_model, tmp_path, fault):
    make, says = BAD_NPZ[fault]
    path = tmp_path / "images.npz"
    make(path)
    before = snapshot(tmp_path)
    slipstream.refuse(
        *training(digits_model, f"npz:{path}", tmp_path / "run", validation="digits"), codes=[1], says=[says])
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("fraction", [0.01, 0.3, 0.6, 0.95, 0.999])
def test_truncated_npz_is_refused(slipstream, digits_model, tmp_path, fraction):
    path = data.write_npz(tmp_path / "images.npz", IMAGES, LABELS)
    content = path.read_bytes()
    path.write_bytes(content[: int(fraction * len(content))])
    slipstream.refuse("evaluate", "--model", digits_model, "--data", f"npz:{path}", codes=[1], says=["images.npz"])


def test_flipped_bits_in_an_npz_are_noticed(slipstream, digits_model, tmp_path):
    path = data.write_npz(tmp_path / "images.npz", IMAGES, LABELS)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    slipstream.refuse("evaluate", "--model", digits_model, "--data", f"npz:{path}", codes=[1], says=["images.npz"])


@pytest.mark.parametrize("source", ["npz:{}/absent.npz", "mnist:{}/absent", "cifar10:{}/absent"])
def test_missing_data_is_named(slipstream, digits_model, tmp_path, source):
    slipstream.refuse(
        "evaluate", "--model", digits_model, "--data", source.format(tmp_path), codes=[1], says=["absent"])


@pytest.fixture(scope="module")
def lenet(slipstream, tmp_path_factory):
    return slipstream.new("lenet", "1x28x28", 10, tmp_path_factory.mktemp("lenet") / "lenet.onnx")


def shorten(path):
    path.write_bytes(path.read_bytes()[:-1])


# What is wrong, which file is changed how, and what the message must say.
BAD_MNIST = {
    "no images": ("t10k-images-idx3-ubyte", lambda path: path.unlink(), "t10k-images"),
    "no labels": ("t10k-labels-idx1-ubyte", lambda path: path.unlink(), "t10k-labels"),
    "short images": ("t10k-images-idx3-ubyte", shorten, "t10k-images"),
    "short labels": ("t10k-labels-idx1-ubyte", shorten, "t10k-labels"),
    "only a header": ("t10k-images-idx3-ubyte", lambda path: path.write_bytes(path.read_bytes()[:3]), "t10k-images"),
    "wrong magic": ("t10k-images-idx3-ubyte", lambda path: path.write_bytes(b"\x01" * 4000), "t10k-images"),
    "labels for other images": (
        "t10k-labels-idx1-ubyte", lambda path: path.write_bytes(data.idx(np.zeros(7))), r"\b7\b"),
    "label 77": ("t10k-labels-idx1-ubyte", lambda path: path.write_bytes(data.idx(np.full(20, 77))), r"\b77\b"),
    "a size beyond all memory": (
        "t10k-images-idx3-ubyte", lambda path: path.write_bytes(b"\0\0\x08\x03" + b"\xff" * 12), "t10k-images"),
}


@pytest.mark.parametrize("fault", BAD_MNIST)
def test_mnist_is_refused(slipstream, lenet, tmp_path, fault):
    name, spoil, says = BAD_MNIST[fault]
    directory = data.write_mnist(tmp_path / "mnist", BYTES, np.arange(20) % 10)
    spoil(directory / name)
    slipstream.refuse("evaluate", "--model", lenet, "--data", f"mnist:{directory}", codes=[1], says=[says])


def test_damaged_gzip_is_refused(slipstream, lenet, tmp_path):
    directory = data.write_mnist(tmp_path / "mnist", BYTES, np.arange(20) % 10, compressed=True)
    path = directory / "t10k-images-idx3-ubyte.gz"
    for content in (path.read_bytes()[:-20], gzip.compress(b"other")):
        path.write_bytes(content)
        slipstream.refuse("evaluate", "--model", lenet, "--data", f"mnist:{directory}", codes=[1], says=["t10k-images"])


@pytest.mark.parametrize("fault", ["short", "empty", "label", "missing"])
def test_cifar10_is_refused(slipstream, tmp_path, fault):
    model = slipstream.new("small-cnn", "3x32x32", 10, tmp_path / "model.onnx")
    directory = data.write_cifar10(
        tmp_path / "cifar", np.zeros((4, 3, 32, 32)), np.array([1, 2, 3, 12 if fault == "label" else 4]))
    batch = directory / "test_batch.bin"
    if fault == "short":
        shorten(batch)
    elif fault == "empty":
        batch.write_bytes(b"")
    elif fault == "missing":
        batch.unlink()
    says = r"\b12\b" if fault == "label" else "test_batch.bin"
    slipstream.refuse("evaluate", "--model", model, "--data", f"cifar10:{directory}", codes=[1], says=[says])
