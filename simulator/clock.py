"""The only place that asks what time it is.

Every sandbox has two times. Wall time judges signatures, nonces and reaction limits; sandbox time
judges legal periods, deadlines and validity. Both are aware UTC.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

WallClock = Callable[[], datetime]


def wall_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """The moment as messages and sentences write it, such as `2023-06-01T08:00:00Z` (RFC 3339)."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def ticks_s() -> float:
    """Seconds of a clock that is never set, for measuring how long something took."""
    return time.perf_counter()


def processor_s() -> float:
    """Seconds of processor time that this process has used."""
    return time.process_time()


class SandboxClock:
    """A sandbox's own time: it starts at a date of its choosing and runs at `rate`.

    It can be advanced, never set back.
    """

    def __init__(
        self,
        starts_at: datetime,
        *,
        wall_started_at: datetime,
        rate: float = 1.0,
        wall: WallClock = wall_now,
    ) -> None:
        self._anchor_sandbox = starts_at
        self._anchor_wall = wall_started_at
        self.rate = rate
        self.wall = wall

    def now(self) -> datetime:
        """Sandbox time."""
        return self.at(self.wall())

    def at(self, wall: datetime) -> datetime:
        """Sandbox time at the wall time `wall`, by the offset that is in force now."""
        return self._anchor_sandbox + (wall - self._anchor_wall) * self.rate

    def advance_to(self, then: datetime) -> None:
        """Move to `then`; a time that has already passed is refused with ValueError."""
        now = self.now()
        if then < now:
            raise ValueError(
                f"the clock cannot go back from {now.isoformat()} to {then.isoformat()}"
            )
        self._anchor_sandbox, self._anchor_wall = then, self.wall()

    def run_at(self, rate: float) -> None:
        """Run at `rate` from now on: seconds of sandbox time for each second of wall time."""
        wall = self.wall()
        self._anchor_sandbox, self._anchor_wall = self.at(wall), wall
        self.rate = rate

    def advance_by(self, span: timedelta) -> None:
        """Move forward by `span`."""
        self.advance_to(self.now() + span)

    def offset(self) -> timedelta:
        """Sandbox time minus wall time, as in force now."""
        return self.now() - self.wall()
