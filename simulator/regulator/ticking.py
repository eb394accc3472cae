"""What is due is done: the timers of one sandbox run on their own, and whenever somebody asks."""

from collections.abc import Iterator
from datetime import UTC, datetime

from simulator.journal.entry import Entry
from simulator.journal.records import Decided
from simulator.regulator.alarm import Alarm
from simulator.regulator.courier import Courier
from simulator.regulator.delivery_log import LIMIT_S
from simulator.regulator.folding import Folding
from simulator.regulator.lifecycle import notice, timers
from simulator.regulator.lifecycle.authorization import Sign

LATEST = datetime.max.replace(tzinfo=UTC)


class Ticking:
    """`start` it on the running loop; `close` it at the end."""

    def __init__(self, folding: Folding, courier: Courier, sign: Sign) -> None:
        self._folding = folding
        self._courier = courier
        self._sign = sign
        self._alarm = Alarm(
            folding.sandbox.clock, self.run, self._next_due, self._next_overdue_in_s
        )

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

    def _run_what_is_due(self, now: datetime) -> Iterator[tuple[Decided, Entry]]:
        """Until nothing more happens, as one timer may bring others."""
        state = self._folding.state
        goes_on = True
        while goes_on:
            goes_on = False
            for due in timers.due(state, now):
                events = timers.run(state, due, now, self._sign)
                if events:
                    goes_on = True
                    yield self._folding.decide("timer", f"{due.command} {due.subject}", events)

    def _tell_overdue(self, now: datetime) -> Iterator[tuple[Decided, Entry]]:
        """Records each notice whose acknowledgement did not come within its limit of wall time."""
        for id in list(self._courier.log.beyond_limit(self._folding.sandbox.clock.wall())):
            events = notice.pass_limit(self._folding.state, id, LIMIT_S, now)
            if events:
                yield self._folding.decide("timer", f"overdue {id}", events)

    def _next_due(self, after: datetime) -> datetime | None:
        """When something falls due next; what was due by then and is void waits for an entry."""
        ahead = (due.at for due in timers.due(self._folding.state, LATEST) if due.at > after)
        return min(ahead, default=None)

    def _next_overdue_in_s(self) -> float | None:
        return self._courier.log.next_in_s(self._folding.sandbox.clock.wall())
