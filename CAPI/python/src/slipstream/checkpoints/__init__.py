"""Combines the checkpoints of a training run, of any framework: see `extrapolate_checkpoints`."""

from __future__ import annotations

import contextlib
import fnmatch
import math
import os
from dataclasses import dataclass
from typing import Any, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from slipstream._rna import solve_rna
from slipstream._points import number
from slipstream.checkpoints._files import FLOATS, NPZ, FileError, Path, Reader, Safetensors, Tensor, open_file
from slipstream.checkpoints._writing import replacing, write_npz, write_safetensors
from slipstream.errors import NotFiniteError, OutOfRangeError, SlipstreamError, UnknownNameError, WrongCountError, WrongTypeError

__all__ = ["CheckpointResult", "FileError", "extrapolate_checkpoints"]

METHODS = ("rna", "uniform-average", "exponential-average")

# Elements of a block: with ten files, differences in double precision and what they are of fit a second-level cache.
_BLOCK = 1 << 14

_Files = Sequence["Safetensors | NPZ"]
_Row = npt.NDArray[Any]


@dataclass(frozen=True)
class CheckpointResult:
    """What was written."""

    output: str
    method: str
    #: What each file counts, in their order; the sum is 1.
    weights: tuple[float, ...]
    #: Of RNA's system; NaN for averages.
    condition_number: float
    #: How many tensors were combined, and how many elements they have.
    tensors: int
    elements: int
    #: The names of the tensors that were taken from the last file as they are.
    taken: tuple[str, ...]


def extrapolate_checkpoints(
    files: Sequence[Path], output: Path, method: str = "rna", *, regularization: float = 1e-8, relaxation: float = 1.0,
    decay: float = 0.9, exclude: Sequence[str] = (), keep: Sequence[str] = (),
) -> CheckpointResult:
    """Combines checkpoints into a better one, like `slipstream extrapolate`.

        slipstream.extrapolate_checkpoints(["1.safetensors", "2.safetensors", "3.safetensors"], "better.safetensors")

    Floating-point tensors of 16, 32 and 64 bits are combined, sums in double precision; all others, and what the file says
    besides, are the last file's. Files are read twice for RNA, once for an average, in blocks: memory does not grow with
    the tensors, only with the square of the number of files.

    Args:
        files: .safetensors or .npz files, all of one kind, in the order in which they were saved; 2 to 128.
        output: the file to write, of that kind; it appears complete or not at all. It may be one of `files`.
        method: "rna", "uniform-average" or "exponential-average".
        regularization: rna: lambda, at least 0, relative to the largest eigenvalue of the residuals' Gram matrix.
        relaxation: rna: 1 combines the later files of each pair, 0 the earlier ones; up to 2.
        decay: exponential-average: what a file counts relative to the next one; 0 to 1.
        exclude: rna: tensors whose names match one of these patterns are combined, but make no residuals: running
            statistics, as "*running_*".
        keep: tensors that match are taken from the last file as they are, and may differ in the others.

    Raises a `SlipstreamError` that lists names and shapes that do not go together, or says why nothing can be proposed;
    OSError where a file cannot be read or written.

    D. Scieur, E. Oyallon, A. d'Aspremont, F. Bach, Nonlinear acceleration of CNNs, ICLR workshop 2018.
    """
    if method not in METHODS:
        raise UnknownNameError(f"no method is named {method!r}; there are {', '.join(METHODS)}")
    if not 2 <= len(files) <= 128:
        raise WrongCountError(f"there must be 2 to 128 files, and there are {len(files)}")
    for argument, patterns in (("exclude", exclude), ("keep", keep)):
        if isinstance(patterns, (str, bytes)) or not all(isinstance(pattern, str) for pattern in patterns):
            raise WrongTypeError(f"{argument} must be a list of patterns, and is {patterns!r}")
    _check("relaxation", relaxation, 0, 2)
    _check("decay", decay, 0, 1)
    _check("regularization", regularization, 0, math.inf)
    kinds = {os.path.splitext(os.fspath(path))[1].lower() for path in (*files, output)}
    if len(kinds) > 1:
        raise FileError(f"files and output must be of one kind, and their names end in {', '.join(sorted(kinds))}")
    with contextlib.ExitStack() as stack:
        opened: list[Safetensors | NPZ] = []
        for path in files:
            opened.append(open_file(path))
            stack.callback(opened[-1].close)
        last = opened[-1]
        for pattern in (*exclude, *keep):
            if not any(fnmatch.fnmatchcase(name, pattern) for name in last.tensors):
                raise UnknownNameError(f"no tensor of {last.path} matches the pattern {pattern!r}")
        combined = [
            tensor for name, tensor in last.tensors.items()
            if tensor.is_float and not any(fnmatch.fnmatchcase(name, pattern) for pattern in keep)]
        _check_alike(opened, combined, keep)
        condition = math.nan
        if method == "rna":
            residual = [
                tensor for tensor in combined
                if not any(fnmatch.fnmatchcase(tensor.name, pattern) for pattern in exclude)]
            weights, condition = _rna_weights(opened, residual, regularization, relaxation)
        elif method == "uniform-average":
            weights = np.full(len(opened), 1 / len(opened))
        else:
            powers = float(decay) ** np.arange(len(opened) - 1, -1, -1)
            weights = powers / powers.sum()
        names = {tensor.name for tensor in combined}

        def contents() -> Iterator[tuple[str, Iterator[Any]]]:
            for tensor in last.tensors.values():
                yield tensor.name, (
                    _combination(opened, tensor, weights) if tensor.name in names else _copy(last, tensor))

        with replacing(os.fspath(output)) as file:
            if isinstance(last, Safetensors):
                write_safetensors(file, last, contents())
            else:
                write_npz(file, last, contents())
        return CheckpointResult(
            os.fspath(output), method, tuple(float(weight) for weight in weights), condition, len(combined),
            sum(tensor.count for tensor in combined), tuple(name for name in last.tensors if name not in names))


