"""tools/experiments/run: its catalogue, and true runs of small experiments."""

import importlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from conftest import ROOT
from data import write_mnist

TOOL = ROOT / "tools" / "experiments" / "run"
sys.path.insert(0, str(TOOL.parent))
catalogue, document, execution, experiment, tables = (
    importlib.import_module(f"results.{name}")
    for name in ("catalogue", "document", "execution", "experiment", "tables"))
ALL = [row for table in catalogue.TABLES for row in table.experiments]
TASK = experiment.Task("lenet", "1x28x28", "mnist", "train[:96]", "train[96:128]", "test[:32]", 32)


@pytest.fixture
def place(tmp_path, slipstream):
    """Made-up digits, and a place for what comes of them."""
    random = np.random.default_rng(3)
    labels = np.arange(128) % 10
    images = np.clip(random.normal(40 + 20 * labels[:, None, None], 10, (128, 28, 28)), 0, 255)
    folder = write_mnist(tmp_path / "mnist", images, labels)
    return execution.Place(str(slipstream.path), {"mnist": str(folder)}, tmp_path / "out", 1, 2)


def run(*arguments, **options):
    return subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, **options)


def test_names_are_different_and_every_table_has_its_columns():
    assert len({row.name for row in ALL}) == len(ALL)
    for table in catalogue.TABLES:
        assert table.name.partition("/")[2] in tables.COLUMNS
        assert len({row.task for row in table.experiments}) == 1


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_the_program_takes_every_option(row, slipstream, tmp_path):
    """Without the data, the first thing that is wrong is that it is missing."""
    for command in row.commands(str(slipstream.path), str(tmp_path / "nowhere"), str(tmp_path), 0, 1):
        if command[1] == "train":
            model = command[command.index("--model") + 1]
            if not os.path.exists(model):
                slipstream.succeed("new", "lenet", "--input", row.task.shape, "--classes", 10, "-o", model)
            slipstream.refuse(*command[1:], says=["nowhere"])


def test_outcomes_are_those_of_the_runs_and_are_not_made_twice(place):
    sgd = catalogue.sgd(0.02)
    table = catalogue.Table("small/acceleration", "Acceleration", (
        experiment.Experiment("small/rna", "offline RNA", TASK, (experiment.Run(3, sgd + catalogue.rna()),)),
        experiment.Experiment(
            "small/uniform", "uniform average", TASK,
            (experiment.Run(3, sgd + ("--accelerator", "uniform-average")),))))
    told = []
    execution.all_outcomes(list(table.experiments), [0, 1], place, told.append)
    assert len(told) == 4
    rows = tables.rows(table, [0, 1], place)
    for row in rows:
        for outcome in row.outcomes:
            assert [epoch["epoch"] for epoch in outcome["epochs"]] == [1, 2, 3]
            assert outcome["plain"]["images"] == 32 and outcome["accelerated"]["images"] == 32
    # Offline acceleration leaves the plain network alone, and seeds are different runs.
    plain = [[outcome["plain"]["loss"] for outcome in row.outcomes] for row in rows]
    assert plain[0] == plain[1] and plain[0][0] != plain[0][1]
    text = tables.markdown([table], [0, 1], place)
    accuracies = [100 * outcome["accelerated"]["accuracy"] for outcome in rows[1].outcomes]
    assert f"| uniform average | 3 | {np.mean(accuracies):.2f} ± {np.std(accuracies, ddof=1):.2f} |" in text
    told.clear()
    execution.all_outcomes(list(table.experiments), [0, 1], place, told.append)
    assert len(told) == 1 and "4 of 4" in told[0]


def test_pruning_keeps_its_zeros_and_tells_sparsity_and_gradients(place):
    chain = (
        experiment.Run(2, catalogue.sgd(0.02)),
        experiment.Run(1, catalogue.sgd(0.01, "--freeze-zeros", "0"), pruned=0.75))
    table = catalogue.Table(
        "small/sparsity", "Sparse", (experiment.Experiment("small/pruning", "pruning", TASK, chain),))
    execution.all_outcomes(list(table.experiments), [0], place, lambda line: None)
    row, = tables.rows(table, [0], place)
    assert row.outcomes[0]["plain"]["sparsity"]["weights"] == pytest.approx(0.75, abs=1e-3)
    assert len(row.outcomes[0]["epochs"]) == 3 and row.steps == 9
    assert "| 75.00 |" in tables.markdown([table], [0], place)


def test_a_command_that_fails_is_told_whole(place):
    wrong = experiment.Experiment(
        "small/wrong", "wrong", TASK, (experiment.Run(1, ("--optimizer", "sgd", "--learning-rate", "none")),))
    with pytest.raises(execution.Failure, match="learning-rate none(.|\n)*ended with"):
        execution.all_outcomes([wrong], [0], place, lambda line: None)


def test_changed_options_are_run_anew(place):
    for rate in (0.01, 0.02):
        changed = experiment.Experiment("small/sgd", "momentum", TASK, (experiment.Run(1, catalogue.sgd(rate)),))
        assert execution.saved(changed, 0, place) is None
        execution.all_outcomes([changed], [0], place, lambda line: None)
    assert json.loads((place.output / "small/sgd/seed0/outcome.json").read_text())["epochs"][0]["learning_rate"] == 0.02


def test_documents_without_markers_are_left_alone(tmp_path):
    path = tmp_path / "results.md"
    path.write_text("text\n")
    with pytest.raises(document.Unfit, match="has no lines"):
        document.write("table", [0], path)
    assert path.read_text() == "text\n"
    path.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n")
    document.write("table", [0, 1], path)
    assert path.read_text().startswith("before\n") and path.read_text().endswith("after\n")
    assert "table" in path.read_text() and "old" not in path.read_text()


@pytest.mark.parametrize("arguments, says", [
    (("mnist/rna-ofline",), "no experiment is called"), (("--seeds", "0,0"), "no list of different"),
    (("--seeds", "a"), "no list of different"), (("--parallel", "0"), "no number of 1 or more"),
    (("--data", "/nowhere", "mnist/rda"), "/nowhere/mnist is no folder"), (("--frobnicate",), "unrecognized"),
])
def test_wrong_arguments_are_refused(arguments, says):
    result = run("--slipstream", "/bin/true", *arguments)
    assert result.returncode != 0 and says in result.stderr


def test_commands_are_printed_without_being_run(tmp_path):
    (tmp_path / "mnist").mkdir()
    result = run(
        "mnist/pruning", "--commands", "--data", tmp_path, "--slipstream", "/nowhere/slipstream", "--output", tmp_path / "o")
    assert result.returncode == 0 and not (tmp_path / "o").exists()
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["new", "train", "prune", "train"]
