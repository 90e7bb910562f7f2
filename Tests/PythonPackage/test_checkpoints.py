"""Checkpoints of any framework, combined."""

import json
import struct
import tracemalloc

import numpy as np
import pytest

import slipstream
from slipstream import extrapolate_checkpoints


def tensors(step, count=5):
    """What a run has at a step: weights that converge, and things that are no weights."""
    random = np.random.default_rng(0)
    made = {}
    for name, shape, dtype in (
        ("layer.weight", (20, 30), np.float32), ("layer.bias", (30,), np.float64), ("half", (17,), np.float16),
        ("layer.running_mean", (8,), np.float32), ("empty", (0, 3), np.float32), ("scalar", (), np.float32)):
        limit, distance, rate = (random.standard_normal(shape) for _ in range(3))
        made[name] = np.asarray(limit + distance * (0.2 + 0.6 / (1 + rate**2)) ** step, dtype)
    made["steps"] = np.array(100 * step)
    made["mask"] = np.arange(6).reshape(2, 3) % (step + 2) == 0
    return made


def write_safetensors(path, arrays, metadata=None, bfloat=()):
    """The format as its authors describe it."""
    names = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64", "bool": "BOOL", "uint16": "U16"}
    header, at, data = {}, 0, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, array in arrays.items():
        content = array.tobytes()
        kind = "BF16" if name in bfloat else names[array.dtype.name]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + len(content)]}
        at += len(content)
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    kinds = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I64": "<i8", "BOOL": "?", "U16": "<u2", "BF16": "<u2"}
    header.pop("__metadata__", None)
    assert length % 8 == 0
    return {
        name: np.frombuffer(data[8 + length :][slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()}


WRITERS = {
    "safetensors": write_safetensors, "npz": lambda path, arrays: np.savez(path, **arrays),
    "compressed.npz": lambda path, arrays: np.savez_compressed(path, **arrays)}


def save(folder, kind, count=6):
    paths = [folder / f"{step}.{kind}" for step in range(count)]
    for step, path in enumerate(paths):
        WRITERS[kind](path, tensors(step))
    return paths


def read(path):
    return read_safetensors(path) if path.suffix == ".safetensors" else dict(np.load(path))


def expected(method, count=6, exclude=(), **settings):
    """The combination by the library's own handles, all tensors in memory."""
    steps = [tensors(step) for step in range(count)]
    names = [name for name, array in steps[0].items() if array.dtype.kind == "f"]
    flags = {name: slipstream.Flag.STATISTIC for name in exclude}
    points = [{name: step[name].astype(np.float64) for name in names} for step in steps]
    if method == "rna":
        made = slipstream.RNA(points[0], window=count - 1, flags=flags or None, **settings)
    elif method == "uniform-average":
        made = slipstream.UniformAverage(points[0], window=count)
    else:
        made = slipstream.ExponentialAverage(points[0], window=count, **settings)
    for point in points:
        made.push(point)
    return made.extrapolate() if method == "rna" else made.propose()


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("method, settings", [
    ("rna", {}), ("rna", {"regularization": 1e-3}), ("rna", {"relaxation": 0.5}), ("uniform-average", {}),
    ("exponential-average", {"decay": 0.7})])
def test_the_combination_is_the_librarys(tmp_path, kind, method, settings):
    paths, output = save(tmp_path, kind), tmp_path / f"out.{kind}"
    result = extrapolate_checkpoints(paths, output, method, **settings)
    found, last = read(output), tensors(5)
    assert list(found) == list(last)
    for name, array in expected(method, **settings).items():
        assert found[name].dtype == last[name].dtype and found[name].shape == last[name].shape
        tolerance = {2: 2e-3, 4: 2e-6, 8: 1e-6}[last[name].itemsize]
        np.testing.assert_allclose(found[name], array, rtol=tolerance, atol=tolerance)
    assert np.array_equal(found["steps"], last["steps"]) and np.array_equal(found["mask"], last["mask"])
    assert result.taken == ("steps", "mask") and result.tensors == 6 and result.elements == 656
    assert sum(result.weights) == pytest.approx(1) and len(result.weights) == 6
    assert sorted(tmp_path.iterdir()) == sorted([*paths, output]), "nothing else is left"


def test_running_statistics_can_be_kept_out_of_the_residuals_or_kept_as_they_are(tmp_path):
    paths, output = save(tmp_path, "safetensors"), tmp_path / "out.safetensors"
    extrapolate_checkpoints(paths, output, exclude=["*running_*", "half"])
    wanted = expected("rna", exclude=("layer.running_mean", "half"))
    np.testing.assert_allclose(read(output)["layer.running_mean"], wanted["layer.running_mean"], rtol=1e-5)
    result = extrapolate_checkpoints(paths, output, keep=["*running_*"])
    assert np.array_equal(read(output)["layer.running_mean"], tensors(5)["layer.running_mean"])
    assert "layer.running_mean" in result.taken


def test_bfloat16_is_combined_and_rounded_to_nearest(tmp_path):
    values = np.random.default_rng(0).standard_normal((2, 1000)).astype(np.float32)
    bits = (values.view(np.uint32) >> 16).astype(np.uint16)
    for index, row in enumerate(bits):
        write_safetensors(tmp_path / f"{index}.safetensors", {"x": row}, bfloat=("x",))
    files = [tmp_path / "0.safetensors", tmp_path / "1.safetensors"]
    extrapolate_checkpoints(files, tmp_path / "out.safetensors", "uniform-average")
    exact = (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64).mean(axis=0)
    found = (read(tmp_path / "out.safetensors")["x"].astype(np.uint32) << 16).view(np.float32)
    assert (np.abs(found - exact) <= np.abs(exact) * 2.0**-8 * 1.0001 + 1e-30).all()


def test_metadata_is_the_last_files(tmp_path):
    for index in range(3):
        write_safetensors(tmp_path / f"{index}.safetensors", {"x": np.full(3, 0.5**index)}, {"epoch": str(index)})
    extrapolate_checkpoints(sorted(tmp_path.iterdir()), tmp_path / "out.safetensors")
    data = (tmp_path / "out.safetensors").read_bytes()
    assert json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])["__metadata__"] == {"epoch": "2"}


