"""Writes pytorch.json: the points that PyTorch's SGD and Adam visit, for fixed gradients.

    pip install torch && python3 generate.py

The learning rate is halved on the way, which tells the conventions for momentum apart. Numbers are hexadecimal, so that
none is rounded.
"""

import json
import pathlib

import torch

COUNT, STEPS = 5, 8
CASES = [
    ("sgd", {}),
    ("sgd", {"weight-decay": 0.1}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "weight-decay": 0.05}),
    ("sgd", {"momentum": 0.9, "nesterov": 1}),
    ("sgd", {"momentum": 0.5, "nesterov": 1, "weight-decay": 0.05}),
    ("adam", {}),
    ("adam", {"weight-decay": 0.1}),
    ("adam", {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}),
]


def optimizer(rule, settings, parameters, rate):
    decay = settings.get("weight-decay", 0)
    if rule == "sgd":
        return torch.optim.SGD(
            parameters, lr=rate, weight_decay=decay, momentum=settings.get("momentum", 0),
            nesterov=bool(settings.get("nesterov", 0)))
    betas = (settings.get("beta1", 0.9), settings.get("beta2", 0.999))
    return torch.optim.Adam(
        parameters, lr=rate, weight_decay=decay, betas=betas, eps=settings.get("epsilon", 1e-8))


def texts(values):
    return [float(value).hex() for value in values.flatten()]


def main():
    torch.manual_seed(7)
    # Single precision numbers, so that both precisions start from the same ones.
    start = torch.randn(COUNT)
    gradients = torch.randn(STEPS, COUNT) * torch.logspace(-3, 2, COUNT)
    rates = [0.1] * (STEPS // 2) + [0.05] * (STEPS // 2)
    cases = []
    for rule, settings in CASES:
        for name, dtype in ("f32", torch.float32), ("f64", torch.float64):
            theta = start.to(dtype).clone().requires_grad_(True)
            method = optimizer(rule, settings, [theta], rates[0])
            points = []
            for gradient, rate in zip(gradients, rates):
                method.param_groups[0]["lr"] = rate
                theta.grad = gradient.to(dtype)
                method.step()
                points.append(texts(theta.detach()))
            cases.append({"rule": rule, "settings": settings, "precision": name, "points": points})
    golden = {
        "torch": torch.__version__, "start": texts(start), "rates": rates,
        "gradients": [texts(gradient) for gradient in gradients], "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("pytorch.json")
    # A line for each case.
    path.write_text(json.dumps(golden).replace('{"rule"', '\n{"rule"').replace(', \n', ',\n') + "\n")


main()
