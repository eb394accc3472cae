"""A platform that does everything right, as literal messages for the regulator's tests."""

from datetime import UTC, date, datetime
from typing import Any

from simulator.journal.events import Event
from simulator.journal.events.registration import PlatformRegistered
from simulator.messages.case import MaterialRequest
from simulator.messages.declaration import DeclarationRequest, DeclaredField
from simulator.messages.feed import FeedEvent
from simulator.messages.lineage import LineageEntry
from simulator.messages.transmission import ClosingRequest, TransmissionRequest
from simulator.regulator.columns import FeedColumns
from simulator.regulator.lifecycle import authorization, declaration, feed, transmission
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState

NOW = datetime(2023, 6, 1, 9, 0, tzinfo=UTC)
END = datetime(2024, 6, 1, tzinfo=UTC)
USCC = "91310000MA1FL0000N"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
PAYLOAD = "1" * 64
PURPOSE = "settlement of cross-border payments"

REGISTERED = PlatformRegistered(
    id="reg-1",
    uscc=USCC,
    name="Platform",
    key_id="key-1",
    public_key=PUBLIC_KEY,
    callback_url=None,
    at=NOW,
)
FOREIGN = PlatformRegistered(
    id="reg-2",
    uscc=USCC,
    name="Another",
    key_id="key-2",
    public_key=PUBLIC_KEY,
    callback_url=None,
    at=NOW,
)

DECLARED = DeclarationRequest(
    purpose=PURPOSE,
    legal_basis="contract",
    recipient="acquirer-sg",
    country="SG",
    fields=(
        DeclaredField(name="order_token", category="E03", desensitisation="none"),
        DeclaredField(name="id_hash", category="M01", desensitisation="keyed_token"),
        DeclaredField(name="amount", category="M02", desensitisation="none"),
    ),
    records=100,
    persons=80,
    valid_from=NOW,
    valid_until=END,
)
ANNOUNCED = TransmissionRequest(
    authorization="aut-1",
    authorization_version=1,
    categories=("E03", "M02"),
    purpose=PURPOSE,
    recipient="acquirer-sg",
    country="SG",
    records=10,
)
CLOSING = ClosingRequest(outcome="completed", records=10, bytes=500, payloads=(PAYLOAD,))
LINEAGE = LineageEntry(
    payload=PAYLOAD,
    source="pay-1",
    rule_version="rules-1",
    transmission="trm-1",
    recipient="acquirer-sg",
    country="SG",
    categories=("E03", "M02"),
    sent_at=NOW,
)
MATERIAL = MaterialRequest(
    title="Material",
    document_date=date(2023, 6, 1),
    digest=PAYLOAD,
    sealed=True,
    uscc=USCC,
)


def sign(content: bytes) -> str:
    """A signature; what it covers has a test of its own."""
    assert content
    return "signed"


def fold(state: RegulatorState, outcome: tuple[Event, ...] | Refusal) -> tuple[Event, ...]:
    """Folds what was decided; a refusal fails the test."""
    assert not isinstance(outcome, Refusal), outcome
    state.fold_all(outcome)
    return outcome


def refused(outcome: object) -> Refusal:
    """The refusal, where one is expected."""
    assert isinstance(outcome, Refusal), outcome
    return outcome


def complaints(outcome: object) -> list[tuple[str, str]]:
    """Code and pointer of every error of a refusal, in order."""
    return [(error.code, error.pointer) for error in refused(outcome).errors]


def registered() -> RegulatorState:
    """One active platform."""
    state = RegulatorState()
    state.fold(REGISTERED)
    return state


def authorized() -> RegulatorState:
    """The platform holds aut-1."""
    state = registered()
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))
    return state


def granted_anew(
    state: RegulatorState,
    platform: str = "reg-1",
    *,
    quota_records: int = 1,
    valid_for_s: float = 1.0,
    now: datetime = NOW,
) -> tuple[Event, ...] | Refusal:
    """What comes of granting aut-1 in a new version."""
    return authorization.grant(
        state,
        platform,
        authorization="aut-1",
        recipient=None,
        country=None,
        categories=None,
        quota_records=quota_records,
        valid_for_s=valid_for_s,
        now=now,
        sign=sign,
    )


def sending() -> RegulatorState:
    """Transmission trm-1 of 10 records is accepted under aut-1."""
    state = authorized()
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    return state


def changed(request: Any, **fields: Any) -> Any:
    """The message with other values, checked anew."""
    return type(request).model_validate({**request.model_dump(), **fields})


def event(kind: str, sequence: int, *, subject: str = "trm-1", **data: Any) -> FeedEvent:
    """One feed event of the lawful transmission."""
    lawful: dict[str, dict[str, Any]] = {
        "started": {"records": 0, "bytes": 0},
        "progressed": {"records": 10, "bytes": 500, "payload": PAYLOAD},
        "ended": {"records": 10, "bytes": 500},
    }
    common = {"categories": ("E03", "M02"), "recipient": "acquirer-sg", "country": "SG"}
    return FeedEvent.model_validate(
        {
            "id": f"{subject}-{sequence}",
            "source": "/platform",
            "type": f"transmission.{kind}",
            "subject": subject,
            "time": NOW,
            "sequence": sequence,
            "data": {**common, **lawful[kind], **data},
        }
    )


def body(*events: FeedEvent) -> FeedColumns:
    """The events as one body, a line each."""
    return FeedColumns.of(enumerate(events, start=1))


def feed_to(
    state: RegulatorState, *events: FeedEvent, now: datetime = NOW, platform: str = "reg-1"
) -> feed.FeedOutcome:
    """Takes one body and folds what became of it."""
    outcome = feed.take(state, platform, body(*events), now)
    state.fold_all(outcome.events)
    return outcome
