"""The papers' methods as PyTorch's optimizers."""

import copy
import io

import numpy as np
import pytest

import slipstream
import test_binding

torch = pytest.importorskip("torch", reason="PyTorch is not installed in this environment; tools/setup --tests says why")
nn = torch.nn

from slipstream import torch as slipstream_torch  # noqa: E402

MAKE = {
    "neumann": lambda params: slipstream_torch.Neumann(params, lr=0.05, warmup_epochs=2),
    "adaptive-nesterov": lambda params: slipstream_torch.AdaptiveNesterov(params),
    "rda": lambda params: slipstream_torch.RDA(params, 1e-3, 2.0, anchor_steps=20),
    "sda": lambda params: slipstream_torch.SDA(params, anchor_steps=20),
    "prox-sgd": lambda params: slipstream_torch.ProxSGD(params, lr=0.3, lambd=1e-3)}
INPUTS = torch.randn(64, 6, generator=torch.Generator().manual_seed(1))
TARGETS = (INPUTS.sum(1) > 0).long()


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


def closure_for(model, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(INPUTS), TARGETS)
        loss.backward()
        return loss

    return closure


def train(model, optimizer, steps):
    for _ in range(steps):
        loss = optimizer.step(closure_for(model, optimizer))
    return loss.item()


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("rule", MAKE)
def test_every_method_learns(rule):
    model = network()
    optimizer = MAKE[rule](model)
    first = closure_for(model, optimizer)().item()
    assert train(model, optimizer, 40) < 0.8 * first
    assert sum(found.steps for found in optimizer.statistics) in (40, 120), "of the whole, or of three groups"


@pytest.mark.parametrize("rule", MAKE)
def test_steps_are_those_of_the_numbers(rule):
    model = network()
    optimizer = MAKE[rule](list(model.parameters()))
    arrays = [parameter.detach().numpy().copy() for parameter in model.parameters()]
    flags = [slipstream.Flag.REGULARIZED if array.ndim > 1 else slipstream.Flag.PLAIN for array in arrays]
    twin = slipstream.Optimizer(rule, arrays, flags=flags)
    for name, value in optimizer.param_groups[0].items():
        if name not in ("params", "segment"):
            twin.set({"lr": "learning-rate", "lambd": "lambda"}.get(name, name.replace("_", "-")), value)
    for _ in range(6):
        twin.displace(arrays)
        loss = optimizer.step(closure_for(model, optimizer))
        twin.step(arrays, [parameter.grad.numpy() for parameter in model.parameters()], loss.item())
        assert all(np.array_equal(parameter.detach().numpy(), array) for parameter, array in zip(model.parameters(), arrays))


@pytest.mark.parametrize("rule", MAKE)
@pytest.mark.parametrize("way", ["state_dict", "deepcopy"])
def test_a_saved_state_goes_on_with_the_same_bits(rule, way):
    first = network()
    optimizer = MAKE[rule](first)
    train(first, optimizer, 5)
    if way == "deepcopy":
        second, other = copy.deepcopy((first, optimizer))
    else:
        file = io.BytesIO()
        torch.save([first.state_dict(), optimizer.state_dict()], file)
        file.seek(0)
        state = torch.load(file, weights_only=True)
        second = network()
        second.load_state_dict(state[0])
        other = MAKE[rule](second)
        other.load_state_dict(state[1])
    train(first, optimizer, 5)
    train(second, other, 5)
    assert torch.equal(weights(first), weights(second))


@pytest.mark.parametrize("rule", MAKE)
def test_defaults_are_the_librarys(rule):
    kind = {
        "neumann": slipstream_torch.Neumann, "adaptive-nesterov": slipstream_torch.AdaptiveNesterov,
        "rda": slipstream_torch.RDA, "sda": slipstream_torch.SDA, "prox-sgd": slipstream_torch.ProxSGD}[rule]
    found, wanted = test_binding.defaults(kind), test_binding.defaults(test_binding.CLASSES[rule])
    for defaults in (found, wanted):
        defaults.pop("learning-rate", None)
    assert found == wanted