def test_the_output_may_be_one_of_the_files(tmp_path):
    paths = save(tmp_path, "safetensors")
    extrapolate_checkpoints(paths, tmp_path / "out.safetensors")
    extrapolate_checkpoints(paths, paths[-1])
    assert paths[-1].read_bytes() == (tmp_path / "out.safetensors").read_bytes()


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path):
    paths = save(tmp_path, "npz", 3)
    target, link, new = tmp_path / "target.npz", tmp_path / "link.npz", tmp_path / "new.npz"
    target.write_bytes(b"")
    target.chmod(0o640)
    link.symlink_to("target.npz")
    extrapolate_checkpoints(paths, link)
    extrapolate_checkpoints(paths, new)
    assert link.is_symlink() and target.read_bytes() == new.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o640
    (tmp_path / "plain").write_bytes(b"")
    assert new.stat().st_mode == (tmp_path / "plain").stat().st_mode, "as the mask leaves it"


@pytest.mark.parametrize("kind", ["safetensors", "npz"])
def test_memory_does_not_grow_with_the_tensors(tmp_path, kind):
    for step in range(4):
        WRITERS[kind](tmp_path / f"{step}.{kind}", {"x": np.full(4_000_000, 0.5**step, np.float32)})
    tracemalloc.start()
    extrapolate_checkpoints(sorted(tmp_path.iterdir()), tmp_path / f"out.{kind}")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000, "half of one tensor"


def test_names_and_shapes_that_differ_are_listed(tmp_path):
    for name, arrays in (
        ("a", {"x": np.ones(3), "y": np.ones(2), "only": np.ones(1)}),
        ("b", {"x": np.ones(4), "new": np.ones(1), "y": np.ones(2, np.float32)})):
        write_safetensors(tmp_path / f"{name}.safetensors", arrays)
    with pytest.raises(slipstream.WrongCountError) as caught:
        extrapolate_checkpoints([tmp_path / "a.safetensors", tmp_path / "b.safetensors"], tmp_path / "out.safetensors")
    for text in ("'x' is F64 [3]", "F64 [4]", "no 'new'", "no 'only'", "'y' is F64 [2]", "F32 [2]"):
        assert text in str(caught.value)
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", ["rna", "uniform-average"])
def test_a_file_that_is_not_finite_is_named(tmp_path, bad, method):
    paths = save(tmp_path, "npz", 3)
    np.savez(paths[1], **{**tensors(1), "layer.bias": np.full(30, bad)})
    with pytest.raises(slipstream.NotFiniteError, match="1.npz: 'layer.bias'"):
        extrapolate_checkpoints(paths, tmp_path / "out.npz", method)
    assert not (tmp_path / "out.npz").exists()


def test_where_nothing_can_be_proposed_it_says_why(tmp_path):
    for index in range(3):
        np.savez(tmp_path / f"{index}.npz", x=np.ones(3))
    with pytest.raises(slipstream.SlipstreamError, match="same numbers"):
        extrapolate_checkpoints(sorted(tmp_path.iterdir()), tmp_path / "out.npz")


@pytest.mark.parametrize("settings, error", [
    ({"method": "mean"}, slipstream.UnknownNameError), ({"relaxation": 3}, slipstream.OutOfRangeError),
    ({"decay": -1}, slipstream.OutOfRangeError), ({"regularization": -1}, slipstream.OutOfRangeError),
    ({"regularization": np.nan}, slipstream.OutOfRangeError), ({"decay": "x"}, slipstream.WrongTypeError),
    ({"exclude": ["*"]}, slipstream.SlipstreamError), ({"keep": ["*"]}, slipstream.SlipstreamError)])
