"""`slipstream extrapolate`: combinations of checkpoints in three formats, against NumPy in Float64."""

import json
import os
import stat

import numpy as np
import onnx
import pytest

import checkpoints
from checkpoints import read, write
from command import snapshot

UNITS = {"float64": 1e-12, "float32": 2e-7, "float16": 6e-4, "bfloat16": 5e-3}


def extrapolate(slipstream, paths, output, *options):
    return json.loads(slipstream.succeed("extrapolate", *paths, "-o", output, "--json", *options))


def check(found: dict, expected: dict, unit: float):
    assert list(found) == list(expected)
    scale = max(np.abs(value).max(initial=0) for name, value in expected.items() if name != "steps")
    for name, value in expected.items():
        assert found[name].shape == value.shape, name
        np.testing.assert_allclose(
            found[name].astype(np.float64), np.asarray(value, np.float64), rtol=unit, atol=unit * scale, err_msg=name)


@pytest.mark.parametrize("kind, options", [
    ("safetensors", {}), ("npz", {}), ("npz", {"compressed": True}), ("onnx", {}), ("onnx", {"external": True}),
    ("onnx", {"typed": ("fc.weight", "fc.bias", "steps")})], ids=str)
def test_rna_is_that_of_the_formula(slipstream, tmp_path, kind, options):
    points = checkpoints.run(6)
    paths = write(tmp_path, points, kind, **options)
    result = extrapolate(slipstream, paths, tmp_path / f"out.{kind}")
    c, condition = checkpoints.coefficients(points)
    weights = [share["weight"] for share in result["weights"]]
    np.testing.assert_allclose(weights, [0, *c], rtol=1e-6, atol=1e-8)
    assert result["condition_number"] == pytest.approx(condition, rel=1e-6)
    assert "rejection" not in result and result["taken"] == ["steps"] and result["tensors"] == 5
    check(read(tmp_path / f"out.{kind}"), checkpoints.combine(points, [0, *c]), UNITS["float32"])


@pytest.mark.parametrize("kind", ["safetensors", "npz", "onnx"])
@pytest.mark.parametrize("dtype", UNITS)
def test_tensors_keep_their_type(slipstream, tmp_path, kind, dtype):
    if (kind, dtype) == ("npz", "bfloat16"):
        pytest.skip("NumPy's format has no bfloat16")
    points = checkpoints.run(4, dtype)
    paths = write(tmp_path, points, kind)
    output = tmp_path / f"out.{kind}"
    result = extrapolate(slipstream, paths, output, "--regularization", 1e-4)
    c, _ = checkpoints.coefficients(points, 1e-4)
    np.testing.assert_allclose([share["weight"] for share in result["weights"]], [0, *c], rtol=1e-5, atol=1e-7)
    found = read(output)
    assert all(found[name].dtype == point.dtype for name, point in points[-1].items())
    check(found, checkpoints.combine(points, [0, *c]), UNITS[dtype])


@pytest.mark.parametrize("options, weights", [
    (["--method", "uniform-average"], np.full(5, 0.2)),
    (["--method", "exponential-average"], 0.9 ** np.arange(4, -1, -1.0)),
    (["--method", "exponential-average", "--decay", 0.5], 0.5 ** np.arange(4, -1, -1.0))], ids=str)
def test_averages(slipstream, tmp_path, options, weights):
    points = checkpoints.run(5)
    result = extrapolate(slipstream, write(tmp_path, points), tmp_path / "out.safetensors", *options)
    weights = weights / weights.sum()
    np.testing.assert_allclose([share["weight"] for share in result["weights"]], weights, rtol=1e-12)
    assert "condition_number" not in result
    check(read(tmp_path / "out.safetensors"), checkpoints.combine(points, weights), UNITS["float32"])