def _check(name: str, value: float, least: float, greatest: float) -> None:
    if not least <= number(value, name) <= greatest or math.isinf(value):
        allowed = f"at least {least}" if math.isinf(greatest) else f"from {least} to {greatest}"
        raise OutOfRangeError(f"{name} is {value}, but must be {allowed}")


def _check_alike(files: _Files, combined: Sequence[Tensor], keep: Sequence[str]) -> None:
    """Raises an error that lists what differs between the files."""
    wanted = {tensor.name: tensor for tensor in combined}
    complaints: list[str] = []
    for file in files[:-1]:
        for name, tensor in wanted.items():
            found = file.tensors.get(name)
            if found is None:
                complaints.append(f"{file.path} has no '{name}'")
            elif (found.kind, found.shape) != (tensor.kind, tensor.shape):
                complaints.append(
                    f"'{name}' is {found.kind} {list(found.shape)} in {file.path}, and {tensor.kind} {list(tensor.shape)} "
                    f"in {files[-1].path}")
        for name, found in file.tensors.items():
            kept = any(fnmatch.fnmatchcase(name, pattern) for pattern in keep)
            if name not in files[-1].tensors and not kept:
                complaints.append(f"{files[-1].path} has no '{name}', which {file.path} has")
    for tensor in files[-1].tensors.values():
        kept = any(fnmatch.fnmatchcase(tensor.name, pattern) for pattern in keep)
        if not kept and not tensor.is_float and (" in Fortran" in tensor.kind or " of the other" in tensor.kind):
            complaints.append(f"'{tensor.name}' is {tensor.kind}: save it in C order and this machine's bytes")
        elif not kept and tensor.is_foreign:
            complaints.append(
                f"'{tensor.name}' is {tensor.kind}, which is not calculated with here: keep the last file's, or convert it")
    if complaints:
        more = f"\n(and {len(complaints) - 20} more)" if len(complaints) > 20 else ""
        raise WrongCountError("the files do not go together:\n" + "\n".join(complaints[:20]) + more)
    if not combined:
        raise FileError(f"{files[-1].path}: it has no floating-point tensor to combine")


def _blocks(files: _Files, tensor: Tensor) -> Iterator[list[_Row]]:
    """One tensor's elements of all files, block by block."""
    readers: list[Reader] = []
    try:
        for file in files:
            readers.append(file.reader(tensor.name))
        stride = tensor.bytes // tensor.count if tensor.count else 1
        for start in range(0, tensor.count, _BLOCK):
            size = stride * min(_BLOCK, tensor.count - start)
            yield [_numbers(reader.read(size), tensor.kind) for reader in readers]
    finally:
        for reader in readers:
            reader.close()


