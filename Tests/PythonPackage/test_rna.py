"""RNA and the averages on NumPy's arrays, against the formulas."""

import copy
import multiprocessing
import pickle
import threading

import numpy as np
import pytest

import slipstream
from slipstream import Flag

PRECISIONS = [np.float32, np.float64]


def points(count=50, number=6, dtype=np.float64, seed=0):
    """A sequence that converges linearly."""
    random = np.random.default_rng(seed)
    rates, x = random.uniform(0.1, 0.95, count), random.standard_normal(count)
    return [(1 + x * rates**step).astype(dtype) for step in range(number)]


def reference(sequence, regularization):
    """RNA's formula."""
    residuals = np.diff(np.array(sequence, np.float64), axis=0)
    gram = residuals @ residuals.T
    gram /= np.linalg.norm(gram, 2)
    z = np.linalg.solve(gram + regularization * np.eye(len(gram)), np.ones(len(gram)))
    return (z / z.sum()) @ np.array(sequence[1:], np.float64)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_the_extrapolation_is_the_formulas(dtype):
    sequence = points(dtype=dtype)
    rna = slipstream.RNA(sequence[0], regularization=1e-4)
    for point in sequence:
        rna.push(point)
    found = rna.extrapolate()
    assert rna.accepted and found.dtype == dtype
    np.testing.assert_allclose(found, reference(sequence, 1e-4), rtol=1e-4 if dtype == np.float32 else 1e-9)
    assert rna.coefficients().sum() == pytest.approx(1) and len(rna.coefficients()) == 5
    assert rna.statistics.fill == 5 and rna.statistics.accepted == 1


def cut(point, form):
    """The same point in another form."""
    parts = [point[:7].reshape(7, 1), point[7:7], point[7:31].reshape(2, 3, 4), point[31:]]
    named = dict(zip("abcd", parts))
    return {"list": parts, "tuple": tuple(parts), "dict": named}[form]


def joined(point):
    """A point of any form as one array."""
    return np.concatenate([part.ravel() for part in (point.values() if isinstance(point, dict) else point)])


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("form", ["list", "tuple", "dict"])
def test_forms_of_points_do_not_matter(form, dtype):
    sequence = points(dtype=dtype)
    whole, parts = slipstream.RNA(sequence[0]), slipstream.RNA(cut(sequence[0], form))
    for point in sequence:
        whole.push(point)
        parts.push(cut(point, form))
    found = parts.extrapolate()
    assert type(found) is type(cut(sequence[0], form))
    assert np.array_equal(joined(found), whole.extrapolate())


def test_the_order_of_a_dicts_keys_does_not_matter():
    first, second = {"a": np.ones(2), "b": np.zeros(3)}, {"b": np.ones(3), "a": np.zeros(2)}
    rna = slipstream.RNA(first)
    rna.push(first)
    rna.push(second)
    assert np.array_equal(rna.extrapolate()["a"], np.zeros(2))


@pytest.mark.parametrize("shape", ["transposed", "strided", "reversed", "misaligned"])
def test_arrays_that_are_not_contiguous_are_read_and_written_as_well(shape):
    def make(values):
        if shape == "transposed":
            return np.asfortranarray(values.reshape(5, 10))
        if shape == "strided":
            room = np.full(2 * len(values), np.nan)
            room[::2] = values
            return room[::2]
        if shape == "reversed":
            return values[::-1].copy()[::-1]
        room = np.zeros(8 * len(values) + 4, np.uint8)[4:].view(np.float64)
        room[:] = values
        return room

    sequence = points()
    plain, other = slipstream.RNA(50), slipstream.RNA(make(sequence[0]))
    for point in sequence:
        plain.push(point)
        other.push(make(point))
    target = make(sequence[0])
    assert other.extrapolate(out=target) is target
    assert np.array_equal(target.ravel(), plain.extrapolate())


