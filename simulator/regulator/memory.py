"""What is remembered of former requests: nonces, so that none counts twice, and answers.

Both are folds over the journal, so that a restart forgets neither.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.journal.records import Exchange
from simulator.regulator.heard import Heard

NONCE_LIFE = timedelta(seconds=660)
"""A signature lives 300 s to either side of its creation; a minute more for clocks that are set."""


@dataclass(slots=True)
class Nonces:
    """The nonces of each platform that may still be replayed."""

    _seen: set[tuple[str, str]] = field(default_factory=set)
    _by_age: deque[tuple[datetime, tuple[str, str]]] = field(default_factory=deque)

    def has_seen(self, platform: str, nonce: str) -> bool:
        return (platform, nonce) in self._seen

    def remember(self, platform: str, nonce: str, at: datetime) -> None:
        """Keeps the nonce and forgets those whose signatures are stale by now."""
        self._seen.add((platform, nonce))
        self._by_age.append((at, (platform, nonce)))
        while self._by_age[0][0] < at - NONCE_LIFE:
            self._seen.discard(self._by_age.popleft()[1])


@dataclass(frozen=True, slots=True)
class FormerAnswer:
    """What was answered to the first message with an idempotency key."""

    fingerprint: tuple[str, str, str]
    operation: str
    answer: dict[str, Any] | None


@dataclass(slots=True)
class FormerAnswers:
    """The answers to messages that were taken, by platform and idempotency key."""

    _kept: dict[tuple[str, str], FormerAnswer] = field(default_factory=dict)

    def to(self, platform: str, key: str) -> FormerAnswer | None:
        return self._kept.get((platform, key))

    def remember(self, exchange: Exchange) -> None:
        """Keeps the answer if the exchange carried a key and changed something."""
        if exchange.taken and exchange.platform and exchange.idempotency_key:
            fingerprint = (exchange.method, exchange.path, exchange.body.sha256)
            self._kept[exchange.platform, exchange.idempotency_key] = FormerAnswer(
                fingerprint, exchange.operation, exchange.answer
            )


def fingerprint_of(heard: Heard) -> tuple[str, str, str]:
    """What must be the same for a message to be the same."""
    return (heard.method, heard.path, heard.sha256)
