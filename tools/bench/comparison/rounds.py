"""The measurement itself: every contender in turn, round after round."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .contenders import CONTENDERS, Place
from .processes import Failure, record, run
from .rows import Row, Work
from .slipstream import check_record

# A contender's name and its work; machine limits have none.
Key = tuple[str, Work | None]


@dataclass
class Results:
    """What was measured: one record a round; and why what is missing is missing."""

    records: dict[Key, list[dict]] = field(default_factory=dict)
    failures: dict[Key, str] = field(default_factory=dict)


def key(name: str, work: Work) -> Key:
    """Under which a contender's figures for a piece of work are kept."""
    return name, work if CONTENDERS[name].needs_model else None


def jobs(rows: list[Row]) -> dict[Key, Work]:
    """What has to run for some rows, each once, those of the same work next to each other."""
    found = {}
    for row in sorted(rows, key=lambda row: [other.work for other in rows].index(row.work)):
        for name in (row.contender, *row.rivals):
            found.setdefault(key(name, row.work), row.work)
    return found


def prepare(place: Place, work_of: dict[Key, Work], absent: dict[str, str], say: Callable[[str], None]) -> Results:
    """Gets every peer ready for every model, and checks that it computes the same; what fails takes no part."""
    results, done = Results(), {}
    for (name, work), full in work_of.items():
        contender = CONTENDERS[name]
        reason = absent.get(contender.environment) or (work and absent.get(work.model.name))
        if not reason and contender.prepares:
            command = place.preparation(contender, full)
            if tuple(command) not in done:
                say(f"Preparing {contender.title}: {full.model.name}")
                done[tuple(command)] = _failure(lambda: run(command, place.threads))
            reason = done[tuple(command)]
        if reason:
            results.failures[name, work] = reason
    return results


def measure(
    place: Place, work_of: dict[Key, Work], results: Results, rounds: int, quick: bool, say: Callable[[str], None]
):
    """Runs everybody in turn, every other round in the opposite order, and adds what they say to the results."""
    for number in range(rounds):
        order = list(work_of.items())
        for (name, work), full in order if number % 2 == 0 else reversed(order):
            if (name, work) in results.failures:
                continue
            contender = CONTENDERS[name]
            say(f"Round {number + 1} of {rounds}: {contender.title}" + (f", {work.title}" if work else ""))
            steps = max(2, full.steps // 5) if quick else full.steps
            try:
                found = record(place.command(contender, full, steps), place.threads)
                if contender.environment is None:
                    check_record(found)
                results.records.setdefault((name, work), []).append(found)
            except Failure as failure:
                results.failures[name, work] = str(failure)
                results.records.pop((name, work), None)


def _failure(action: Callable[[], object]) -> str:
    try:
        action()
        return ""
    except Failure as failure:
        return str(failure)
