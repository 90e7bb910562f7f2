"""The Python declarations and slipstream.h say the same."""

import ctypes
import inspect
import re
import subprocess

import pytest

import slipstream
from conftest import ROOT
from slipstream import _library, _optimizer, _structures

INCLUDE = ROOT / "CAPI" / "include"
HEADERS = "\n".join(
    re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in sorted(INCLUDE.glob("slipstream*.h"))
    if path.name != "slipstream_plugin.h")
DECLARED = {
    name: [argument for argument in arguments.split(",") if argument.strip() not in ("", "void")]
    for name, arguments in re.findall(r"\b(slip_[a-z0-9_]+)\(([^()]*)\);", HEADERS)}


def test_every_call_of_the_header_is_declared_with_as_many_arguments():
    ours = {
        name.format(suffix): len(arguments) for name, arguments in _library.PROTOTYPES.items()
        for suffix in (("f32", "f64") if "{}" in name else ("",))}
    assert ours == {name: len(arguments) for name, arguments in DECLARED.items()}


def test_every_declared_call_is_in_the_library():
    for name in DECLARED:
        getattr(_library.LIBRARY, name)


@pytest.mark.parametrize("name, ours", [
    ("slip_const_segment_f32", _structures.Segment), ("slip_layout_segment", _structures.LayoutSegment),
    ("slip_parameter", _structures.Parameter), ("slip_description", _structures.Description),
    ("slip_rna_candidate", _structures.Candidate), ("slip_rna_statistics", _structures.RNAStatistics),
    ("slip_average_statistics", _structures.AverageStatistics),
    ("slip_optimizer_statistics", _structures.OptimizerStatistics)])
def test_structures_lie_in_memory_as_the_c_compiler_lays_them(tmp_path, name, ours):
    fields = [field[0] for field in ours._fields_]
    offsets = "".join(f'    printf(" %zu", offsetof({name}, {field}));\n' for field in fields)
    (tmp_path / "layout.c").write_text(
        f'#include <slipstream.h>\n#include <stdio.h>\nint main(void) {{\n    printf("%zu", sizeof({name}));\n{offsets}}}\n')
    subprocess.run(["cc", "-I", INCLUDE, "-o", tmp_path / "layout", tmp_path / "layout.c"], check=True)
    found = [int(text) for text in subprocess.check_output([tmp_path / "layout"]).split()]
    assert found == [ctypes.sizeof(ours), *(getattr(ours, field).offset for field in fields)]


def test_statuses_have_an_exception_each():
    numbers = {int(number) for number in re.findall(r"SLIP_[A-Z_]+ = (-\d+)", HEADERS)}
    kinds = {slipstream.errors._BY_STATUS[number] for number in numbers}
    assert len(kinds) == len(numbers) and all(issubclass(kind, slipstream.SlipstreamError) for kind in kinds)


def test_flags_are_the_headers():
    for name, number in re.findall(r"SLIP_SEGMENT_([A-Z]+) = (\d+)", HEADERS):
        assert slipstream.Flag[name] == int(number)


CLASSES = {
    "sgd": slipstream.SGD, "adam": slipstream.Adam, "adamw": slipstream.AdamW, "adagrad": slipstream.AdaGrad,
    "adadelta": slipstream.Adadelta, "rmsprop": slipstream.RMSProp, "adaptive-nesterov": slipstream.AdaptiveNesterov,
    "neumann": slipstream.Neumann, "sda": slipstream.SDA, "rda": slipstream.RDA, "prox-sgd": slipstream.ProxSGD}


def test_every_rule_of_the_library_has_a_class():
    assert [rule.name for rule in slipstream.rules()] == list(CLASSES)
    assert [rule.name for rule in slipstream.rules("average")] == ["uniform-average", "exponential-average"]


def defaults(kind) -> dict:
    """The keyword parameters of a class, as the library spells them, with their defaults."""
    skipped = ("self", "rule", "like", "params", "flags", "dtype", "parameters")
    return {
        {"lambd": "lambda", "lr": "learning-rate"}.get(name, name.replace("_", "-")): parameter.default
        for name, parameter in inspect.signature(kind.__init__).parameters.items() if name not in skipped}


@pytest.mark.parametrize("name", CLASSES)
def test_defaults_of_a_rule_are_the_librarys(name):
    expected = {key: parameter.default for key, parameter in _optimizer.parameters_of(name).items()}
    assert defaults(CLASSES[name]) == expected


@pytest.mark.parametrize("kind", [slipstream.RNA, slipstream.UniformAverage, slipstream.ExponentialAverage])
def test_defaults_of_accelerators_are_the_librarys(kind):
    with kind(7) as made:
        expected = {parameter.name: parameter.default for parameter in made.parameters()}
    found = defaults(kind)
    if "residual-count" in expected:
        assert found.pop("residual-count") is None and expected.pop("residual-count") == 7
    assert found == expected


def test_a_parameters_description_says_what_is_allowed():
    found = {parameter.name: parameter for parameter in slipstream.RNA(7).parameters()}["window"]
    assert (found.least, found.greatest, found.whole, found.default) == (1, 128, True, 10)
    assert found.summary and "128" in found.allowed
