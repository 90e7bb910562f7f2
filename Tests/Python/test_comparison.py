"""tools/bench/run: figures from made-up records, its options, and one true run of Slipstream's own side."""

import importlib
import json
import subprocess
import sys

import numpy as np
import pytest

from conftest import ROOT

BENCH = ROOT / "tools" / "bench"
sys.path.insert(0, str(BENCH))
environments, figures, processes, rounds, rows, saved, sides, table, usage = (
    importlib.import_module(f"comparison.{name}")
    for name in ("environments", "figures", "processes", "rounds", "rows", "saved", "slipstream", "table", "usage"))
ROWS = {row.name: row for row in rows.ROWS}


def results(row, **seconds):
    """Two rounds for each named contender: its steps in seconds, and 1 or 2 MiB of memory."""
    found = rounds.Results()
    for name, steps in seconds.items():
        found.records[rounds.key(name.replace("_", "-"), row.work)] = [
            {"step_seconds": steps[:2], "peak_bytes": 1 << 20}, {"step_seconds": steps[2:], "peak_bytes": 1 << 21}]
    return found


def command(*arguments):
    return subprocess.run([BENCH / "run", *map(str, arguments)], capture_output=True, text=True, timeout=300)


def test_the_median_of_all_rounds_counts_and_the_better_form_of_pytorch():
    row = ROWS["resnet18-train"]
    found = figures.outcome(row, results(
        row, slipstream=[0.4, 0.1, 0.3, 9], pytorch=[1, 1, 1, 1], pytorch_channels_last=[2, 0.5, 0.5, 0.5]))
    assert (found.own.median, found.own.best) == pytest.approx((350, 100))
    assert found.rival.contender == "pytorch-channels-last"
    assert found.ratio == pytest.approx(0.7)
    assert found.is_met and found.missing == ()


def test_a_ratio_above_its_limit_is_missed_and_one_at_it_is_met():
    row = ROWS["resnet18-train-ort"]
    for ours, is_met in ((0.5, True), (0.501, False)):
        found = figures.outcome(row, results(row, slipstream=[ours] * 4, onnxruntime_training=[1] * 4))
        assert found.is_met is is_met


def test_memory_is_compared_with_the_form_that_needs_less():
    row = ROWS["resnet18-memory"]
    found = results(row, slipstream=[1] * 4, pytorch=[1] * 4, pytorch_channels_last=[1] * 4)
    for record in found.records[rounds.key("pytorch-channels-last", row.work)]:
        record["peak_bytes"] = 5 << 20
    outcome = figures.outcome(row, found)
    assert (outcome.rival.contender, outcome.rival.median, outcome.ratio) == ("pytorch", 1.5, 1.0)


def test_where_more_is_better_the_ratio_is_still_better_when_smaller():
    row = ROWS["resnet18-update"]
    found = rounds.Results()
    found.records[rounds.key("slipstream", row.work)] = [{"update_seconds": [1, 2, 4], "update_bytes": 40e9}]
    found.records[rounds.key("memory", row.work)] = [{"update_seconds": [1], "update_bytes": 50e9}]
    outcome = figures.outcome(row, found)
    assert (outcome.own.median, outcome.own.best, outcome.ratio) == (20, 40, 2.5)
    assert outcome.is_met is None


def test_an_absent_peer_is_named_with_its_reason_and_its_row_is_not_met():
    row = ROWS["resnet18-train-ort"]
    found = results(row, slipstream=[1] * 4)
    found.failures[rounds.key("onnxruntime-training", row.work)] = "no such wheel"
    outcome = figures.outcome(row, found)
    assert outcome.ratio is None and outcome.is_met is False
    for shown in (table.text([outcome], {}), table.markdown([outcome], {})):
        assert "not measured" in shown and "ONNX Runtime Training: no such wheel" in shown


def test_one_absent_form_leaves_the_other_and_a_remark():
    row = ROWS["vgg16-train"]
    found = results(row, slipstream=[1] * 4, pytorch=[2] * 4)
    found.failures[rounds.key("pytorch-channels-last", row.work)] = "broken"
    outcome = figures.outcome(row, found)
    assert outcome.ratio == 0.5
    assert "PyTorch, channels-last: broken" in table.text([outcome], {})


def test_the_table_says_what_was_measured():
    row = ROWS["small-cnn-train"]
    outcome = figures.outcome(row, results(row, slipstream=[0.012] * 4, pytorch=[0.016] * 4))
    line = next(line for line in table.markdown([outcome], {"processor": "X"}).splitlines() if "small-cnn" in line)
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        "small-cnn 28x28, batch 128, training step", "12 (12) ms", "PyTorch", "16 (16) ms", "0.75", "0.60", "missed"]
    assert "processor: X" in table.text([outcome], {"processor": "X"})


