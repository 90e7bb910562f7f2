"""Slipstream for PyTorch: extrapolation of a training run, and the papers' methods as `torch.optim.Optimizer`s.

    import slipstream.torch

    rna = slipstream.torch.RNA(model)
    for epoch in range(epochs):
        train(model)
        rna.store()
        with rna.extrapolated():
            print(evaluate(model))

Tensors are read and written where they lie. They must be float32 or float64, dense, and on the CPU; what is not is refused
with a `slipstream.SlipstreamError` that says what would be right.
"""

from __future__ import annotations

try:
    import torch as _torch
except ImportError as error:
    raise ImportError(
        "slipstream.torch needs PyTorch, which is not installed: pip install 'slipstream[torch]'") from error

from slipstream.torch._optimizers import RDA, SDA, AdaptiveNesterov, Neumann, ProxSGD
from slipstream.torch._rna import RNA
from slipstream.torch._rule import Rule, parameter_groups

__all__ = ["RDA", "RNA", "SDA", "AdaptiveNesterov", "Neumann", "ProxSGD", "Rule", "parameter_groups"]

del _torch
