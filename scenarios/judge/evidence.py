"""What each witness saw, on its own pile, in journal order; judges nothing.

The regulator's decisions are taken from the journal as recorded, never computed anew: a judge that
shares the regulator's arithmetic would repeat its mistakes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scenarios.judge.dossiers import LineageFacts, Moment
from scenarios.traffic import Payment
from simulator.journal import records as rec
from simulator.journal.events.authorization import (
    AuthorizationGranted,
)
from simulator.journal.events.case import MaterialHandedIn
from simulator.journal.events.declaration import (
    DeclarationReceived,
)
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.notice import NoticeIssued
from simulator.journal.events.registration import PlatformRegistered
from simulator.journal.events.transmission import (
    TransmissionAnnounced,
    TransmissionClosed,
)


@dataclass(slots=True)
class Version:
    """One version of an authorization, from its grant to its end."""

    granted: Moment
    grant: AuthorizationGranted
    notice: str | None
    ended: Moment | None = None
    end_kind: str | None = None
    """`superseded`, `revoked` or `expired`."""
    end_notice: str | None = None

    def in_force(self, at: Moment) -> bool:
        """Whether it permits sending at `at`, stops and suspensions aside."""
        not_ended = self.ended is None or at < self.ended
        return self.granted < at and not_ended and at.sandbox_at <= self.grant.valid_until

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(field.category for field in self.grant.fields)


@dataclass(slots=True)
class Halt:
    """A stop or a suspension, from order to lift."""

    kind: str
    given: Moment
    platform: str
    authorization: str | None
    case: str | None
    notice: str | None
    deadline: datetime | None = None
    lifted: Moment | None = None

    def holds(self, at: Moment) -> bool:
        return self.given < at and (self.lifted is None or at < self.lifted)


@dataclass(slots=True)
class Declared:
    """A declaration as received, and when it was accepted."""

    received: Moment
    event: DeclarationReceived
    accepted: Moment | None = None


@dataclass(slots=True)
class Sent:
    """A transmission as announced, decided, fed and closed."""

    announced: Moment
    story: str
    event: TransmissionAnnounced
    accepted: Moment | None = None
    feed: list[tuple[Moment, FeedTaken]] = field(default_factory=list)
    closed: Moment | None = None
    closing: TransmissionClosed | None = None

    def open_at(self, at: Moment) -> bool:
        """Accepted before `at` and not closed before it."""
        return (
            self.accepted is not None
            and self.accepted < at
            and (self.closed is None or at < self.closed)
        )


@dataclass(slots=True)
class Notice:
    """A notice as issued, each attempt to bring it, and its acknowledgement."""

    issued: Moment
    story: str
    event: NoticeIssued
    attempts: list[rec.Delivery] = field(default_factory=list)
    acknowledged: Moment | None = None


@dataclass(slots=True)
class FaultWindow:
    """From arming to reverting: what one fault may have hidden."""

    fault: str
    scope: str
    operations: frozenset[str]
    armed: Moment
    reverted: Moment | None = None

    @property
    def witnesses(self) -> frozenset[str]:
        """Whose sight it may take: whoever cannot connect reaches neither of the first two."""
        both = self.scope == "connection"
        return frozenset(("regulator", "recipient") if both else (self.scope,))

    def overlaps(self, start: Moment, end: Moment | None) -> bool:
        return (end is None or self.armed < end) and (
            self.reverted is None or start < self.reverted
        )


@dataclass(frozen=True, slots=True)
class Starved:
    """A time, by the wall, in which a loop of ours was late: whatever was witnessed in it may have
    happened that much earlier."""

    since: datetime
    until: datetime
    lag_s: float


@dataclass(slots=True)
class CaseTrack:
    """A case as opened, with what was handed in."""

    opened: Moment
    story: str
    platform: str
    materials: dict[int, tuple[Moment, MaterialHandedIn]] = field(default_factory=dict)
    reinspected: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A record with its place and the story in which it stands."""

    at: Moment
    story: str
    record: Any


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is asked of a merchant's account of a payment; the payment itself is kept once."""

    at: Moment
    story: str
    sent_at: datetime
    answered_at: datetime
    outcome: str
    platform_payment: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is asked of a request to the regulator."""

    operation: str
    platform: str | None
    status: int
    refusal: str | None
    idempotency_key: str | None
    replayed: bool
    fault: str | None
    taken: bool
    text: str
    """The body of one that was refused; empty for the others, which are many."""


@dataclass(slots=True)
class Evidence:
    """Every pile, in journal order."""

    opened: rec.Opened | None = None
    head: str = "0" * 64
    entries: int = 0
    run: dict[str, Any] = field(default_factory=dict)
    """Facts of the `run_started` mark."""
    ended: bool = False
    """The `run_ended` mark is there: nothing was left to play."""
    platforms: dict[str, PlatformRegistered] = field(default_factory=dict)
    stories: dict[str, tuple[Moment, Moment | None]] = field(default_factory=dict)
    unsound: dict[str, str] = field(default_factory=dict)
    """Stories without a sound baseline, and why."""
    not_offered: dict[str, str] = field(default_factory=dict)
    """Stories that could not be played because the target lacks an action, and which."""
    actions: list[Seen] = field(default_factory=list)
    payments: dict[str, Payment] = field(default_factory=dict)
    asked: dict[str, Submitted] = field(default_factory=dict)
    """What each payment was answered."""
    followed: dict[str, str] = field(default_factory=dict)
    """What was last heard of each payment: `settled`, `refused` or `pending`."""
    arrivals: list[Seen] = field(default_factory=list)
    exchanges: list[Seen] = field(default_factory=list)
    """Requests to the regulator, as `Heard`."""
    declarations: dict[str, Declared] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    transmissions: dict[str, Sent] = field(default_factory=dict)
    lineage: list[tuple[str, LineageFacts]] = field(default_factory=list)
    """By the digest of the payload, in journal order."""
    halts: list[Halt] = field(default_factory=list)
    notices: dict[str, Notice] = field(default_factory=dict)
    faults: dict[str, FaultWindow] = field(default_factory=dict)
    cases: dict[str, CaseTrack] = field(default_factory=dict)
    unheard: Counter[str] = field(default_factory=Counter)
    """Refused requests that the journal counts and does not keep, by problem code."""
    starved: list[Starved] = field(default_factory=list)
    rest: Moment | None = None
    """When the run last came to a rest: the end of a story, or its own end."""

    def story_end(self, story: str) -> Moment | None:
        """When the story ended, or `None` if the run broke off in it."""
        span = self.stories.get(story)
        return span[1] if span else None

    def watched(self, at: Moment, story: str) -> bool:
        """Whether the run came to a rest after `at`, so that what is still missing did not come.
        A story that broke off never did."""
        broke_off = story in self.stories and self.story_end(story) is None
        return not broke_off and self.rest is not None and at < self.rest

    def all_versions(self) -> Iterator[Version]:
        for versions in self.versions.values():
            yield from versions
