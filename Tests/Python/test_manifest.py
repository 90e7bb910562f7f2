"""Package.swift: what the build's strictness and the module boundaries rest on."""

import json
import re
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
        if target["type"] not in ("system", "plugin")  # SwiftPM gives a plugin no settings
        and not any(setting["kind"].get("treatAllWarnings") == {"_0": "error"} for setting in target["settings"])
    ]
    assert lenient == []


def test_a_target_depends_only_on_what_stands_above_it(targets):
    seen = set()
    for target in targets:
        own = own_dependencies(target)
        assert own <= seen, f"{target['name']} depends on {own - seen}, declared below it"
        seen.add(target["name"])


def own_dependencies(target) -> set[str]:
    """The targets of this package that a target depends on."""
    return {dependency["byName"][0] for dependency in target["dependencies"] if "byName" in dependency}


def test_a_target_declares_what_it_imports_and_nothing_else(targets):
    names = {target["name"] for target in targets}
    for target in targets:
        sources = [path.read_text() for path in (ROOT / target["path"]).rglob("*.swift")]
        if target["type"] == "test" or not sources:
            continue
        imported = set(re.findall(r"^ *(?:@\w+ )?import (\w+)", "\n".join(sources), re.MULTILINE))
        assert imported & names == own_dependencies(target), target["name"]


def test_the_map_in_architecture_is_that_of_the_manifest(targets):
    rows = re.findall(r"^\| `([\w/]+)`.* \| .* \| (.*) \|$", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    stated = {path: set(re.findall(r"\w+", words)) for path, words in rows}
    names = {target["name"] for target in targets}
    for target in targets:
        if target["type"] in ("regular", "executable") and not target["path"].startswith("Tests/"):
            assert stated[target["path"]] & names == own_dependencies(target), target["name"]


def test_a_module_lies_in_the_folder_of_its_name(targets):
    for target in targets:
        if target["path"].startswith(("Modules/", "Plugins/")):
            assert target["path"].split("/")[-1] == target["name"]
