"""How far the machine is behind: the run is the more patient, and the journal says so, because what
is late on a starved machine proves nothing of a platform.

Two loops are looked at: this run's own, and the simulator's, which is the witness of every time by
which a reaction is judged.
"""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from scenarios.control import Control, ControlRefused, SimulatorGone
from scenarios.notebook import Notebook
from simulator.clock import wall_now
from simulator.journal.records import Staged

LOOK_S = 0.1
LOOKS = 10
"""So many looks at the own loop come before each question to the simulator."""
GAUGE_S = 5.0
"""The simulator tells the worst of so many seconds."""
STARVED_S = 0.25
"""A loop that is later than that goes into the journal; less changes no reaction that is judged."""
NORMAL_S = 0.1
"""Patience is for a loop that is at most so late."""
STRETCH_MAX = 10.0
LONGER_THAN_FORGIVEN = 3.0
"""The judge forgives twice the worst lag that is in the journal."""
LONGER_S_MAX = 10.0


class Pace:
    """Looks for as long as the block lasts."""

    def __init__(self, control: Control, notebook: Notebook) -> None:
        self.lag_s = 0.0
        """The worst lag of either loop that was seen last."""
        self._control = control
        self._notebook = notebook
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._looking = asyncio.get_running_loop().create_task(self._look())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    def stretch(self) -> float:
        """By how much a time that is given in seconds is to be stretched now; 1 on a machine that
        keeps pace."""
        return min(STRETCH_MAX, max(1.0, self.lag_s / NORMAL_S))

    def longer_s(self) -> float:
        """By how much a window is to be watched longer now, so that a platform which goes on is
        later than the judge forgives."""
        if self.lag_s < STARVED_S:
            return 0.0
        return min(LONGER_S_MAX, LONGER_THAN_FORGIVEN * self.lag_s)

    async def _look(self) -> None:
        while True:
            since = wall_now() - timedelta(seconds=GAUGE_S)
            own_s = await own_lag_s()
            with suppress(ControlRefused, SimulatorGone):  # Whoever needs it will say so.
                simulator_s = await self._control.loop_lag_s()
                self.take(since.isoformat(), own_s, simulator_s)

    def take(self, since: str, own_s: float, simulator_s: float) -> None:
        """Takes what was seen since then, and writes it down if it is worth that."""
        self.lag_s = max(own_s, simulator_s)
        if self.lag_s >= STARVED_S:
            facts = {"since": since, "until": wall_now().isoformat()}
            lags = {"run_s": round(own_s, 3), "simulator_s": round(simulator_s, 3)}
            self._notebook.write(Staged("starved", None, {**facts, **lags}))


async def own_lag_s() -> float:
    """How late this process's own loop is, at worst, over some looks."""
    worst_s = 0.0
    for _ in range(LOOKS):
        began = time.monotonic()
        await asyncio.sleep(LOOK_S)
        worst_s = max(worst_s, time.monotonic() - began - LOOK_S)
    return worst_s
