"""Writes pytorch.json: the points that PyTorch's rules visit, for fixed gradients.

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
    ("adamw", {}),
    ("adamw", {"weight-decay": 0.3, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}),
    ("adagrad", {}),
    ("adagrad", {"weight-decay": 0.1, "initial-sum": 0.5, "rate-decay": 0.25, "epsilon": 1e-3}),
    ("adadelta", {}),
    ("adadelta", {"weight-decay": 0.1, "rho": 0.5, "epsilon": 1e-3}),
    ("rmsprop", {}),
    ("rmsprop", {"weight-decay": 0.1, "smoothing": 0.9, "epsilon": 1e-3}),
    ("rmsprop", {"momentum": 0.9, "weight-decay": 0.1}),
    ("rmsprop", {"centred": 1, "smoothing": 0.9}),
    ("rmsprop", {"centred": 1, "momentum": 0.5, "smoothing": 0.8, "epsilon": 1e-2, "weight-decay": 0.05}),
]
# PyTorch's arguments by our names, and PyTorch's defaults.
ARGUMENTS = {
    "momentum": "momentum", "nesterov": "nesterov", "weight-decay": "weight_decay", "epsilon": "eps", "rho": "rho",
    "smoothing": "alpha", "centred": "centered", "initial-sum": "initial_accumulator_value", "rate-decay": "lr_decay",
}
CLASSES = {
    "sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta, "rmsprop": torch.optim.RMSprop,
}


def optimizer(rule, settings, parameters, rate):
    arguments = {ARGUMENTS[name]: value for name, value in settings.items() if not name.startswith("beta")}
    for flag in "nesterov", "centered":
        if flag in arguments:
            arguments[flag] = bool(arguments[flag])
    if "beta1" in settings:
        arguments["betas"] = (settings["beta1"], settings["beta2"])
    return CLASSES[rule](parameters, lr=rate, **arguments)


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