def test_settings_out_of_range_are_refused(tmp_path, settings, error):
    paths = save(tmp_path, "npz", 3)
    with pytest.raises(error):
        extrapolate_checkpoints(paths, tmp_path / "out.npz", **settings)


@pytest.mark.parametrize("argument", ["exclude", "keep"])
def test_patterns_that_match_nothing_or_are_no_list_are_refused(tmp_path, argument):
    paths = save(tmp_path, "npz", 3)
    with pytest.raises(slipstream.UnknownNameError, match="runing"):
        extrapolate_checkpoints(paths, tmp_path / "out.npz", **{argument: ["*running_*", "*runing_*"]})
    for bad in ("*running_*", b"*", [3]):
        with pytest.raises(slipstream.WrongTypeError, match=argument):
            extrapolate_checkpoints(paths, tmp_path / "out.npz", **{argument: bad})
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize("dtype", ["c8", "V2", "f16"])
def test_numbers_that_are_not_calculated_with_are_kept_only_where_that_is_said(tmp_path, dtype):
    for index in range(3):
        np.savez(tmp_path / f"{index}.npz", x=np.full(3, 0.5**index), odd=np.zeros(2, dtype), text=np.array(["a"]))
    files = sorted(tmp_path.iterdir())
    with pytest.raises(slipstream.SlipstreamError, match="'odd' is .*convert"):
        extrapolate_checkpoints(files, tmp_path / "out.npz")
    assert extrapolate_checkpoints(files, tmp_path / "out.npz", keep=["odd"]).taken == ("odd", "text")


def test_files_of_other_kinds_are_refused(tmp_path):
    paths = save(tmp_path, "npz", 3)
    for files, output in (
        (paths[:1], "out.npz"), ([], "out.npz"), (paths, "out.safetensors"), (paths, "out"), (paths * 50, "out.npz"),
        ([tmp_path / "a.pt", tmp_path / "b.pt"], "out.pt")):
        with pytest.raises(slipstream.SlipstreamError):
            extrapolate_checkpoints(files, tmp_path / output)
    with pytest.raises(FileNotFoundError):
        extrapolate_checkpoints([*paths, tmp_path / "none.npz"], tmp_path / "out.npz")
    with pytest.raises(OSError):
        extrapolate_checkpoints(paths, tmp_path / "no folder" / "out.npz")


@pytest.mark.parametrize("kind", ["safetensors", "npz", "compressed.npz"])
def test_a_file_that_is_cut_off_or_changed_anywhere_is_an_error_or_harmless(tmp_path, kind):
    paths = save(tmp_path, kind, 3)
    whole, output = paths[1].read_bytes(), tmp_path / f"out.{kind}"
    refused = 0
    for length in range(0, len(whole), 101):
        paths[1].write_bytes(whole[:length])
        with pytest.raises((slipstream.SlipstreamError, OSError)):
            extrapolate_checkpoints(paths, output, "uniform-average")
    random = np.random.default_rng(0)
    for at in [*range(0, 600, 3), *random.integers(0, len(whole), 100)]:
        changed = bytearray(whole)
        changed[at] ^= 1 << int(random.integers(8))
        paths[1].write_bytes(changed)
        try:
            extrapolate_checkpoints(paths, output, "uniform-average")
        except (slipstream.SlipstreamError, OSError):
            refused += 1
    assert refused > 30


@pytest.mark.parametrize("header", [
    b"", b"[]", b"{", b'{"x": 3}', b'{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 3]}}',
    b'{"x": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}',
    b'{"x": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}',
    b'{"x": {"dtype": "Q3", "shape": [1], "data_offsets": [0, 4]}}',
    b'{"x": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}}',
    b'{"x": {"dtype": "F32", "shape": [true], "data_offsets": [0, 4]}}', b"[" * 5000, b"\xff\xfe"])
def test_headers_that_make_no_sense_are_refused(tmp_path, header):
    for index in range(2):
        (tmp_path / f"{index}.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 4)
    with pytest.raises(slipstream.SlipstreamError, match=r"\.safetensors"):
        extrapolate_checkpoints([tmp_path / "0.safetensors", tmp_path / "1.safetensors"], tmp_path / "out.safetensors")


def test_arrays_in_fortrans_order_are_refused_by_name(tmp_path):
    for index in range(2):
        np.savez(tmp_path / f"{index}.npz", x=np.asfortranarray(np.random.rand(3, 4)))
    with pytest.raises(slipstream.SlipstreamError, match="'x' is F64 in Fortran's order"):
        extrapolate_checkpoints(sorted(tmp_path.iterdir()), tmp_path / "out.npz")
