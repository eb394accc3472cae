"""How near this process is to its limit, so that whoever measures knows whose limit it was.

A loop that is late, a processor without rest, or commits that queue up say that the simulator, not
the platform under test, holds things up.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from simulator.clock import processor_s, ticks_s

LOOK_S = 0.05
"""How often the loop's lag is looked at."""
LOOKS_KEPT = 100
"""The gauge tells the worst of the last five seconds."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look saw: how late the loop was, and what it had used of one processor since the
    look before (1.0 is one processor wholly, all threads together)."""

    lag_s: float
    processor_share: float


class Saturation:
    """Looks at the running loop from `start` to `close`."""

    def __init__(self) -> None:
        self.in_flight = 0
        """Requests that have come and are not answered yet."""
        self._looks: deque[Look] = deque(maxlen=LOOKS_KEPT)
        self._task: asyncio.Task[None] | None = None

    @property
    def loop_lag_s(self) -> float:
        """The worst lag of the loop within the last looks."""
        return max((look.lag_s for look in self._looks), default=0.0)

    @property
    def processor_share(self) -> float:
        """The mean share of one processor over the last looks."""
        shares = [look.processor_share for look in self._looks]
        return sum(shares) / len(shares) if shares else 0.0

    def start(self) -> None:
        """Begins to look, unless it looks already."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look())

    async def close(self) -> None:
        """Looks no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _look(self) -> None:
        while True:
            started_s, used_s = ticks_s(), processor_s()
            await asyncio.sleep(LOOK_S)
            took_s = ticks_s() - started_s
            share = (processor_s() - used_s) / took_s
            self._looks.append(Look(max(0.0, took_s - LOOK_S), share))
