"""What is wrong is an exception that says so, and changes nothing."""

import numpy as np
import pytest

import slipstream
from conftest import run_python
from slipstream import Flag

X = np.ones(4)


def read_only():
    made = np.ones(4)
    made.flags.writeable = False
    return made


BAD_ARRAYS = {
    "a list of numbers": ([1.0, 2.0, 3.0, 4.0], slipstream.WrongTypeError),
    "None": (None, slipstream.WrongTypeError),
    "a number": (3.0, slipstream.WrongTypeError),
    "a text": ("abcd", slipstream.WrongTypeError),
    "a dict": ({"x": X}, slipstream.WrongTypeError),
    "objects": (np.ones(4, object), slipstream.WrongTypeError),
    "half precision": (np.ones(4, np.float16), slipstream.WrongTypeError),
    "single precision": (np.ones(4, np.float32), slipstream.WrongTypeError),
    "extended precision": (np.ones(4, np.longdouble), slipstream.WrongTypeError),
    "integers": (np.ones(4, np.int64), slipstream.WrongTypeError),
    "truth values": (np.ones(4, bool), slipstream.WrongTypeError),
    "complex numbers": (np.ones(4, complex), slipstream.WrongTypeError),
    "the other byte order": (np.ones(4, ">f8"), slipstream.WrongTypeError),
    "records": (np.ones(4, [("x", "f8")]), slipstream.WrongTypeError),
    "a masked array": (np.ma.masked_array(X, [0, 1, 0, 0]), slipstream.WrongTypeError),
    "too few": (np.ones(3), slipstream.WrongCountError),
    "too many": (np.ones(5), slipstream.WrongCountError),
    "none at all": (np.ones(0), slipstream.WrongCountError),
    "another shape": (np.ones((2, 2)), slipstream.WrongCountError),
}
NOT_FINITE = {"NaN": np.array([1, np.nan, 1, 1]), "infinity": np.array([1, np.inf, 1, 1])}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_an_array_that_is_none_or_another_is_refused_everywhere(case):
    bad, error = BAD_ARRAYS[case]
    rna, average, rule = slipstream.RNA(X), slipstream.UniformAverage(X), slipstream.SGD(X, 0.1)
    rna.push(X)
    calls = [
        lambda: rna.push(bad), lambda: rna.start(bad), lambda: average.push(bad), lambda: rule.displace(bad),
        lambda: rule.step(bad, X), lambda: rule.step(X.copy(), bad), lambda: rule.iterate(bad),
        lambda: rule.freeze_zeros(bad), lambda: rule.count_zeros(bad)]
    if bad is not None:
        calls += [lambda: rna.extrapolate(out=bad), lambda: rna.push(X, residual=bad), lambda: average.propose(out=bad)]
    for call in calls:
        with pytest.raises(error) as caught:
            call()
        assert isinstance(caught.value, slipstream.SlipstreamError) and isinstance(caught.value, ValueError)
        assert len(str(caught.value)) > 15
    assert rna.statistics.points == 0 and rule.statistics.steps == 0 and average.statistics.points == 0


@pytest.mark.parametrize("case", NOT_FINITE)
def test_points_that_are_not_finite_are_refused_and_counted(case):
    rna, average = slipstream.RNA(X), slipstream.UniformAverage(X)
    for handle in (rna, average):
        handle.push(X)
        with pytest.raises(slipstream.NotFiniteError):
            handle.push(NOT_FINITE[case])
        assert handle.statistics.refused == 1


@pytest.mark.parametrize("bad", [
    np.ones(4, np.float16), np.ones(4, int), np.ones(4, object), None, "x", 2.5, [], (), {}, [1.0], {"x": None}, True,
    -1, 1 << 62, [np.ones(2), np.ones(2, np.float32)]], ids=repr)
