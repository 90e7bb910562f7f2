"""Points as the caller has them (an array, or a list, tuple or dict of arrays), and as the library reads and writes them."""

from __future__ import annotations

import ctypes
import enum
from typing import Any, Iterator, Mapping, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from slipstream._structures import LayoutSegment, Segment
from slipstream.errors import (
    InvalidArgumentError, ReadOnlyError, SlipstreamError, WrongCountError, WrongTypeError)

Array = npt.NDArray[Any]
#: One array, or several in a list, tuple or dict; float32 or float64, all alike. None stands for a frozen one.
Point = Union[Array, Sequence[Optional[Array]], Mapping[Any, Optional[Array]]]


class Flag(enum.IntFlag):
    """What the elements of an array are. REGULARIZED, STATISTIC and SCALE exclude one another."""

    #: Biases, offsets and the like.
    PLAIN = 0
    #: Filters and matrices: what l1 regularisers make zero, and frozen zeros are among.
    REGULARIZED = 1
    #: Neither read nor written by any call, as if it were not there: None will do for it.
    FROZEN = 2
    #: A running statistic: combined with the rest, but without gradient or residual, and never touched by an optimizer.
    STATISTIC = 4
    #: Batch normalisation's factors, which dual averaging draws to 1 and not to 0.
    SCALE = 8


#: Flags in the form of the point: one for all arrays, or one for each. In a mapping, those left out are PLAIN.
Flags = Union[Flag, int, Sequence[int], Mapping[Any, int]]

_SUFFIXES = {np.dtype(np.float32): "f32", np.dtype(np.float64): "f64"}


class Layout:
    """How the points of one object are made up, which stays as it is for the object's life."""

    def __init__(self, like: Point | int, dtype: npt.DTypeLike | None = None, flags: Flags | None = None) -> None:
        self.keys: Optional[list[Any]] = None
        self._known: frozenset[Any] = frozenset()
        #: What points come in: None for a single array or a number of elements.
        self.container: Optional[type] = None
        if isinstance(like, (int, np.integer)) and not isinstance(like, bool):
            if like < 0:
                raise WrongCountError(f"a point cannot have {like} elements")
            self.dtype = _supported(np.dtype(np.float64 if dtype is None else dtype), "dtype")
            self.shapes: list[Optional[tuple[int, ...]]] = [None]
            self.counts = [int(like)]
        else:
            if isinstance(like, Mapping):
                self.keys, self.container = list(like), dict
                self._known = frozenset(self.keys)
            elif isinstance(like, (list, tuple)):
                self.container = list if isinstance(like, list) else tuple
            arrays = [_array(entry, self._label("point", i)) for i, entry in enumerate(self._values(like))]
            if not arrays:
                raise WrongCountError("a point needs at least one array to tell its element type by")
            self.dtype = _supported(arrays[0].dtype, self._label("point", 0))
            if dtype is not None and np.dtype(dtype) != self.dtype:
                raise WrongTypeError(f"the point is {self.dtype}, and dtype says {np.dtype(dtype)}")
            for i, array in enumerate(arrays):
                self._check_type(array, self._label("point", i))
            self.shapes = [array.shape for array in arrays]
            self.counts = [array.size for array in arrays]
        self.flags = None if flags is None else self._flags(flags)

    @property
    def suffix(self) -> str:
        """What the library's calls for this precision end in."""
        return _SUFFIXES[self.dtype]

    @property
    def count(self) -> int:
        """The number of elements of a point."""
        return sum(self.counts)

    def segments(self) -> ctypes.Array[LayoutSegment]:
        """The layout in the library's form; only with flags."""
        flags = self.flags or []
        made = (LayoutSegment * len(flags))()
        for i, (count, flag) in enumerate(zip(self.counts, flags)):
            made[i].count, made[i].flags = count, flag
        return made

    def read(self, point: Point, what: str, differentiated: bool = False) -> Pieces:
        """A point to be read, in pieces; with `differentiated`, of the arrays that have a gradient alone."""
        return self._pieces(point, what, differentiated, writes=False)

    def write(self, point: Point, what: str) -> Pieces:
        """A point to be written, in pieces: `finish` has to be called when it was."""
        return self._pieces(point, what, False, writes=True)

    def empty(self) -> Point:
        """Arrays to be written, in the form of the point; None for those that are frozen."""
        arrays = [
            None if self._flag(i) & Flag.FROZEN else np.empty(self.counts[i] if shape is None else shape, self.dtype)
            for i, shape in enumerate(self.shapes)]
        if self.container is None:
            if arrays[0] is None:
                raise InvalidArgumentError("a point that is frozen as a whole cannot be written")
            return arrays[0]
        if self.keys is not None:
            return dict(zip(self.keys, arrays))
        return tuple(arrays) if self.container is tuple else arrays

    def _flag(self, i: int) -> int:
        return 0 if self.flags is None else self.flags[i]

    def _label(self, what: str, i: int) -> str:
        if self.container is None:
            return what
        return f"{what}[{i if self.keys is None else self.keys[i]!r}]"

    def _values(self, point: Any) -> Iterator[Any]:
        """The point's entries, without a look at their number."""
        if self.keys is not None:
            return iter([point.get(key) for key in self.keys])
        return iter([point] if self.container is None else point)

    def _entries(self, point: Any, what: str, optional: set[int]) -> list[Any]:
        """The point's entries in the layout's order; those of the indices `optional` may be missing."""
        if self.keys is not None:
            if not isinstance(point, Mapping):
                raise WrongTypeError(f"{what} must be a dict of arrays, not {_kind(point)}")
            missing = [key for i, key in enumerate(self.keys) if key not in point and i not in optional]
            # Looked up one by one: the number of unknown keys alone does not tell which they are.
            unknown = [key for key in point if key not in self._known]
            if missing or unknown:
                raise WrongCountError(
                    f"{what} must have the keys that the first point had: "
                    + "; ".join(part for part in (
                        f"missing {_list(missing)}" if missing else "", f"unknown {_list(unknown)}" if unknown else "")
                        if part))
        elif self.container is not None:
            if not isinstance(point, (list, tuple)):
                raise WrongTypeError(f"{what} must be a list or tuple of arrays, not {_kind(point)}")
            if len(point) != len(self.shapes):
                raise WrongCountError(f"{what} must have {len(self.shapes)} arrays, and has {len(point)}")
        return list(self._values(point))

    def _flags(self, flags: Any) -> list[int]:
        if isinstance(flags, Mapping):
            if self.keys is None:
                raise WrongTypeError("flags are a dict, and the point is none")
            unknown = [key for key in flags if key not in self.keys]
            if unknown:
                raise WrongCountError(f"flags have keys that the point has not: {_list(unknown)}")
            found = [flags.get(key, Flag.PLAIN) for key in self.keys]
        elif isinstance(flags, (list, tuple)):
            if len(flags) != len(self.shapes):
                raise WrongCountError(f"flags must be {len(self.shapes)}, one an array, and are {len(flags)}")
            found = list(flags)
        else:
            found = [flags] * len(self.shapes)
        for flag in found:
            if isinstance(flag, bool) or not isinstance(flag, (int, np.integer)) or not 0 <= flag < 1 << 32:
                raise WrongTypeError(f"a flag is {flag!r}, but must be one of slipstream.Flag's")
        return [int(flag) for flag in found]

    def _check_type(self, array: Array, label: str) -> None:
        _supported(array.dtype, label)
        if array.dtype != self.dtype:
            raise WrongTypeError(f"{label} is {array.dtype}, and all arrays here are {self.dtype}")

    def _pieces(self, point: Any, what: str, differentiated: bool, writes: bool) -> Pieces:
        without_gradient = Flag.FROZEN | Flag.STATISTIC
        skipped = {
            i for i in range(len(self.shapes)) if self._flag(i) & (without_gradient if differentiated else Flag.FROZEN)}
        pieces = Pieces(len(self.shapes) - len(skipped) if differentiated else len(self.shapes))
        for i, entry in enumerate(self._entries(point, what, skipped)):
            if i in skipped:
                if not differentiated:
                    pieces.add_absent(self.counts[i])
                continue
            label = self._label(what, i)
            array = _array(entry, label)
            self._check_type(array, label)
            shape = self.shapes[i]
            if array.size != self.counts[i] or (shape is not None and array.shape != shape):
                raise WrongCountError(f"{label} has the shape {array.shape}, and must have {shape or self.counts[i]}")
            pieces.add(array, writes, label)
        return pieces


