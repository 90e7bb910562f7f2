"""Package.swift: what the build's strictness and the module boundaries rest on."""

import json
import subprocess

import pytest

from conftest import ROOT


@pytest.fixture(scope="module")
def targets() -> list[dict]:
    described = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(described.stdout)["targets"]


def test_warnings_are_errors_in_every_target(targets):
    lenient = [
        target["name"] for target in targets
        if target["type"] != "system"
        and not any(setting["kind"].get("treatAllWarnings") == {"_0": "error"} for setting in target["settings"])
    ]
    assert lenient == []


def test_a_target_depends_only_on_what_stands_above_it(targets):
    seen = set()
    for target in targets:
        own = {dependency["byName"][0] for dependency in target["dependencies"] if "byName" in dependency}
        assert own <= seen, f"{target['name']} depends on {own - seen}, declared below it"
        seen.add(target["name"])


def test_a_module_lies_in_the_folder_of_its_name(targets):
    for target in targets:
        if target["path"].startswith(("Modules/", "Plugins/")):
            assert target["path"].split("/")[-1] == target["name"]