def test_nothing_is_made_of_what_is_no_point(bad):
    for make in (slipstream.RNA, slipstream.UniformAverage, slipstream.SGD):
        with pytest.raises(slipstream.SlipstreamError):
            make(bad).push(X)


def test_points_without_elements_are_allowed_and_do_no_harm():
    for like in (np.empty(0), 0, [np.empty(0), np.empty((3, 0))]):
        rna = slipstream.RNA(like)
        point = np.empty(0) if isinstance(like, int) else like
        rna.push(point)
        rna.push(point)
        rna.extrapolate()
        assert rna.accepted is False


def test_arrays_that_are_written_must_be_writable():
    rna, rule = slipstream.RNA(X), slipstream.SGD(X, 0.1)
    rna.push(X)
    for call in (lambda: rna.extrapolate(out=read_only()), lambda: rule.step(read_only(), X),
                 lambda: rule.displace(read_only()), lambda: rna.extrapolate(out=np.broadcast_to(np.ones(1), 4))):
        with pytest.raises(slipstream.ReadOnlyError):
            call()
    rna.push(read_only())


def test_arrays_that_are_written_must_not_overlap():
    room = np.ones(6)
    rna = slipstream.RNA([np.ones(4), np.ones(4)])
    rna.push([X, X])
    with pytest.raises(slipstream.InvalidArgumentError):
        rna.extrapolate(out=[room[:4], room[2:]])
    with pytest.raises(slipstream.InvalidArgumentError):
        slipstream.SGD(X, 0.1).step(room[:4], room[2:])


@pytest.mark.parametrize("bad, says", [
    ({"a": X}, "missing 'b'"), ({"a": X, "b": X, "c": X}, "unknown 'c'"), ([X, X], "must be a dict"), (X, "must be a dict")])
def test_keys_that_differ_are_listed(bad, says):
    rna = slipstream.RNA({"a": X, "b": X})
    with pytest.raises(slipstream.SlipstreamError, match=says):
        rna.push(bad)


@pytest.mark.parametrize("flags", [
    {"c": 1}, {"a": 64}, {"a": -1}, {"a": "scale"}, {"a": Flag.REGULARIZED | Flag.SCALE}, [1], [1, 2, 3], 1.5, True,
    {"a": 1 << 40}], ids=repr)
def test_flags_that_there_are_not_are_refused(flags):
    with pytest.raises(slipstream.SlipstreamError):
        slipstream.RNA({"a": X, "b": X}, flags=flags)


@pytest.mark.parametrize("name, value, error", [
    ("window", 0, slipstream.OutOfRangeError), ("window", 129, slipstream.OutOfRangeError),
    ("window", 2.5, slipstream.OutOfRangeError), ("window", "10", slipstream.WrongTypeError),
    ("window", 10**400, slipstream.SlipstreamError), ("regularization", -1, slipstream.OutOfRangeError),
    ("regularization", np.nan, slipstream.OutOfRangeError), ("regularization", np.inf, slipstream.OutOfRangeError),
    ("relaxation", 2.5, slipstream.OutOfRangeError), ("windows", 3, slipstream.UnknownNameError),
    ("", 3, slipstream.UnknownNameError), ("win\0dow", 3, slipstream.WrongTypeError), (7, 3, slipstream.WrongTypeError),
    ("\udcff", 3, slipstream.UnknownNameError), ("threads", -1, slipstream.OutOfRangeError)])
def test_parameters_that_there_are_not_and_values_out_of_range_are_refused(name, value, error):
    rna = slipstream.RNA(4)
    with pytest.raises(error) as caught:
        rna.set(name, value)
    if error is slipstream.UnknownNameError:
        assert "regularization" in str(caught.value), "the message lists the names"
    with pytest.raises(slipstream.SlipstreamError):
        rna.get(f"{name}?")


