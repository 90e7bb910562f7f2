"""`slipstream evaluate` and `predict`: the same figures as ONNX Runtime's logits give, on every kind of data."""

import numpy as np
import pytest

import data
import runtime


def test_loss_and_accuracy_are_those_of_onnx_runtimes_logits(slipstream, digits_model, tmp_path):
    images, labels = data.images_and_labels(101, (1, 8, 8), 10)
    source = data.write_npz(tmp_path / "images.npz", images, labels)
    found = slipstream.evaluate(digits_model, f"npz:{source}")
    loss, accuracy = runtime.loss_and_accuracy(runtime.logits(digits_model, images), labels)
    assert found["images"] == 101
    assert found["loss"] == pytest.approx(loss, rel=1e-4)
    assert found["accuracy"] == pytest.approx(accuracy)


def test_digits_are_split_into_training_and_test_images(slipstream, digits_model):
    counts = {split: slipstream.evaluate(digits_model, split)["images"]
              for split in ("digits", "digits/test", "digits/train")}
    assert counts == {"digits": 360, "digits/test": 360, "digits/train": 1437}


def test_mnist_is_read_plain_and_compressed(slipstream, tmp_path):
    model = slipstream.new("lenet", "1x28x28", 10, tmp_path / "lenet.onnx")
    random = np.random.default_rng(1)
    images, labels = random.integers(0, 256, (20, 28, 28)), random.integers(0, 10, 20)
    plain = data.write_mnist(tmp_path / "plain", images, labels)
    compressed = data.write_mnist(tmp_path / "compressed", images, labels, compressed=True)
    assert slipstream.evaluate(model, f"mnist:{plain}")["images"] == 20
    assert slipstream.evaluate(model, f"mnist:{plain}") == slipstream.evaluate(model, f"mnist:{compressed}")


def test_cifar10_has_five_training_batches_and_one_test_batch(slipstream, tmp_path):
    model = slipstream.new("small-cnn", "3x32x32", 10, tmp_path / "model.onnx")
    random = np.random.default_rng(2)
    directory = data.write_cifar10(
        tmp_path / "cifar", random.integers(0, 256, (6, 3, 32, 32)), random.integers(0, 10, 6))
    assert slipstream.evaluate(model, f"cifar10:{directory}")["images"] == 6
    assert slipstream.evaluate(model, f"cifar10/train:{directory}")["images"] == 30