def test_relaxation_and_excluded_statistics(slipstream, tmp_path):
    points = checkpoints.run(5)
    result = extrapolate(
        slipstream, write(tmp_path, points), tmp_path / "out.safetensors", "--relaxation", 0.25, "--exclude", "*running_*",
        "--regularization", 1e-6)
    c, _ = checkpoints.coefficients(points, 1e-6, exclude=["bn.running_mean"])
    weights = 0.25 * np.array([0, *c]) + 0.75 * np.array([*c, 0])
    np.testing.assert_allclose([share["weight"] for share in result["weights"]], weights, rtol=1e-6, atol=1e-8)
    check(read(tmp_path / "out.safetensors"), checkpoints.combine(points, weights), UNITS["float32"])


def test_tensors_may_stand_in_any_order_and_the_last_file_decides(slipstream, tmp_path):
    points = checkpoints.run(4)
    turned = [dict(list(point.items())[k:] + list(point.items())[:k]) for k, point in enumerate(points)]
    paths = [
        checkpoints.write_safetensors(tmp_path / f"{k}.safetensors", point, {"epoch": str(k), "format": "pt"})
        for k, point in enumerate(turned)]
    extrapolate(slipstream, paths, tmp_path / "out.safetensors")
    found, metadata = checkpoints.read_safetensors(tmp_path / "out.safetensors")
    c, _ = checkpoints.coefficients(points)
    check(found, checkpoints.combine(turned, [0, *c]), UNITS["float32"])
    assert metadata == {"epoch": "3", "format": "pt"}


def test_other_types_are_taken_from_the_last_file(slipstream, tmp_path):
    points = checkpoints.run(3)
    for k, point in enumerate(points):
        point |= {
            "flags": np.array([k == 0, k == 2]), "small": np.arange(3, dtype=np.int8) + k,
            "words": np.array(["abc", f"é{k}x"]), "when": np.array(["2024-01-01"], "M8[D]"),
            "record": np.array([(k, 2.0)], [("a", "<i4"), ("b", "<f4")]),
            "column": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3) + k), "empty": np.zeros((0, 3), np.float32)}
    paths = write(tmp_path, points, "npz", compressed=True)
    result = extrapolate(slipstream, paths, tmp_path / "out.npz", "--method", "uniform-average")
    found = read(tmp_path / "out.npz")
    for name in ("flags", "small", "words", "when", "record", "steps"):
        assert found[name].dtype == points[-1][name].dtype and (found[name] == points[-1][name]).all(), name
    assert set(result["taken"]) == {"flags", "small", "words", "when", "record", "steps"}
    assert found["column"].flags.f_contiguous and found["empty"].shape == (0, 3)
    np.testing.assert_array_equal(found["column"], np.arange(6).reshape(2, 3) + 1)


@pytest.mark.parametrize("external", [False, True])
def test_an_onnx_copy_changes_only_combined_values(slipstream, tmp_path, external):
    points = checkpoints.run(3)
    paths = write(tmp_path, points, "onnx", external=external)
    extrapolate(slipstream, paths, tmp_path / "out.onnx", "--method", "uniform-average")
    onnx.checker.check_model(str(tmp_path / "out.onnx"))
    models = [onnx.load(path, load_external_data=False) for path in (paths[-1], tmp_path / "out.onnx")]
    for model in models:
        for tensor in model.graph.initializer:
            tensor.ClearField("raw_data")
            tensor.ClearField("external_data")
    assert models[0] == models[1]
    if external:
        assert (tmp_path / "out.onnx.data").stat().st_size == (tmp_path / "epoch2.onnx.weights").stat().st_size
        assert (read(paths[-1])["fc.bias"] == points[-1]["fc.bias"]).all(), "the last checkpoint's data is as it was"
    else:
        assert (tmp_path / "out.onnx").stat().st_size == paths[-1].stat().st_size


