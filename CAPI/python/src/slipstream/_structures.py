"""The structures of slipstream.h, member for member."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_double, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any, TypeVar


class Segment(ctypes.Structure):
    """slip_segment_f32 and its like: they differ in what the pointer points to alone."""

    _fields_ = [("data", c_void_p), ("count", c_size_t)]


class LayoutSegment(ctypes.Structure):
    """slip_layout_segment"""

    _fields_ = [("count", c_size_t), ("flags", c_uint32), ("reserved", c_uint32)]


class Parameter(ctypes.Structure):
    """slip_parameter"""

    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("summary", c_char_p), ("allowed", c_char_p), ("standard", c_double),
        ("least", c_double), ("greatest", c_double), ("flags", c_uint32), ("reserved", c_uint32)]


class Description(ctypes.Structure):
    """slip_description"""

    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("summary", c_char_p), ("flags", c_uint32), ("reserved", c_uint32)]


class Candidate(ctypes.Structure):
    """slip_rna_candidate"""

    _fields_ = [("size", c_size_t), ("regularization", c_double), ("step", c_double), ("objective", c_double)]


class RNAStatistics(ctypes.Structure):
    """slip_rna_statistics"""

    _fields_ = [
        ("size", c_size_t), ("window", c_uint64), ("fill", c_uint64), ("points", c_uint64), ("refused", c_uint64),
        ("accepted", c_uint64), ("rejected_too_few_points", c_uint64), ("rejected_zero_residuals", c_uint64),
        ("rejected_vanishing_sum", c_uint64), ("rejected_not_finite", c_uint64), ("rejected_worse", c_uint64),
        ("condition_number", c_double), ("spectral_norm", c_double)]


class AverageStatistics(ctypes.Structure):
    """slip_average_statistics"""

    _fields_ = [
        ("size", c_size_t), ("window", c_uint64), ("fill", c_uint64), ("points", c_uint64), ("refused", c_uint64),
        ("accepted", c_uint64), ("rejected_worse", c_uint64)]


class OptimizerStatistics(ctypes.Structure):
    """slip_optimizer_statistics"""

    _fields_ = [
        ("size", c_size_t), ("steps", c_uint64), ("refused_parameters", c_uint64), ("refused_gradient", c_uint64),
        ("refused_loss", c_uint64), ("frozen_zeros", c_uint64), ("step_size", c_double), ("threshold", c_double),
        ("gradient_norm", c_double), ("momentum", c_double), ("distance", c_double)]


Sized = TypeVar("Sized", bound=ctypes.Structure)


def sized(kind: type[Sized]) -> Sized:
    """A structure that tells its size."""
    made = kind()
    made.size = ctypes.sizeof(kind)
    return made


def values(structure: ctypes.Structure) -> dict[str, Any]:
    """The members but for the size, by name."""
    return {field[0]: getattr(structure, field[0]) for field in structure._fields_ if field[0] != "size"}
