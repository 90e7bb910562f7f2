"""The folder that a run writes to: what is replaced, what is left alone, and that it belongs to one run at a time."""

import pytest

import data
import models
import run_directory
from command import snapshot, training
from runs import Run


@pytest.fixture
def run(slipstream, digits_model, npz) -> Run:
    return Run(slipstream, digits_model, f"npz:{npz}", {"validation": f"npz:{npz}", "epochs": 1})


def test_a_folder_that_holds_a_run_is_left_alone(run, tmp_path):
    run.finish(tmp_path / "run")
    before = snapshot(tmp_path)
    run.program.refuse(*run.arguments(tmp_path / "run"), codes=[1], says=["--resume", "--overwrite"])
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("option", [(), ("--resume",), ("--overwrite",)])
@pytest.mark.parametrize("name", sorted({*run_directory.FILES, "model.onnx.data"} - {"run.json"}))
def test_files_of_a_runs_names_without_a_run_stay(run, tmp_path, name, option):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text("precious")
    run.program.refuse(
        *run.arguments(tmp_path / "run", *option), codes=[1], says=[f"run holds {name}", "no run", "another --output"])
    assert snapshot(tmp_path / "run") == {name: b"precious"}


def test_an_overwriting_that_was_cut_off_leaves_a_run(run, tmp_path):
    run.finish(tmp_path / "run")
    for name in run_directory.FILES - {"run.json"}:
        (tmp_path / "run" / name).unlink()
    run.program.refuse(*run.arguments(tmp_path / "run"), codes=[1], says=["already holds a run", "--overwrite"])
    run.finish(tmp_path / "run", "--overwrite")


def test_names_of_one_letter_are_names(slipstream, tmp_path):
    here = {"cwd": tmp_path}
    slipstream.succeed("new", "small-cnn", "--input", "1x8x8", "--classes", 10, "-o", "m", **here)
    slipstream.succeed("prune", "--model", "m", "--sparsity", 0.5, "-o", "p", **here)
    slipstream.succeed("predict", "--model", "m", "--data", "digits", "-o", "l", **here)
    find = ["lr-find", "--model", "m", "--data", "digits", "--batch-size", 256, "--epochs", 1, "-o"]
    for _ in range(2):
        slipstream.succeed(*find, "f/", **here)
    train = training("m", "digits", "r", epochs=1)
    slipstream.succeed(*train, **here)
    slipstream.refuse(*train, codes=[1], says=["r already holds a run"], **here)
    assert " r/report.html" in slipstream.succeed(*train, "--overwrite", **here)
    assert " r/report.html" in slipstream.succeed(*training("m", "digits", "r/", epochs=1), "--overwrite", **here)
    slipstream.succeed(*training("m", "digits", "./s", epochs=1), **here)
    slipstream.succeed(*training("m", "digits", ".", epochs=1), **here)
    assert {path.name for path in tmp_path.iterdir()} == {*"mplfrs"} | run_directory.FILES
    for place in ("m", "m/r", ""):
        slipstream.refuse(*find, place, codes=[1], says=[f"make the folder '{place}'"], **here)


def test_folders_are_made_and_other_files_stay(run, tmp_path):
    directory = tmp_path / "a" / "b"
    directory.mkdir(parents=True)
    (directory / "notes.txt").write_text("mine")
    run.finish(directory)
    run.finish(directory, "--overwrite")
    assert (directory / "notes.txt").read_text() == "mine"
    run.finish(tmp_path / "c" / "d" / "e")
    assert {path.name for path in (tmp_path / "c" / "d" / "e").iterdir()} == run_directory.FILES


def test_overwriting_replaces_all_of_a_run(slipstream, run, tmp_path):
    folder = tmp_path / "run"
    model = models.ONNX_FIXTURES / "small-cnn.dynamo-20.onnx"
    source = f"npz:{models.Interface.of(model).npz(tmp_path / 'other.npz', 30)}"
    Run(slipstream, model, source, {"validation": source, "epochs": 3}).finish(folder)
    assert (folder / "model.onnx.data").exists(), "the fixture keeps its weights in a file of their own"
    run.finish(folder, "--overwrite", accelerator="none")
    assert {path.name for path in folder.iterdir()} == run_directory.FILES - {"accelerated.onnx"}
    assert len(run_directory.metrics(folder)) == 1


def test_a_run_that_cannot_begin_overwrites_nothing(run, slipstream, tmp_path):
    run.finish(tmp_path / "run")
    before = snapshot(tmp_path / "run")
    wrong = data.write_npz(tmp_path / "wrong.npz", *data.images_and_labels(10, (3, 9, 9), 10))
    for model, source, validation in [
        (tmp_path / "absent.onnx", run.data, run.data), (run.model, f"npz:{wrong}", run.data),
        (run.model, run.data, f"npz:{wrong}"),
    ]:
        bad = Run(slipstream, model, source, {"validation": validation})
        bad.program.refuse(*bad.arguments(tmp_path / "run", "--overwrite"), codes=[1])
        assert snapshot(tmp_path / "run") == before


def test_a_model_is_not_overwritten_by_its_own_training(run, slipstream, tmp_path):
    folder = tmp_path / "run"
    run.finish(folder)
    before = snapshot(folder)
    for model in (folder / "model.onnx", tmp_path / "run" / ".." / "run" / "accelerated.onnx"):
        again = Run(slipstream, model, run.data, run.settings)
        again.program.refuse(*again.arguments(folder, "--overwrite"), codes=[1], says=["another --output", model.name])
        assert snapshot(folder) == before


def test_two_processes_do_not_write_to_one_folder(slipstream, digits_model, tmp_path):
    run = Run(slipstream, digits_model, "digits", {"epochs": 1000})
    first = slipstream.start(*run.arguments(tmp_path / "run"))
    try:
        for _ in range(3):
            first.stdout.readline()
        for option in ("--resume", "--overwrite"):
            slipstream.refuse(*run.arguments(tmp_path / "run", option), codes=[1], says=["another slipstream"])
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    # What held the folder went with its holder.
    epochs = len(run_directory.metrics(tmp_path / "run"))
    run.finish(tmp_path / "run", "--resume", epochs=epochs + 1)


def test_what_a_killed_run_was_writing_is_removed_and_nothing_else(run, tmp_path):
    folder = tmp_path / "run"
    run.finish(folder)
    before = snapshot(folder)
    mine = ["notes.txt.tmp-12", "model.onnx.tmp-x", "model.onnx.bak", "tmp-12"]
    for name in ["model.onnx.tmp-12", "checkpoint.safetensors.tmp-7-2", "model.onnx.1.data.tmp-9", *mine]:
        (folder / name).write_text("half")
    run.finish(folder, "--resume")
    assert snapshot(folder) == before | {name: b"half" for name in mine}