@pytest.mark.parametrize("shapes", [{"a": (3,)}, {"a": (200, 200)}], ids=["small", "large"])
@pytest.mark.parametrize("place", ["constant", "branch"])
def test_external_data_of_constants_and_inner_graphs_goes_with_the_copy(slipstream, tmp_path, shapes, place):
    """What an ONNX file names outside its main graph's initialisers is found in any message, whatever its size."""
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    points = checkpoints.run(2, shapes=shapes)
    paths = write(tmp_path / "in", points, "onnx")
    secret = np.arange(5, dtype=np.float32)
    (tmp_path / "in" / "side.bin").write_bytes(bytes(16) + secret.tobytes())
    for path in paths:
        model = onnx.load(path)
        tensor = onnx.TensorProto(
            name="secret", data_type=onnx.TensorProto.FLOAT, dims=[5], data_location=onnx.TensorProto.EXTERNAL)
        for key, value in {"location": "side.bin", "offset": "16", "length": "20"}.items():
            tensor.external_data.add(key=key, value=value)
        constant = onnx.helper.make_node("Constant", [], ["k"], value=tensor)
        if place == "branch":
            # Elements enough to make the inner graph a large message as well.
            more = onnx.numpy_helper.from_array(np.zeros(shapes["a"], np.float32), "more")
            inner = onnx.helper.make_graph(
                [constant], "inner", [], [onnx.helper.make_tensor_value_info("k", onnx.TensorProto.FLOAT, [5])], [more])
            constant = onnx.helper.make_node("If", ["condition"], ["chosen"], then_branch=inner, else_branch=inner)
            model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(True), "condition"))
        model.graph.node.insert(0, constant)
        path.write_bytes(model.SerializeToString())
    extrapolate(slipstream, paths, tmp_path / "out" / "m.onnx", "--method", "uniform-average")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["m.onnx", "m.onnx.data"]
    assert (tmp_path / "out" / "m.onnx.data").read_bytes() == (tmp_path / "in" / "side.bin").read_bytes()
    copy = onnx.load(tmp_path / "out" / "m.onnx", load_external_data=False)
    graph = copy.graph if place == "constant" else copy.graph.node[0].attribute[0].g
    entries = {entry.key: entry.value for entry in graph.node[0].attribute[0].t.external_data}
    assert entries == {"location": "m.onnx.data", "offset": "16", "length": "20"}
    np.testing.assert_allclose(
        onnx.numpy_helper.to_array(next(t for t in copy.graph.initializer if t.name == "a")),
        (points[0]["a"] + points[1]["a"]) / 2, rtol=1e-6, atol=1e-6)


def test_large_tensors_and_many_files(slipstream, tmp_path):
    points = checkpoints.run(20, shapes={"a": (100_003,), "b": (17, 4001)})
    for kind in ("safetensors", "npz"):
        result = extrapolate(slipstream, write(tmp_path, points, kind), tmp_path / f"out.{kind}")
        c, _ = checkpoints.coefficients(points)
        np.testing.assert_allclose([share["weight"] for share in result["weights"]], [0, *c], rtol=1e-4, atol=1e-6)
        check(read(tmp_path / f"out.{kind}"), checkpoints.combine(points, [0, *c]), 1e-5)


def test_the_text_names_files_weights_and_what_was_taken(slipstream, tmp_path):
    paths = write(tmp_path, checkpoints.run(3))
    text = slipstream.succeed("extrapolate", *paths, "--output", tmp_path / "out.safetensors")
    for part in ("rna of 3 checkpoints, 5 tensors, 719 numbers", "condition number", "1 tensor (steps)", str(paths[0])):
        assert part in text, text


def test_what_stands_still_is_rejected_unless_a_fallback_is_given(slipstream, tmp_path):
    point = checkpoints.run(1)[0]
    paths = write(tmp_path, [point] * 3)
    output = tmp_path / "out.safetensors"
    slipstream.refuse("extrapolate", *paths, "-o", output, codes=[1], says=["zero-residuals", "--fallback last"])
    assert not output.exists()
    result = slipstream.run("extrapolate", *paths, "-o", output, "--fallback", "last", "--json")
    assert result.returncode == 0 and "zero-residuals" in result.stderr
    assert json.loads(result.stdout)["rejection"] == "zero-residuals"
    assert output.read_bytes() == paths[-1].read_bytes()