def test_schedulers_change_the_learning_rate():
    model = network()
    optimizer = slipstream_torch.ProxSGD(model, lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    lengths = []
    for step in range(3):
        train(model, optimizer, 1)
        lengths.append(optimizer.statistics[0].step_size * (step + 1) ** 0.5)
        scheduler.step()
    assert lengths == pytest.approx([1, 0.5, 0.25])


def test_groups_of_separable_methods_may_differ_and_come_later():
    model = network()
    optimizer = slipstream_torch.ProxSGD([{"params": model[0].parameters(), "lr": 0.0}], lr=0.1)
    frozen = weights(model[0])
    train(model, optimizer, 1)
    optimizer.add_param_group({"params": model[3].parameters()})
    moved = weights(model[3])
    train(model, optimizer, 1)
    assert torch.equal(frozen, weights(model[0])) and not torch.equal(moved, weights(model[3]))


def test_methods_with_lengths_over_the_model_want_one_setting_and_all_groups_from_the_start():
    model = network()
    with pytest.raises(slipstream.IncompatibleError, match="lr is 0.1 in one group and 0.2"):
        slipstream_torch.Neumann(
            [{"params": model[0].parameters(), "lr": 0.1}, {"params": model[3].parameters(), "lr": 0.2}], lr=0.1)
    optimizer = slipstream_torch.Neumann(model[0].parameters(), lr=0.1)
    optimizer.add_param_group({"params": model[3].parameters()})
    train(model, optimizer, 1)
    with pytest.raises(slipstream.WrongStateError, match="new optimizer"):
        optimizer.add_param_group({"params": model[1].parameters()})


def test_a_modules_parameters_are_told_apart():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 3), nn.LayerNorm(3))
    groups = {group["segment"]: group["params"] for group in slipstream_torch.parameter_groups(model)}
    assert [tuple(p.shape) for p in groups["regularized"]] == [(2, 1, 3, 3), (3, 2)]
    assert groups["scale"] == [model[1].weight, model[4].weight] and len(groups["plain"]) == 4
    with pytest.raises(slipstream.InvalidArgumentError, match="scale"):
        slipstream_torch.RDA([{"params": model.parameters(), "segment": "filters"}])


def test_dual_averaging_makes_zeros_that_stay():
    model = network()
    optimizer = slipstream_torch.RDA(model, lambd=0.05)
    assert optimizer.count_zeros() == (0, 64)
    train(model, optimizer, 10)
    zeros, regularized = optimizer.count_zeros()
    assert 0 < zeros < regularized == 64
    assert optimizer.freeze_zeros() == zeros
    gone = model[0].weight == 0
    for group in optimizer.param_groups:
        group["lambd"] = 0.0
    train(model, optimizer, 10)
    assert (model[0].weight[gone] == 0).all() and optimizer.count_zeros()[0] >= zeros
    optimizer.thaw()
    train(model, optimizer, 2)
    assert optimizer.count_zeros()[0] < zeros


def test_neumann_is_evaluated_elsewhere_and_comes_back_bit_for_bit():
    model = network()
    optimizer = slipstream_torch.Neumann(model, lr=0.05, warmup_epochs=0)
    train(model, optimizer, 5)
    before = weights(model)
    with pytest.raises(ZeroDivisionError), optimizer.iterate():
        assert not torch.equal(before, weights(model))
        raise ZeroDivisionError
    assert torch.equal(before, weights(model))


@pytest.mark.parametrize("rule", MAKE)
def test_nothing_of_the_run_is_allowed_where_parameters_are_those_to_evaluate(rule):
    first, second = network(), network()
    one, two = MAKE[rule](first), MAKE[rule](second)
    train(first, one, 3)
    train(second, two, 3)
    state = two.state_dict()
    with two.iterate():
        closure_for(second, two)()
        calls = [
            two.step, lambda: two.step(closure_for(second, two)), two.freeze_zeros, lambda: two.load_state_dict(state),
            lambda: two.iterate().__enter__()]
        if rule == "adaptive-nesterov":
            calls += [two.displace, lambda: two.step(loss=1.0)]
        for call in calls:
            with pytest.raises(slipstream.WrongStateError, match="inside iterate"):
                call()
        # A copy is of the parameters as they are in here, and nothing gives it others back.
        model, copied = copy.deepcopy((second, two))
        train(model, copied, 1)
    assert {found.steps for found in two.statistics} == {3}
    train(first, one, 3)
    train(second, two, 3)
    assert torch.equal(weights(first), weights(second))


class TestAdaptiveNesterov:
    def test_it_steps_with_a_closure_as_without(self):
        first, second = network(), network()
        one, two = MAKE["adaptive-nesterov"](first), MAKE["adaptive-nesterov"](second)
        for _ in range(4):
            one.step(closure_for(first, one))
            two.displace()
            two.displace()
            loss = closure_for(second, two)()
            two.step(loss=loss)
        assert torch.equal(weights(first), weights(second)) and not two.displaced

    def test_it_says_how_where_neither_is_there(self):
        model = network()
        optimizer = MAKE["adaptive-nesterov"](model)
        closure_for(model, optimizer)()
        for arguments in ({}, {"loss": 1.0}):
            with pytest.raises(slipstream.WrongStateError, match="closure.*displace"):
                optimizer.step(**arguments)

    def test_a_closure_that_raises_leaves_the_step_to_be_taken_again(self):
        first, second = network(), network()
        one, two = MAKE["adaptive-nesterov"](first), MAKE["adaptive-nesterov"](second)
        train(first, one, 3)
        train(second, two, 3)
        for bad in (lambda: 1 / 0, lambda: float("nan"), lambda: "loss", lambda: None):
            with pytest.raises((ZeroDivisionError, slipstream.SlipstreamError)):
                two.step(bad)
            assert two.displaced
        with pytest.raises(slipstream.WrongStateError), two.iterate():
            pass
        state = two.state_dict()
        two.load_state_dict(state)
        train(first, one, 1)
        train(second, two, 1)
        assert torch.equal(weights(first), weights(second))


