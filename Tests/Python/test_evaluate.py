"""`slipstream evaluate` and `predict`: the same figures as ONNX Runtime's logits give, on every kind of data."""

import json

import numpy as np
import onnx
import pytest

import data
import runtime
from command import snapshot, training


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


def test_predictions_do_not_replace_what_they_are_made_of(slipstream, digits_model, tmp_path):
    model = tmp_path / "m.onnx"
    model.write_bytes(digits_model.read_bytes())
    images = data.write_npz(tmp_path / "d.npz", *data.images_and_labels(5, (1, 8, 8), 10))
    (tmp_path / "link.npy").symlink_to(images)
    before = snapshot(tmp_path)
    for output in (model, images, tmp_path / "link.npy", tmp_path / "." / "m.onnx"):
        slipstream.refuse(
            "predict", "--model", model, "--data", f"npz:{images}", "-o", output, codes=[2], says=["give another file"])
    assert snapshot(tmp_path) == before


def test_a_file_that_ends_in_softmax_is_measured_by_its_logits(slipstream, digits_model, tmp_path):
    model = onnx.load(digits_model)
    result = model.graph.output[0].name
    model.graph.node.append(onnx.helper.make_node("Softmax", [result], ["probabilities"], name="last", axis=1))
    model.graph.output[0].name = "probabilities"
    softmax = tmp_path / "softmax.onnx"
    onnx.save(model, softmax)
    plain, measured = (
        json.loads(slipstream.succeed("evaluate", "--model", path, "--data", "digits", "--json"))
        for path in (digits_model, softmax))
    assert measured == plain
    predicted = tmp_path / "p.npy"
    said = slipstream.succeed("predict", "--model", softmax, "--data", "digits", "-o", predicted)
    assert "float32 results of Softmax 'last'" in said
    np.testing.assert_allclose(np.load(predicted).sum(1), 1, rtol=1e-5)
    assert "the loss is taken before Softmax 'last', which stays in the file" in slipstream.succeed("inspect", softmax)
    run = training(softmax, "digits", tmp_path / "run", epochs=1)
    slipstream.succeed(*run)
    trained = onnx.load(tmp_path / "run" / "model.onnx")
    assert [node.op_type for node in trained.graph.node] == [node.op_type for node in model.graph.node]