def test_a_repeated_point_is_noted(slipstream, tmp_path):
    points = checkpoints.run(3)
    paths = write(tmp_path, [points[0], points[1], points[1], points[2]])
    result = slipstream.run("extrapolate", *paths, "-o", tmp_path / "out.safetensors")
    assert result.returncode == 0 and "holds the same numbers as" in result.stderr


# Nonsense.


def refuse(slipstream, folder, paths, *options, codes=(1,), says=(), output=None):
    """The command refuses, and leaves the folder as it was."""
    before = snapshot(folder)
    message = slipstream.refuse(
        "extrapolate", *paths, "-o", output or folder / f"out{paths[-1].suffix}", *options, codes=codes, says=says)
    assert snapshot(folder) == before
    return message


@pytest.mark.parametrize("kind", ["safetensors", "npz", "onnx"])
def test_all_mismatches_are_listed(slipstream, tmp_path, kind):
    points = checkpoints.run(3)
    del points[0]["fc.bias"]
    points[0]["fc.weight"] = points[0]["fc.weight"].T.copy()
    points[1]["extra"] = np.zeros(3, np.float32)
    points[1]["scale"] = points[1]["scale"].astype(np.float64)
    message = refuse(
        slipstream, tmp_path, write(tmp_path, points, kind),
        says=["epoch0.*'fc.bias' is missing", "epoch0.*'fc.weight' has the shape 54 x 10, not 10 x 54",
              "epoch1.*'extra' is not in the last one", "epoch1.*'scale' has elements of .*, not", "epoch2.*says what is right"])
    assert len(message.strip().splitlines()) == 5


@pytest.mark.parametrize("kind", ["safetensors", "npz", "onnx"])
@pytest.mark.parametrize("method", ["rna", "uniform-average"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_elements_that_are_not_finite_are_named(slipstream, tmp_path, kind, method, value):
    points = checkpoints.run(3)
    points[1]["fc.weight"][3, 7] = value
    refuse(
        slipstream, tmp_path, write(tmp_path, points, kind), "--method", method,
        says=[f"element {3 * 54 + 7} of the tensor 'fc.weight' in '.*epoch1"])


def test_a_result_beyond_half_precision_is_refused(slipstream, tmp_path):
    points = [{"w": np.array([value], np.float16)} for value in (0, 40000, 65000)]
    paths = write(tmp_path, points)
    refuse(slipstream, tmp_path, paths, "--regularization", 0, says=["goes beyond what F16 can hold"])
    result = slipstream.run(
        "extrapolate", *paths, "-o", tmp_path / "out.safetensors", "--regularization", 0, "--fallback", "last")
    assert result.returncode == 0 and read(tmp_path / "out.safetensors")["w"] == 65000


@pytest.mark.parametrize("kind", ["safetensors", "npz", "onnx"])
def test_files_cut_off_anywhere_are_refused(slipstream, tmp_path, kind):
    paths = write(tmp_path, checkpoints.run(2), kind)
    content = paths[0].read_bytes()
    for length in (0, 1, 7, 9, 100, len(content) // 2, len(content) - 1):
        paths[0].write_bytes(content[:length])
        refuse(slipstream, tmp_path, paths, says=["epoch0"])


@pytest.mark.parametrize("kind", ["safetensors", "npz", "onnx"])
def test_damaged_files_never_crash_the_program(slipstream, tmp_path, kind):
    paths = write(tmp_path, checkpoints.run(2), kind)
    content = paths[1].read_bytes()
    random = np.random.default_rng(0)
    for _ in range(40):
        damaged = bytearray(content)
        # Most damage goes where structure is: the first bytes, and a zip archive's last ones.
        for position in random.choice([*range(400), *range(-400, 0)], 3):
            damaged[position] = random.integers(256)
        paths[1].write_bytes(damaged)
        result = slipstream.run("extrapolate", *paths, "-o", tmp_path / f"out.{kind}")
        if result.returncode:
            slipstream.refuse("extrapolate", *paths, "-o", tmp_path / f"out.{kind}", codes=[1])


@pytest.mark.parametrize("header, says", [
    ({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 8]}}, "16 bytes"),
    ({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 800]}}, "800"),
    ({"w": {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 8]}}, "impossible"),
    ({"w": {"dtype": "F16", "shape": [2], "data_offsets": [0, 8]}}, "4 bytes"),
    ({"w": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}, "gap")])
