"""README.md: its Swift examples are the programs that Tests/Packages builds and runs; its files exist."""

import re

import pytest

from conftest import ROOT

README = (ROOT / "README.md").read_text()
PROSE = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
PROGRAMS = [path.read_text() for path in (ROOT / "Tests" / "Packages").glob("*/Sources/*/main.swift")]
EXAMPLES = [block for block in re.findall(r"```swift\n(.*?)\n```", README, re.DOTALL) if "let " in block]


def test_there_is_an_example_of_every_package():
    assert len(EXAMPLES) == len(PROGRAMS) >= 2


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_swift_example_is_part_of_a_tested_program(example):
    assert any(example in program for program in PROGRAMS)


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:)([^)#]+)\)", PROSE))
def test_linked_file_exists(target):
    assert (ROOT / target).exists()


def test_command_names_the_program_knows(slipstream):
    for command in set(re.findall(r"^slipstream (\w+)", README, re.MULTILINE)) - {"help"}:
        slipstream.succeed(command, "--help")
