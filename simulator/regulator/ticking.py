"""What is due is done: the timers of one sandbox run on their own, and whenever somebody asks."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from simulator.journal.entry import Entry
from simulator.journal.records import Decided
from simulator.journal.sqlite import StoreFailed
from simulator.regulator.courier import Courier
from simulator.regulator.folding import Folding
from simulator.regulator.lifecycle import timers
from simulator.regulator.lifecycle.authorization import Sign
from simulator.sandbox import SandboxClosed

TICK_S = 0.05

log = logging.getLogger(__name__)


class Ticking:
    """`start` it on the running loop; `close` it at the end."""

    def __init__(self, folding: Folding, courier: Courier, sign: Sign) -> None:
        self._folding = folding
        self._courier = courier
        self._sign = sign
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """From now on timers run by themselves."""
        self._task = asyncio.get_running_loop().create_task(self._tick())

    async def close(self) -> None:
        """Stops; what falls due stays undone until somebody starts again."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def run(self) -> tuple[Decided, ...]:
        """Runs everything that is due by now, in order, and tells what happened."""
        sandbox = self._folding.sandbox
        happened = list(self._run_what_is_due(sandbox.clock.now()))
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

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.run()
            except (StoreFailed, SandboxClosed):
                return
            except Exception:  # One timer that fails must not stop the others for ever.
                log.exception("a timer of sandbox %s failed", self._folding.sandbox.id)