def document(path, row, processor="X"):
    """Writes made-up figures as `--json` does; returns their outcome."""
    found = results(row, slipstream=[0.012] * 4, pytorch=[0.024] * 4)
    outcome = figures.outcome(row, found)
    facts = {"processor": processor, "memory": "24 GiB", "threads": "2"}
    path.write_text(json.dumps(saved.document([outcome], found, facts, 2)))
    return outcome


def test_json_holds_the_rows_and_every_step(tmp_path):
    document(tmp_path / "a.json", ROWS["small-cnn-train"])
    found = json.loads((tmp_path / "a.json").read_text())
    (line,) = found["rows"]
    assert (line["name"], line["ratio"], line["limit"], line["met"]) == ("small-cnn-train", 0.5, 0.6, True)
    assert line["slipstream"]["median"] == pytest.approx(12)
    assert found["measurements"][0]["rounds"][0]["step_seconds"] == [0.012, 0.012]


def test_files_of_several_runs_make_one_table(tmp_path):
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    expected = [document(path, ROWS[name]) for path, name in zip(paths, ["small-cnn-train", "resnet18-train"])]
    outcomes, facts = saved.read(paths)
    assert outcomes == expected[::-1] and facts["processor"] == "X"
    printed = command("--from", *paths)
    assert printed.returncode == 0 and printed.stdout.count("0.50") == 2
    assert command("--from", *paths, "--markdown", ROOT / "docs" / "benchmarks.md").returncode == 1, "rows are left out"


def test_files_that_do_not_fit_together_are_refused(tmp_path):
    one, same, elsewhere, broken = (tmp_path / f"{name}.json" for name in ("one", "same", "elsewhere", "broken"))
    for path in (one, same):
        document(path, ROWS["small-cnn-train"])
    document(elsewhere, ROWS["resnet18-train"], processor="Y")
    broken.write_text('{"rows": 3}')
    for other, says in ((same, "another file has"), (elsewhere, "another processor: Y"), (broken, "not what")):
        with pytest.raises(saved.Unfit, match=says):
            saved.read([one, other])


def test_the_limits_are_those_that_the_project_set_itself():
    assert {row.name: row.limit for row in rows.ROWS} == {
        "resnet18-train": 0.85, "resnet18-train-ort": 0.5, "vgg16-train": 0.85, "small-cnn-train": 0.6,
        "digits-train": 0.3, "resnet18-infer": 1.05, "resnet18-infer-one": 1.2, "resnet18-memory": 0.6,
        "resnet18-openblas": 1.6, "resnet18-update": None, "resnet18-rate": None}


def test_each_work_runs_once_for_all_its_rows():
    work_of = rounds.jobs(list(rows.ROWS))
    training = [name for name, work in work_of if work == ROWS["resnet18-train"].work]
    assert sorted(training) == sorted(set(training)) == [
        "onnxruntime-training", "pytorch", "pytorch-channels-last", "slipstream", "slipstream-openblas"]


def test_markdown_replaces_what_stands_between_the_markers(tmp_path):
    path = tmp_path / "benchmarks.md"
    path.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.write_markdown(path, "new")
    table.write_markdown(path, "newer")
    assert path.read_text() == f"before\n{table.BEGIN}\n\nnewer\n\n{table.END}\nafter\n"


def test_the_document_has_the_markers():
    before, after = table.surroundings(ROOT / "docs" / "benchmarks.md")
    assert "# Benchmarks" in before and "fresh process" in after


def test_images_are_a_numpy_archive(tmp_path):
    sides.write_images(tmp_path / "images.npz", (3, 5, 7))
    with np.load(tmp_path / "images.npz") as archive:
        assert archive["images"].shape == (128, 3, 5, 7) and archive["images"].dtype == np.float32
        assert 0.9 < archive["images"].std() < 1.1
        assert archive["labels"].dtype == np.int64 and set(archive["labels"]) == set(range(10))


def test_what_favours_one_contender_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    found = processes.surroundings(2)
    assert "MALLOC_ARENA_MAX" not in found
    assert (found["OMP_NUM_THREADS"], found["OPENBLAS_CORETYPE"]) == ("2", "Haswell")


def test_a_process_gives_its_figures_and_its_peak_memory():
    script = "import json; held = b'x' * (200 << 20); print(json.dumps({'step_seconds': [1]}))"
    found = processes.record([sys.executable, "-c", script], 1)
    assert found["step_seconds"] == [1] and 200 << 20 < found["peak_bytes"] < 400 << 20


def test_a_process_does_not_answer_for_the_memory_of_who_starts_it():
    held = b"x" * (600 << 20)
    with usage.MeasuredProcess([sys.executable, "-c", "sum(range(1000000))"]) as process:
        ended = process.wait()
    assert ended.status == 0 and 0 < ended.processor_seconds < 10 and 0 < ended.peak_bytes < len(held) // 4


