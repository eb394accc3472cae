"""What an entry of the journal can say, one type a kind: the contract between those who witness and
those who judge.

A record is evidence: it says what one witness saw or what the regulator decided, never what it
means. The regulator's decisions travel inside the record of the message that caused them
(`events`), so that one entry is one step of the world and recovery needs nothing else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import TypeAdapter

from simulator.journal.events import Event


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes on the wire: `text` where they are UTF-8, otherwise `base64`; `sha256` is always of the
    bytes."""

    sha256: str
    size_bytes: int
    text: str | None = None
    base64: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The first entry of every journal: what the sandbox was created with."""

    kind: ClassVar[str] = "opened"
    sandbox: str
    seed: int
    starts_at: datetime
    rule_pack: str
    rate: float
    regulator_public_key: str
    policy: dict[str, Any]
    events: tuple[Event, ...] = ()
    """Registrations carried over by a reset."""
    suite: str = "ed25519"
    """What everybody in the sandbox signs with: `ed25519` or `sm2`."""
    scenario_headers: bool = False
    """Whether a request may choose what the regulator does with it."""
    script: dict[str, Any] | None = None
    """What the regulator was to do on its own from the beginning, as a reset has it do again."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Every entry before this one was copied from another journal; the world goes on from here, at
    the times of this entry."""

    kind: ClassVar[str] = "copied"
    by: str
    """`fork` or `snapshot`."""
    origin: str
    """The sandbox whose journal it was."""
    entries: int
    head: str
    """The digest that the last of them has there: only the first entry differs, and the chain."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that the regulator saw, its answer, and what it decided."""

    kind: ClassVar[str] = "exchange"
    operation: str
    """The OpenAPI operation id, or `unknown`."""
    platform: str | None
    """Registration id of the sender whose signature held; `None` otherwise."""
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Body
    received_at: datetime
    """Wall time when the request had arrived whole."""
    status: int
    """What was answered; where a fault struck, what the sender saw (0: no answer)."""
    answer: dict[str, Any] | None
    refusal: str | None
    """The problem code, or `None` when the request was taken."""
    idempotency_key: str | None = None
    replayed: bool = False
    """An earlier answer was given again because key and body were the same."""
    fault: str | None = None
    """Id of the armed fault that struck this exchange."""
    taken: bool = True
    """False where the message changed nothing: refused, replayed, or cut off by a fault before it
    was heard."""
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Requests of unknown senders, or above the rate, beyond those that the journal keeps one by
    one: a flood must not fill it."""

    kind: ClassVar[str] = "turned_away"
    requests: int
    refusals: dict[str, int]
    """How many of each problem code."""
    first_at: datetime
    last_at: datetime
    digest: str
    """SHA-256, chained from the empty one: of the former digest and that of each body."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One payload, byte for byte as the recipient abroad received it."""

    kind: ClassVar[str] = "arrival"
    recipient: str
    method: str
    path: str
    """The path below the recipient's own base URL."""
    query: str
    headers: dict[str, str]
    body: Body
    received_at: datetime
    status: int
    """What the recipient answered (0: no answer)."""
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to bring a notice to the platform's callback."""

    kind: ClassVar[str] = "delivery"
    notice: str
    attempt: int
    url: str
    sent_at: datetime
    answered_at: datetime
    status: int
    """What the platform answered (0: no answer)."""
    error: str | None = None
    fault: str | None = None
    events: tuple[Event, ...] = ()
    forged: bool = False
    """A fault made it what the regulator never signed: the platform has to refuse it, and no answer
    to it acknowledges anything."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the regulator did without being asked by a platform: a timer, a policy, or a tester's
    order."""

    kind: ClassVar[str] = "decided"
    by: str
    """`timer`, `policy` or `tester`."""
    command: str
    events: tuple[Event, ...]
    due_at: datetime | None = None
    """Sandbox time at which it fell due and from which it holds, where it had a time of its own."""


@dataclass(frozen=True, slots=True)
class FaultSet:
    """A fault was armed or reverted: from here to there a witness may have been blinded."""

    kind: ClassVar[str] = "fault"
    fault: str
    """Id of this arming, unique in the sandbox."""
    name: str
    """Catalogue id of the fault."""
    state: str
    """`armed` or `reverted`."""
    scope: str
    """`regulator`, `recipient` or `notices`: the witness whose sight it may take; `connection`
    takes the first two's."""
    operations: tuple[str, ...] = ()
    """Operation ids that it may strike; empty means all."""
    parameters: dict[str, Any] = field(default_factory=dict)
    moment: Literal["before", "after", "deliver", "connect"] | None = None
    """When it strikes; `None` where it reverted, or in a journal that did not say it: the fault's
    usual moment."""
    struck: int | None = None
    """Where it reverted: how many blows it dealt. Handshakes, of which no entry tells, are counted
    since the process began."""


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """The sandbox's clock was advanced, or set to another rate; `wall_at` and `sandbox_at` of the
    entry hold from here."""

    kind: ClassVar[str] = "clock"
    before: datetime
    after: datetime
    rate: float | None = None
    """The rate at which the clock runs from here; `None` where it stays as it was."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A merchant submitted a payment to the platform; times are the merchant's, so overlaps prove
    no order."""

    kind: ClassVar[str] = "asked"
    payment: dict[str, Any]
    """The payment as the traffic made it, every planted secret included (`scenarios.traffic` knows
    its shape)."""
    story: str
    sent_at: datetime
    answered_at: datetime
    status: int
    """HTTP status (0: no answer)."""
    answer: str
    """The platform's answer, at most 2,000 characters."""
    outcome: str
    """`accepted`, `refused` or `failed`, as the target file reads the answer."""
    platform_payment: str | None = None
    """The platform's own id of the payment."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What the platform last said of a payment when the merchant asked again."""

    kind: ClassVar[str] = "followed"
    payment: str
    outcome: str
    """`settled`, `refused` or `pending`."""
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Staged:
    """A mark of the run itself: a story starts or ends, an action is taken, a window is watched to
    its end."""

    kind: ClassVar[str] = "staged"
    mark: str
    """`run_started`, `run_ended`, `story_started`, `story_ended`, `baseline`, `action`,
    `watched`, `starved`."""
    story: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


Record = (
    Opened
    | Copied
    | Exchange
    | TurnedAway
    | Arrival
    | Delivery
    | Decided
    | FaultSet
    | ClockMoved
    | Asked
    | Followed
    | Staged
)

_RECORDS: dict[str, type[Any]] = {
    record.kind: record
    for record in (
        Opened, Copied, Exchange, TurnedAway, Arrival, Delivery, Decided, FaultSet, ClockMoved,
        Asked, Followed, Staged,
    )
}  # fmt: skip


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    """Made when a record of that kind is first met, since nothing does work at import."""
    return TypeAdapter(_RECORDS[kind])


def to_json(record: Record) -> dict[str, Any]:
    """The record as JSON values; its kind travels beside it in the entry."""
    value: dict[str, Any] = _adapter(record.kind).dump_python(record, mode="json")
    return value


def from_json(kind: str, value: dict[str, Any]) -> Record:
    """The record of `kind`; KeyError for a kind that this version does not know."""
    record: Record = _adapter(kind).validate_python(value)
    return record
