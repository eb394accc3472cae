"""What a load came to. Before anything is said of the platform, it must be certain that the
generator was not the limit itself.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from loadtests.assignment import Generated, Load
from loadtests.settling import Settled
from loadtests.tally import LATE_S, Tally

FORMAT = 1
PERCENTILES = (50, 90, 99)
LATE_SHARE_MAX = 0.01
"""More late messages than this, and it was not the schedule that was sent."""
BUSY_SHARE_MAX = 0.9
"""A generator is one process on one core: closer to all of it, and its figures measure itself."""

CARRIED, NOT_CARRIED, UNCERTAIN, USAGE, OUR_FAILURE = 0, 1, 2, 64, 70
"""Exit codes: as asked and without errors, errors, the generator was the limit, wrong usage, our
own failure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A load and what was seen of it."""

    load: Load
    generated: Generated
    settled: Settled | None
    """`None` where the target does not say how to ask."""
    machine: dict[str, str | int]
    target: str
    processes: tuple[str, ...]
    """Those of the parties that the load itself has started."""

    @property
    def limits(self) -> tuple[str, ...]:
        """Why the generator may have been the limit; empty if it was not."""
        return tuple(_limits(self.generated, self.load))

    @property
    def errors(self) -> tuple[str, ...]:
        """What the parties did wrong."""
        return tuple(_errors(self))

    @property
    def exit_code(self) -> int:
        """A generator at its limit makes errors of its own, so nothing is blamed on others then."""
        if self.limits:
            return UNCERTAIN
        return NOT_CARRIED if self.errors else CARRIED


def _limits(generated: Generated, load: Load) -> Iterator[str]:
    if not generated.complete:
        yield "time was up before the schedule came to its end"
    for operation, tally in generated.tallies.items():
        if tally.dropped:
            yield (
                f"{operation}: {tally.dropped} of {tally.intended} were dropped, as all "
                f"{load.senders} senders were waiting for answers; lower the rate, or raise --users"
            )
        if tally.lost:
            yield f"{operation}: nobody knows what became of {tally.lost} of {tally.intended}"
        if tally.late > LATE_SHARE_MAX * tally.intended:
            yield (
                f"{operation}: {tally.late} of {tally.intended} left more than "
                f"{LATE_S * 1000:.0f} ms late; lower the rate, or give the generator a core of its "
                "own"
            )
    busy = generated.busy.get("generator", 0.0)
    if busy > BUSY_SHARE_MAX or generated.warned:
        yield f"the generator used {busy:.0%} of a core; lower the rate"


def _errors(outcome: Outcome) -> Iterator[str]:
    settled = outcome.settled
    for name in outcome.processes:
        if name not in outcome.generated.busy:
            yield f"the {name} ended by itself; its log says why"
    for operation, tally in outcome.generated.tallies.items():
        for kind, count in sorted(tally.errors.items()):
            yield f"{operation}: {kind}, {count} times"
    if settled is None:
        return
    if settled.refused:
        yield f"payment: {settled.refused} were accepted and then refused"
    if settled.pending:
        yield (
            f"payment: {settled.pending} were accepted and not settled {settled.after_s:.0f} s "
            "after the load"
        )
    if settled.silent:
        yield (
            f"payment: {settled.silent} were accepted, and the platform does not say what became "
            "of them"
        )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Everything that was seen, for whoever compares loads."""
    generated = outcome.generated
    return {
        "format": FORMAT,
        "target": outcome.target,
        "machine": outcome.machine,
        "load": asdict(outcome.load),
        "lasted_s": round(generated.lasted_s, 3),
        "operations": {
            name: _tally_as_json(tally, generated.lasted_s)
            for name, tally in generated.tallies.items()
        },
        "settled": None if outcome.settled is None else asdict(outcome.settled),
        "busy": {name: round(share, 3) for name, share in generated.busy.items()},
        "limits": list(outcome.limits),
        "errors": list(outcome.errors),
        "exit_code": outcome.exit_code,
    }


def _tally_as_json(tally: Tally, lasted_s: float) -> dict[str, Any]:
    return {
        "intended": tally.intended,
        "answered": tally.answered,
        "rate": round(tally.answered / lasted_s, 2),
        "errors": tally.errors,
        "dropped": tally.dropped,
        "lost": tally.lost,
        "late": tally.late,
        "lag_us": percentiles(tally, of_lag=True),
        "latency_us": percentiles(tally),
        "latency_buckets": {
            str(key): tally.latency.buckets[key] for key in sorted(tally.latency.buckets)
        },
    }


def percentiles(tally: Tally, *, of_lag: bool = False) -> dict[str, int | None]:
    """The percentiles and the maximum in microseconds; `None` without any value."""
    histogram = tally.lag if of_lag else tally.latency
    found = {f"p{percent}": histogram.percentile_us(percent) for percent in PERCENTILES}
    return {**found, "max": histogram.max_us if histogram.count else None}
