"""Slipstream: better points from the points that a training loop visits.

The caller keeps its own training loop and its own weights, tells this package of the points it comes to, and asks for their
extrapolation. Arrays are NumPy's, float32 or float64; contiguous ones are read and written where they are.

    rna = slipstream.RNA(x)
    for epoch in range(epochs):
        train(x)
        rna.push(x)
        better = rna.extrapolate()

- `RNA` extrapolates, `UniformAverage` and `ExponentialAverage` average, `Optimizer` and the classes of the rules step.
- `slipstream.torch` does so for PyTorch's modules; PyTorch is imported with it, and not before.
- `extrapolate_checkpoints` combines files that any framework saved.

What is refused raises a `SlipstreamError`, which is a ValueError, and says what was wrong and what would be right.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from slipstream._averages import AverageStatistics, ExponentialAverage, UniformAverage
from slipstream._handle import Parameter
from slipstream._library import version as _version
from slipstream._optimizer import Optimizer, OptimizerStatistics, Rule, rules
from slipstream._points import Flag
from slipstream._rna import RNA, Candidate, RNAStatistics, solve_rna
from slipstream._rules import (
    RDA, SDA, SGD, AdaGrad, Adadelta, Adam, AdamW, AdaptiveNesterov, Neumann, ProxSGD, RMSProp)
from slipstream.checkpoints import CheckpointResult, extrapolate_checkpoints
from slipstream.errors import (
    ClosedError, DamagedError, ForeignError, IncompatibleError, InvalidArgumentError, NoPointsError, NotFiniteError,
    OutOfMemoryError, OutOfRangeError, ReadOnlyError, SlipstreamError, UnknownNameError, WrongCountError, WrongStateError,
    WrongTypeError)

if TYPE_CHECKING:
    from slipstream import torch as torch

__version__ = _version()

__all__ = [
    "RDA", "RNA", "SDA", "SGD", "AdaGrad", "Adadelta", "Adam", "AdamW", "AdaptiveNesterov", "AverageStatistics",
    "Candidate", "CheckpointResult", "ClosedError", "DamagedError", "ExponentialAverage", "Flag", "ForeignError",
    "IncompatibleError", "InvalidArgumentError", "Neumann", "NoPointsError", "NotFiniteError", "Optimizer",
    "OptimizerStatistics", "OutOfMemoryError", "OutOfRangeError", "Parameter", "ProxSGD", "RMSProp", "RNAStatistics",
    "ReadOnlyError", "Rule", "SlipstreamError", "UniformAverage", "UnknownNameError", "WrongCountError", "WrongStateError",
    "WrongTypeError", "extrapolate_checkpoints", "rules", "solve_rna"]


def __getattr__(name: str) -> Any:
    if name == "torch":
        return importlib.import_module("slipstream.torch")
    raise AttributeError(f"module 'slipstream' has no attribute {name!r}")
