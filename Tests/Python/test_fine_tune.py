"""Fine-tuning from the command line: frozen parameters, learning rates of their own, a new classifier on a trained body."""

import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import data
import models
import run_directory
import runs
import runtime
from command import training

RESIDUAL = models.ONNX_FIXTURES / "residual.torchscript-17.onnx"


def weights(path: Path) -> dict[str, np.ndarray]:
    """Every floating-point initialiser."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    return {name: array for name, array in tensors.items() if array.dtype == np.float32}


def changed(before: Path, after: Path) -> set[str]:
    """The names of the initialisers whose bytes differ."""
    old, new = weights(before), weights(after)
    assert old.keys() == new.keys()
    return {name for name in old if old[name].tobytes() != new[name].tobytes()}


def golden() -> dict[str, np.ndarray]:
    """What PyTorch computes with the residual network, for six images."""
    content = (models.ONNX_FIXTURES / "residual.golden.safetensors").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    types = {"F32": np.float32, "I64": np.int64}
    found = {}
    for name, entry in header.items():
        first, last = (8 + size + offset for offset in entry["data_offsets"])
        found[name] = np.frombuffer(content[first:last], types[entry["dtype"]]).reshape(entry["shape"])
    return found


def test_a_new_head_on_a_trained_body_learns_and_the_body_keeps_its_bytes(slipstream, digits_run, tmp_path):
    body = digits_run / "model.onnx"
    said = slipstream.train(
        body, "digits", tmp_path / "run", "--freeze", "*", replace_head=10, epochs=4, learning_rate=0.05, seed=3)
    trained = tmp_path / "run" / "model.onnx"
    differ = changed(body, trained)
    assert len(differ) == 2 and all("dense2" in name or "fc" in name for name in differ), differ
    assert re.search(r"^frozen: 6 of 8 tensors, \d+ of \d+ parameters$", said, re.MULTILINE), said
    assert slipstream.evaluate(trained, "digits/test")["accuracy"] > 0.95
    images, labels = data.embedded_digits()
    logits = runtime.logits(trained, images)
    assert runtime.loss_and_accuracy(logits, labels)[1] > 0.95
    # The accelerated network holds the same body.
    assert changed(body, tmp_path / "run" / "accelerated.onnx") <= differ


@pytest.mark.parametrize("momentum, decay", [(0, 0), (0.9, 0.05)])
def test_one_step_is_pytorchs(slipstream, tmp_path, momentum, decay):
    """SGD with learning rate 0.1 on six images: what is frozen stays, the rest moves by its own factor."""
    known = golden()
    images = data.write_npz(tmp_path / "i.npz", known["input"], known["labels"].astype(np.int64))
    slipstream.train(
        RESIDUAL, f"npz:{images}", tmp_path / "run", "--freeze", "block1.*", "--freeze", "*.bn2.bias",
        "--learning-rate-multiplier", "*=0.25", "--learning-rate-multiplier", "fc.*=3", "--learning-rate-multiplier",
        "fc.bias=0.5", validation=f"npz:{images}", epochs=1, batch_size=6, learning_rate=0.1, momentum=momentum or None,
        weight_decay=decay or None, accelerator="none")
    after = weights(tmp_path / "run" / "model.onnx")
    for name in [name.removeprefix("gradient.") for name in known if name.startswith("gradient.")]:
        before = known[f"parameter.{name}"]
        if name.startswith("block1.") or name.endswith(".bn2.bias"):
            assert after[name].tobytes() == before.tobytes(), name
            continue
        factor = {"fc.weight": 3, "fc.bias": 0.5}.get(name, 0.25)
        step = 0.1 * factor * (known[f"gradient.{name}"] + decay * before)
        assert np.abs(after[name] - (before - step)).max() <= 1e-4 * max(np.abs(step).max(), 1e-3), name
    # Freezing weights does not stop running statistics, as in PyTorch.
    for name in [name for name in known if name.startswith("updated.") and "running" in name]:
        assert np.allclose(after[name.removeprefix("updated.")], known[name], rtol=1e-4, atol=1e-5), name


RULES = {
    "sgd": {"momentum": 0.9, "weight_decay": 0.1}, "adam": {"weight_decay": 0.1}, "adamw": {"weight_decay": 0.3},
    "adagrad": {}, "rmsprop": {}, "adadelta": {}, "prox-sgd": {"lambda": 0.01}, "rda": {"lambda": 0.001, "gamma": 5},
    "sda": {"gamma": 5}, "neumann": {}, "adaptive-nesterov": {},
}


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_moves_what_is_frozen(slipstream, digits_model, tmp_path, rule):
    free = {"learning_rate": None} if rule in ("rda", "sda", "adaptive-nesterov") else {"learning_rate": 0.01}
    slipstream.train(
        digits_model, "digits/train[:256]", tmp_path / "run", "--freeze", "*.weight", "--rna-mode", "online", "--rna-guard",
        "none", validation="digits/test[:64]", optimizer=rule, epochs=3, clip_norm=0.5, **free, **RULES[rule])
    for network in run_directory.NETWORKS.values():
        differ = changed(digits_model, tmp_path / "run" / network)
        assert differ and all(name.endswith(".bias") for name in differ), differ


def test_frozen_zeros_pruned_weights_and_averages_leave_them_too(slipstream, digits_model, tmp_path):
    slipstream.train(
        digits_model, "digits/train[:256]", tmp_path / "run", "--freeze", "conv*", validation="digits/test[:64]",
        accelerator="uniform-average", freeze_zeros=0, epochs=3)
    for network in run_directory.NETWORKS.values():
        assert not any(name.startswith("conv") for name in changed(digits_model, tmp_path / "run" / network))


def test_the_run_is_recorded(slipstream, digits_model, tmp_path):
    said = slipstream.train(
        digits_model, "digits/train[:64]", tmp_path / "run", "--freeze", "conv1.*", "--freeze", "conv2.bias",
        "--learning-rate-multiplier", "conv2.weight=0.1", validation="digits/test[:64]", replace_head=12, epochs=1)
    settings = json.loads((tmp_path / "run" / "run.json").read_text())["settings"]
    assert settings["freeze"] == "conv1.* conv2.bias" and settings["replace-head"] == 12
    assert settings["learning-rate-multiplier"] == "conv2.weight=0.1"
    assert "frozen: 3 of 8 tensors" in said and "learning rate x 0.1: 1 tensor" in said
    assert "conv1.*" in (tmp_path / "run" / "report.html").read_text()


def fine_tuning(slipstream, digits_model) -> runs.Run:
    return runs.Run(slipstream, digits_model, "digits/train[:256]", {"validation": "digits/test[:64]"})


OPTIONS = ["--freeze", "conv1.*", "--learning-rate-multiplier", "conv2.*=0.1", "--replace-head", 10]


def test_a_resumed_run_ends_with_the_same_bits(slipstream, digits_model, tmp_path):
    run = fine_tuning(slipstream, digits_model)
    run.finish(tmp_path / "whole", *OPTIONS, epochs=4)
    run.finish(tmp_path / "parts", *OPTIONS, epochs=2)
    run.finish(tmp_path / "parts", *OPTIONS, "--resume", epochs=4)
    runs.assert_same_run(tmp_path / "parts", tmp_path / "whole", epochs=4)


@pytest.mark.parametrize("options, says", [
    (["--freeze", "conv2.*", *OPTIONS[2:]], "frozen parameters was conv1"),
    (OPTIONS[2:], "frozen parameters was conv1.*not set"),
    ([*OPTIONS[:2], *OPTIONS[4:]], "learning-rate multipliers was 0.1 for 2"),
    ([*OPTIONS[:3], "conv2.*=0.2", *OPTIONS[4:]], "learning-rate multipliers was 0.1 for 2.*now it is 0.2 for 2"),
    ([*OPTIONS[:4]], "classifier was replaced by one of 10 classes, now it is not set"),
    ([*OPTIONS[:4], "--replace-head", 11], "classifier was replaced by one of 10 classes, now .* 11"),
])
def test_a_run_goes_on_with_the_same_options_only(slipstream, digits_model, tmp_path, options, says):
    run = fine_tuning(slipstream, digits_model)
    run.finish(tmp_path / "run", *OPTIONS, epochs=1)
    slipstream.refuse(
        *run.arguments(tmp_path / "run", *options, "--resume", epochs=2), codes=[1], says=["another run", says])


def test_other_frozen_weights_are_another_run(slipstream, digits_model, tmp_path):
    """Frozen weights are in no checkpoint: the file that a run goes on with must hold the same."""
    run = fine_tuning(slipstream, digits_model)
    run.finish(tmp_path / "run", *OPTIONS, epochs=1)
    other = slipstream.new("small-cnn", "1x8x8", 10, tmp_path / "other.onnx", "--seed", 9)
    slipstream.refuse(
        *runs.Run(slipstream, other, run.data, run.settings).arguments(
            tmp_path / "run", *OPTIONS, "--resume", epochs=2), codes=[1], says=["network was"])


@pytest.mark.parametrize("options, says, code", [
    (["--freeze", "conv9.*"], ["'conv9.*' matches none of the 8 names", "'conv1.weight'", "inspect .* --parameters"], 1),
    (["--freeze", ""], ["--freeze: the pattern is empty"], 2),
    (["--freeze", "*"], ["nothing to train", "all 8"], 1),
    (["--freeze", "dense2.*", "--replace-head", "5"], ["new classifier only"], 1),
    (["--learning-rate-multiplier", "cnov1.*=0.1"], ["matches none", "'conv1"], 1),
    (["--learning-rate-multiplier", "conv1.*"], ["PATTERN=X"], 2),
    (["--learning-rate-multiplier", "=0.1"], ["pattern is empty"], 2),
    (["--learning-rate-multiplier", "conv1.*=fast"], ["'fast' is no number"], 2),
    (["--learning-rate-multiplier", "conv1.*="], ["is no number"], 2),
    (["--learning-rate-multiplier", "conv1.*=-1"], ["finite number above 0"], 2),
    (["--learning-rate-multiplier", "conv1.*=nan"], ["finite number above 0"], 2),
    (["--learning-rate-multiplier", "conv1.*=inf"], ["finite number above 0"], 2),
    (["--learning-rate-multiplier", "conv1.*=0"], ["--freeze 'conv1"], 2),
    (["--freeze", "conv1.*", "--learning-rate-multiplier", "conv1.*=2"], ["all that 'conv1.*' matches is frozen"], 1),
    (["--freeze"], ["freeze"], 2),
])
def test_nonsense_is_refused_before_any_work(slipstream, digits_model, tmp_path, options, says, code):
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run"), *options, codes=[code],
        says=[re.escape(text) if "*" in text and ".*" not in text else text for text in says])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("rule", ["rda", "sda", "neumann", "adaptive-nesterov"])
def test_rules_without_multipliers_say_why(slipstream, digits_model, tmp_path, rule):
    rate = {"learning_rate": None} if rule != "neumann" else {}
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", optimizer=rule, **rate), "--learning-rate-multiplier",
        "conv1.*=0.1", codes=[2], says=[f"--learning-rate-multiplier is not for {rule}: it"])


def test_statistics_are_not_frozen_by_patterns(slipstream, tmp_path):
    images = models.Interface.of(RESIDUAL).npz(tmp_path / "i.npz", 16)
    slipstream.refuse(
        *training(RESIDUAL, f"npz:{images}", tmp_path / "run", validation=f"npz:{images}"), "--freeze", "*running_mean",
        codes=[1], says=["running statistics only"])


def test_the_range_test_takes_them_too(slipstream, digits_model, tmp_path):
    said = slipstream.succeed(
        "lr-find", "--model", digits_model, "--data", "digits/train[:128]", "--batch-size", 32, "--epochs", 1, "--output",
        tmp_path / "lr", *OPTIONS)
    assert "frozen: 2 of 8 tensors" in said and "new classifier" in said
    assert "conv1.*" in (tmp_path / "lr" / "lr-find.html").read_text()
    slipstream.refuse(
        "lr-find", "--model", digits_model, "--data", "digits", "--batch-size", 32, "--output", tmp_path / "no",
        "--freeze", "nothing", codes=[1], says=["matches none"])


def test_parameters_are_listed_for_patterns(slipstream, tmp_path):
    found = json.loads(slipstream.succeed("inspect", RESIDUAL, "--parameters", "--json"))
    known = golden()
    names = {name.removeprefix("parameter.") for name in known if name.startswith("parameter.")}
    rows = {row["name"]: row for row in found["tensors"]}
    assert rows.keys() == names
    for name, row in rows.items():
        assert row["shape"] == list(known[f"parameter.{name}"].shape) and row["count"] == known[f"parameter.{name}"].size
        assert (row["kind"] == "statistic") == ("running" in name)
    assert found["head"] == {
        "node": found["head"]["node"], "operator": "Gemm", "inputs": 16, "classes": 10,
        "parameters": ["fc.weight", "fc.bias"]}
    text = slipstream.succeed("inspect", RESIDUAL, "--parameters")
    assert all(name in text for name in names)
    slipstream.refuse("inspect", RESIDUAL, "--parameters", "--plan", codes=[2], says=["exclude each other"])


def test_inspect_tells_all_that_is_unsupported_without_the_data_file(slipstream, tmp_path):
    """Operators are judged also where the weights are missing: they may be gigabytes, and the answer no."""
    source = models.ONNX_FIXTURES / "small-cnn.dynamo-20.onnx"
    model = onnx.load(source, load_external_data=False)
    for node in [node for node in model.graph.node if node.op_type == "Relu"]:
        node.op_type, node.domain = "Strange", "example.com"
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    found = json.loads(slipstream.succeed("inspect", tmp_path / "m.onnx", "--json"))
    strange = [reason for reason in found["unsupported"] if "example.com" in reason]
    assert len(strange) == sum(node.op_type == "Strange" for node in model.graph.node) and len(strange) >= 2
    (tmp_path / "whole.onnx").write_bytes(source.read_bytes())
    missing = json.loads(slipstream.succeed("inspect", tmp_path / "whole.onnx", "--parameters", "--json"))
    assert not missing["trainable"] and ".data" in missing["unsupported"][0]
    assert {row["name"] for row in missing["tensors"]} >= {"fc2.weight", "conv1.bias"}
    slipstream.refuse("evaluate", "--model", tmp_path / "whole.onnx", "--data", "digits", codes=[1], says=[r"\.data"])


def test_the_page_s_commands_run_as_printed(slipstream, tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "fine-tuning.md").read_text()
    (script,) = re.findall(r"```sh\n(.*?)\n```", page, re.DOTALL)
    slipstream.new("small-cnn", "1x12x12", 10, tmp_path / "model.onnx")
    for name, count in (("mine", 200), ("held-out", 60)):
        data.write_npz(tmp_path / f"{name}.npz", *data.images_and_labels(count, (1, 12, 12), 3))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "slipstream").symlink_to(slipstream.path.resolve())
    result = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(changed(tmp_path / "head" / "model.onnx", tmp_path / "whole" / "model.onnx")) == 6
    assert slipstream.evaluate(tmp_path / "whole" / "model.onnx", f"npz:{tmp_path / 'held-out.npz'}")["accuracy"] > 0.9
