"""tools/setup and tools/traits: oneDNN where there is one, and a build without it where there is none."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT

# Installed packages are those that $MISSING does not name, and nothing can be installed.
DPKG = """#!/bin/bash
for name; do :; done
[[ " $MISSING " != *" $name "* ]] && printf installed
"""
APT = """#!/bin/bash
printf 'E: Unable to locate package\\n' >&2
exit 100
"""
SUDO = """#!/bin/bash
exec "$@"
"""


def run(*command, **environment) -> subprocess.CompletedProcess:
    """Runs a script of tools/, for which no compiler finds oneDNN."""
    return subprocess.run(
        [ROOT / "tools" / command[0], *command[1:]], env=os.environ | {"CC": "false"} | environment, capture_output=True,
        text=True, timeout=120)


@pytest.fixture
def path(tmp_path) -> str:
    """A search path on which Debian's tools are the ones above."""
    for name, script in (("dpkg-query", DPKG), ("apt-get", APT), ("sudo", SUDO)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def test_no_trait_is_on_where_the_compiler_finds_no_onednn():
    assert run("traits").stdout == ""


def test_a_onednn_of_version_1_is_none(tmp_path):
    (tmp_path / "dnnl.h").write_text("#define DNNL_VERSION_MAJOR 1\n")
    assert run("traits", CC=f"cc -I{tmp_path}").stdout == ""
    (tmp_path / "dnnl.h").write_text("#define DNNL_VERSION_MAJOR 3\n")
    assert run("traits", CC=f"cc -I{tmp_path}").stdout.split() == ["--traits", "OneDNN"]


@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="setup installs on Debian and its kin alone")
class TestOnDebian:
    def test_where_onednn_cannot_be_had_one_line_says_so_and_all_goes_on(self, path):
        result = run("setup", PATH=path, MISSING="libdnnl-dev")
        assert result.returncode == 0
        (line,) = result.stderr.splitlines()
        assert line.startswith("setup: Slipstream will be built without libdnnl-dev")

    def test_a_package_that_the_build_needs_and_that_cannot_be_had_is_an_error(self, path):
        result = run("setup", PATH=path, MISSING="libonnx-dev")
        assert result.returncode == 1
        assert "Unable to locate package" in result.stderr and "could not install libonnx-dev" in result.stderr
