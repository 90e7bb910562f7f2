"""Plugins: shared libraries that bring optimizers and accelerators, those that cannot be taken, and those that fail."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest

import data
from command import snapshot, training
from conftest import ROOT
from runs import Run, assert_same_run, checkpoint_state
from run_directory import metrics

INCLUDE = ROOT / "CAPI" / "include"
FAULTY = Path(__file__).parent / "plugins" / "faulty.c"
VARIABLE = "SLIPSTREAM_PLUGIN_PATH"
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]


@pytest.fixture(autouse=True)
def no_search_path(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="session")
def example(tmp_path_factory) -> Path:
    """The example, built by its own Makefile."""
    folder = tmp_path_factory.mktemp("example")
    subprocess.run(["make", "-s", "-C", ROOT / "Plugins" / "Example", f"OUT={folder}"], check=True)
    return folder / "example.so"


def build(path: Path, **macros) -> Path:
    """A plugin with the faults that the macros stand for."""
    defined = [f"-D{name}={value}" for name, value in macros.items()]
    subprocess.run(
        ["cc", "-std=gnu99", *STRICT, "-shared", "-fPIC", f"-I{INCLUDE}", *defined, FAULTY, "-o", path], check=True)
    return path


def listed(slipstream, folders) -> dict:
    return json.loads(slipstream.succeed("plugins", "--json", env=os.environ | {VARIABLE: str(folders)}))


def weights(path: Path) -> dict[str, np.ndarray]:
    return {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}


@pytest.mark.parametrize("language", [["cc", "-std=c99", "-xc"], ["c++", "-std=c++17", "-xc++"]])
def test_the_header_compiles_in_c99_and_cxx17(language):
    subprocess.run(
        [*language, *STRICT, "-fsyntax-only", f"-I{INCLUDE}", "-"], input="#include <slipstream_plugin.h>\n", text=True,
        check=True)


# The example.


def test_the_example_needs_nothing_of_slipstreams(example):
    needed = subprocess.run(["readelf", "-d", example], capture_output=True, text=True, check=True).stdout
    assert "slipstream" not in needed and "swift" not in needed
    exported = subprocess.run(["nm", "-D", "--defined-only", example], capture_output=True, text=True, check=True).stdout
    assert [line.split()[-1] for line in exported.splitlines()] == ["slip_plugin_entry"]


def test_built_in_methods_and_those_of_the_search_path_are_listed(slipstream, example):
    content = listed(slipstream, example.parent)
    of = {(entry["kind"], entry["name"]): entry for entry in content["entries"]}
    assert of["optimizer", "example-signsgd"] == {
        "kind": "optimizer", "name": "example-signsgd", "version": "1.0.0", "plugin": "example", "file": str(example)}
    assert of["accelerator", "example"]["file"] == str(example)
    assert "plugin" not in of["optimizer", "sgd"] and ("backend", "openblas") in of and ("accelerator", "rna") in of
    assert content["refused"] == []
    text = slipstream.succeed("plugins", "--plugin", example)
    assert "example-signsgd" in text and f"{VARIABLE} is not set" in text


def test_no_folder_is_searched_that_is_not_named(slipstream, example):
    for folder in ("", ":", str(example.parent.parent)):
        content = listed(slipstream, folder)
        assert all("plugin" not in entry for entry in content["entries"]) and content["refused"] == []
    content = json.loads(slipstream.succeed("plugins", "--json", cwd=example.parent))
    assert all("plugin" not in entry for entry in content["entries"])


def test_a_plugin_that_is_named_twice_is_taken_once(slipstream, example, tmp_path):
    (tmp_path / "link.so").symlink_to(example)
    content = listed(slipstream, f"{example.parent}:{tmp_path}:{example.parent}/../{example.parent.name}")
    assert [entry["name"] for entry in content["entries"] if "plugin" in entry] == ["example-signsgd", "example"]
    assert content["refused"] == []


def test_settings_of_a_plugin_are_listed_with_range_and_default(slipstream, example):
    text = slipstream.succeed("plugins", "example-signsgd", "--plugin", example)
    assert "momentum" in text and "at least 0 and below 1; default 0.9" in text
    slipstream.refuse("plugins", "exmaple", "--plugin", example, codes=[2], says=["did you mean 'example'"])
    slipstream.refuse("plugins", "sgd", "--json", codes=[2], says=["--json"])


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("plugins") / "images.npz"
    return f"npz:{data.write_npz(path, *data.images_and_labels(380, (1, 8, 8), 10))}"


@pytest.fixture
def run(slipstream, digits_model, source, example) -> Run:
    """A run whose optimizer and accelerator are the example's."""
    return Run(slipstream, digits_model, source, {
        "validation": source, "epochs": 4, "optimizer": "example-signsgd", "learning_rate": 0.001, "momentum": None,
        "set": "momentum=0.8", "accelerator": "example", "accelerator_set": "eta=1", "plugin": example})


