"""`slipstream new`: models that other tools accept, and that predict as ONNX Runtime does."""

import re
import resource

import numpy as np
import onnx
import pytest

import data
import runtime

MODELS = [
    ("lenet", (1, 28, 28), 10),
    ("small-cnn", (1, 28, 28), 10),
    ("small-cnn", (1, 8, 8), 7),
    # Every family at a small size; networks_full_size.py has all of them as they were published.
    ("alexnet-reduced", (3, 32, 32), 10),
    ("vgg16-bn-cifar", (3, 32, 32), 10),
    ("resnet18-cifar", (3, 32, 32), 10),
    ("resnet50", (3, 40, 56), 10),
    ("densenet121", (3, 32, 32), 10),
    ("inception-v3", (3, 75, 75), 10),
    ("inception-resnet-v2", (3, 75, 75), 10),
]


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: f"{model[0]}-{'x'.join(map(str, model[1]))}")
def made(request, slipstream, tmp_path_factory):
    """A new model, the shape of its images, and its number of classes."""
    architecture, shape, classes = request.param
    path = tmp_path_factory.mktemp("new") / "model.onnx"
    return slipstream.new(architecture, "x".join(map(str, shape)), classes, path), shape, classes


def test_new_model_passes_the_checker(made):
    path, _, _ = made
    onnx.checker.check_model(onnx.load(path), full_check=True)


def test_new_model_takes_any_batch_of_the_given_images(made):
    path, shape, classes = made
    graph = onnx.load(path).graph
    inputs = graph.input[0].type.tensor_type.shape.dim
    outputs = graph.output[0].type.tensor_type.shape.dim
    assert inputs[0].dim_param and [dimension.dim_value for dimension in inputs[1:]] == list(shape)
    assert outputs[0].dim_param and outputs[1].dim_value == classes


def test_onnx_runtime_agrees_with_predict(made, slipstream, tmp_path):
    path, shape, classes = made
    # 70 images: more than one batch of a usual size, and a shorter one at the end.
    images, labels = data.images_and_labels(70, shape, classes)
    source = data.write_npz(tmp_path / "images.npz", images, labels)
    slipstream.succeed("predict", "--model", path, "--data", f"npz:{source}", "--output", tmp_path / "p.npy")
    predictions = np.load(tmp_path / "p.npy")
    assert predictions.dtype == np.float32
    assert runtime.scaled_error(predictions, runtime.logits(path, images)) <= 1e-4


def test_a_network_beyond_the_formats_limit_is_refused_before_it_is_drawn(slipstream, tmp_path):
    limit = 1 << 30
    slipstream.refuse(
        "new", "alexnet", "--input", "3x224x224", "--classes", 1000000, "-o", tmp_path / "m.onnx", codes=[1],
        says=["parameters do not fit the 2 GiB"], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert not list(tmp_path.iterdir())


def test_a_seed_decides_every_byte(slipstream, tmp_path):
    made = [
        slipstream.new("lenet", "1x28x28", 10, tmp_path / f"{index}.onnx", "--seed", seed).read_bytes()
        for index, seed in enumerate([3, 3, 4])
    ]
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_images_that_are_too_small_are_refused_with_the_smallest_size(slipstream, tmp_path):
    path = tmp_path / "model.onnx"
    slipstream.refuse(
        "new", "vgg16-bn-cifar", "--input", "3x28x32", "--classes", 10, "-o", path, codes=[1],
        says=["28x32 .* too small for vgg16-bn-cifar", "32x32", "maxpool5"])
    assert not path.exists()


def test_every_network_is_listed_on_a_line_of_its_own(slipstream):
    listed = slipstream.succeed("new", "--help").split("USAGE:")[0].splitlines()[2:-1]
    assert all(re.fullmatch(r"  [a-z]+[a-z0-9-]*  +\S.*", line) and len(line) <= 80 for line in listed), listed
    assert {name for name, _, _ in MODELS} <= {line.split()[0] for line in listed}
    slipstream.refuse(
        "new", "alexnet9000", "--input", "3x32x32", "--classes", 10, "-o", "/nowhere", codes=[2],
        says=[line.split()[0] for line in listed])
