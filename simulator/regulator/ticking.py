"""What is due is done: the timers of one sandbox run on their own, and whenever somebody asks."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.records import Decided
from simulator.journal.writer import StoreFailed
from simulator.law.working_days import BeyondCalendar
from simulator.regulator.alarm import Alarm
from simulator.regulator.courier import Courier
from simulator.regulator.delivery_log import LIMIT_S
from simulator.regulator.folding import Folding
from simulator.regulator.lifecycle import notice, timers
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.lifecycle.timers import Due
from simulator.sandbox import SandboxClosed

LATEST = datetime.max.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


class Ticking:
    """`start` it on the running loop; `close` it at the end."""

    def __init__(self, folding: Folding, courier: Courier, sign: Sign) -> None:
        self._folding = folding
        self._courier = courier
        self._sign = sign
        self._alarm = Alarm(
            folding.sandbox.clock, self.run, self._next_due, self._next_overdue_in_s
        )
        self.beyond_calendar: dict[Due, str] = {}
        """Timers that count working days which the calendar does not know, and why they rest."""

    def start(self) -> None:
        """From now on timers run by themselves."""
        self._alarm.start()

    def stir(self) -> None:
        """An entry was written: what is due may be another now."""
        self._alarm.stir()

    async def close(self) -> None:
        """Stops; what falls due stays undone until somebody starts again."""
        await self._alarm.close()

    async def run(self) -> tuple[Decided, ...]:
        """Runs everything that is due by now, in order, and tells what happened."""
        sandbox = self._folding.sandbox
        now = sandbox.clock.now()
        happened = [*self._run_what_is_due(now), *self._tell_overdue(now)]
        if happened:
            await sandbox.durable(happened[-1][1])
        for decided, _ in happened:
            self._courier.carry(decided.events)
        return tuple(decided for decided, _ in happened)

    def catch_up(self) -> list[Decided]:
        """What fell due before a request happens before it, also between two ticks; the caller
        waits for the disk and carries the notices."""
        try:
            return [one for one, _ in self._run_what_is_due(self._folding.sandbox.clock.now())]
        except (StoreFailed, SandboxClosed):
            raise
        except Exception:  # The next tick tells of it; the request is not to blame.
            return []

    def _run_what_is_due(self, until: datetime) -> Iterator[tuple[Decided, Entry]]:
        """The earliest first, each at its own time, however late it is heard of: one timer may
        bring others, or make them void."""
        sandbox, state = self._folding.sandbox, self._folding.state
        ran: set[Due] = set()
        while left := [
            one
            for one in timers.due(state, until)
            if one not in ran and one not in self.beyond_calendar
        ]:
            due = left[0]
            ran.add(due)
            try:
                events = timers.run(state, due, due.at, self._sign, sandbox.clock.wall())
            except BeyondCalendar as beyond:  # No later try can count it either.
                log.warning("%s %s: %s", due.command, due.subject, beyond)
                self.beyond_calendar[due] = str(beyond)
                continue
            if events:
                yield self._decide(due, events)
        for due in timers.overdue(state, until, sandbox.clock.wall()):
            yield self._decide(due, timers.run(state, due, due.at, self._sign))

    def _decide(self, due: Due, events: Sequence[Event]) -> tuple[Decided, Entry]:
        by = "policy" if timers.is_of_policy(due) else "timer"
        return self._folding.decide(by, f"{due.command} {due.subject}", events, due_at=due.at)

    def _tell_overdue(self, now: datetime) -> Iterator[tuple[Decided, Entry]]:
        """Records each notice whose acknowledgement did not come within its limit of wall time."""
        for id in list(self._courier.log.beyond_limit(self._folding.sandbox.clock.wall())):
            events = notice.pass_limit(self._folding.state, id, LIMIT_S, now)
            if events:
                yield self._folding.decide("timer", f"overdue {id}", events)

    def _next_due(self, after: datetime) -> datetime | None:
        """When something falls due next; what was due by then and is void waits for an entry."""
        ahead = (
            due.at
            for due in timers.due(self._folding.state, LATEST)
            if due.at > after and due not in self.beyond_calendar
        )
        return min(ahead, default=None)

    def _next_overdue_in_s(self) -> float | None:
        wall = self._folding.sandbox.clock.wall()
        waits_s = (
            self._courier.log.next_in_s(wall),
            timers.overdue_in_s(self._folding.state, wall),
        )
        return min((one for one in waits_s if one is not None), default=None)
