"""All sightings about one subject, side by side: what a requirement is shown, and nothing else.

Dossiers are plain frozen values, so that each requirement can write its own honest and guilty ones.
Three accounts meet in them: what the merchants asked for, what the regulator was told, what the
recipient received.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar, dataclass_transform

from scenarios.judge.leaks import Leak

A = TypeVar("A")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def dossier(cls: type[A]) -> type[A]:
    """Turns a class into a frozen dataclass with slots. It is mypy that sees to it that nobody
    alters a dossier: one that guarded itself would take three times as long to make, and there are
    millions."""
    return dataclass(slots=True, kw_only=True)(cls)


UNREADABLE = "unreadable"
"""Kind of the leak that stands for a payload too deeply or too widely wrapped to be searched."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A place in the one order of the journal, with both times; only the order decides."""

    sequence: int
    wall_at: datetime = field(compare=False)
    sandbox_at: datetime = field(compare=False)

    def __str__(self) -> str:
        return f"entry {self.sequence} ({self.sandbox_at:%Y-%m-%d %H:%M:%S} sandbox time)"


class Grade(StrEnum):
    """How surely a payload was joined, the surest first."""

    DIGEST = "digest"
    """The platform told the regulator this very digest."""
    PLANTED = "planted"
    """A lawful value that no other payment of the run has."""
    ALONE = "alone"
    """The only open transmission to that recipient when it arrived."""
    AMBIGUOUS = "ambiguous"
    """Several transmissions could have carried it."""
    NONE = "none"
    """No transmission can have carried it."""


@dossier
class Dossier:
    """What all dossiers have."""

    subject: str
    """How reports name it, for example `payment pay-000012`."""
    story: str
    """The story during which it happened."""
    entries: tuple[int, ...] = ()
    """Journal entries that it rests on."""
    blind: frozenset[str] = frozenset()
    """Witnesses that an injected fault may have blinded while it happened."""
    doubt: str | None = None
    """Why its sightings may belong to another subject; `None` when the join is sure."""
    watched: bool = True
    """The run came to a rest after it, so that what is missing did not come; otherwise it may only
    not have come yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of the regulator that forbids sending, as the platform came to know it."""

    kind: str
    """`stopped`, `suspended`, `revoked` or `expired`."""
    given: Moment
    told_at: datetime | None
    """Wall time at which the platform was first told; `None` if it never was, so that nothing can
    be late."""
    limit_s: float
    """Seconds of wall time that the platform has to obey."""
    lifted: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadFacts:
    """One payload as others' dossiers mention it."""

    at: Moment
    recipient: str
    digest: str
    grade: Grade
    transmission: str | None
    exact_amount: bool
    """The payment's amount stands in the payload as it was asked for."""


