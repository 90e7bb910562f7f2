"""What every object of the library has: a life, parameters, saved states."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import threading
import weakref
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, Iterator, Optional, TypeVar

import numpy as np
import numpy.typing as npt

from slipstream._library import DONE, Calls, check, text
from slipstream._points import Layout, Point, number
from slipstream._structures import Parameter as ParameterStructure
from slipstream._structures import Sized, sized, values
from slipstream.errors import ClosedError, WrongStateError, WrongTypeError

Self = TypeVar("Self", bound="Handle")
Figures = TypeVar("Figures")


@dataclass(frozen=True)
class Parameter:
    """A parameter of an object: what it does, and the values that it may have."""

    name: str
    summary: str
    #: In words, to stand behind "must be".
    allowed: str
    #: None for a parameter that has to be set.
    default: Optional[float]
    least: float
    greatest: float
    whole: bool


class Handle:
    """An object of the library.

    It may be used by any thread, and after a fork; calls from several threads wait for one another. `close`, the end of a
    `with` block, or the garbage collector free its memory. It can be pickled and copied, with all that it knows.
    """

    _kind: ClassVar[str]

    def __init__(self, layout: Layout, rule: Optional[str], parameters: dict[str, Any]) -> None:
        self._layout = layout
        self._rule = rule
        self._calls = Calls(self._kind, layout.suffix)
        self._lock = threading.RLock()
        self._process = os.getpid()
        pointer = ctypes.c_void_p()
        name = () if rule is None else (rule.encode(),)
        if layout.flags is None:
            check(self._calls.create(*name, layout.count, ctypes.byref(pointer)))
        else:
            segments = layout.segments()
            check(self._calls.create_with_layout(*name, segments, len(segments), ctypes.byref(pointer)))
        self._pointer: Optional[int] = pointer.value
        self._finalizer = weakref.finalize(self, self._calls.destroy, pointer.value)
        # The process's end frees all memory, and a daemon thread may still be in a call.
        self._finalizer.atexit = False
        try:
            for key, value in parameters.items():
                if value is not None:
                    self.set(parameter_name(key), value)
        except BaseException:
            self.close()
            raise

    # Life

    def close(self) -> None:
        """Frees the memory. Every other call then raises `ClosedError`; closing again does nothing."""
        try:
            with self._exclusively():
                self._pointer = None
                self._finalizer()
        except WrongStateError:
            # In a forked child, of a handle that was in a call: its memory is in no state to be freed.
            self._pointer = None
            self._finalizer.detach()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._pointer is None

    def __enter__(self: Self) -> Self:
        self._checked()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _checked(self) -> int:
        if self._pointer is None:
            raise ClosedError(f"this {type(self).__name__} is closed")
        return self._pointer

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        if not self._lock.acquire(blocking=False):
            # A child inherits what other threads of its parent held, and nobody is there to let go of it.
            if self._process != os.getpid():
                raise WrongStateError(
                    f"this {type(self).__name__} was in use by another thread when the process forked; make a new one")
            self._lock.acquire()
        try:
            self._process = os.getpid()
            yield
        finally:
            self._lock.release()

    def _call(self, name: str, *arguments: Any) -> int:
        """Makes a call of the library, and returns its status."""
        with self._exclusively():
            return check(getattr(self._calls, name)(self._checked(), *arguments))

    def _write(self, name: str, out: Optional[Point], *more: Any) -> tuple[Point, int]:
        """Makes a call that writes a point: to `out`, or to new arrays."""
        self._checked()
        target = self._layout.empty() if out is None else out
        pieces = self._layout.write(target, "out")
        status = self._call(name, *pieces.arguments, *more)
        if status != DONE:
            pieces.finish()
        return target, status

    # What it is of

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self._layout.dtype

    @property
    def count(self) -> int:
        """The number of elements of a point."""
        return self._layout.count

    def _figures(self, structure: type[Sized], kind: Callable[..., Figures]) -> Figures:
        """Counts and figures, read as a structure of the library."""
        made = sized(structure)
        self._call("read_statistics", ctypes.byref(made))
        return kind(**values(made))

    # Parameters

    def set(self, name: str, value: float) -> None:
        """Sets a parameter.

        Raises `UnknownNameError`, which lists the names; `OutOfRangeError`, which says what is allowed; `WrongStateError`
        for what cannot change any more.
        """
        self._call("set", _text(name), number(value, name))

    def get(self, name: str) -> float:
        """Reads a parameter; NaN for one that has to be set and was not."""
        value = ctypes.c_double()
        self._call("get", _text(name), ctypes.byref(value))
        return value.value

    def parameters(self) -> list[Parameter]:
        """Describes all parameters."""
        found: list[Parameter] = []
        while True:
            made = sized(ParameterStructure)
            if self._call("parameter", len(found), ctypes.byref(made)) == DONE:
                return found
            found.append(
                Parameter(
                    text(made.name), text(made.summary), text(made.allowed),
                    None if math.isnan(made.standard) else made.standard, made.least, made.greatest,
                    bool(made.flags & 1)))

    # Saved states

    def save(self) -> bytes:
        """Everything that it knows, bit for bit, in a block with a checksum."""
        return self._saved().tobytes()

    def load(self, block: bytes | bytearray | memoryview | npt.NDArray[np.uint8]) -> None:
        """Takes over what another object of the same kind, rule, precision and layout saved; the number of threads stays.

        Raises `DamagedError` for a block that is not as it was saved, `ForeignError` for one of something else.
        """
        try:
            found = np.frombuffer(block, np.uint8) if len(block) else np.empty(0, np.uint8)
        except (TypeError, ValueError, BufferError) as error:
            raise WrongTypeError(f"the block must be bytes, or an array of them: {error}") from error
        self._call("load", found.ctypes.data, found.size)

    def _saved(self) -> npt.NDArray[np.uint8]:
        size = ctypes.c_size_t()
        with self._exclusively():
            self._call("save", None, 0, ctypes.byref(size))
            block = np.empty(size.value, np.uint8)
            self._call("save", block.ctypes.data, block.size, ctypes.byref(size))
        return block

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._layout, self._rule, self.get("threads"), self.save())

    def _initialize(self) -> None:
        """Sets what an object of a subclass has besides; for those that were not made by its initialiser, too."""


def _restored(
    kind: type[Self], layout: Layout, rule: Optional[str], threads: float, block: bytes
) -> Self:
    made = kind.__new__(kind)
    Handle.__init__(made, layout, rule, {"threads": threads})
    made._initialize()
    made.load(block)
    return made


def parameter_name(key: str) -> str:
    """A keyword argument as the library spells it."""
    return "lambda" if key == "lambd" else key.replace("_", "-")


def _text(name: Any) -> bytes:
    if not isinstance(name, str):
        raise WrongTypeError(f"a parameter's name must be a str, not {type(name).__name__}")
    if "\0" in name:
        raise WrongTypeError(f"a parameter's name cannot have a null character: {name!r}")
    return name.encode("utf-8", "replace")
