"""The wheel: what is in it, and that it works by itself."""

import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from conftest import PACKAGE, ROOT, run_python


def test_it_holds_the_library_and_is_for_this_kind_of_machine_and_any_python_3(wheel):
    assert re.fullmatch(r"slipstream-[\d.]+-py3-none-linux_(x86_64|aarch64)\.whl", wheel.name)
    names = zipfile.ZipFile(wheel).namelist()
    assert {"slipstream/libslipstream.so", "slipstream/py.typed", "slipstream/torch/__init__.py"} <= set(names)
    described = zipfile.ZipFile(wheel).read(next(name for name in names if name.endswith("/WHEEL"))).decode()
    assert "Root-Is-Purelib: false" in described
    metadata = zipfile.ZipFile(wheel).read(next(name for name in names if name.endswith("/METADATA"))).decode()
    required = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra)", metadata, re.MULTILINE)
    assert required == ["numpy"] and "Requires-Python: >=3.9" in metadata


def test_building_leaves_nothing_in_the_checkout(wheel):
    done = subprocess.run(
        ["git", "status", "--short", "--", PACKAGE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not re.search(r"build|\.so|egg-info", done.stdout)


def test_installed_in_an_environment_of_its_own_it_runs_from_an_empty_folder(wheel, tmp_path):
    environment, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], check=True)
    done = subprocess.run(
        [python, "-I", "-W", "error", ROOT / "CAPI" / "examples" / "python" / "quadratic.py"], cwd=empty,
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list(empty.iterdir()) == []
    without = subprocess.run(
        [python, "-I", "-c", "import slipstream\nslipstream.torch"], cwd=empty, capture_output=True, text=True)
    assert without.returncode == 1 and "pip install 'slipstream[torch]'" in without.stderr


def test_importing_it_imports_numpy_alone():
    done = run_python("-c", """
import sys
import slipstream
print([name for name in ("torch", "scipy", "onnx") if name in sys.modules])""")
    assert done.returncode == 0 and done.stdout.strip() == "[]", done.stderr


def test_its_version_is_the_headers():
    import slipstream

    header = (ROOT / "CAPI" / "include" / "slipstream.h").read_text()
    assert slipstream.__version__ == re.search(r'SLIP_VERSION "(.*)"', header)[1]


@pytest.mark.parametrize("library, says", [
    ("/nowhere/libslipstream.so", "there is no library"),
    (__file__, "is not the library of slipstream.h"),
])
def test_a_library_that_is_none_is_refused(library, says):
    done = run_python("-c", "import slipstream", SLIPSTREAM_LIBRARY=library)
    assert done.returncode == 1 and "ImportError" in done.stderr and says in done.stderr


def test_a_library_of_another_binary_interface_is_refused(tmp_path):
    (tmp_path / "other.c").write_text("unsigned slip_abi_version(void) { return 77; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "other.so", tmp_path / "other.c"], check=True)
    done = run_python("-c", "import slipstream", SLIPSTREAM_LIBRARY=str(tmp_path / "other.so"))
    assert done.returncode == 1 and "version 77 of the binary interface" in done.stderr


def test_types_are_checked_strictly():
    options = ["--strict", "--ignore-missing-imports", "--cache-dir", ROOT / ".venv" / "mypy"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "slipstream"], cwd=PACKAGE / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_numpy_arrays_are_not_copied():
    """A push and an extrapolation of contiguous arrays allocate nothing of their size in Python."""
    import tracemalloc

    import slipstream

    x = np.zeros(1_000_000, np.float32)
    rna = slipstream.RNA(x, window=3)
    tracemalloc.start()
    for step in range(3):
        x += 1 / (step + 1)
        rna.push(x)
        rna.extrapolate(out=x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000
