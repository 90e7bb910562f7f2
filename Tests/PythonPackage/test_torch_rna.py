"""slipstream.torch.RNA on PyTorch's modules."""

import copy
import io

import numpy as np
import pytest

import slipstream

torch = pytest.importorskip("torch", reason="PyTorch is not installed in this environment; tools/setup --tests says why")
nn = torch.nn

from slipstream import torch as slipstream_torch  # noqa: E402

RNA = slipstream_torch.RNA
IMAGES = torch.randn(64, 1, 8, 8, generator=torch.Generator().manual_seed(1))
LABELS = (IMAGES.sum((1, 2, 3)) > 0).long()


def network(dtype=torch.float32):
    """A small network with batch normalisation, the same each time."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2)).to(dtype)


def train(model, optimizer, epochs=1, after_step=None):
    model.train()
    for _ in range(epochs):
        for images, labels in zip(IMAGES.split(16), LABELS.split(16)):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images.to(next(model.parameters()).dtype)), labels).backward()
            optimizer.step()
            if after_step:
                after_step()


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def bits(module):
    """Everything that a module holds, bit for bit."""
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def same(first, second):
    return list(first) == list(second) and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_offline_a_run_is_the_same_with_and_without_it(dtype):
    plain, observed = network(dtype), network(dtype)
    rna, steps, others = RNA(observed), sgd(observed), sgd(plain)
    for _ in range(4):
        train(plain, others)
        train(observed, steps)
        rna.store()
        with rna.extrapolated():
            observed.eval()
            observed(IMAGES.to(dtype))
    assert same(bits(plain), bits(observed))
    assert rna.history.statistics.points == 3


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_extrapolation_is_that_of_the_numbers(dtype):
    model = network(dtype)
    rna, optimizer = RNA(model, window=3, regularization=1e-6), sgd(model)
    names = [name for name, tensor in model.state_dict().items() if tensor.is_floating_point()]
    flags = {name: slipstream.Flag.STATISTIC for name in names if "running" in name}
    twin = slipstream.RNA(
        {name: model.state_dict()[name].numpy() for name in names}, window=3, regularization=1e-6, flags=flags)
    for _ in range(5):
        train(model, optimizer)
        rna.store()
        twin.push({name: model.state_dict()[name].numpy() for name in names})
    before, found, wanted = bits(model), rna.extrapolate(), twin.extrapolate()
    assert same(before, bits(model)) and set(found) == set(names)
    for name in names:
        assert np.array_equal(found[name].numpy(), wanted[name]) or "running_var" in name
    assert rna.accepted and not torch.equal(found["0.weight"], before["0.weight"])
    with rna.extrapolated() as accepted:
        assert accepted and same({name: model.state_dict()[name] for name in found}, found)
    other = network(dtype)
    assert other.load_state_dict(found, strict=False).unexpected_keys == []


def trained(**settings):
    """A model after three epochs, and its RNA."""
    model = network()
    rna = RNA(model, **settings)
    optimizer = sgd(model)
    for _ in range(3):
        train(model, optimizer)
        rna.store()
    return model, rna, optimizer


def test_weights_and_all_buffers_are_restored_bit_for_bit_whatever_happens():
    model, rna, _ = trained()
    with torch.no_grad():
        # Bits that arithmetic would not keep.
        model[4].bias[0] = -0.0
    before = bits(model)
    with pytest.raises(ZeroDivisionError), rna.extrapolated():
        model.train()
        model(IMAGES)
        with torch.no_grad():
            model[4].weight.fill_(float("nan"))
        raise ZeroDivisionError
    assert same(before, bits(model)) and torch.signbit(model[4].bias[0])
    with rna.extrapolated():
        assert not torch.equal(model[0].weight, before["0.weight"])
    assert same(before, bits(model))


def test_statistics_are_measured_anew_inside_and_restored():
    model, rna, _ = trained()
    before = bits(model)
    with rna.extrapolated():
        torch.optim.swa_utils.update_bn([(part,) for part in IMAGES.split(16)], model)
        assert not torch.equal(model[1].running_mean, before["1.running_mean"])
    assert same(before, bits(model))


def test_a_backward_pass_across_a_swap_complains():
    model, rna, _ = trained()
    loss = model(IMAGES).sum()
    with rna.extrapolated():
        pass
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_nothing_of_the_run_is_allowed_inside():
    _, rna, _ = trained()
    with rna.extrapolated():
        for call in (rna.store, rna.step, rna.load_extrapolated, rna.extrapolated().__enter__):
            with pytest.raises(slipstream.WrongStateError, match="inside extrapolated"):
                call()
    rna.store()


def test_a_variance_is_never_negative():
    model = network()
    rna = RNA(model, window=2, regularization=0)
    for step, variance in enumerate((4.0, 1.0, 0.1)):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(0.5**step)
            model[1].running_var.fill_(variance)
        rna.store()
    found = rna.extrapolate()["1.running_var"]
    history = rna.history.extrapolate()["1.running_var"]
    assert (history < 0).all(), "the case is one"
    assert torch.equal(found, torch.full((4,), 0.1))


def test_online_the_run_goes_on_from_the_extrapolation():
    model = network()
    rna, optimizer = RNA(model, mode="online"), sgd(model)
    for epoch in range(3):
        train(model, optimizer)
        before = bits(model)
        rna.store()
        assert same(before, bits(model)) == (epoch < 2)
    twin = RNA(model)
    twin.store()
    assert rna.load_extrapolated() is True


def test_it_steps_an_optimizer_and_stores_every_so_often():
    plain, model = network(), network()
    train(plain, sgd(plain), epochs=2)
    optimizer = sgd(model)
    rna = RNA(optimizer, module=model, every=4)
    model.train()
    for _ in range(2):
        for images, labels in zip(IMAGES.split(16), LABELS.split(16)):
            optimizer.zero_grad()

            def closure():
                loss = nn.functional.cross_entropy(model(images), labels)
                loss.backward()
                return loss

            assert rna.step(closure).item() > 0
    assert same(bits(plain), bits(model)) and rna.history.statistics.fill == 1
    assert set(rna.extrapolate()) == {name for name in bits(model) if "num_batches" not in name}


def test_parameters_of_an_optimizer_alone_have_no_statistics():
    model = network()
    rna = RNA(sgd(model))
    rna.store()
    assert len(rna.extrapolate()) == 5 and set(RNA(model, statistics=False).history._layout.keys) == {
        name for name, _ in model.named_parameters()}


def test_residuals_may_be_mean_gradients():
    model = network()
    rna, optimizer = RNA(model, residuals="gradients", window=3), sgd(model)
    with pytest.raises(slipstream.WrongStateError, match="step"):
        rna.store()
    twin = slipstream.RNA({name: tensor.detach().numpy() for name, tensor in model.named_parameters()}, window=3)
    for _ in range(4):
        sums = {name: np.zeros(tuple(tensor.shape), np.float32) for name, tensor in model.named_parameters()}

        def add():
            rna.step()
            for name, tensor in model.named_parameters():
                sums[name] += tensor.grad.numpy()

        train(model, optimizer, after_step=add)
        rna.store()
        twin.push({name: tensor.detach().numpy() for name, tensor in model.named_parameters()}, residual=sums)
    assert np.array_equal(rna.history.coefficients(), twin.coefficients()) and len(twin.coefficients()) == 3


def test_gradients_as_residuals_want_the_relaxation_1():
    model = network()
    with pytest.raises(slipstream.IncompatibleError, match="relaxation is 0.5, but must be 1"):
        RNA(model, relaxation=0.5, residuals="gradients")
    rna = RNA(model, relaxation=1, residuals="gradients")
    train(model, sgd(model), after_step=rna.step)
    rna.history.set("relaxation", 0.5)
    with pytest.raises(slipstream.IncompatibleError, match="relaxation"):
        rna.store()
    rna.history.set("relaxation", 1)
    rna.store()
    assert rna.history.statistics.points == 1
    rna.history.set("relaxation", 0.5)
    with pytest.raises(slipstream.IncompatibleError, match="relaxation"):
        rna.extrapolate()
    assert RNA(model, relaxation=0.5).history.get("relaxation") == 0.5


@pytest.mark.parametrize("residuals", ["differences", "gradients"])
def test_a_saved_state_goes_on_with_the_same_bits(residuals):
    model = network()
    rna, optimizer = RNA(model, residuals=residuals), sgd(model)
    for _ in range(3):
        train(model, optimizer, after_step=rna.step)
        rna.store()
    train(model, optimizer, after_step=rna.step)
    file = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "rna": rna.state_dict()}, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=True)
    second = network()
    second.load_state_dict(loaded["model"])
    other, steps = RNA(second, residuals=residuals), sgd(second)
    steps.load_state_dict(loaded["optimizer"])
    other.load_state_dict(loaded["rna"])
    for module, accelerator, update in ((model, rna, optimizer), (second, other, steps)):
        train(module, update, after_step=accelerator.step)
        accelerator.store()
    assert same(rna.extrapolate(), other.extrapolate()) and same(bits(model), bits(second))


def test_states_of_something_else_are_refused():
    _, rna, _ = trained()
    state = rna.state_dict()
    changed = state["block"].clone()
    changed[100] ^= 1
    for bad in (
        None, {}, {**state, "version": 2}, {**state, "names": ["x"]}, {**state, "residuals": "gradients"},
        {**state, "block": changed}, {**state, "block": state["block"][:-1]}, {**state, "block": 3},
        {key: value for key, value in state.items() if key != "sums"}):
        with pytest.raises(slipstream.SlipstreamError):
            rna.load_state_dict(bad)
    rna.load_state_dict(state)
    with pytest.raises(slipstream.SlipstreamError):
        RNA(nn.Linear(3, 2)).load_state_dict(state)


def test_channels_last_weights_are_read_and_written_in_their_own_order():
    plain, model = network(), network().to(memory_format=torch.channels_last)
    model[0].weight.data = torch.randn(4, 3, 3, 3).to(memory_format=torch.channels_last)[:, :1]
    plain[0].weight.data = model[0].weight.detach().contiguous()
    assert not model[0].weight.is_contiguous()
    first, second = RNA(plain), RNA(model)
    for step in range(3):
        with torch.no_grad():
            for parameter in (*plain.parameters(), *model.parameters()):
                parameter.mul_(0.5 + 0.1 * step)
        first.store()
        second.store()
    with first.extrapolated(), second.extrapolated():
        assert torch.equal(plain[0].weight, model[0].weight)


def test_tied_parameters_count_once():
    model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))
    model[1].weight = model[0].weight
    rna = RNA(model)
    rna.store()
    assert rna.history.count == 9
    with rna.extrapolated():
        pass


def test_frozen_parameters_are_left_out():
    model = network()
    model[0].weight.requires_grad_(False)
    rna = RNA(model)
    rna.store()
    assert "0.weight" not in rna.extrapolate()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    with pytest.raises(slipstream.WrongCountError, match="no parameter"):
        RNA(model)


REFUSED = {
    "bfloat16": (lambda: nn.Linear(2, 2).to(torch.bfloat16), "bfloat16.*float32"),
    "half": (lambda: nn.Linear(2, 2).half(), "float16.*float32"),
    "complex": (lambda: nn.Linear(2, 2, dtype=torch.complex64), "complex64"),
    "another device": (lambda: nn.Linear(2, 2, device="meta"), "meta.*CPU"),
    "no shape yet": (lambda: nn.LazyLinear(2), "first batch"),
    "mixed": (lambda: nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2).double()), "float64.*float32"),
    "no module": (lambda: [torch.zeros(2)], "torch.nn.Module"),
    "no parameters": (lambda: nn.ReLU(), "no parameter")}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_shared_is_refused_and_says_what_would_be_right(case):
    make, says = REFUSED[case]
    with pytest.raises(slipstream.SlipstreamError, match=says):
        RNA(make())


def test_a_model_that_changes_is_refused():
    model, rna, _ = trained()
    model[4] = nn.Linear(4 * 36, 3)
    with pytest.raises(slipstream.WrongCountError, match="4.weight"):
        rna.store()
    model[4] = nn.Identity()
    with pytest.raises(slipstream.WrongCountError, match="4.weight"):
        rna.store()
    model, rna, _ = trained()
    model.double()
    with pytest.raises(slipstream.WrongTypeError):
        rna.store()


@pytest.mark.parametrize("settings", [
    {"mode": "inline"}, {"residuals": "steps"}, {"every": 0}, {"every": 1.5}, {"window": 0}, {"regularization": -1},
    {"module": nn.ReLU()}], ids=repr)
def test_settings_that_there_are_not_are_refused(settings):
    with pytest.raises(slipstream.SlipstreamError):
        RNA(network(), **settings)


def test_before_the_first_point_there_is_nothing_to_extrapolate():
    model = network()
    rna, before = RNA(model), bits(model)
    for call in (rna.extrapolate, rna.load_extrapolated, lambda: rna.extrapolated().__enter__()):
        with pytest.raises(slipstream.NoPointsError):
            call()
    assert same(before, bits(model))
    with torch.no_grad():
        model[0].weight.fill_(float("inf"))
    with pytest.raises(slipstream.NotFiniteError):
        rna.store()


def test_an_inference_model_can_be_stored_and_swapped():
    with torch.inference_mode():
        model = network()
        rna = RNA(model)
        rna.store()
        with rna.extrapolated():
            model(IMAGES)


def test_its_history_is_freed_with_it():
    _, rna, _ = trained()
    history = rna.history
    copy.deepcopy(history).close()
    history.close()
    with pytest.raises(slipstream.ClosedError):
        rna.store()