def test_rules_that_there_are_not_are_refused_and_the_others_listed():
    with pytest.raises(slipstream.UnknownNameError, match="adam"):
        slipstream.Optimizer("adma", 4)
    for bad in (None, 3, "ad\0am"):
        with pytest.raises(slipstream.SlipstreamError):
            slipstream.Optimizer(bad, 4)
    with pytest.raises(slipstream.UnknownNameError, match="beta1"):
        slipstream.Optimizer("adam", 4, beta3=0.5)
    with pytest.raises(slipstream.SlipstreamError):
        slipstream.SGD(4).step(np.ones(4), np.ones(4))


def test_after_close_everything_is_refused():
    rna, rule = slipstream.RNA(X), slipstream.SGD(X, 0.1)
    with rna, rule:
        rna.push(X)
    rna.close()
    assert rna.closed
    for call in (lambda: rna.push(X), lambda: rna.extrapolate(), lambda: rna.set("window", 3), lambda: rna.get("window"),
                 rna.save, lambda: rna.load(b""), rna.reset, rna.withdraw, rna.coefficients, lambda: rna.statistics,
                 lambda: rna.search(sum), rna.parameters, rna.__enter__, lambda: rule.step(X, X), rule.thaw):
        with pytest.raises(slipstream.ClosedError):
            call()


def test_blocks_that_are_not_as_they_were_saved_are_refused():
    rna = slipstream.RNA(X)
    rna.push(X)
    block = rna.save()
    for bad in (b"", b"abc", block[:-1], block + b"\0", b"\0" * len(block), block[::-1], bytearray(block[:40])):
        with pytest.raises(slipstream.DamagedError):
            rna.load(bad)
    for at in range(0, len(block), 7):
        changed = bytearray(block)
        changed[at] ^= 4
        with pytest.raises((slipstream.DamagedError, slipstream.ForeignError)):
            rna.load(changed)
    for foreign in (slipstream.RNA(5), slipstream.RNA(4, dtype=np.float32), slipstream.UniformAverage(4)):
        with pytest.raises(slipstream.ForeignError):
            foreign.load(block)
    for bad in (None, 7, "text", [1, 2]):
        with pytest.raises((slipstream.WrongTypeError, TypeError)):
            rna.load(bad)
    rna.load(memoryview(block))
    assert rna.statistics.fill == 0 and rna.save() == block


@pytest.mark.parametrize("bad", [
    np.ones(3), np.ones((2, 3)), np.ones((0, 0)), np.ones((129, 129)), np.full((2, 2), np.nan), -np.eye(2), 3.0])
def test_gram_matrices_that_are_none_are_refused(bad):
    with pytest.raises(slipstream.SlipstreamError):
        slipstream.solve_rna(bad)


def test_objectives_that_return_no_number_are_refused():
    rna = slipstream.RNA(X)
    for step in range(4):
        rna.push(X / (step + 1))
    with pytest.raises(slipstream.WrongTypeError):
        rna.search(lambda point: "small")
    assert rna.search(lambda point: np.nan) is not None and rna.accepted is False


def test_no_point_is_an_error_of_its_own():
    for call in (slipstream.RNA(3).extrapolate, slipstream.UniformAverage(3).propose):
        with pytest.raises(slipstream.NoPointsError):
            call()


def test_memory_that_cannot_be_had_is_a_memory_error():
    with pytest.raises(MemoryError) as caught:
        slipstream.RNA(1 << 60)
    assert isinstance(caught.value, slipstream.SlipstreamError)


def test_the_end_of_the_process_finds_handles_that_were_not_closed():
    done = run_python("-c", """
import gc, threading
import numpy as np, slipstream
kept = [slipstream.RNA(1000) for _ in range(50)]
for rna in kept:
    rna.push(np.ones(1000))
cycle = [slipstream.SGD(10, 0.1)]
cycle.append(cycle)
del cycle
gc.collect()
threading.Thread(target=lambda: [rna.push(np.zeros(1000)) for rna in kept]).start()
""")
    assert done.returncode == 0 and done.stderr == ""
