"""Regularized nonlinear acceleration of points in NumPy arrays."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, Optional

import numpy as np
import numpy.typing as npt

from slipstream import _structures as structures
from slipstream._handle import Handle
from slipstream._library import OK, check, function
from slipstream._points import Flags, Layout, Point, number
from slipstream.errors import WrongTypeError


@dataclass(frozen=True)
class RNAStatistics:
    """Counts and figures of an `RNA`."""

    #: N, and how many points would be combined now.
    window: int
    fill: int
    #: Points taken, and points refused because they were not finite.
    points: int
    refused: int
    #: Extrapolations handed out.
    accepted: int
    #: Extrapolations not handed out: no residual yet; all residuals zero; the coefficients' sum vanished (lower the
    #: regularization); something was not finite (raise it); found worse.
    rejected_too_few_points: int
    rejected_zero_residuals: int
    rejected_vanishing_sum: int
    rejected_not_finite: int
    rejected_worse: int
    #: Of M + lambda I: infinity if it is singular, NaN if there are no residuals.
    condition_number: float
    #: ||R'R||, the square of the largest singular value of the residuals.
    spectral_norm: float


@dataclass(frozen=True)
class Candidate:
    """What a search found best."""

    #: The lambda of its coefficients.
    regularization: float
    #: t in x_0 + t (extrapolation - x_0), where x_0 is where the window's sequence starts from.
    step: float
    #: The objective there.
    objective: float


class RNA(Handle):
    """The combination of the last points of a method whose residual is least.

        rna = slipstream.RNA(x, window=10)
        for epoch in range(epochs):
            train(x)
            rna.push(x)
            better = rna.extrapolate()

    Offline, as above, the method is only observed. Online it goes on from the extrapolation, and `start` is told so.

    Args:
        like: a point: an array, or a list, tuple or dict of arrays, of any shapes; float32 or float64, which decides the
            precision. Or the number of a point's elements.
        window: N, how many points are combined; 1 to 128.
        regularization: lambda, at least 0; what keeps the coefficients small, relative to the largest eigenvalue of the
            residuals' Gram matrix. 1e-8 to 1e-2 where the method is noisy.
        relaxation: beta, 0 to 2. The result is sum c_i (y_(i-1) + beta r_i): 1 combines the points that the method came
            to, 0 those that it came from.
        grid: what a `search` tries: 1 for a logarithmic grid of lambdas, 2 for one of singular values.
        step_search: whether a `search` tries longer steps, too.
        residual_count: residuals are those of the first so many elements; the rest is combined only. All by default. Not
            with `flags`, which tell it by `Flag.STATISTIC`.
        threads: how many threads a call may use; 0 for all that the process may run on.
        flags: what the arrays are, as one `Flag` for each; STATISTIC and FROZEN mean something here.
        dtype: float32 or float64 where `like` is a number; float64 by default.

    Memory: N + 2 points, up to 2 N + 2 online or with residuals of the caller's. Time: a push reads every stored point once, an extrapolation too.

    D. Scieur, A. d'Aspremont, F. Bach, Regularized nonlinear acceleration, NIPS 2016; for networks: D. Scieur, E. Oyallon,
    A. d'Aspremont, F. Bach, Nonlinear acceleration of CNNs, ICLR workshop 2018.
    """

    _kind: ClassVar[str] = "rna"

    #: Whether the last proposal was an extrapolation; False if it was the last point, None before the first.
    accepted: Optional[bool] = None
    #: What the last search found best; None if that was the last point.
    candidate: Optional[Candidate] = None

    def __init__(
        self, like: Point | int, window: int = 10, regularization: float = 1e-8, *, relaxation: float = 1.0, grid: int = 1,
        step_search: bool = True, residual_count: Optional[int] = None, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        parameters = {
            "window": window, "regularization": regularization, "relaxation": relaxation, "grid": grid,
            "step-search": step_search, "residual-count": residual_count, "threads": threads}
        super().__init__(Layout(like, dtype, flags), None, parameters)

    def start(self, point: Point) -> None:
        """Tells where the method starts, or goes on from when that is not the last point pushed."""
        self._checked()
        self._call("start", *self._layout.read(point, "point").arguments)

    def push(self, point: Point, residual: Optional[Point] = None) -> None:
        """Takes in a point that the method has come to. Arrays are read, not kept.

        Args:
            point: x_i, in the form of the point that this object was made for.
            residual: anything proportional to x_i - y_(i-1), such as a gradient: in the form of the point, without what is
                FROZEN or STATISTIC. By default the difference to the last point, or to what `start` was told since. The
                first point, without `start`, has no residual: it is where the method starts.

        Raises `NotFiniteError`, with everything as it was, for NaN and infinities.
        """
        self._checked()
        pieces = self._layout.read(point, "point")
        if residual is None:
            self._call("push", *pieces.arguments)
        else:
            self._call("push_with_residual", *pieces.arguments, *self._residual(residual).arguments)

    def _residual(self, residual: Point) -> Any:
        count = int(self.get("residual-count"))
        if self._layout.flags is None and count != self._layout.count:
            # The first so many elements, which need not end where an array does: an array of their own.
            return Layout(count, self.dtype).read(residual, "residual")
        return self._layout.read(residual, "residual", differentiated=True)

    def extrapolate(self, out: Optional[Point] = None) -> Point:
        """Proposes a point: the extrapolation, or, where none can be made, the last point (`accepted` is then False).

        Args:
            out: arrays to write to, in the form of the point; new ones by default.

        Returns `out`, or the new arrays. What is written is finite. Raises `NoPointsError` before the first point.
        """
        target, status = self._write("extrapolate", out)
        self.accepted = status == OK
        return target

    def withdraw(self) -> None:
        """Rejects the last proposal: it was measured and found worse, and is counted so."""
        self._call("withdraw")

    def search(
        self, objective: Callable[[Point], float], last_objective: float = math.inf, out: Optional[Point] = None
    ) -> Point:
        """Measures one lambda of the grid after the other, then longer steps, and proposes the point of least objective.

        Args:
            objective: is given a point, in arrays that it must not keep, and returns what should be small there; NaN is
                worse than any number.
            last_objective: the objective at the last point: what is no better than it never wins.
            out: as for `extrapolate`.

        Returns the best of the points measured, or the last point; `accepted` and `candidate` say which.
        """
        self._call("search_begin", number(last_objective, "last_objective"))
        trial: Optional[Point] = None
        while True:
            trial, status = self._write("search_next", trial, None)
            if status != OK:
                break
            self._call("search_report", number(objective(trial), "the objective"))
        best = structures.sized(structures.Candidate)
        target, status = self._write("search_finish", out, ctypes.byref(best))
        self.accepted = status == OK
        self.candidate = Candidate(**structures.values(best)) if self.accepted else None
        return target

    def coefficients(self) -> npt.NDArray[np.float64]:
        """What each point would count now, oldest first; empty if the extrapolation would be rejected."""
        found = np.empty(int(self.get("window")), np.float64)
        count = ctypes.c_size_t()
        self._call("coefficients", found.ctypes.data, found.size, ctypes.byref(count))
        return found[: count.value]

    @property
    def statistics(self) -> RNAStatistics:
        """Counts and figures."""
        return self._figures(structures.RNAStatistics, RNAStatistics)

    def reset(self) -> None:
        """Forgets all points. Parameters and counts stay."""
        self._call("reset")


def solve_rna(
    gram: npt.ArrayLike, regularization: float = 1e-8
) -> tuple[npt.NDArray[np.float64], float]:
    """RNA's coefficients for residuals whose inner products are known: for points that are never in memory as a whole.

    Args:
        gram: R'R, n x n, symmetric, in float64; row i is of the i-th residual, the oldest first. n up to 128.
        regularization: lambda, at least 0, relative to the largest eigenvalue.

    Returns the n coefficients, whose sum is 1, or none if the library rejects the system (all residuals are zero, or the
    coefficients' sum vanishes), and the condition number of M + lambda I.
    """
    matrix = np.ascontiguousarray(gram, np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise WrongTypeError(f"the Gram matrix must be square, and has the shape {matrix.shape}")
    coefficients = np.empty(len(matrix), np.float64)
    condition = ctypes.c_double()
    status = check(
        function("slip_rna_solve")(
            matrix.ctypes.data, len(matrix), number(regularization, "regularization"), coefficients.ctypes.data,
            ctypes.byref(condition)))
    return coefficients if status == OK else coefficients[:0], condition.value