def test_the_first_step_of_sign_descent_has_the_same_length_everywhere(run, tmp_path):
    run.finish(tmp_path / "run", epochs=1, batch_size=380, accelerator="none", accelerator_set=None)
    before, after = weights(run.model), weights(tmp_path / "run" / "model.onnx")
    # Batch normalisation's statistics are no weights.
    trained = [name for name in before if not name.endswith(("mean", "var"))]
    assert len(trained) > 5
    for name in trained:
        moved = np.abs(after[name] - before[name])
        assert np.all((np.abs(moved - 0.001) < 1e-6) | (moved == 0)), name
    assert any(np.any(after[name] != before[name]) for name in trained)


def test_the_accelerator_averages_the_epochs_points(run, tmp_path):
    # eta = 0 is the plain mean; the run's own points are those of runs that end earlier.
    points = []
    for epochs in (1, 2):
        directory = tmp_path / f"run-{epochs}"
        run.finish(directory, epochs=epochs, accelerator="example", accelerator_set="eta=0", accelerator_guard="none")
        points.append(weights(directory / "model.onnx"))
    rows = metrics(tmp_path / "run-2")
    assert [row["proposal"] for row in rows] == ["offered", "offered"]
    # What is written is the best by accuracy, then by loss: the comparison needs it to be that of the last epoch.
    assert rows[1]["accuracy"] > rows[0]["accuracy"] and rows[1]["accelerated_accuracy"] > rows[0]["accelerated_accuracy"]
    mean = weights(tmp_path / "run-2" / "accelerated.onnx")
    for name in mean:
        np.testing.assert_allclose(mean[name], (points[0][name] + points[1][name]) / 2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("mode", ["offline", "online", "restart"])
def test_a_resumed_run_ends_with_the_same_bits(run, tmp_path, mode):
    settings = {"accelerator_mode": mode, "accelerator_guard": "none"}
    if mode == "restart":
        settings["accelerator_set"] = "window=2"
    run.finish(tmp_path / "whole", **settings)
    run.finish(tmp_path / "parts", epochs=1, **settings)
    run.finish(tmp_path / "parts", "--resume", epochs=3, **settings)
    run.finish(tmp_path / "parts", "--resume", **settings)
    assert_same_run(tmp_path / "parts", tmp_path / "whole", 4)
    assert json.loads((tmp_path / "whole" / "run.json").read_text())["versions"]["plugin example"] == "1.0.0"


def test_a_run_that_was_interrupted_in_an_epoch_ends_with_the_same_bits(run, tmp_path):
    run.finish(tmp_path / "whole", epochs=40)
    for attempt in range(20):
        directory = tmp_path / f"parts-{attempt}"
        slow = Run(run.program, run.model, run.data, run.settings | {"epochs": 40})
        code, _ = slow.interrupt(directory, 2, 0.001)
        if code == 130 and checkpoint_state(directory)["batch"] > 0:
            break
    else:
        pytest.fail("no interruption came within an epoch")
    slow.finish(directory, "--resume")
    assert_same_run(directory, tmp_path / "whole", 40)


def test_a_run_of_another_setting_is_not_resumed(run, tmp_path):
    run.finish(tmp_path / "run", epochs=1)
    before = snapshot(tmp_path / "run")
    for change, says in (({"set": "momentum=0.7"}, "0.8"), ({"accelerator_set": "eta=2"}, "eta=1")):
        run.program.refuse(*run.arguments(tmp_path / "run", "--resume", **change), codes=[1], says=["another run", says])
    assert snapshot(tmp_path / "run") == before


def test_stages_change_a_plugins_settings(run, tmp_path):
    run.finish(tmp_path / "staged", stage="1:momentum=0")
    run.finish(tmp_path / "plain")
    staged, plain = metrics(tmp_path / "staged"), metrics(tmp_path / "plain")
    assert staged[0]["training_loss"] == plain[0]["training_loss"]
    assert staged[1]["training_loss"] != plain[1]["training_loss"]


BAD = [
    (["--set", "momentun=0.9"], "--set: example-signsgd has no setting 'momentun'; did you mean 'momentum'"),
    (["--set", "gamma=1"], "--set: example-signsgd has no setting 'gamma'.*'gamma' is for sda or rda"),
    (["--set", "momentum=1"], "--set momentum is 1, but must be at least 0 and below 1"),
    (["--set", "momentum=nan"], "--set momentum is nan"),
    (["--set", "momentum"], "--set: 'momentum' is not of the form"),
    (["--set", "=1"], "--set: '=1' is not of the form"),
    (["--set", "momentum=much"], "--set: 'much' is no number"),
    (["--set", "momentum=0.1", "--set", "momentum=0.1"], "--set: momentum is given twice"),
    (["--set", "momentum=0.1", "--momentum", "0.1"], "--set momentum and --momentum are the same"),
    (["--nesterov"], "--nesterov is not for example-signsgd"),
    (["--accelerator-set", "eta=-1"], "--accelerator-set eta is -1, but must be from 0"),
    (["--accelerator-set", "window=1.5"], "--accelerator-set window is 1.5, but must be a whole number"),
    (["--accelerator-set", "etta=1"], "--accelerator-set: example has no setting 'etta'; did you mean 'eta'"),
    (["--accelerator-set", "decay=1"], "--accelerator-set: example has no setting 'decay'.*is for exponential-average"),
    (["--accelerator", "none", "--accelerator-set", "eta=1"], "--accelerator-set needs an --accelerator"),
    (["--accelerator", "none", "--accelerator-mode", "online"], "--accelerator-mode needs an --accelerator"),
    (["--accelerator", "rna", "--accelerator-set", "window=4", "--rna-window", "4"], "are the same setting"),
    (["--accelerator", "rna", "--accelerator-guard", "none", "--rna-guard", "none"], "are the same"),
    (["--accelerator", "rna", "--accelerator-set", "windw=4"], "rna has no setting 'windw'; did you mean 'window'"),
    (["--rna-mode", "online"], "need --accelerator rna"),
    (["--accelerator", "exmaple"], "no accelerator is named 'exmaple'; did you mean 'example'"),
    (["--optimizer", "example-signsg"], "did you mean 'example-signsgd'"),
    (["--plugin", "/nowhere.so"], "--plugin: /nowhere.so: it cannot be read"),
    (["--plugin", "/etc/passwd"], "--plugin: /etc/passwd: it is not a shared library"),
]


@pytest.mark.parametrize("arguments, says", BAD, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_settings_and_options_that_make_no_sense_are_refused(slipstream, digits_model, example, tmp_path, arguments, says):
    usual = {
        "optimizer": "example-signsgd", "learning_rate": 0.001, "accelerator": "example", "plugin": example,
    }
    # What is given twice is refused for that alone; a plugin may be named several times.
    for name in {"optimizer", "accelerator"} & {argument.removeprefix("--") for argument in arguments}:
        usual[name] = None
    slipstream.refuse(*training(digits_model, "digits", tmp_path / "run", *arguments, **usual), codes=[2], says=[says])
    assert snapshot(tmp_path) == {}


def test_set_is_for_built_in_methods_too(slipstream, digits_model, tmp_path):
    options = {"accelerator": "uniform-average", "accelerator_set": "window=3", "accelerator_mode": "online"}
    slipstream.train(digits_model, "digits", tmp_path / "set", momentum=None, set="momentum=0.9", **options)
    slipstream.train(digits_model, "digits", tmp_path / "option", momentum=0.9, **options)
    assert (tmp_path / "set" / "model.onnx").read_bytes() == (tmp_path / "option" / "model.onnx").read_bytes()
    assert json.loads((tmp_path / "set" / "run.json").read_text())["settings"]["accelerator-mode"] == "online"


def test_lr_find_takes_a_plugins_rule(slipstream, digits_model, example, tmp_path):
    slipstream.succeed(
        "lr-find", "--model", digits_model, "--data", "digits", "--batch-size", 64, "--epochs", 1, "--optimizer",
        "example-signsgd", "--plugin", example, "--set", "momentum=0.5", "--output", tmp_path / "range")


@pytest.mark.parametrize("page", ["docs/plugins.md", "Plugins/Example/README.md", "README.md"])
def test_what_the_pages_print_runs(slipstream, digits_model, tmp_path, page):
    scripts = re.findall(r"```sh\n(.*?)\n```", (ROOT / page).read_text(), re.DOTALL)
    (script,) = [text for text in scripts if re.search(r"^make\b(?! -C CAPI)", text)]
    shutil.copytree(ROOT / "Plugins" / "Example", tmp_path / "Plugins" / "Example", ignore=shutil.ignore_patterns("*.so"))
    (tmp_path / "CAPI").symlink_to(ROOT / "CAPI")
    folder = tmp_path / "Plugins" / "Example" if page.startswith("Plugins") else tmp_path
    shutil.copy(digits_model, folder / "model.onnx")
    environment = os.environ | {"PATH": f"{slipstream.path.parent}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert "example-signsgd" in result.stdout
    assert ("slipstream train" in script) == (folder / "run" / "accelerated.onnx").exists()


# What cannot be taken.

REFUSED = {
    "no entry": ({"NO_ENTRY": 1}, "does not export 'slip_plugin_entry'"),
    "no plugin": ({"NO_PLUGIN": 1}, "slip_plugin_entry returned null"),
    "undefined symbol": ({"MISSING_SYMBOL": 1}, "the system could not load it.*there_is_no_such_function"),
    "older version": ({"ABI": 0}, "version 0 of the plugin interface, and this program has version 1"),
    "newer version": ({"ABI": 2}, "version 2 of the plugin interface"),
    "version alone": ({"ABI": 7, "NOTHING_BEHIND_THE_VERSION": 1}, "version 7 of the plugin interface"),
    "size": ({"SIZE": 16}, "slip_plugin: the structure's size is 16; it must be set to sizeof"),
    "null function": ({"NO_STEP": 1}, "optimizer 'faulty-rule': 'step_f32' is null"),
    "optimizer's name": ({"OPTIMIZER_NAME": '"adam"'}, "the name of its optimizer 'adam' is taken"),
    "accelerator's name": ({"ACCELERATOR_NAME": '"rna"'}, "the name of its accelerator 'rna' is taken"),
    "form of a name": ({"PLUGIN_NAME": '"Faulty!"'}, "'Faulty!' is no name"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_plugin_that_cannot_be_taken_is_listed_with_the_reason(slipstream, tmp_path, fault):
    macros, says = REFUSED[fault]
    path = build(tmp_path / "faulty.so", **macros)
    content = listed(slipstream, tmp_path)
    (refused,) = content["refused"]
    assert refused["path"] == str(path)
    assert all("plugin" not in entry for entry in content["entries"])
    text = slipstream.succeed("plugins", env=os.environ | {VARIABLE: str(tmp_path)})
    assert refused["reason"] in text
    slipstream.refuse("plugins", "--plugin", path, codes=[2], says=[says])


@pytest.mark.parametrize("content", [b"", b"text", b"\x7fELF", b"\x7fELF" + bytes(200)], ids=["empty", "text", "magic", "zeros"])
def test_a_file_that_is_no_library_is_refused(slipstream, tmp_path, content):
    (tmp_path / "file.so").write_bytes(content)
    (refused,) = listed(slipstream, tmp_path)["refused"]
    assert "not a shared library" in refused["reason"]


def test_what_is_no_file_and_what_is_cut_off_is_refused(slipstream, tmp_path, example):
    (tmp_path / "folder.so").mkdir()
    (tmp_path / "dangling.so").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.so")
    content = example.read_bytes()
    for length in (18, 64, 100, 1000, len(content) // 2):
        (tmp_path / f"cut-{length}.so").write_bytes(content[:length])
    (tmp_path / "README").write_text("not looked at")
    reasons = {Path(refused["path"]).name: refused["reason"] for refused in listed(slipstream, tmp_path)["refused"]}
    assert reasons.keys() == {path.name for path in tmp_path.iterdir()} - {"README"}
    assert "No such file" in reasons["dangling.so"]
    assert all("not a shared library" in reasons[name] for name in ("folder.so", "pipe.so"))
    assert all("it is cut off" in reasons[name] for name in reasons if name.startswith("cut-") and name != "cut-18.so")


def test_a_good_plugin_beside_bad_ones_is_taken(slipstream, tmp_path):
    build(tmp_path / "a.so", PLUGIN_NAME='"first"')
    build(tmp_path / "b.so", PLUGIN_NAME='"first"', OPTIMIZER_NAME='"b-rule"', ACCELERATOR_NAME='"b-mean"')
    build(tmp_path / "c.so", PLUGIN_NAME='"third"', ACCELERATOR_NAME='"c-mean"')
    content = listed(slipstream, tmp_path)
    assert [entry["name"] for entry in content["entries"] if "plugin" in entry] == ["faulty-rule", "faulty-mean"]
    reasons = [refused["reason"] for refused in content["refused"]]
    assert "the name of its plugin 'first' is taken" in reasons[0] and str(tmp_path / "a.so") in reasons[0]
    assert "the name of its optimizer 'faulty-rule' is taken" in reasons[1]


def test_a_name_that_nothing_has_points_to_what_was_refused(slipstream, digits_model, tmp_path):
    build(tmp_path / "faulty.so", ABI=0)
    arguments = training(digits_model, "digits", tmp_path / "run", optimizer="faulty-rule", momentum=None)
    slipstream.refuse(
        *arguments, codes=[2], env=os.environ | {VARIABLE: str(tmp_path)},
        says=["no optimizer is named 'faulty-rule'", "1 of the plugins .* was refused: 'slipstream plugins' says why"])


# What fails at work.


def failing(slipstream, model, directory, *more, **macros):
    """The arguments of a run with a plugin that fails."""
    path = build(directory.parent / "faulty.so", **macros)
    return training(
        model, "digits", directory, *more, optimizer="faulty-rule", momentum=None, accelerator="faulty-mean", plugin=path)


def test_a_step_that_fails_ends_the_run_and_the_checkpoint_stays(slipstream, digits_model, tmp_path):
    # 45 batches an epoch.
    slipstream.refuse(
        *failing(slipstream, digits_model, tmp_path / "run", STEP_FAILS_AT=60), codes=[1],
        says=["the optimizer faulty-rule failed at step 60: the fault that the test put in "
              r"\(status -42; plugin faulty 0.9\)"])
    assert checkpoint_state(tmp_path / "run")["epoch"] == 1
    slipstream.succeed(*failing(slipstream, digits_model, tmp_path / "run", "--resume"))


@pytest.mark.parametrize("macros, says", [
    ({"CREATE_FAILS": -2}, "failed to begin: no state can be had .status -2, SLIP_PLUGIN_OUT_OF_MEMORY|failed to save"),
    ({"SAVE_FAILS": -1}, "failed to save its state: the fault that the test put in"),
    ({"OBSERVE_FAILS_AT": 2}, "the accelerator faulty-mean failed to observe a point"),
    ({"STEP_WRITES": "NAN"}, "no longer finite at step 2"),
], ids=["create", "save", "observe", "weights"])
def test_other_failures_end_the_run(slipstream, digits_model, tmp_path, macros, says):
    slipstream.refuse(*failing(slipstream, digits_model, tmp_path / "run", **macros), codes=[1], says=[says])


def test_a_plugin_that_cannot_begin_leaves_no_folder(slipstream, digits_model, tmp_path):
    slipstream.refuse(*failing(slipstream, digits_model, tmp_path / "run", CREATE_FAILS=-2), codes=[1])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", ["NAN", "INFINITY"])
def test_proposals_that_are_not_finite_are_rejected_and_counted(slipstream, digits_model, tmp_path, value):
    slipstream.succeed(*failing(slipstream, digits_model, tmp_path / "run", PROPOSED=value))
    rows = metrics(tmp_path / "run")
    assert [row["proposal"] for row in rows] == ["not-finite", "not-finite"]
    assert not (tmp_path / "run" / "accelerated.onnx").exists()


def test_a_state_of_another_version_of_the_plugin_is_not_resumed(slipstream, digits_model, tmp_path):
    slipstream.succeed(*failing(slipstream, digits_model, tmp_path / "run"))
    before = snapshot(tmp_path / "run")
    slipstream.refuse(
        *failing(slipstream, digits_model, tmp_path / "run", "--resume", MARK=2), codes=[1],
        says=["failed to load its state: the fault that the test put in", "SLIP_PLUGIN_BAD_BLOCK"])
    assert snapshot(tmp_path / "run") == before