def test_a_result_is_written_to_the_arrays_that_are_given():
    sequence = points()
    rna = slipstream.RNA(sequence[0])
    rna.push(sequence[0])
    rna.push(sequence[1])
    target = {"elsewhere": np.zeros(50)}["elsewhere"]
    assert rna.extrapolate(out=target) is target and np.array_equal(target, sequence[1])
    assert rna.accepted, "one residual gives the point itself"
    rna.withdraw()
    assert rna.statistics.rejected_worse == 1 and rna.statistics.accepted == 0


def test_without_a_residual_the_last_point_is_proposed():
    rna = slipstream.RNA(3)
    rna.push(np.arange(3.0))
    assert np.array_equal(rna.extrapolate(), np.arange(3.0)) and rna.accepted is False
    assert rna.statistics.rejected_too_few_points == 1


def test_online_the_method_goes_on_from_the_extrapolation():
    curvatures = np.linspace(0.05, 1, 30)
    x, rna = np.zeros(30), slipstream.RNA(30, regularization=1e-10)
    rna.start(x)
    for _ in range(15):
        x -= curvatures * (x - 1)
        rna.push(x)
        rna.extrapolate(out=x)
        rna.start(x)
    plain = 1 - (1 - curvatures) ** 15
    assert np.abs(x - 1).max() < 5e-2 * np.abs(plain - 1).max()


def test_statistics_and_frozen_arrays_make_no_residuals():
    sequence = points()
    flags = {"weights": Flag.PLAIN, "mean": Flag.STATISTIC, "rest": Flag.FROZEN}

    def point(values, step):
        return {"weights": values, "mean": np.full(2, 100.0 * step), "rest": None if step else np.zeros(4)}

    plain, flagged = slipstream.RNA(50), slipstream.RNA(point(sequence[0], 0), flags=flags)
    for step, values in enumerate(sequence):
        plain.push(values)
        flagged.push(point(values, step))
    found = flagged.extrapolate()
    assert np.array_equal(found["weights"], plain.extrapolate()) and found["rest"] is None
    np.testing.assert_allclose(found["mean"], 100 * (plain.coefficients() @ np.arange(1, 6)), rtol=1e-9)
    gradient = {"weights": sequence[0]}
    flagged.push(point(sequence[0], 6), residual=gradient)


def test_residuals_may_be_of_the_first_elements():
    sequence = points()
    part, whole = slipstream.RNA(50, residual_count=40), slipstream.RNA(40)
    for point in sequence:
        part.push(point)
        whole.push(point[:40])
    assert np.array_equal(part.coefficients(), whole.coefficients())
    part.push(sequence[0], residual=np.ones(40))
    with pytest.raises(slipstream.WrongCountError):
        part.push(sequence[0], residual=np.ones(50))


def test_a_search_finds_the_regularization_of_least_objective():
    sequence = points()
    rna, tried = slipstream.RNA(50, step_search=False), []
    for point in sequence:
        rna.push(point)

    def objective(point):
        tried.append(float(np.square(point - 1).sum()))
        return tried[-1]

    last = float(np.square(sequence[-1] - 1).sum())
    found = rna.search(objective, last_objective=last)
    assert rna.accepted and rna.candidate.objective == min(tried) == np.square(found - 1).sum() < last
    assert np.array_equal(rna.search(lambda point: np.inf, last_objective=0), sequence[-1])
    assert rna.accepted is False and rna.candidate is None


def test_an_objective_that_raises_ends_the_search():
    rna = slipstream.RNA(50)
    for point in points():
        rna.push(point)
    with pytest.raises(ZeroDivisionError):
        rna.search(lambda point: 1 / 0)
    assert np.isfinite(rna.extrapolate()).all()


@pytest.mark.parametrize("duplicate", [lambda a: pickle.loads(pickle.dumps(a)), copy.deepcopy])
@pytest.mark.parametrize("made", [
    lambda: slipstream.RNA({"x": np.zeros(50)}, window=4, regularization=1e-3, threads=1, flags={"x": Flag.REGULARIZED}),
    lambda: slipstream.UniformAverage({"x": np.zeros(50)}, window=4),
    lambda: slipstream.ExponentialAverage({"x": np.zeros(50)}, window=4, decay=0.5)])
