"""From records to the table's figures."""

from dataclasses import dataclass
from statistics import median

from .contenders import CONTENDERS
from .rounds import Results, key
from .rows import MEMORY, RATE, STEP, UPDATE, Metric, Row


@dataclass(frozen=True)
class Figure:
    """A contender's figure in the metric's unit: the median of all steps of all rounds, and the best one."""

    contender: str
    median: float
    best: float


@dataclass(frozen=True)
class Outcome:
    """A row with its figures; `missing` says why there are none, or why a rival is not among them."""

    row: Row
    own: Figure | None
    rival: Figure | None
    missing: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """How many times the rival's cost Slipstream's is."""
        if self.own is None or self.rival is None:
            return None
        ratio = self.own.median / self.rival.median
        return 1 / ratio if self.row.metric.larger_is_better else ratio

    @property
    def is_met(self) -> bool | None:
        """Whether the row keeps its limit: none is kept by a row that could not be measured. None without a limit."""
        if self.row.limit is None:
            return None
        return self.ratio is not None and self.ratio <= self.row.limit


def samples(metric: Metric, record: dict) -> list[float]:
    """A record's values in the metric's unit."""
    values = {
        STEP: lambda: record["step_seconds"],
        MEMORY: lambda: [record["peak_bytes"]],
        UPDATE: lambda: [record["update_bytes"] / seconds for seconds in record["update_seconds"]],
        RATE: lambda: [record["operations"] / seconds for seconds in record["step_seconds"]],
    }[metric]()
    return [value / metric.scale for value in values]


def figure(metric: Metric, name: str, records: list[dict]) -> Figure:
    values = [value for record in records for value in samples(metric, record)]
    return Figure(name, median(values), max(values) if metric.larger_is_better else min(values))


def outcome(row: Row, results: Results) -> Outcome:
    """A row's figures."""
    found, missing = {}, []
    for name in (row.contender, *row.rivals):
        place = key(name, row.work)
        if place in results.records:
            found[name] = figure(row.metric, name, results.records[place])
        else:
            missing.append(f"{CONTENDERS[name].title}: {results.failures.get(place, 'not run')}")
    rivals = [found[name] for name in row.rivals if name in found]
    choose = max if row.metric.larger_is_better else min
    rival = choose(rivals, key=lambda rival: rival.median) if rivals else None
    return Outcome(row, found.get(row.contender), rival, tuple(missing))
