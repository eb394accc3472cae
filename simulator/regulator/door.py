"""Who is kept out before anything is asked: senders above their rate, and floods of strangers.

What is refused keeps its place in the journal, but only so many times: beyond that, requests of
unknown senders and those above the rate are counted, and one entry tells of many.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.journal.records import Exchange, TurnedAway
from simulator.regulator.heard import Heard
from simulator.regulator.limits import KEPT
from simulator.regulator.rates import RATE, Rates
from simulator.regulator.refusal import Refusal, refuse_plainly
from simulator.regulator.state import RegulatorState

TOLD_EVERY = timedelta(seconds=10)
"""How long, at least, the entries that tell of many are apart."""
SHOWN_CHARACTERS_MAX = 500
"""How much of a header of an unknown sender is kept."""


@dataclass(slots=True)
class Tally:
    """Requests that were turned away and not kept."""

    requests: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    digest: str = hashlib.sha256().hexdigest()

    def count(self, refusal: str, sha256: str, at: datetime) -> None:
        """One more."""
        self.requests += 1
        self.refusals[refusal] = self.refusals.get(refusal, 0) + 1
        self.first_at = self.first_at or at
        self.last_at = at
        self.digest = hashlib.sha256((self.digest + sha256).encode()).hexdigest()


class Door:
    """The door of one sandbox's regulator."""

    def __init__(
        self,
        state: RegulatorState,
        *,
        kept_max: int = KEPT.value,
        kept: int = 0,
    ) -> None:
        self._state = state
        self._kept_max = kept_max
        self.kept = kept
        """Of them, those that the journal keeps one by one."""
        self._rates = Rates()
        self._tally = Tally()
        self._told_at: datetime | None = None
        self.turned_away = kept
        """Requests of unknown senders and above the rate, kept or not, since the beginning."""

    def admit(self, platform: str | None, heard: Heard) -> tuple[Refusal | None, dict[str, str]]:
        """Why a sender must wait, or `None`, and the headers that say where it stands."""
        wait_s, headers = self._rates.take(self._state.rates, platform, heard.received_at)
        if wait_s == 0.0:
            return None, headers
        told = f"the rate is passed; wait {wait_s:.3f} seconds"
        return refuse_plainly(
            RATE, told, f"{wait_s:.3f} s too early", retry_after_s=wait_s
        ), headers

    def keeps(self, platform: str | None, refusal: str | None) -> bool:
        """Whether the journal keeps this request by itself; `refusal` is what it came to, or would
        have come to, had a fault not cut it off."""
        return not _is_turned_away(platform, refusal) or self.kept < self._kept_max

    def count(self, refusal: str, heard: Heard) -> None:
        """Counts a request that the journal does not keep."""
        self.turned_away += 1
        self._tally.count(refusal, heard.sha256, heard.received_at)

    def to_tell(self, now: datetime, *, at_once: bool = False) -> TurnedAway | None:
        """The entry that tells of those that were counted; `None` while it is too early."""
        tally = self._tally
        early = self._told_at is not None and now - self._told_at < TOLD_EVERY
        if tally.requests == 0 or (early and not at_once):
            return None
        assert tally.first_at is not None
        assert tally.last_at is not None
        self._tally, self._told_at = Tally(), now
        return TurnedAway(
            requests=tally.requests,
            refusals=dict(sorted(tally.refusals.items())),
            first_at=tally.first_at,
            last_at=tally.last_at,
            digest=tally.digest,
        )

    def fold(self, record: Exchange) -> None:
        """Counts what the journal keeps, fresh or recovered."""
        was_cut_off = record.fault is not None and not record.taken and record.platform is None
        if was_cut_off or _is_turned_away(record.platform, record.refusal):
            self.kept += 1
            self.turned_away += 1


def headers_to_keep(heard: Heard, *, is_known: bool) -> dict[str, str]:
    """The headers as the journal has them: of an unknown sender, no long ones."""
    if is_known:
        return heard.headers
    return {
        name[:SHOWN_CHARACTERS_MAX]: value[:SHOWN_CHARACTERS_MAX]
        for name, value in heard.headers.items()
    }


def _is_turned_away(platform: str | None, refusal: str | None) -> bool:
    return refusal == RATE or (platform is None and refusal is not None)
