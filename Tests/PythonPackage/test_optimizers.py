"""Update rules on NumPy's arrays."""

import pickle

import numpy as np
import pytest

import slipstream
from slipstream import Flag

RULES = [rule.name for rule in slipstream.rules()]
CURVATURES = np.linspace(0.5, 2, 24)


def make(rule, like, **settings):
    """An optimizer with a learning rate, where the rule has one."""
    described = next(found for found in slipstream.rules() if found.name == rule)
    if described.uses_learning_rate:
        settings["learning_rate"] = 0.1
    if rule in ("sda", "rda"):
        settings["anchor_steps"] = 10
    return slipstream.Optimizer(rule, like, **settings)


def descend(optimizer, weights, steps):
    """Takes steps down a quadratic with its minimum at 1."""
    for _ in range(steps):
        optimizer.displace(weights)
        gradient = CURVATURES.astype(weights.dtype) * (weights - 1)
        optimizer.step(weights, gradient, loss=float(CURVATURES @ (weights - 1) ** 2 / 2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_descends(rule, dtype):
    weights = np.zeros(24, dtype)
    optimizer = make(rule, weights)
    descend(optimizer, weights, 60)
    found = optimizer.iterate(weights)
    assert CURVATURES @ (found - 1) ** 2 < 0.97 * CURVATURES.sum()
    assert optimizer.statistics.steps == 60 and optimizer.statistics.step_size > 0
    assert optimizer.rule.name == rule


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_goes_on_from_a_saved_state_with_the_same_bits(rule):
    first = np.zeros(24)
    optimizer = make(rule, first)
    descend(optimizer, first, 7)
    second, copy = first.copy(), pickle.loads(pickle.dumps(optimizer))
    other = make(rule, second)
    other.load(optimizer.save())
    third = first.copy()
    for handle, weights in ((optimizer, first), (copy, second), (other, third)):
        descend(handle, weights, 7)
    assert np.array_equal(first, second) and np.array_equal(first, third)


@pytest.mark.parametrize("rule", RULES)
def test_forms_and_strides_of_weights_do_not_matter(rule):
    whole, room = np.zeros(24), np.zeros((4, 8))
    parts = {"a": room[:, :4], "b": np.zeros(8)}
    plain, cut = make(rule, whole), make(rule, parts)
    for _ in range(5):
        plain.displace(whole)
        cut.displace(parts)
        joined = np.concatenate([parts["a"].ravel(), parts["b"]])
        assert np.array_equal(joined, whole)
        gradient = CURVATURES * (whole - 1)
        plain.step(whole, gradient, 1.0)
        cut.step(parts, {"a": gradient[:16].reshape(4, 4), "b": gradient[16:]}, 1.0)
    assert np.array_equal(np.concatenate([parts["a"].ravel(), parts["b"]]), whole)
    assert not room[:, 4:].any(), "what lies beside the weights is not touched"


def test_sgd_is_the_formula():
    weights, velocity = np.ones(5), np.zeros(5)
    optimizer, expected = slipstream.SGD(weights, learning_rate=0.1, momentum=0.9), np.ones(5)
    for step in range(5):
        gradient = np.arange(5.0) + step
        optimizer.step(weights, gradient)
        velocity = 0.9 * velocity + gradient
        expected -= 0.1 * velocity
    np.testing.assert_allclose(weights, expected, rtol=1e-14)


def test_a_learning_rate_acts_at_the_next_step():
    weights = np.zeros(1)
    optimizer = slipstream.SGD(weights, 1.0)
    optimizer.step(weights, np.ones(1))
    optimizer.learning_rate = 0.5
    optimizer.step(weights, np.ones(1))
    assert weights[0] == -1.5 and optimizer.learning_rate == optimizer.get("learning-rate") == 0.5


def test_frozen_arrays_and_statistics_have_no_gradient_and_stay():
    weights = [np.ones(2), np.ones(3), np.ones(4)]
    optimizer = slipstream.SGD(weights, 1.0, flags=[Flag.REGULARIZED, Flag.FROZEN, Flag.STATISTIC])
    optimizer.step(weights, [np.ones(2), None, None])
    assert [list(part) for part in weights] == [[0, 0], [1, 1, 1], [1, 1, 1, 1]]


def test_zeros_are_counted_and_stay_frozen():
    weights = {"filter": np.array([0.0, 1.0, 0.0]), "bias": np.zeros(2)}
    optimizer = slipstream.SGD(weights, 1.0, flags={"filter": Flag.REGULARIZED})
    assert optimizer.count_zeros(weights) == (2, 3) and optimizer.freeze_zeros(weights) == 2
    gradient = {"filter": np.ones(3), "bias": np.ones(2)}
    optimizer.step(weights, gradient)
    assert list(weights["filter"]) == [0, 0, 0] and list(weights["bias"]) == [-1, -1]
    optimizer.thaw()
    optimizer.step(weights, gradient)
    assert list(weights["filter"]) == [-1, -1, -1]


def test_what_is_not_finite_is_refused_and_counted():
    weights = np.ones(3)
    optimizer = slipstream.Adam(weights, 0.1)
    for bad in (np.nan, np.inf):
        with pytest.raises(slipstream.NotFiniteError):
            optimizer.step(weights, np.array([1, bad, 1]))
    assert list(weights) == [1, 1, 1] and optimizer.statistics.refused_gradient == 2 and optimizer.statistics.steps == 0
    optimizer.reset()


def test_a_rule_that_displaces_wants_its_displacement():
    weights = np.ones(3)
    optimizer = slipstream.AdaptiveNesterov(weights)
    with pytest.raises(slipstream.WrongStateError):
        optimizer.step(weights, np.ones(3), 1.0)
    optimizer.displace(weights)
    with pytest.raises(slipstream.WrongStateError):
        optimizer.displace(weights)
