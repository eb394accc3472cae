"""What is remembered of former requests: nonces, so that none counts twice, and answers.

Both are folds over the journal, so that a restart forgets neither.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.journal.records import Exchange
from simulator.regulator.heard import Heard

WINDOW = timedelta(seconds=300)
"""How far from now a signature may have been created, to either side."""
NONCE_LIFE = 2 * WINDOW + timedelta(seconds=60)
"""A signature lives 300 s to either side of its creation; a minute more for clocks that are set."""


@dataclass(slots=True)
class Nonces:
    """The nonces of each platform that may still be replayed."""

    _seen: set[tuple[str, str]] = field(default_factory=set)
    _by_age: deque[tuple[datetime, tuple[str, str]]] = field(default_factory=deque)
    _forgotten_at: datetime | None = None
    """When the last nonce that was forgotten had been used."""

    def has_seen(self, platform: str, nonce: str) -> bool:
        return (platform, nonce) in self._seen

    def may_have_forgotten(self, created: datetime) -> bool:
        """Whether a signature of this time may have been used already. It never is so while the
        clock goes on; but a clock that is set back would let forgotten signatures in again."""
        return self._forgotten_at is not None and created <= self._forgotten_at + WINDOW

    def remember(self, platform: str, nonce: str, at: datetime) -> None:
        """Keeps the nonce and forgets those whose signatures are stale by now."""
        self._seen.add((platform, nonce))
        self._by_age.append((at, (platform, nonce)))
        while self._by_age[0][0] < at - NONCE_LIFE:
            used_at, nonce_of_platform = self._by_age.popleft()
            self._seen.discard(nonce_of_platform)
            self._forgotten_at = max(used_at, self._forgotten_at or used_at)


@dataclass(frozen=True, slots=True)
class FormerAnswer:
    """What was answered to the first message with an idempotency key."""

    fingerprint: tuple[str, str, str]
    operation: str
    answer: dict[str, Any] | None


@dataclass(slots=True)
class FormerAnswers:
    """The answers to messages that were taken, by platform and idempotency key; who registers is
    no platform yet."""

    _kept: dict[tuple[str | None, str], FormerAnswer] = field(default_factory=dict)

    def to(self, platform: str | None, key: str) -> FormerAnswer | None:
        return self._kept.get((platform, key))

    def remember(self, exchange: Exchange) -> None:
        """Keeps the answer if the exchange carried a key and changed something."""
        if exchange.taken and exchange.idempotency_key:
            path = below_sandbox(exchange.path)
            fingerprint = (exchange.method, path, exchange.body.sha256)
            self._kept[exchange.platform, exchange.idempotency_key] = FormerAnswer(
                fingerprint, exchange.operation, exchange.answer
            )


def fingerprint_of(heard: Heard) -> tuple[str, str, str]:
    """What must be the same for a message to be the same."""
    return (heard.method, below_sandbox(heard.path), heard.sha256)


def below_sandbox(path: str) -> str:
    """The path without the sandbox's id, which differs in a copy of the sandbox."""
    return path.lstrip("/").partition("/")[2]