def test_copies_go_on_with_the_same_bits(made, duplicate):
    first = made()
    sequence = points()
    for point in sequence[:4]:
        first.push({"x": point})
    second = duplicate(first)
    assert second.get("threads") == first.get("threads") and second.statistics == first.statistics
    for handle in (first, second):
        for point in sequence[4:]:
            handle.push({"x": point})
    propose = "extrapolate" if isinstance(first, slipstream.RNA) else "propose"
    assert np.array_equal(getattr(first, propose)()["x"], getattr(second, propose)()["x"])
    assert type(second) is type(first) and first.save() == second.save()


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_averages_are_the_formulas(dtype):
    sequence = points(dtype=dtype)
    uniform, exponential = slipstream.UniformAverage(sequence[0], 4), slipstream.ExponentialAverage(sequence[0], 4, 0.5)
    for point in sequence:
        uniform.push(point)
        exponential.push(point)
    np.testing.assert_allclose(uniform.propose(), np.mean(sequence[-4:], axis=0), rtol=1e-6)
    weights = np.array([1, 2, 4, 8]) / 15
    np.testing.assert_allclose(exponential.propose(), weights @ np.array(sequence[-4:]), rtol=1e-6)
    uniform.reset()
    assert uniform.statistics.fill == 0 and uniform.statistics.accepted == 1


def test_coefficients_of_a_gram_matrix_are_those_of_the_points():
    sequence = points()
    rna = slipstream.RNA(50, regularization=1e-6)
    for point in sequence:
        rna.push(point)
    residuals = np.diff(sequence, axis=0)
    coefficients, condition = slipstream.solve_rna(residuals @ residuals.T, 1e-6)
    np.testing.assert_allclose(coefficients, rna.coefficients(), rtol=1e-6)
    assert condition == pytest.approx(rna.statistics.condition_number, rel=1e-6)
    assert len(slipstream.solve_rna(np.zeros((3, 3)))[0]) == 0


def test_a_handle_serves_several_threads_one_after_the_other():
    rna, sequence = slipstream.RNA(100_000, window=5), np.random.default_rng(0).standard_normal((8, 100_000))
    errors = []

    def work(point):
        try:
            for _ in range(20):
                rna.push(point)
                assert np.isfinite(rna.extrapolate()).all()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(point,)) for point in sequence]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and rna.statistics.points + 1 == 160


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_handle_that_was_in_use_when_the_process_forked_is_refused_in_the_child():
    rna, held, done = slipstream.RNA(3), threading.Event(), threading.Event()

    def hold():
        with rna._lock:
            held.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    child = context.Process(target=_refused, args=(rna, results))
    child.start()
    try:
        assert "forked" in results.get(timeout=60)
        assert results.get(timeout=60) == "closed"
        child.join(60)
        assert child.exitcode == 0
    finally:
        child.kill()
        done.set()
    thread.join()
    rna.push(np.ones(3))


def _refused(rna, results):
    try:
        rna.push(np.ones(3))
    except slipstream.WrongStateError as error:
        results.put(str(error))
    # Neither waits for the thread that there is not.
    with rna:
        pass
    rna.close()
    results.put("closed" if rna.closed else "open")


def _in_child(rna, point, expected, results):
    rna.push(point)
    results.put(bool(np.array_equal(rna.extrapolate(), expected)))


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_forked_process_goes_on_with_the_handle():
    # Long enough for the library's own threads, which a child does not inherit.
    sequence = np.random.default_rng(1).standard_normal((3, 2_000_000))
    rna, twin = slipstream.RNA(2_000_000), slipstream.RNA(2_000_000)
    for point in sequence[:2]:
        rna.push(point)
        twin.push(point)
    twin.push(sequence[2])
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    child = context.Process(target=_in_child, args=(rna, sequence[2], twin.extrapolate(), results))
    child.start()
    assert results.get(timeout=60) is True
    child.join(60)
    assert child.exitcode == 0
