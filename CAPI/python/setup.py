"""Builds the wheel with libslipstream.so inside: the one that $SLIPSTREAM_LIBRARY names, or one that CAPI/build makes."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
CAPI = HERE.parent
# Neither the build's folder nor what an earlier build left there belongs in the checkout.
SCRATCH = tempfile.TemporaryDirectory(prefix="slipstream-")


def version() -> str:
    """The version, which slipstream.h states; an sdist, which is not among it, has it in PKG-INFO."""
    places = (
        (CAPI / "include" / "slipstream.h", r'#define SLIP_VERSION "(.*)"'), (HERE / "PKG-INFO", r"\nVersion: (.*)"))
    for path, pattern in places:
        if path.exists():
            found = re.search(pattern, path.read_text())
            if found:
                return found[1]
    sys.exit("slipstream's setup: CAPI/include/slipstream.h, which states the version, is not beside this folder")


def library() -> Path:
    """The library to put into the wheel."""
    named = os.environ.get("SLIPSTREAM_LIBRARY")
    if named:
        if not Path(named).is_file():
            sys.exit(f"slipstream's setup: $SLIPSTREAM_LIBRARY is {named}, which is no file")
        return Path(named).resolve()
    script = CAPI / "build"
    if not script.exists():
        sys.exit(
            f"slipstream's setup: there is no {script}; install from a checkout of Slipstream, or name a "
            "libslipstream.so with $SLIPSTREAM_LIBRARY")
    prefix = Path(SCRATCH.name) / "prefix"
    if subprocess.run([str(script), str(prefix)], stdout=sys.stderr).returncode != 0:
        sys.exit("slipstream's setup: CAPI/build could not build libslipstream.so (its output is above)")
    return (prefix / "lib" / "libslipstream.so").resolve()


class BuildWithLibrary(build_py):
    """Puts the library beside the modules."""

    def run(self) -> None:
        super().run()
        folder = HERE / "src" if self.editable_mode else Path(self.build_lib)
        target = folder / "slipstream" / "libslipstream.so"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(library(), target)
        target.chmod(0o755)


class WithLibrary(Distribution):
    """Not the same on every machine, though nothing of it is compiled here."""

    def has_ext_modules(self) -> bool:
        return True


class PlatformWheel(bdist_wheel):
    """Any Python 3, no Python ABI, but this machine's kind alone."""

    def get_tag(self) -> "tuple[str, str, str]":
        return "py3", "none", super().get_tag()[2]


setup(
    version=version(),
    distclass=WithLibrary,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
    options={"build": {"build_base": str(Path(SCRATCH.name) / "build")}},
)
