"""Averages of the last points: what RNA is compared with, and often a good point in themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Optional

import numpy.typing as npt

from slipstream import _structures as structures
from slipstream._handle import Handle
from slipstream._points import Flags, Layout, Point


@dataclass(frozen=True)
class AverageStatistics:
    """Counts of an average."""

    #: N, and how many points would be averaged now.
    window: int
    fill: int
    #: Points taken, and points refused because they were not finite.
    points: int
    refused: int
    #: Averages handed out, but for those that `withdraw` was called for.
    accepted: int
    rejected_worse: int


class Average(Handle):
    """What `UniformAverage` and `ExponentialAverage` have in common."""

    _kind: ClassVar[str] = "average"

    def push(self, point: Point) -> None:
        """Takes in a point, in the form of the one that this object was made for. Arrays are read, not kept."""
        self._checked()
        self._call("push", *self._layout.read(point, "point").arguments)

    def propose(self, out: Optional[Point] = None) -> Point:
        """Writes the average to `out`, or to new arrays, and returns them. Raises `NoPointsError` before the first point."""
        return self._write("propose", out)[0]

    def withdraw(self) -> None:
        """Rejects the last proposal: it was measured and found worse, and is counted so."""
        self._call("withdraw")

    @property
    def statistics(self) -> AverageStatistics:
        """Counts."""
        return self._figures(structures.AverageStatistics, AverageStatistics)

    def reset(self) -> None:
        """Forgets all points. Parameters and counts stay."""
        self._call("reset")


class UniformAverage(Average):
    """(1/N) sum x_i of the last N points.

    Args:
        like: a point, or the number of its elements, as for `RNA`.
        window: N, 1 to 128.
        threads, flags, dtype: as for `RNA`; FROZEN means something here.

    P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson, Averaging weights leads to wider optima and better
    generalization, UAI 2018. Only the window's points count, not all of a run's.
    """

    def __init__(
        self, like: Point | int, window: int = 10, *, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(Layout(like, dtype, flags), "uniform-average", {"window": window, "threads": threads})


class ExponentialAverage(Average):
    """The average of the last N points in which a point counts alpha times as much as the next newer one.

    Args:
        like: a point, or the number of its elements, as for `RNA`.
        window: N, 1 to 128.
        decay: alpha, from 0 (the last point) to 1 (the uniform mean).
        threads, flags, dtype: as for `RNA`; FROZEN means something here.

    B. T. Polyak, A. B. Juditsky, Acceleration of stochastic approximation by averaging, 1992.
    """

    def __init__(
        self, like: Point | int, window: int = 10, decay: float = 0.9, *, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        parameters = {"window": window, "decay": decay, "threads": threads}
        super().__init__(Layout(like, dtype, flags), "exponential-average", parameters)
