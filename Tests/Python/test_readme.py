"""README.md: its examples run as they are printed, and the files and options that it names exist."""

import os
import re
import subprocess

import numpy as np
import pytest

import data
import run_directory
from conftest import ROOT

README = (ROOT / "README.md").read_text()
PROSE = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
BLOCKS = re.findall(r"```(\w+)\n(.*?)\n```", README, re.DOTALL)
PROGRAMS = [path.read_text() for path in (ROOT / "Tests" / "Packages").glob("*/Sources/*/main.swift")]
SWIFT = [text for language, text in BLOCKS if language == "swift"]


def blocks(language: str, marks: str) -> list[str]:
    """The blocks of a language that contain a text."""
    return [text for kind, text in BLOCKS if kind == language and marks in text]


def run(script: str, folder, **environment) -> str:
    """Runs a shell script, which must succeed from its first to its last line."""
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, timeout=900,
        env=os.environ | environment)
    assert result.returncode == 0, f"{script}\nended with {result.returncode}:\n{result.stdout}{result.stderr}"
    return result.stdout


def test_the_command_line_example_runs_as_printed(tmp_path):
    (build,), (use,) = blocks("sh", "swift build"), blocks("sh", "slipstream train")
    (make,) = re.findall(r"`(slipstream new \w[^`]*)`", README)
    for name, count in (("mine", 600), ("held-out", 200)):
        data.write_npz(tmp_path / f"{name}.npz", *data.images_and_labels(count, (1, 28, 28), 10))
    output = run(f"cd '{ROOT}'\n{build}\ncd '{tmp_path}'\n{make}\n{use}", tmp_path)
    for name in run_directory.FILES:
        assert f"`{name}`" in README and (tmp_path / "run" / name).exists(), name
    assert float(re.search(r"accuracy ([\d.]+) %, loss", output)[1]) > 90
    assert np.load(tmp_path / "logits.npy").shape == (200, 10)
    # "The same command with --resume goes on."
    before = (tmp_path / "run" / "model.onnx").read_bytes()
    again = use.replace("--output run", "--output run --resume")
    run(f"cd '{ROOT}'\n{build}\ncd '{tmp_path}'\n{again}", tmp_path)
    assert (tmp_path / "run" / "model.onnx").read_bytes() == before


def test_the_c_example_compiles_and_runs_as_printed(tmp_path):
    (program,), (use,) = blocks("c", "#include <slipstream.h>"), blocks("sh", "CAPI/build")
    (tmp_path / "quadratic.c").write_text(program + "\n")
    # As in the checkout.
    (tmp_path / "CAPI").symlink_to(ROOT / "CAPI")
    output = run(use, tmp_path)
    plain, extrapolated = (float(text) for text in re.findall(r"f = ([\d.e+-]+)", output))
    assert plain / extrapolated == pytest.approx(2000, rel=0.3), "README: two thousand times lower"


def test_the_c_example_has_no_warnings(tmp_path):
    (program,) = blocks("c", "#include <slipstream.h>")
    subprocess.run(
        ["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-I", ROOT / "CAPI" / "include",
         "-x", "c", "-"], input=program, text=True, check=True)


def test_there_is_a_swift_example_of_every_scratch_package():
    assert len([text for text in SWIFT if "import" in text]) == len(PROGRAMS) >= 2


@pytest.mark.parametrize(
    "example", [text for text in SWIFT if "import" in text], ids=lambda text: re.search(r"let (\w+)", text)[1])
def test_swift_example_is_part_of_a_program_that_is_built_and_run(example):
    assert any(example in program for program in PROGRAMS)


def test_the_manifests_lines_are_those_of_the_scratch_packages():
    manifest = (ROOT / "Tests" / "Packages" / "network" / "Package.swift").read_text()
    (lines,) = [text for text in SWIFT if "import" not in text]
    for line in lines.splitlines():
        assert line.rstrip(",").replace("../slipstream", "@SLIPSTREAM@") in manifest, line


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:)([^)#]+)\)", PROSE))
def test_linked_file_exists(target):
    assert (ROOT / target).exists()


def test_command_names_the_program_knows(slipstream):
    commands = set(re.findall(r"`slipstream (\w+)", PROSE)) - {"help"}
    assert commands >= {"new", "bench"}
    for command in commands:
        slipstream.succeed(command, "--help")