@pytest.mark.parametrize("rule", MAKE)
def test_a_parameter_without_gradient_has_the_gradient_0(rule):
    first, second = network(), network()
    one, two = MAKE[rule](first), MAKE[rule](second)

    def closure(model, optimizer, drop):
        def run():
            loss = closure_for(model, optimizer)()
            model[3].bias.grad = None if drop else torch.zeros(2)
            return loss
        return run

    for _ in range(3):
        one.step(closure(first, one, True))
        two.step(closure(second, two, False))
    assert torch.equal(weights(first), weights(second))


@pytest.mark.parametrize("rule", ["rda", "sda", "prox-sgd"])
def test_a_group_without_any_gradient_has_the_gradient_0(rule):
    first, second = network(), network()
    one, two = MAKE[rule](first), MAKE[rule](second)
    assert len(one.param_groups) == 3
    for drop, model, optimizer in ((True, first, one), (False, second, two)):
        for step in range(6):
            closure_for(model, optimizer)()
            # The factors of normalisation are a group by themselves.
            if step % 2:
                model[1].weight.grad = None if drop else torch.zeros(8)
            optimizer.step()
    assert torch.equal(weights(first), weights(second))
    assert [found.steps for found in one.statistics] == [6, 6, 6]


@pytest.mark.parametrize("rule", ["rda", "sda", "prox-sgd"])
@pytest.mark.parametrize("where", ["gradient", "weight", "setting"])
def test_what_is_refused_in_the_last_group_leaves_the_first_as_they_were(rule, where):
    model = network()
    optimizer = MAKE[rule](model)
    train(model, optimizer, 2)
    closure_for(model, optimizer)()
    last = optimizer.param_groups[-1]
    parameter = last["params"][-1]
    if where == "gradient":
        parameter.grad[0] = float("nan")
    elif where == "weight":
        parameter.detach()[0] = float("inf")
    else:
        last["gamma" if rule != "prox-sgd" else "lr"] = -1.0
    before, counts = weights(model), [found.steps for found in optimizer.statistics]
    with pytest.raises(slipstream.OutOfRangeError if where == "setting" else slipstream.NotFiniteError):
        optimizer.step()
    assert torch.equal(before, weights(model))
    assert [found.steps for found in optimizer.statistics] == counts == [2, 2, 2]


@pytest.mark.parametrize("rule", [rule for rule in MAKE if rule != "adaptive-nesterov"])
def test_a_step_without_any_gradient_does_nothing(rule):
    model = network()
    optimizer, before = MAKE[rule](model), weights(network())
    optimizer.step()
    assert torch.equal(before, weights(model))
    with pytest.raises(slipstream.WrongStateError):
        MAKE["adaptive-nesterov"](model).step(lambda: 1.0)


@pytest.mark.parametrize("rule", MAKE)
def test_frozen_parameters_stay_and_must_be_so_from_the_start(rule):
    model = network()
    model[0].weight.requires_grad_(False)
    optimizer, before = MAKE[rule](model), model[0].weight.clone()
    train(model, optimizer, 3)
    assert torch.equal(before, model[0].weight)
    model[0].weight.requires_grad_(True)
    with pytest.raises(slipstream.WrongStateError, match="new optimizer"):
        train(model, optimizer, 1)


@pytest.mark.parametrize("rule", MAKE)
def test_gradients_that_are_sparse_or_not_finite_are_refused(rule):
    model = nn.EmbeddingBag(10, 3, sparse=True)
    optimizer = MAKE[rule](model)

    def closure():
        optimizer.zero_grad()
        loss = model(torch.tensor([[1, 2]])).square().sum()
        loss.backward()
        return loss

    with pytest.raises(slipstream.WrongTypeError, match="sparse=False"):
        optimizer.step(closure)
    model = network()
    optimizer = MAKE[rule](model)

    def poisoned():
        loss = closure_for(model, optimizer)()
        model[0].weight.grad[0, 0] = float("nan")
        return loss

    before = weights(model)
    with pytest.raises(slipstream.NotFiniteError):
        optimizer.step(poisoned)
    assert rule == "adaptive-nesterov" or torch.equal(before, weights(model)), "that one stays displaced"


@pytest.mark.parametrize("rule", MAKE)
def test_parameters_that_cannot_be_shared_are_refused(rule):
    for parameters, says in (
        ([torch.zeros(2, dtype=torch.bfloat16, requires_grad=True)], "bfloat16"),
        ([torch.zeros(2, device="meta", requires_grad=True)], "CPU"),
        ([torch.zeros(2, requires_grad=True), torch.zeros(2, dtype=torch.float64, requires_grad=True)], "float64")):
        with pytest.raises(slipstream.WrongTypeError, match=says):
            MAKE[rule](parameters)
    with pytest.raises(slipstream.OutOfRangeError):
        slipstream_torch.ProxSGD([torch.zeros(2, requires_grad=True)], lr=-1)
    with pytest.raises(ValueError, match="empty parameter list"):
        MAKE[rule]([])


def test_learning_rates_may_be_tensors():
    model = network()
    optimizer = slipstream_torch.Neumann(model, lr=torch.tensor(0.1))
    train(model, optimizer, 1)
    assert optimizer.statistics[0].step_size == pytest.approx(0.1)
