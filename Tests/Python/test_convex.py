"""`slipstream convex`: methods side by side on data in Madelon's format."""

import json

import numpy as np
import pytest
from xml.etree import ElementTree

from data import write_madelon


@pytest.fixture(scope="module")
def madelon(tmp_path_factory):
    """A small made-up data set."""
    return write_madelon(tmp_path_factory.mktemp("data") / "madelon")


def minimum(madelon, regularization):
    """f* of logistic regression by Newton's method."""
    features = np.loadtxt(madelon / "madelon_train.data")
    rows = features * np.loadtxt(madelon / "madelon_train.labels")[:, None]
    x = np.zeros(8)
    for _ in range(100):
        p = 1 / (1 + np.exp(rows @ x))
        gradient = -rows.T @ p / len(rows) + regularization * x
        hessian = (rows.T * (p * (1 - p))) @ rows / len(rows) + regularization * np.eye(8)
        x -= np.linalg.solve(hessian, gradient)
    return np.logaddexp(0, -rows @ x).mean() + regularization / 2 * x @ x


def test_folder_and_table_tell_the_same(slipstream, madelon, tmp_path):
    methods = ["gd", "lbfgs", "saga", "nesterov+rna-guarded", "gd+rna-adaptive"]
    arguments = [
        "convex", "--data", f"madelon:{madelon}", "--condition-number", 1e4, "--methods", ",".join(methods),
        "--gradients", 60, "-o", tmp_path / "out"]
    table = slipstream.succeed(*arguments)
    found = json.loads((tmp_path / "out/convex.json").read_text())
    assert [method["name"] for method in found["methods"]] == methods
    assert found["condition_number"] == pytest.approx(1e4)
    assert found["minimum"] == pytest.approx(minimum(madelon, found["regularization"]), rel=1e-10)
    for method in found["methods"]:
        samples = method["samples"]
        assert samples[0] == {"gradients": 0, "functions": 0, "seconds": 0, "suboptimality": 1}
        assert method["best"] == min(sample["suboptimality"] for sample in samples)
        for tolerance, cost in method["reached"].items():
            first = next(sample for sample in samples if sample["suboptimality"] <= float(tolerance))
            assert {name: first[name] for name in cost} == cost
        assert any(line.split()[:1] == [method["name"]] for line in table.splitlines())
    assert found["methods"][4]["reached"]["1e-8"]["gradients"] < 60
    assert "1e-8" not in found["methods"][0]["reached"]

    page = ElementTree.fromstring((tmp_path / "out/convex.html").read_text().replace("<!DOCTYPE html>", ""))
    assert len(page.findall(".//figure/svg")) == 2
    for drawing in page.findall(".//figure/svg"):
        lines = [path for path in drawing.iter("path") if "line" in path.get("class").split()]
        assert [line.find("title").text for line in lines] == methods
    assert [row.find("th").text for row in page.findall(".//section/div/table/tbody/tr")] == methods


def test_one_json_object_is_printed(slipstream, madelon):
    found = json.loads(slipstream.succeed(
        "convex", "--data", f"madelon:{madelon}", "--methods", "gd", "--l2", 1, "--loss", "squared", "--gradients", 5,
        "--json"))
    assert found["regularization"] == 1
    assert "samples" not in found["methods"][0]


@pytest.mark.parametrize("options, says", [
    (["--data", "digits"], "--data"),
    (["--data", "madelon:"], "--data"),
    (["--data", "madelon/test:x"], "--data"),
    (["--methods", "newton"], "newton.*Known: gd, nesterov"),
    (["--methods", "gd+rna-fast"], "gd\\+rna-fast"),
    (["--methods", "gd+rna"], "no method is named 'gd\\+rna'"),
    (["--methods", "nestrov+rna-onlin"], "did you mean 'nesterov\\+rna-online'"),
    (["--methods", "gd,gd"], "'gd' stands there twice"),
    (["--methods", "gd", "--memory", 5], "--memory needs"),
    (["--methods", "lbfgs", "--memory", 0], "--memory"),
    (["--methods", "lbfgs", "--step", "fixed"], "--step needs"),
    (["--methods", "gd", "--rna-window", 5], "--rna-window needs"),
    (["--methods", "gd+rna-adaptive", "--rna-regularization", 1e-8], "--rna-regularization needs"),
    (["--methods", "gd+rna-guarded", "--rna-grid", "logarithmic"], "--rna-grid needs"),
    (["--methods", "gd+rna-guarded", "--rna-window", 0], "--rna-window"),
    (["--methods", "gd", "--seed", 1], "--seed needs"),
    (["--condition-number", 1], "--condition-number"),
    (["--condition-number", 10, "--l2", 1], "--condition-number and --l2"),
    (["--tolerance", 0], "--tolerance"),
    (["--gradients", 0], "--gradients"),
    (["--loss", "hinge"], "--loss"),
])
def test_unusable_options_are_refused(slipstream, madelon, options, says):
    data = [] if "--data" in options else ["--data", f"madelon:{madelon}"]
    slipstream.refuse("convex", *data, *options, codes=[2], says=[says])


def test_a_folder_without_the_data_is_named(slipstream, tmp_path):
    slipstream.refuse(
        "convex", "--data", f"madelon:{tmp_path}", codes=[1], says=["madelon_train.data': No such file or directory"])


def test_a_folder_that_cannot_be_made_is_named_with_the_reason(slipstream, madelon, tmp_path):
    (tmp_path / "file").write_text("mine")
    for place, reason in [("file", "File exists"), ("file/below", "Not a directory"), ("/proc/here", "No such file")]:
        slipstream.refuse(
            "convex", "--data", f"madelon:{madelon}", "--methods", "gd", "-o", place, cwd=tmp_path, codes=[1],
            says=[f"make the folder '{place}': {reason}"])
    assert (tmp_path / "file").read_text() == "mine"


def test_extrapolations_are_timed(slipstream):
    for precision in ("f32", "f64"):
        found = json.loads(slipstream.succeed(
            "bench-rna", "--dimension", 1000, "--window", 4, "--rounds", 5, "--precision", precision, "--json"))
        assert 0 < found["minimum"] <= found["seconds_per_round"]
        assert (found["dimension"], found["window"], found["precision"]) == (1000, 4, precision)
    slipstream.refuse("bench-rna", "--dimension", 0, "--window", 4, "--rounds", 5, codes=[2], says=["--dimension"])
    slipstream.refuse("bench-rna", "--dimension", 9, "--window", 0, "--rounds", 5, codes=[2], says=["--window"])