@dossier
class PaymentDossier(Dossier):
    """One payment: what the merchant asked for, and what became of it."""

    id: str
    platform_payment: str | None
    asked_at: datetime
    """Wall time at which the merchant sent it."""
    outcome: str
    """The platform's first answer: `accepted`, `refused` or `failed`."""
    final: str
    """What the platform said last: `settled`, `refused`, `pending` or `unknown`."""
    domestic: bool
    recipient: str | None
    country: str | None
    recipient_listed: bool
    """The recipient stands in an accepted declaration of this run."""
    country_listed: bool
    """Recipient and country together stand in an accepted declaration of this run."""
    unlisted_fields: int = 0
    """Fields of the payment that no category knows."""
    awkward: bool = False
    """Its identifiers are written awkwardly, or hidden in free text or unlisted fields."""
    amount_authorized: bool = True
    """The authorization in force when it left covers exact amounts (M02)."""
    asked_under: frozenset[str] = frozenset()
    """What was cut off when it was asked: `regulator`, `feed`, `recipient`."""
    asked_while: Order | None = None
    """The suspension in force when it was asked."""
    left_under_order_s: float | None = None
    """Seconds since the platform was told of that suspension, where it left beyond the limit and
    before the lift."""
    left_starved: str | None = None
    """Why the machine may be to blame for all of that delay; `None` where it was later than that,
    or not late."""
    asked_before_restart: bool = False
    """The platform was restarted after this payment was taken and before it was final."""
    accepted_at: Moment | None = None
    """When the declaration that covers its recipient was accepted."""
    payloads: tuple[PayloadFacts, ...] = ()
    """The distinct payloads that carried it, in order of arrival; retransmissions are not
    distinct."""
    left_at: Moment | None = None
    """The first arrival of one of its payloads."""
    permitted: bool = True
    """An accepted, open transmission covered each of its payloads on arrival."""
    monitored: bool = True
    """The regulator had taken a `started` event before each of its payloads arrived."""
    leaks: tuple[Leak, ...] = ()
    """Leaks of this payment's own secrets, in any payload of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """One feed event that the regulator took."""

    at: Moment
    type: str
    sequence: int
    records: int
    size_bytes: int
    payload: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageFacts:
    """One lineage entry that the regulator recorded."""

    at: Moment
    source: str
    transmission: str
    recipient: str
    country: str
    rule_version: str
    categories: frozenset[str] = frozenset()


@dossier
class PayloadDossier(Dossier):
    """One payload: what arrived, under which transmission, and whether it was allowed to leave."""

    at: Moment
    recipient: str
    digest: str
    size_bytes: int
    grade: Grade
    transmission: str | None = None
    transmission_accepted_at: Moment | None = None
    transmission_closed_at: Moment | None = None
    """`None` also where a fault of ours kept the payload on its way."""
    authorized_categories: frozenset[str] | None = None
    """Categories of the authorization in force for this recipient on arrival; `None` when none was
    in force."""
    categories_seen: frozenset[str] = frozenset()
    """Mandatory categories whose planted values stand in it, or that the platform itself named for
    it."""
    exempt: bool = False
    """It brought nothing: a question without a body, or for an access token, with neither an amount
    nor a leak in it."""
    started_at: Moment | None = None
    progressed_at: Moment | None = None
    ended_at: Moment | None = None
    """When the regulator took the events of its transmission (progressed: of this very payload)."""
    payments: tuple[str, ...] = ()
    """Payments that it carries."""
    sources: frozenset[str] = frozenset()
    """The platform's own ids of those payments."""
    lineage: tuple[LineageFacts, ...] = ()
    leaks: tuple[Leak, ...] = ()
    recovered_mobile: str | None = None
    """A mobile number, masked, that enumeration found behind an unkeyed hash and its last four."""
    exported_keys: tuple[str, ...] = ()
    """Masked values in the payload with which one of its tokens can be recomputed."""


@dossier
class TransmissionDossier(Dossier):
    """One transmission: announced, fed, closed; beside it what really arrived."""

    id: str
    authorization: str
    recipient: str
    country: str
    announced_at: Moment
    accepted_at: Moment | None
    waited: bool
    """It was `received` first and decided later."""
    payloads: tuple[PayloadFacts, ...]
    records_arrived: int
    """Payments carried by the payloads that arrived, retransmissions not counted."""
    bytes_arrived: int
    feed: tuple[FeedFacts, ...] = ()
    closed_at: Moment | None = None
    closed_outcome: str | None = None
    closed_records: int | None = None
    closed_bytes: int | None = None
    closed_payloads: tuple[str, ...] = ()