class Pieces:
    """Arrays as (pointer, count) pairs: those that are contiguous where they are, others by a copy."""

    def __init__(self, number: int) -> None:
        self.segments = (Segment * number)()
        self.number = 0
        # The library keeps no pointer, but the arrays behind them have to live until the call is done.
        self._alive: list[Array] = []
        self._copies: list[tuple[Array, Array]] = []

    @property
    def arguments(self) -> tuple[Any, int]:
        """The two arguments of a call."""
        return self.segments, self.number

    def add(self, array: Array, writes: bool, label: str) -> None:
        """Appends an array."""
        if writes and not array.flags.writeable:
            raise ReadOnlyError(f"{label} is read-only, and would be written")
        if not (array.flags.c_contiguous and array.flags.aligned):
            copy = np.array(array, order="C", copy=True, subok=False)
            if writes:
                self._copies.append((array, copy))
            array = copy
        self._alive.append(array)
        self._append(array.__array_interface__["data"][0], array.size)

    def add_absent(self, count: int) -> None:
        """Appends elements that no call looks at."""
        self._append(None, count)

    def finish(self) -> None:
        """Takes what was written to copies back to where it belongs."""
        for array, copy in self._copies:
            array[...] = copy

    def _append(self, pointer: Optional[int], count: int) -> None:
        segment = self.segments[self.number]
        segment.data, segment.count = pointer if count else None, count
        self.number += 1


def _array(entry: Any, label: str) -> Array:
    if isinstance(entry, np.ma.MaskedArray):
        raise WrongTypeError(f"{label} is a masked array, whose mask would be lost; fill it first")
    if isinstance(entry, np.ndarray):
        return entry
    hint = "; slipstream.torch takes tensors" if type(entry).__module__.split(".")[0] == "torch" else ""
    raise WrongTypeError(f"{label} must be a NumPy array, not {_kind(entry)}{hint}")


def _supported(dtype: np.dtype[Any], label: str) -> np.dtype[Any]:
    if dtype not in _SUFFIXES:
        raise WrongTypeError(f"{label} is {dtype}, but must be float32 or float64 in this machine's byte order")
    return dtype


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _list(keys: Sequence[Any]) -> str:
    shown = ", ".join(repr(key) for key in keys[:10])
    return shown if len(keys) <= 10 else f"{shown} and {len(keys) - 10} more"


def number(value: Any, name: str) -> float:
    """A parameter's value as the library takes it."""
    if isinstance(value, (int, float, np.integer, np.floating, np.bool_)):
        try:
            return float(value)
        except OverflowError:
            raise SlipstreamError(f"{name} is {value}, which is beyond all floating-point numbers") from None
    raise WrongTypeError(f"{name} must be a number, not {_kind(value)}")
