"""slipstream.torch's optimizers: saved states that cannot be loaded."""

import copy

import pytest

import slipstream

torch = pytest.importorskip("torch", reason="PyTorch is not installed in this environment; tools/setup --tests says why")

from test_torch_optimizers import MAKE, network, train, weights  # noqa: E402


def test_states_of_another_method_are_refused():
    model = network()
    states = {}
    for rule in MAKE:
        optimizer = MAKE[rule](model)
        train(model, optimizer, 1)
        states[rule] = optimizer.state_dict()
    for rule in MAKE:
        for other in MAKE:
            if other != rule:
                with pytest.raises(slipstream.WrongTypeError):
                    MAKE[rule](model).load_state_dict(states[other])
    with pytest.raises(slipstream.WrongTypeError):
        MAKE["sda"](model).load_state_dict(torch.optim.SGD(model.parameters(), lr=1).state_dict())


def _damaged(state):
    state["slipstream"]["blocks"][-1][100] ^= 1


def _too_few(state):
    state["slipstream"]["blocks"].append(state["slipstream"]["blocks"][0])


def _no_blocks(state):
    del state["slipstream"]["blocks"]


def _no_groups(state):
    del state["param_groups"]


def _another_segment(state):
    state["param_groups"][0]["segment"] = "filters"


def _other_parameters(state):
    state["param_groups"][0]["params"].pop()


@pytest.mark.parametrize("rule", MAKE)
@pytest.mark.parametrize(
    "spoil", [_damaged, _too_few, _no_blocks, _no_groups, _another_segment, _other_parameters])
def test_a_state_that_cannot_be_loaded_changes_nothing(rule, spoil):
    first, second, other = network(), network(), network()
    one, two, three = (MAKE[rule](model) for model in (first, second, other))
    train(first, one, 3)
    train(second, two, 3)
    train(other, three, 1)
    state = copy.deepcopy(three.state_dict())
    for group in state["param_groups"]:
        group.update({key: 0.5 for key in ("gamma", "lr", "momentum") if key in group})
    spoil(state)
    with pytest.raises((ValueError, KeyError)):
        two.load_state_dict(state)
    train(first, one, 3)
    train(second, two, 3)
    assert torch.equal(weights(first), weights(second))