def test_headers_that_lie_are_refused(slipstream, tmp_path, header, says):
    good = checkpoints.write_safetensors(tmp_path / "good.safetensors", {"w": np.zeros(2, np.float32)})
    text = json.dumps(header).encode()
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(len(text).to_bytes(8, "little") + text + bytes(8))
    refuse(slipstream, tmp_path, [bad, good], says=["bad.safetensors", says])


def test_a_wrong_checksum_is_found(slipstream, tmp_path):
    paths = write(tmp_path, checkpoints.run(2), "npz")
    content = bytearray(paths[0].read_bytes())
    weights = checkpoints.run(2)[0]["fc.weight"].tobytes()
    content[content.index(weights) + 5] ^= 1
    paths[0].write_bytes(content)
    refuse(slipstream, tmp_path, paths, says=["epoch0.npz:fc.weight.npy", "checksum"])


def test_numbers_in_other_forms_are_refused_unless_kept(slipstream, tmp_path):
    points = checkpoints.run(2)
    for point in points:
        point |= {"big": np.zeros(2, ">f4"), "complex": np.zeros(2, np.complex64)}
    paths = write(tmp_path, points, "npz")
    refuse(slipstream, tmp_path, paths, says=["'big' \\(>f4\\), 'complex' \\(<c8\\)"])
    result = extrapolate(slipstream, paths, tmp_path / "out.npz", "--keep", "big", "--keep", "comp*")
    assert set(result["taken"]) == {"steps", "big", "complex"}


def test_column_and_row_order_do_not_mix(slipstream, tmp_path):
    points = [{"w": np.zeros((2, 3), np.float32)}, {"w": np.ones((2, 3), np.float32, order="F")}]
    refuse(slipstream, tmp_path, write(tmp_path, points, "npz"), says=["'w' is in C order, not in Fortran order"])


def test_an_archive_without_floats_is_refused(slipstream, tmp_path):
    paths = write(tmp_path, [{"n": np.arange(k + 2)[:2]} for k in range(2)])
    refuse(slipstream, tmp_path, paths, says=["no floating-point tensor"])
    refuse(slipstream, tmp_path, write(tmp_path, [{}, {}]), says=["no floating-point tensor"])


def test_tensors_of_no_elements_alone_stand_still(slipstream, tmp_path):
    paths = write(tmp_path, [{"w": np.zeros((0, 3), np.float32)}] * 2)
    refuse(slipstream, tmp_path, paths, says=["zero-residuals"])
    extrapolate(slipstream, paths, tmp_path / "out.safetensors", "--method", "uniform-average")
    assert (tmp_path / "out.safetensors").read_bytes() == paths[0].read_bytes()


