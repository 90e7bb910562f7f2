"""libslipstream.so: found, its version checked, its calls declared as slipstream.h has them."""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_size_t, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Callable

from slipstream import _structures as structures
from slipstream.errors import error_of

#: The SLIP_ABI_VERSION that the declarations below are of.
ABI_VERSION = 1

OK, REJECTED, DONE = 0, 1, 2


def _load() -> ctypes.CDLL:
    named = os.environ.get("SLIPSTREAM_LIBRARY")
    path = Path(named) if named else Path(__file__).resolve().parent / "libslipstream.so"
    if not path.is_file():
        why = "$SLIPSTREAM_LIBRARY names it" if named else "the package was not installed with it"
        raise ImportError(f"slipstream: there is no library {path} ({why}); `pip install` of CAPI/python builds it")
    try:
        library = ctypes.CDLL(str(path.resolve()))
        abi = library.slip_abi_version
    except (OSError, AttributeError) as error:
        raise ImportError(f"slipstream: {path} is not the library of slipstream.h: {error}") from error
    abi.restype = ctypes.c_uint32
    found = abi()
    if found != ABI_VERSION:
        raise ImportError(
            f"slipstream: {path} has version {found} of the binary interface, and this package needs {ABI_VERSION}; "
            "install package and library of one version")
    return library


LIBRARY = _load()

_SEGMENTS = (c_void_p, c_size_t)
_HANDLE = (c_void_p,)
_OUT = (POINTER(c_void_p),)
_LAYOUT = (c_void_p, c_size_t)
_COUNT_OUT = POINTER(c_uint64)

# What all kinds of handle have, without and after the handle itself.
_SHARED: dict[str, tuple[Any, ...]] = {
    "set": (c_char_p, c_double),
    "get": (c_char_p, POINTER(c_double)),
    "parameter": (c_size_t, POINTER(structures.Parameter)),
    "reset": (),
    "save": (c_void_p, c_size_t, POINTER(c_size_t)),
    "load": (c_void_p, c_size_t),
}

_OWN: dict[str, dict[str, tuple[Any, ...]]] = {
    "rna": {
        "start": _SEGMENTS,
        "push": _SEGMENTS,
        "push_with_residual": _SEGMENTS + _SEGMENTS,
        "extrapolate": _SEGMENTS,
        "withdraw": (),
        "search_begin": (c_double,),
        "search_next": _SEGMENTS + (POINTER(structures.Candidate),),
        "search_report": (c_double,),
        "search_finish": _SEGMENTS + (POINTER(structures.Candidate),),
        "coefficients": (c_void_p, c_size_t, POINTER(c_size_t)),
        "read_statistics": (POINTER(structures.RNAStatistics),),
    },
    "average": {
        "push": _SEGMENTS,
        "propose": _SEGMENTS,
        "withdraw": (),
        "read_statistics": (POINTER(structures.AverageStatistics),),
    },
    "optimizer": {
        "displace": _SEGMENTS,
        "step": _SEGMENTS + _SEGMENTS + (c_double,),
        "read_iterate": _SEGMENTS + _SEGMENTS,
        "freeze_zeros": _SEGMENTS + (_COUNT_OUT,),
        "thaw": (),
        "count_zeros": _SEGMENTS + (_COUNT_OUT, _COUNT_OUT),
        "read_statistics": (POINTER(structures.OptimizerStatistics),),
    },
}

#: Every call by its name in slipstream.h, "{}" standing for the precision, with the types of its arguments.
PROTOTYPES: dict[str, tuple[Any, ...]] = {
    "slip_abi_version": (),
    "slip_version": (),
    "slip_status_name": (ctypes.c_int,),
    "slip_last_error": (),
    "slip_average_describe": (c_size_t, POINTER(structures.Description)),
    "slip_optimizer_describe": (c_size_t, POINTER(structures.Description)),
    "slip_rna_solve": (c_void_p, c_size_t, c_double, c_void_p, POINTER(c_double)),
}
for _kind, _calls in _OWN.items():
    _name: tuple[Any, ...] = () if _kind == "rna" else (c_char_p,)
    PROTOTYPES[f"slip_{_kind}_create_{{}}"] = _name + (c_size_t,) + _OUT
    PROTOTYPES[f"slip_{_kind}_create_with_layout_{{}}"] = _name + _LAYOUT + _OUT
    PROTOTYPES[f"slip_{_kind}_destroy_{{}}"] = _HANDLE
    for _call, _arguments in {**_SHARED, **_calls}.items():
        PROTOTYPES[f"slip_{_kind}_{_call}_{{}}"] = _HANDLE + _arguments

_RESULTS: dict[str, Any] = {
    "slip_abi_version": ctypes.c_uint32,
    "slip_version": c_char_p,
    "slip_status_name": c_char_p,
    "slip_last_error": c_char_p,
}


def function(name: str, suffix: str = "") -> Callable[..., Any]:
    """A call of the library by its key in `PROTOTYPES`, for the precision `suffix` ("f32" or "f64")."""
    call = getattr(LIBRARY, name.format(suffix))
    call.argtypes = PROTOTYPES[name]
    call.restype = _RESULTS.get(name, None if "_destroy_" in name else ctypes.c_int)
    return call  # type: ignore[no-any-return]


def text(value: bytes | None) -> str:
    """A text of the library."""
    return (value or b"").decode("utf-8", "replace")


_last_error = function("slip_last_error")


def check(status: int) -> int:
    """A status that is no error; an error is raised, with the library's message."""
    if status < 0:
        raise error_of(status, text(_last_error()))
    return status


def version() -> str:
    """The library's version, major.minor.patch."""
    return text(function("slip_version")())


class Calls:
    """The calls of one kind of handle ("rna", "average", "optimizer") in one precision, as attributes."""

    def __init__(self, kind: str, suffix: str) -> None:
        self._kind, self._suffix = kind, suffix

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = function(f"slip_{self._kind}_{name}_{{}}", self._suffix)
        setattr(self, name, call)
        return call