@pytest.mark.parametrize("script, status", [("exit 3", 3), ("kill -SEGV $$", -11), ("kill -PIPE $$", -13)])
def test_a_process_that_fails_keeps_its_status(script, status):
    with usage.MeasuredProcess(["sh", "-c", script]) as process:
        assert process.wait().status == status


# What still runs after it was ended says so in the end.
SLEEPER = ["sh", "-c", "echo begun; sleep 100; echo survived"]


def test_a_process_that_takes_too_long_is_ended():
    with usage.MeasuredProcess(SLEEPER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
        assert process.stdout.read() == ""


def test_a_process_ends_with_who_started_it():
    script = f"from comparison import usage; usage.MeasuredProcess({SLEEPER!r}).wait()"
    starter = subprocess.Popen([sys.executable, "-c", script], cwd=BENCH, stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout.readline() == "begun\n"
        starter.kill()
        assert starter.stdout.read() == ""


def test_a_program_that_is_not_there_is_named():
    with usage.MeasuredProcess(["no-such-program"]) as process:
        with pytest.raises(FileNotFoundError, match="no-such-program"):
            process.wait()


@pytest.mark.parametrize("script, reason", [
    ("raise SystemExit('it differs')", "it differs"),
    ("import sys; sys.stderr.write('slipstream: error: no such thing\\n  See so\\n'); sys.exit(2)", "no such thing"),
    ("print('no figures')", "no JSON object"),
])
def test_a_process_that_fails_says_why(script, reason):
    with pytest.raises(processes.Failure, match=reason):
        processes.record([sys.executable, "-c", script], 1)


def test_an_environment_is_made_once_and_again_when_its_requirements_change(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "BENCH", tmp_path)
    monkeypatch.setattr(environments, "_extra_index", list)
    (tmp_path / "requirements").mkdir()
    requirements = tmp_path / "requirements" / "own.txt"
    requirements.write_text("# nothing\n")
    python = environments.made("own", tmp_path / "made")
    assert subprocess.run([python, "-c", ""]).returncode == 0
    (tmp_path / "made" / "own" / "mark").touch()
    environments.made("own", tmp_path / "made")
    assert (tmp_path / "made" / "own" / "mark").exists()
    requirements.write_text("./missing-1.0-py3-none-any.whl\n")
    with pytest.raises(processes.Failure, match="missing-1.0"):
        environments.made("own", tmp_path / "made")
    assert not (tmp_path / "made" / "own" / "mark").exists()


@pytest.mark.parametrize("arguments, says", [
    (["--fast"], "--fast"),
    (["--rows", "resnet18-train,alexnet"], "no row 'alexnet'"),
    (["--rounds", "0"], "'0' is not a number from 1"),
    (["--threads", "100000"], "'100000' is not a number"),
    (["--slipstream", "/nowhere/slipstream"], "/nowhere/slipstream does not exist"),
    (["--json", "/nowhere/figures.json"], "/nowhere/figures.json does not exist"),
    (["--rows", "digits-train", "--markdown"], "neither --rows nor --quick"),
    (["--from", __file__, "--quick"], "--from measures nothing"),
])
def test_impossible_options_are_refused(arguments, says):
    found = command(*arguments)
    assert found.returncode == 2 and says in found.stderr


def test_a_document_without_markers_is_refused_before_anything_is_measured(tmp_path):
    (tmp_path / "own.md").write_text("no place")
    found = command("--markdown", tmp_path / "own.md", "--slipstream", "/bin/false", "--environments", tmp_path)
    assert found.returncode == 1 and "between which the table goes" in found.stderr


def test_the_rows_are_listed():
    found = command("--list")
    assert [line.split()[0] for line in found.stdout.splitlines()] == list(ROWS)


def test_slipstream_is_measured_where_there_is_no_peer(slipstream, tmp_path):
    path = tmp_path / "figures.json"
    arguments = (
        "--quick", "--rows", "digits-train,small-cnn-train", "--slipstream", slipstream.path, "--environments",
        tmp_path, "--json", path)
    found = command(*arguments)
    assert found.returncode == 0, found.stderr
    document = json.loads(path.read_text())
    for line in document["rows"]:
        assert line["slipstream"]["median"] >= line["slipstream"]["best"] > 0
        assert line["rival"] is None and line["met"] is False
        assert "torch/bin/python does not exist" in line["missing"][0]
    assert "not measured" in found.stdout and "OpenBLAS:" in found.stdout
    assert {len(each["rounds"]) for each in document["measurements"]} == {1}
    assert command(*arguments, "--check").returncode == 1
