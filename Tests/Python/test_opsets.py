"""Every opset from 7 to onnx's newest is read; new networks are written in opsets 13 to 20."""

import re

import numpy as np
import onnx
import onnxruntime
import pytest

import data
import onnx_files
import runtime


@pytest.mark.parametrize("opset", range(7, onnx_files.NEWEST + 1))
def test_a_network_is_read_in_every_opset(slipstream, tmp_path, opset):
    model = onnx_files.classifier(opset)
    onnx.checker.check_model(model, full_check=True)
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    images, labels = onnx_files.images()
    source = data.write_npz(tmp_path / "images.npz", images, labels)
    found = slipstream.predict(path, f"npz:{source}", tmp_path / "p.npy")
    try:
        expected = runtime.logits(path, images)
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail:
        # ONNX Runtime trails onnx's newest opsets; it says so.
        assert opset > 22
        expected = onnx_files.reference(model, images)
    assert runtime.scaled_error(found, expected) <= 1e-5
    assert slipstream.succeed("inspect", path).count("not supported") == 0


def test_an_opset_out_of_range_is_refused_with_the_range(slipstream, tmp_path):
    for opset in (6, onnx_files.NEWEST + 1):
        model = onnx_files.classifier(17)
        model.opset_import[0].version = opset
        onnx.save(model, tmp_path / "model.onnx")
        said = slipstream.succeed("inspect", tmp_path / "model.onnx")
        assert re.search(f"opset {opset}; opsets 7 to {onnx_files.NEWEST} are read", said.replace("\n", " "))


@pytest.mark.parametrize("opset", range(13, 21))
@pytest.mark.parametrize("architecture, shape", [
    ("lenet", (1, 16, 16)), ("alexnet-reduced", (3, 32, 32)), ("resnet18-cifar", (3, 16, 16)), ("densenet121", (3, 32, 32)),
    ("inception-resnet-v2", (3, 75, 75)),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_new_network_has_the_opset_that_is_asked_for(slipstream, tmp_path, architecture, shape, opset):
    if architecture == "inception-resnet-v2" and opset not in (13, 18, 20):
        pytest.skip("its operators are among the others'; the largest network is written at the ends and where means change")
    path = slipstream.new(architecture, "x".join(map(str, shape)), 7, tmp_path / "m.onnx", "--opset", opset)
    model = onnx.load(path)
    assert [entry.version for entry in model.opset_import] == [opset]
    assert model.ir_version == {13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9}[opset]
    onnx.checker.check_model(model, full_check=True)
    images, labels = data.images_and_labels(5, shape, 7)
    source = data.write_npz(tmp_path / "images.npz", images, labels)
    found = slipstream.predict(path, f"npz:{source}", tmp_path / "p.npy")
    assert runtime.scaled_error(found, runtime.logits(path, images)) <= 1e-4


@pytest.mark.parametrize("opset", [12, 21, 0, -1])
def test_an_opset_that_is_not_written_is_refused(slipstream, tmp_path, opset):
    slipstream.refuse(
        "new", "lenet", "--input", "1x16x16", "--classes", 3, "-o", tmp_path / "m.onnx", f"--opset={opset}", codes=[64, 2],
        says=[f"--opset is {opset}, but must be from 13 to 20"])
    assert not list(tmp_path.iterdir())


def test_the_opset_changes_no_weight(slipstream, tmp_path):
    made = [onnx_files.arrays(slipstream.new("lenet", "1x16x16", 3, tmp_path / f"{n}.onnx", "--opset", n)) for n in (13, 17, 20)]
    weights = [{name: value for name, value in each.items() if value.dtype == np.float32} for each in made]
    assert weights[0].keys() == weights[1].keys() == weights[2].keys()
    assert all(np.array_equal(weights[0][name], each[name]) for each in weights for name in each)