def test_files_that_do_not_fit_the_command_are_refused(slipstream, tmp_path):
    points = checkpoints.run(2)
    a, b = write(tmp_path, points)
    c, _ = write(tmp_path, points, "npz")
    pickle = tmp_path / "model.pt"
    pickle.write_bytes(b"PK")
    link = tmp_path / "link.safetensors"
    link.symlink_to(a)
    refuse(slipstream, tmp_path, [a], codes=[2], says=["1 checkpoints; 2 to 128"])
    refuse(slipstream, tmp_path, [c, a], codes=[2], says=["one kind"])
    refuse(slipstream, tmp_path, [pickle, a], codes=[2], says=["model.pt", ".safetensors, .npz or .onnx"])
    refuse(slipstream, tmp_path, [a, a], says=["given twice"])
    refuse(slipstream, tmp_path, [a, link], says=["the same file"])
    refuse(slipstream, tmp_path, [a, b], output=b, says=["--output would replace"])
    refuse(slipstream, tmp_path, [a, b], output=tmp_path / "out.npz", codes=[2], says=["--output is .npz"])
    refuse(slipstream, tmp_path, [a, b], output=tmp_path / "none" / "o.safetensors", says=["there is no folder"])
    refuse(slipstream, tmp_path, [a, tmp_path / "none.safetensors"], says=["none.safetensors"])
    refuse(slipstream, tmp_path, [a, tmp_path / "folder.npz"], codes=[2], says=["one kind"])
    refuse(slipstream, tmp_path, [a, b], "--exclude", "typo*", says=["'typo\\*'"])
    refuse(slipstream, tmp_path, [a, b], "--exclude", "*", says=["exclude all"])


@pytest.mark.parametrize("data, number", [("model.onnx.data", 0), ("model.onnx.data", 1), ("model.onnx", 0)])
def test_data_files_of_checkpoints_are_not_overwritten(slipstream, tmp_path, data, number):
    points = checkpoints.run(2)
    names = ["a.onnx", "final.onnx"]
    paths = [
        checkpoints.write_onnx(tmp_path / name, point, external=data if k == number else True)
        for k, (name, point) in enumerate(zip(names, points))]
    refuse(
        slipstream, tmp_path, paths, output=tmp_path / "model.onnx",
        says=[f"--output would replace '.*{data}', which holds data of the checkpoint '.*{names[number]}'; name another"])
    check(read(paths[number]), points[number], 0)
    extrapolate(slipstream, paths, tmp_path / "other.onnx", "--method", "uniform-average")
    check(read(tmp_path / "other.onnx"), checkpoints.combine(points, [0.5, 0.5]), UNITS["float32"])
    check(read(paths[number]), points[number], 0)


def test_the_copy_s_data_file_is_no_checkpoint(slipstream, tmp_path):
    points = checkpoints.run(2)
    first = checkpoints.write_onnx(tmp_path / "a.onnx", points[0])
    last = checkpoints.write_onnx(tmp_path / "b.onnx", points[1], external=True)
    (tmp_path / "out.onnx.data").symlink_to(first)
    refuse(
        slipstream, tmp_path, [first, last], output=tmp_path / "out.onnx",
        says=["--output would replace the checkpoint '.*a.onnx'"])


def test_an_output_that_is_no_regular_file_is_not_replaced(slipstream, tmp_path):
    paths = write(tmp_path, checkpoints.run(2), "onnx", external=True)
    pipe = tmp_path / "pipe.onnx"
    os.mkfifo(pipe)
    slipstream.refuse("extrapolate", *paths, "-o", pipe, codes=[1], says=["pipe.onnx", "not a regular file"])
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@pytest.mark.parametrize("options, says", [
    (["--method", "magic"], "--method"), (["--regularization", "-1"], "--regularization"),
    (["--regularization", "nan"], "--regularization"), (["--relaxation", "3"], "--relaxation"),
    (["--decay", "0.5"], "--decay"), (["--method", "exponential-average", "--decay", "2"], "--decay"),
    (["--method", "uniform-average", "--exclude", "a"], "--exclude"), (["--keep", ""], "--keep"),
    (["--fallback", "first"], "--fallback"), (["--threads", "0"], "--threads")])
def test_options_that_make_no_sense_are_refused(slipstream, tmp_path, options, says):
    refuse(slipstream, tmp_path, write(tmp_path, checkpoints.run(2)), *options, codes=[2], says=[says])