@dossier
class AuthorizationDossier(Dossier):
    """One version of an authorization, from grant to end."""

    id: str
    version: int
    recipient: str
    country: str
    categories: frozenset[str]
    granted_at: Moment
    told_at: datetime | None
    """Wall time at which the platform was first told of this version."""
    quota_records: int
    records_left: int
    """Payments that arrived at the recipient while this version was in force."""
    payments_asked: int
    """Payments that merchants asked for this recipient and country while it was in force."""
    ended: Order | None = None
    """`revoked` or `expired`; `None` while in force or superseded."""
    asked_after_end: int = 0
    """Payments asked for this recipient after the end and before a new grant."""
    left_late_s: tuple[float, ...] = ()
    """For each payload that arrived later than the end allows: seconds since the platform was
    told."""
    stale_late_s: tuple[float, ...] = ()
    """For each announcement under an older version beyond the limit: seconds since the platform was
    told of this one."""
    left_starved: str | None = None
    stale_starved: str | None = None
    """Why the machine may be to blame for all of the delays of what left, or of the stale
    announcements; `None` where one was later than that, or none was late."""
    announcements: int = 0
    """Announcements for this authorization while this version was the current one."""


@dossier
class PersonDossier(Dossier):
    """One payer whose data reached more than one recipient."""

    id: str
    recipients: frozenset[str]
    told_apart: bool = True
    """What arrived about this person was not always about the same others as well, so that a token
    of this person's could be told from theirs."""
    shared_tokens: tuple[str, ...] = ()
    """Masked tokens that two recipients received for this person and for no other."""
    told_categories: frozenset[str] = frozenset()
    """Categories that the platform itself named in the lineage of what left about the person."""
    answered: str | None = None
    """What the platform answered when the person asked what left; `None` if nobody asked."""


@dossier
class NoticeDossier(Dossier):
    """One notice: how it was brought, whether it was acknowledged, and what left in spite of it."""

    id: str
    type: str
    issued_at: Moment
    told_at: datetime | None
    acknowledged_at: Moment | None
    asked_after: int = 0
    """Cross-border payments in its scope that merchants asked for while it held."""
    limit_s: float = 0.0
    """Seconds of wall time that the platform has to obey."""
    left_late_s: tuple[float, ...] = ()
    """For a stop: for each payload in its scope beyond the limit and before the lift, seconds since
    the platform was told."""
    left_starved: str | None = None
    """Why the machine may be to blame for all of that delay; `None` where it was later than that,
    or not late."""


@dossier
class RequestDossier(Dossier):
    """One request to the regulator."""

    at: Moment
    operation: str
    signed: bool
    """Its signature held."""
    refusal: str | None
    creates: bool
    """It asks for something to be created, so that doing it twice would be a second effect."""
    struck_after_taken: bool = False
    """The regulator took it, and a fault kept the answer from the platform."""
    repeated_with_same_key: bool = False
    """A later request carried the same idempotency key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialFacts:
    """One material as handed in."""

    number: int
    document_date: date
    handed_in_at: Moment
    sealed: bool
    uscc: str


@dossier
class CaseDossier(Dossier):
    """One case: inspection, suspension, materials, re-inspection, lift."""

    id: str
    uscc: str
    """The platform's own code, as registered."""
    opened_at: Moment
    suspended: Order | None = None
    deadline: datetime | None = None
    """Sandbox time by which the materials must be in."""
    reinspection_asked: bool = False
    materials: tuple[MaterialFacts, ...] = ()
    left_late_s: tuple[float, ...] = ()
    """For each payload beyond the limit and before the lift: seconds since the platform was
    told."""
    left_starved: str | None = None
    """Why the machine may be to blame for all of that delay; `None` where it was later than that,
    or not late."""
    domestic_asked: int = 0
    """Domestic payments that merchants asked for while it was suspended."""
    domestic_failed: tuple[str, ...] = ()
    """Those of them that the platform did not take and settle."""
    domestic_refused: bool = True
    """It did not even take one of them; otherwise all may still have been under way."""
    asked_after_lift: int = 0
    held_after_lift: tuple[str, ...] = ()
    """Payments asked after the lift, lawful in every way, that never left."""


AnyDossier = (
    PaymentDossier
    | PayloadDossier
    | TransmissionDossier
    | AuthorizationDossier
    | PersonDossier
    | NoticeDossier
    | RequestDossier
    | CaseDossier
)
