"""docs/algorithms: every page's examples run as they are printed."""

import os
import re
import subprocess

import pytest

from conftest import ROOT
from data import write_madelon

PAGES = sorted((ROOT / "docs" / "algorithms").glob("*.md"))
EXAMPLES = [(page, block) for page in PAGES for block in re.findall(r"```sh\n(.*?)\n```", page.read_text(), re.DOTALL)]


@pytest.mark.parametrize("page, script", EXAMPLES, ids=[page.stem for page, _ in EXAMPLES])
def test_the_example_runs_as_printed(slipstream, tmp_path, page, script):
    # Data that the package does not hold stand in a page as DIR.
    write_madelon(tmp_path / "DIR")
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=600,
        env=os.environ | {"PATH": f"{os.path.dirname(slipstream.path)}:{os.environ['PATH']}"})
    assert result.returncode == 0, f"{script}\nended with {result.returncode}:\n{result.stdout}{result.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_linked_pages_exist(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target