def _numbers(data: bytes | npt.NDArray[np.uint8], kind: str) -> _Row:
    if kind == "BF16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    numbers = np.frombuffer(data, {"F16": "<f2", "F32": "<f4", "F64": "<f8"}[kind])
    return numbers.astype(np.float32) if kind == "F16" else numbers


def _rna_weights(
    files: _Files, tensors: Sequence[Tensor], regularization: float, relaxation: float
) -> tuple[npt.NDArray[np.float64], float]:
    """What RNA gives each file, and its system's condition number."""
    if not any(tensor.count for tensor in tensors):
        raise SlipstreamError("no tensor is left to make residuals of: exclude fewer")
    rows = len(files) - 1
    gram = np.zeros((rows, rows))
    points = np.empty((len(files), _BLOCK))
    differences = np.empty((rows, _BLOCK))
    for tensor in tensors:
        for blocks in _blocks(files, tensor):
            count = len(blocks[0])
            for row, block in zip(points, blocks):
                row[:count] = block
            part = differences[:, :count]
            np.subtract(points[1:, :count], points[:-1, :count], out=part)
            sums = part @ part.T
            if not np.isfinite(sums).all():
                for file, block in zip(files, blocks):
                    _check_finite(block, f"{file.path}: '{tensor.name}'")
                raise NotFiniteError(f"differences of '{tensor.name}' are so large that their squares overflow")
            gram += sums
    coefficients, condition = solve_rna(gram, regularization)
    if not len(coefficients):
        why = (
            "all files hold the same numbers" if not gram.any()
            else "the coefficients' sum vanishes; a smaller regularization helps")
        raise SlipstreamError(f"rna proposes nothing: {why}")
    weights = np.zeros(len(files))
    weights[1:] += relaxation * coefficients
    weights[:-1] += (1 - relaxation) * coefficients
    return weights, condition


def _check_finite(block: _Row, what: str) -> None:
    if not np.isfinite(block).all():
        raise NotFiniteError(f"{what} has elements that are infinite or not a number")


def _combination(files: _Files, tensor: Tensor, weights: npt.NDArray[np.float64]) -> Iterator[_Row]:
    """The weighted sum of one tensor, block by block, in the tensor's own type."""
    used = [index for index, weight in enumerate(weights) if weight != 0]
    total, product = np.empty(_BLOCK), np.empty(_BLOCK)
    for blocks in _blocks([files[index] for index in used], tensor):
        count = len(blocks[0])
        sums, scaled = total[:count], product[:count]
        sums[:] = 0
        for index, block in zip(used, blocks):
            np.multiply(block, weights[index], out=scaled)
            np.add(sums, scaled, out=sums)
        if not np.isfinite(sums).all():
            for index, block in zip(used, blocks):
                _check_finite(block, f"{files[index].path}: '{tensor.name}'")
        yield _rounded(sums, tensor)


def _rounded(sums: npt.NDArray[np.float64], tensor: Tensor) -> _Row:
    with np.errstate(over="ignore"):
        result = sums.astype(FLOATS[tensor.kind])
        if tensor.kind == "BF16":
            bits = result.view(np.uint32)
            # To the nearest, ties to even, as conversions of numbers do.
            half = ((bits + (0x7FFF + ((bits >> 16) & 1)).astype(np.uint32)) >> 16).astype("<u2")
            overflows = not np.isfinite((half.astype(np.uint32) << 16).view(np.float32)).all()
            result = half
        else:
            result = result.astype("<f2") if tensor.kind == "F16" else result
            overflows = not np.isfinite(result).all()
    if overflows:
        raise NotFiniteError(f"the combination of '{tensor.name}' goes beyond {tensor.kind}; more regularization helps")
    return result


def _copy(file: Safetensors | NPZ, tensor: Tensor) -> Iterator[Any]:
    """One tensor's bytes as they are."""
    reader = file.reader(tensor.name)
    try:
        for start in range(0, tensor.bytes, 1 << 20):
            yield reader.read(min(1 << 20, tensor.bytes - start))
    finally:
        reader.close()
