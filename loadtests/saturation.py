"""How near to their limits simulator and machine were while a step ran: sampled beside it, so that
a limit that is not the platform's is seen.

The simulator is one process on one loop, and says of itself how late its loop is and how much waits
for its journal. How long it takes to say so, beside all its work, is how long everything else has
to wait for its turn.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from loadtests.histogram import Histogram
from loadtests.limits import Limits
from loadtests.machine import OTHERS, Watch
from loadtests.world import NotReady

EVERY_S = 0.2
SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at one moment."""

    at_s: float
    """Since the start of the schedule."""
    busy: dict[str, float]
    """Share of one core of each party since the sample before, and of all other processes."""
    answered_s: float
    """How long the simulator took to say how it is."""
    loop_lag_s: float = 0.0
    """The worst lag of its loop within some seconds, as it says itself."""
    waiting: int = 0
    """Rows that wait for the next commit of its journal."""
    in_flight: int = 0
    """Requests that it has heard and not yet answered."""


@dataclass(slots=True)
class Saturation:
    """What was seen while messages were sent."""

    busy: dict[str, float] = field(default_factory=dict)
    """Share of one core of each party that the load has started, and of all other processes, on
    average. Who has ended by itself is not in it."""
    cores: int = 1
    answers: Histogram = field(default_factory=Histogram)
    """How long the simulator took to say how it is."""
    unanswered: int = 0
    samples: list[Sample] = field(default_factory=list)

    @property
    def machine(self) -> float:
        """Share of all cores that was used by anyone."""
        return sum(self.busy.values()) / self.cores

    @property
    def loop_lag_s(self) -> float:
        """How late the simulator's loop was in most samples: one hiccup is no limit."""
        return statistics.median([sample.loop_lag_s for sample in self.samples] or [0.0])

    @property
    def waiting_max(self) -> int:
        """The most rows that waited for a commit."""
        return max((sample.waiting for sample in self.samples), default=0)

    def limits(self, limits: Limits) -> Iterator[str]:
        """Which limits were passed, and what to do."""
        simulator = self.busy.get(SIMULATOR, 0.0)
        if simulator > limits.simulator_busy_max:
            yield (
                f"the simulator used {simulator:.0%} of its core and may have been the limit; "
                "lower the rate, or run it on a faster machine"
            )
        asked_us = self.answers.percentile_us(99) or 0
        for lag_ms, what in (
            (1000 * self.loop_lag_s, "was late on its own loop by"),
            (asked_us / 1000, "took, to say how it is (p99),"),
        ):
            if lag_ms > limits.simulator_lag_p99_ms:
                yield (
                    f"the simulator {what} {lag_ms:.0f} ms, and {limits.simulator_lag_p99_ms:g} ms "
                    "is the limit; lower the rate, or give it a machine of its own"
                )
        if self.unanswered:
            yield f"the simulator did not say how it is, {self.unanswered} times; see its log"

    def full(self, limits: Limits) -> str | None:
        """That the machine had no processor time left, and what to do; `None` if it had. That alone
        is nobody's limit: whether it kept us waiting, our own lateness tells."""
        most = limits.machine_busy_max
        if most is None or self.machine <= most:
            return None
        return (
            f"the machine had no processor time left ({self.machine:.0%} of {self.cores} cores, of "
            f"them {self.busy.get(OTHERS, 0.0):.2f} by {OTHERS}); give the platform, or the "
            "generator, a machine of its own"
        )


class Watching:
    """Samples for as long as the block lasts, in a thread of its own, from when the clock of the
    schedule has started."""

    def __init__(
        self,
        ask: Callable[[], Mapping[str, float]],
        processes: Mapping[str, int],
        cores: int,
        *,
        started: Path,
    ) -> None:
        """`ask` asks the simulator how it is. `started` is the file that the generator writes when
        its clock starts, and its moment."""
        self.saturation = Saturation(cores=cores)
        self._ask = ask
        self._processes = processes
        self._started = started
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def end_at(self, seconds: float) -> None:
        """Takes the averages over the samples of the schedule's length, and leaves the rest out."""
        seen = self.saturation
        seen.samples = [sample for sample in seen.samples if sample.at_s <= seconds + EVERY_S]
        last = seen.samples[-1].busy if seen.samples else {}
        seen.busy = {
            name: sum(sample.busy.get(name, 0.0) for sample in seen.samples) / len(seen.samples)
            for name in last
        }

    def _sample(self) -> None:
        while not self._started.exists():
            if self._over.wait(EVERY_S / 4):
                return
        began = float(self._started.read_text())
        watch = Watch(self._processes)
        while not self._over.wait(EVERY_S):
            asked = time.perf_counter()
            told = self._told()
            answered_s = time.perf_counter() - asked
            if told:
                self.saturation.answers.record(answered_s)
            self.saturation.samples.append(
                Sample(
                    at_s=time.time() - began,
                    busy=watch.shares(),
                    answered_s=answered_s,
                    loop_lag_s=told.get("event_loop_lag_s", 0.0),
                    waiting=int(told.get("journal_queue", 0)),
                    in_flight=int(told.get("in_flight_requests", 0)),
                )
            )
            watch = Watch(self._processes)

    def _told(self) -> Mapping[str, float]:
        try:
            return self._ask()
        except NotReady:
            self.saturation.unanswered += 1
            return {}
