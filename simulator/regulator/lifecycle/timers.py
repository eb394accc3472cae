"""What the regulator does when the time has come: decisions put off, expiries, deadlines.

Each lifecycle brings its own timers (`KEPT`); here they are put in one order, and run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from simulator.journal.events import Event
from simulator.regulator.keeping import Run, Timer, keepings
from simulator.regulator.lifecycle.moment import Moment, Sign
from simulator.regulator.refusal import Refusal

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

DECIDE = "decide"
"""The command that takes a decision which was put off, whatever it is about."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something that happens at a time; at one time, in the order of command and subject."""

    at: datetime
    command: str
    subject: str


def due(state: "RegulatorState", until: datetime) -> list[Due]:
    """Everything whose time comes up to `until`, in order; running one may make others void."""
    found = [
        Due(decide_at, DECIDE, subject)
        for subject, decide_at in state.undecided.items()
        if decide_at is not None and decide_at <= until
    ]
    for timer in timers():
        if not timer.by_wall:
            times = timer.due(state)
            found += [Due(at, timer.command, subject) for at, subject in times if at <= until]
    return sorted(found)


def overdue(state: "RegulatorState", now: datetime, wall: datetime) -> list[Due]:
    """Every reaction that wall time limits, and that did not come; it is told `now`, in order."""
    return [
        Due(now, command, subject) for limit, command, subject in _limits(state) if limit <= wall
    ]


def overdue_in_s(state: "RegulatorState", wall: datetime) -> float | None:
    """Wall time until the next reaction is overdue; `None` where none is awaited."""
    soonest = min((limit for limit, _, _ in _limits(state)), default=None)
    return None if soonest is None else max(0.0, (soonest - wall).total_seconds())


def run(
    state: "RegulatorState", due: Due, now: datetime, sign: Sign, wall: datetime | None = None
) -> tuple[Event, ...]:
    """What one timer decides; nothing where it has become void meanwhile.

    `wall` is needed where an order may ask for a sample, whose limit is of wall time.
    """
    if due.command == DECIDE and due.subject not in state.undecided:
        return ()
    decided = _run_of(state, due)(state, due.subject, Moment(now, wall or now, sign))
    return () if isinstance(decided, Refusal) else decided


def is_of_policy(due: Due) -> bool:
    """Whether the regulator does it by its own will; the rest only falls due."""
    return any(timer.of_policy for timer in timers() if timer.command == due.command)


@cache
def timers() -> tuple[Timer, ...]:
    """Every timer that a lifecycle brings."""
    return tuple(timer for kept in keepings().values() for timer in kept.timers)


@cache
def runs() -> dict[str, dict[str, Run]]:
    """What each command runs, by where its subjects are kept: lifecycles may share one."""
    found: dict[str, dict[str, Run]] = {}
    for kept in keepings().values():
        if kept.decide is not None:
            found.setdefault(DECIDE, {})[kept.kept_in] = kept.decide
        for timer in kept.timers:
            found.setdefault(timer.command, {})[kept.kept_in] = timer.run
    return found


def _run_of(state: "RegulatorState", due: Due) -> Run:
    sharing = runs()[due.command]
    if len(sharing) == 1:
        return next(iter(sharing.values()))
    return next(run for kept_in, run in sharing.items() if due.subject in getattr(state, kept_in))


def _limits(state: "RegulatorState") -> Iterator[tuple[datetime, str, str]]:
    """Wall time, command and subject of every reaction that is awaited."""
    for timer in timers():
        if timer.by_wall:
            for limit, subject in timer.due(state):
                yield limit, timer.command, subject
