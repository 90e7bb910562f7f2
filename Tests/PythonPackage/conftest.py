"""Builds the wheel of CAPI/python and installs it, so that the tests import what a user would.

$SLIPSTREAM_LIBRARY names a libslipstream.so to put into it, where building one takes too long.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "CAPI" / "python"


def pip(*arguments) -> None:
    """Runs pip, which must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.exit(f"pip {arguments[0]} failed:\n{done.stdout}{done.stderr}", returncode=1)


def pytest_configure(config):
    folder = Path(tempfile.mkdtemp(prefix="slipstream-package-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    pip("wheel", "--no-deps", "--wheel-dir", folder / "wheel", PACKAGE)
    (wheel,) = (folder / "wheel").iterdir()
    pip("install", "--no-deps", "--target", folder / "site", wheel)
    # Only the wheel's own library counts from here on.
    os.environ.pop("SLIPSTREAM_LIBRARY", None)
    os.environ["PYTHONPATH"] = str(folder / "site")
    sys.path.insert(0, str(folder / "site"))
    config.slipstream_wheel = wheel


@pytest.fixture(scope="session")
def wheel(pytestconfig) -> Path:
    """The wheel that is tested."""
    return pytestconfig.slipstream_wheel


def run_python(*arguments, cwd=None, **environment) -> subprocess.CompletedProcess:
    """Runs Python with warnings as errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=300,
        env=os.environ | environment)
