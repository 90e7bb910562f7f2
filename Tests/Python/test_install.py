"""tools/install: what it puts under a prefix works from there, and all of it can be taken away again."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT

README = (ROOT / "README.md").read_text()
CMAKE = """cmake_minimum_required(VERSION 3.13)
project(quadratic C)
find_package(slipstream {version} REQUIRED)
add_executable(quadratic quadratic.c)
target_link_libraries(quadratic slipstream::slipstream)
"""


def install(*arguments, code=0, **environment) -> subprocess.CompletedProcess:
    result = subprocess.run(
        [ROOT / "tools" / "install", *arguments], env=os.environ | environment, capture_output=True, text=True,
        timeout=3600)
    assert result.returncode == code, f"{result.args} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
    return result


def files(folder: Path) -> set[str]:
    """Every file and link below a folder."""
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory) -> Path:
    """A prefix with everything, which only the last test takes away."""
    folder = tmp_path_factory.mktemp("install") / "a prefix"
    install("--prefix", folder)
    return folder


@pytest.fixture
def program(tmp_path) -> Path:
    """The C program of README.md."""
    (text,) = re.findall(r"```c\n(#include <slipstream.h>.*?)\n```", README, re.DOTALL)
    (tmp_path / "quadratic.c").write_text(text + "\n")
    return tmp_path / "quadratic.c"


def plain_environment() -> dict:
    """An environment in which no Swift can be found."""
    path = ":".join(part for part in os.environ["PATH"].split(":") if "swift" not in part)
    return {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"} | {"PATH": path}


def assert_runs(program: Path, prefix: Path):
    output = subprocess.run(
        [program], env=plain_environment() | {"LD_LIBRARY_PATH": str(prefix / "lib")}, capture_output=True, text=True,
        check=True).stdout
    plain, better = (float(text) for text in re.findall(r"f = ([\d.e+-]+)", output))
    assert better < plain / 100


def test_what_is_listed_is_what_is_there(prefix):
    record = (prefix / "share" / "slipstream" / "installed.txt").read_text().split("\n")[:-1]
    assert files(prefix) == set(record)
    assert {
        "bin/slipstream", "include/slipstream.h", "include/slipstream_plugin.h", "lib/libslipstream.so",
        "lib/pkgconfig/slipstream.pc", "lib/cmake/slipstream/slipstream-config.cmake",
        "lib/cmake/slipstream/slipstream-config-version.cmake",
    } <= files(prefix)


def test_a_c_program_is_compiled_through_pkg_config(prefix, program, tmp_path):
    environment = os.environ | {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "slipstream"], env=environment, capture_output=True, text=True, check=True)
    script = f"cc -std=c99 -Wall -Wextra -Werror -pedantic quadratic.c {flags.stdout.strip()} -o quadratic"
    subprocess.run(["bash", "-c", script], cwd=tmp_path, check=True)
    assert_runs(tmp_path / "quadratic", prefix)


@pytest.mark.skipif(not shutil.which("cmake"), reason="needs cmake, which tools/setup --tests installs")
@pytest.mark.parametrize("version, is_right", [("", True), ("0.1", True), ("0.1.0 EXACT", True), ("0.0.9", False),
                                               ("0.2", False), ("1.0", False), ("0.1.99", False)])
def test_a_c_program_is_compiled_through_cmake(prefix, program, tmp_path, version, is_right):
    (tmp_path / "CMakeLists.txt").write_text(CMAKE.format(version=version))
    configured = subprocess.run(
        ["cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}"], capture_output=True,
        text=True)
    assert (configured.returncode == 0) == is_right, configured.stdout + configured.stderr
    if is_right:
        subprocess.run(["cmake", "--build", tmp_path / "build"], capture_output=True, check=True)
        assert_runs(tmp_path / "build" / "quadratic", prefix)


def test_the_program_runs_without_swift(prefix, tmp_path):
    program = prefix / "bin" / "slipstream"
    needed = subprocess.run(
        ["ldd", program], env=plain_environment(), capture_output=True, text=True, check=True).stdout
    assert not re.search("swift|Foundation|dispatch|not found", needed), needed
    model = tmp_path / "model.onnx"
    for arguments in (
        ["new", "small-cnn", "--input", "1x8x8", "--classes", "10", "-o", model],
        ["train", "--model", model, "--data", "digits", "--epochs", "2", "--batch-size", "32", "--optimizer", "sgd",
         "--learning-rate", "0.02", "--accelerator", "rna", "--output", tmp_path / "run"],
        ["plugins"],
    ):
        subprocess.run([program, *arguments], env=plain_environment(), cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "run" / "accelerated.onnx").exists()


def test_the_installed_program_takes_a_plugin_made_with_the_installed_header(prefix, tmp_path):
    subprocess.run(
        ["bash", "-c", f"cc -std=c99 -shared -fPIC -fvisibility=hidden '-I{prefix}/include' *.c -o '{tmp_path}/example.so'"],
        cwd=ROOT / "Plugins" / "Example", check=True)
    listed = subprocess.run(
        [prefix / "bin" / "slipstream", "plugins"], env=plain_environment() | {"SLIPSTREAM_PLUGIN_PATH": str(tmp_path)},
        capture_output=True, text=True, check=True).stdout
    assert "example-signsgd" in listed and "refused" not in listed


@pytest.mark.parametrize("arguments, says", [
    ([], "--prefix is missing"), (["--prefix"], "--prefix needs a folder"), (["--prefix", ""], "--prefix needs a folder"),
    (["--prefix=/tmp/x", "--remove"], "unknown argument '--remove'"), (["somewhere"], "unknown argument 'somewhere'"),
    (["--prefix", "/tmp/x", "--uninstall", "--library-only"], "--library-only is for installing"),
])
def test_arguments_that_make_no_sense_are_refused(arguments, says):
    assert says in install(*arguments, code=2).stderr


def test_a_place_that_is_no_folder_is_found_out_before_the_build(tmp_path):
    (tmp_path / "file").write_text("mine")
    message = install("--prefix", tmp_path / "file", code=1).stderr
    assert "install:" in message and "Not a directory" in message
    assert (tmp_path / "file").read_text() == "mine"


def test_uninstalling_where_nothing_is_installed_removes_nothing(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "mine").write_text("mine")
    assert "nothing to remove" in install("--prefix", tmp_path, "--uninstall").stdout
    assert files(tmp_path) == {"lib/mine"}


def test_a_list_that_leads_outside_is_not_followed(tmp_path):
    (tmp_path / "mine").write_text("mine")
    record = tmp_path / "prefix" / "share" / "slipstream" / "installed.txt"
    record.parent.mkdir(parents=True)
    record.write_text("../mine\n")
    assert "no path under the prefix" in install("--prefix", tmp_path / "prefix", "--uninstall", code=1).stderr
    assert (tmp_path / "mine").read_text() == "mine"


def test_destdir_stands_before_the_prefix_and_an_older_list_is_followed(tmp_path):
    stage = tmp_path / "stage" / "opt" / "slip"
    old = stage / "share" / "old" / "gone.txt"
    old.parent.mkdir(parents=True)
    old.write_text("of an earlier version")
    (stage / "share" / "slipstream").mkdir()
    (stage / "share" / "slipstream" / "installed.txt").write_text("share/old/gone.txt\nshare/slipstream/installed.txt\n")
    install("--prefix", "/opt/slip", "--library-only", DESTDIR=str(tmp_path / "stage"))
    assert not old.parent.exists()
    assert not any(name.startswith("bin") for name in files(stage)) and "lib/libslipstream.so" in files(stage)
    assert str(tmp_path) not in (stage / "lib" / "pkgconfig" / "slipstream.pc").read_text()
    install("--prefix", "/opt/slip", "--uninstall", DESTDIR=str(tmp_path / "stage"))
    assert files(tmp_path / "stage") == set()


def test_uninstalling_leaves_what_others_put_there_and_can_be_repeated(prefix):
    mine = [prefix / "lib" / "libmine.so", prefix / "include" / "mine.h", prefix / "share" / "slipstream" / "mine.txt"]
    for path in mine:
        path.write_text("mine")
    install("--prefix", prefix)
    install("--prefix", prefix, "--uninstall")
    assert files(prefix) == {str(path.relative_to(prefix)) for path in mine}
    assert not (prefix / "bin").exists()
    for path in mine:
        path.unlink()
    assert "nothing to remove" in install("--prefix", prefix, "--uninstall").stdout


def test_an_empty_prefix_is_empty_again(tmp_path):
    install("--prefix", tmp_path, "--library-only")
    install("--prefix", tmp_path, "--uninstall")
    assert list(tmp_path.iterdir()) == []
