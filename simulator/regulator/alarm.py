"""Wakes the regulator when something falls due, and costs nothing until then.

Whatever is written to the journal may bring a deadline nearer, so each entry asks for one look
shortly afterwards; many entries share it. After a look the alarm sleeps until the next due time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from simulator.clock import SandboxClock
from simulator.journal.writer import StoreFailed
from simulator.sandbox import SandboxClosed

LOOK_S = 0.05
"""How long after an entry the regulator looks what is due."""
SLEEP_S_MAX = 60.0
"""Wall clocks are set, and rates change: a due time is looked at again at least so often."""

log = logging.getLogger(__name__)


class Alarm:
    """`look` runs what is due; `next_due` is the sandbox time of what comes then, if anything,
    and `next_in_s` the seconds of wall time until what the wall's clock alone brings."""

    def __init__(
        self,
        clock: SandboxClock,
        look: Callable[[], Awaitable[object]],
        next_due: Callable[[datetime], datetime | None],
        next_in_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._look = look
        self._next_due = next_due
        self._next_in_s = next_in_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_awake = False
        """A look is near, so that no entry need ask for one."""

    def start(self) -> None:
        """Looks for the first time as soon as the running loop turns."""
        self._loop = asyncio.get_running_loop()
        self._set(0.0)
        self._is_awake = True

    def stir(self) -> None:
        """Something was written: looks soon."""
        if self._loop is not None and not self._is_awake:
            self._is_awake = True
            self._set(LOOK_S)

    async def close(self) -> None:
        """No look after this."""
        self._loop = None
        if self._timer is not None:
            self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    def _set(self, seconds: float) -> None:
        assert self._loop is not None
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        if self._looking is not None and not self._looking.done():  # A slow commit: look later.
            self._set(LOOK_S)
        elif self._loop is not None:
            self._is_awake = False
            self._looking = self._loop.create_task(self._look_once())

    async def _look_once(self) -> None:
        looked_at = self._clock.now()
        try:
            await self._look()
        except (StoreFailed, SandboxClosed):
            self._loop = None  # Nothing can be recorded any more.
            return
        except Exception:  # One timer that fails must not stop the others for ever.
            log.exception("a timer failed")
        if self._loop is not None and not self._is_awake:
            waits_s = (self._seconds_to_what_comes_after(looked_at), self._next_in_s())
            soonest_s = min((one for one in waits_s if one is not None), default=None)
            if soonest_s is not None:
                self._set(soonest_s)

    def _seconds_to_what_comes_after(self, looked_at: datetime) -> float | None:
        """Wall time until then; `None` where nothing comes, or time stands still."""
        due = self._next_due(looked_at)
        if due is None or self._clock.rate <= 0:
            return None
        ahead_s = (due - self._clock.now()).total_seconds() / self._clock.rate
        return min(SLEEP_S_MAX, max(0.0, ahead_s))
