"""What goes wrong, as exceptions: one class for each status of slipstream.h, with the library's own message."""

from __future__ import annotations

from typing import ClassVar


class SlipstreamError(ValueError):
    """Whatever Slipstream refuses. After it, nothing has changed but the counts of statistics."""

    #: The status of slipstream.h that the class stands for; 0 for what Python found out by itself.
    status: ClassVar[int] = 0


class InvalidArgumentError(SlipstreamError):
    """Arrays that overlap, a flag that there is not, or something else that no call allows."""

    status = -1


class UnknownNameError(SlipstreamError):
    """No parameter, rule or average of that name; the message lists those that there are."""

    status = -2


class OutOfRangeError(SlipstreamError):
    """A value that the parameter may not have; the message says which it may."""

    status = -3


class WrongCountError(SlipstreamError):
    """Arrays of another number, shape or size than those that the object was made for."""

    status = -4


class NotFiniteError(SlipstreamError):
    """Elements that are infinite or not a number, or so large that their squares overflow."""

    status = -5


class NoPointsError(SlipstreamError):
    """A point is needed and there has been none."""

    status = -6


class WrongStateError(SlipstreamError):
    """The call is not allowed any more, or not yet."""

    status = -7


class OutOfMemoryError(SlipstreamError, MemoryError):
    """The memory could not be had."""

    status = -8


class IncompatibleError(SlipstreamError):
    """Parameters that are allowed one by one but do not go together."""

    status = -9


class DamagedError(SlipstreamError):
    """A block of memory that is no saved state, is cut short, or has changed since it was saved."""

    status = -10


class ForeignError(SlipstreamError):
    """The saved state of something else: another rule, layout or precision, or written by a newer version."""

    status = -11


class WrongTypeError(SlipstreamError, TypeError):
    """No array where one is needed, or one of another element type."""


class ReadOnlyError(SlipstreamError):
    """An array that is to be written and may not be."""


class ClosedError(WrongStateError):
    """The object was closed."""


_BY_STATUS: dict[int, type[SlipstreamError]] = {
    kind.status: kind
    for kind in (
        InvalidArgumentError, UnknownNameError, OutOfRangeError, WrongCountError, NotFiniteError, NoPointsError,
        WrongStateError, OutOfMemoryError, IncompatibleError, DamagedError, ForeignError)
}


def error_of(status: int, message: str) -> SlipstreamError:
    """The exception for a negative status."""
    return _BY_STATUS.get(status, SlipstreamError)(message)
