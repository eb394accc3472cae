"""One sending of data: announced under an authorization, accepted or refused, then closed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
    TransmissionEvent,
    TransmissionRefused,
)
from simulator.law import categories
from simulator.messages.problem import ProblemError
from simulator.messages.transmission import (
    ClosingRequest,
    TransmissionRequest,
    TransmissionStatus,
)
from simulator.regulator import rules
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, the_id
from simulator.regulator.lifecycle.authorization import Authorization, standing, use
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Transmission:
    """An announcement and what became of it."""

    announced: TransmissionAnnounced
    status: TransmissionStatus = "received"
    decided_at: datetime | None = None
    reason: str | None = None
    closed: TransmissionClosed | None = None

    @property
    def id(self) -> str:
        return self.announced.id

    @property
    def platform(self) -> str:
        return self.announced.platform


def announce(
    state: "RegulatorState", platform: str, request: TransmissionRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Received if the authorization covers all of it; accepted at once where the policy says so.

    The announced records count against the quota from here.
    """
    authorization = state.authorizations.get(request.authorization)
    if authorization is None or authorization.platform != platform:
        must = "name an authorization that the platform holds"
        error = wrong("authorization_unknown", "/authorization", request.authorization, must)
        return refuse_all((error,), rules.over_announcement(state, platform, request, now))
    errors = list(_announcement_errors(state, authorization, request, now))
    if errors:
        return refuse_all(errors)
    announced = TransmissionAnnounced(
        id=state.next_id("trm"),
        platform=platform,
        authorization=request.authorization,
        authorization_version=request.authorization_version,
        categories=request.categories,
        purpose=request.purpose,
        recipient=request.recipient,
        country=request.country,
        records=request.records,
        at=now,
        decide_at=state.policy.decide_at(state.policy.transmissions, now),
    )
    if state.policy.transmissions != "immediate":
        return (announced,)
    return (announced, TransmissionAccepted(announced.id, now))


def decide(
    state: "RegulatorState", id: str, accept: bool, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Accept or refuse, once. What the authorization no longer covers is refused in any case."""
    transmission = state.transmissions.get(id)
    if transmission is None:
        return not_found("transmission", id)
    if transmission.status != "received":
        return refuse(
            "already_decided", "/subject", id, f"wait for a decision (it is {transmission.status})"
        )
    if not accept:
        return (TransmissionRefused(id, reason, now),)
    announced = transmission.announced
    authorization = state.authorizations[announced.authorization]
    lapsed = list(_standing_errors(state, authorization, announced.authorization_version, now))
    if lapsed:
        return (TransmissionRefused(id, lapsed[0].detail, now),)
    return (TransmissionAccepted(id, now),)


def close(
    state: "RegulatorState", platform: str, id: str, request: ClosingRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The end of a sending; taken also from a halted platform, so that it can end in order."""
    transmission = state.transmissions.get(id)
    if transmission is None or transmission.platform != platform:
        return not_found("transmission", id)
    if transmission.status == "closed":
        return refuse("transmission_closed", "path:id", id, "be open")
    if transmission.status != "accepted":
        must = f"be accepted (it is {transmission.status})"
        return refuse("transmission_not_accepted", "path:id", id, must)
    closed = TransmissionClosed(
        id, request.outcome, request.records, request.bytes, request.payloads, now
    )
    return (closed, *rules.over_closing(state, transmission, closed, now))


def evolve(
    transmission: Transmission | None,
    event: TransmissionEvent,
) -> Transmission:
    """The transmission after `event`; `None` before the first."""
    if isinstance(event, TransmissionAnnounced):
        return Transmission(event)
    assert transmission is not None, "decided before it was announced"
    if isinstance(event, TransmissionAccepted):
        return replace(transmission, status="accepted", decided_at=event.at)
    if isinstance(event, TransmissionRefused):
        return replace(transmission, status="refused", decided_at=event.at, reason=event.reason)
    return replace(transmission, status="closed", closed=event)


DRAWN = Drawing(
    id="transmission",
    title="Only an accepted transmission may be sent.",
    evolve=evolve,
    state_of=lambda transmission: transmission.status,
    steps=(
        Step(BEGIN, TransmissionAnnounced, "received"),
        Step("received", TransmissionAccepted, "accepted"),
        Step("received", TransmissionRefused, "refused"),
        Step("accepted", TransmissionClosed, "closed"),
    ),
)


def _keep_announced(state: "RegulatorState", event: TransmissionAnnounced) -> None:
    state.transmissions[event.id] = evolve(None, event)
    state.undecided[event.id] = event.decide_at
    _use(state, event, event.records)


def _keep_accepted(state: "RegulatorState", event: TransmissionAccepted) -> None:
    state.transmissions[event.id] = evolve(state.transmissions[event.id], event)
    state.undecided.pop(event.id, None)
    state.open_transmissions[event.id] = None


def _keep_ended(state: "RegulatorState", event: TransmissionRefused | TransmissionClosed) -> None:
    former = state.transmissions[event.id]
    state.transmissions[event.id] = evolve(former, event)
    state.undecided.pop(event.id, None)
    state.open_transmissions.pop(event.id, None)
    _use(state, former.announced, -given_back(former.announced, event))


def _use(state: "RegulatorState", announced: TransmissionAnnounced, records: int) -> None:
    held = state.authorizations[announced.authorization]
    used = use(held, announced.authorization_version, records)
    state.authorizations[announced.authorization] = used


def _tell(
    state: "RegulatorState", event: TransmissionAccepted | TransmissionRefused
) -> Iterator[Tidings]:
    status = "accepted" if isinstance(event, TransmissionAccepted) else "refused"
    platform = state.transmissions[event.id].platform
    yield Tidings(platform, "transmission.decided", event.id, {"status": status})


KEPT = Keeping(
    kept_in="transmissions",
    prefix="trm",
    folds={
        TransmissionAnnounced: _keep_announced,
        TransmissionAccepted: _keep_accepted,
        TransmissionRefused: _keep_ended,
        TransmissionClosed: _keep_ended,
    },
    decide=lambda state, id, at: decide(state, id, True, "", at.now),
    tells_unless_answered=dict.fromkeys((TransmissionAccepted, TransmissionRefused), _tell),
    answers={TransmissionAnnounced: the_id},
)


def given_back(
    announced: TransmissionAnnounced, ended: TransmissionRefused | TransmissionClosed
) -> int:
    """Records that return to the quota: all of a refusal, of an abort what did not leave."""
    if isinstance(ended, TransmissionRefused):
        return announced.records
    return max(0, announced.records - ended.records) if ended.outcome == "aborted" else 0


def _announcement_errors(
    state: "RegulatorState",
    authorization: Authorization,
    request: TransmissionRequest,
    now: datetime,
) -> Iterator[ProblemError]:
    """Everything that the authorization does not cover, the gravest first."""
    yield from _standing_errors(state, authorization, request.authorization_version, now)
    granted = authorization.granted
    if request.recipient != granted.recipient:
        must = f"be {granted.recipient!r}, as authorized"
        yield wrong("recipient_mismatch", "/recipient", request.recipient, must)
    if request.country != granted.country:
        must = f"be {granted.country!r}, as authorized"
        yield wrong("country_mismatch", "/country", request.country, must)
    if request.purpose != granted.purpose:
        must = f"be {granted.purpose!r}, as authorized"
        yield wrong("purpose_mismatch", "/purpose", request.purpose, must)
    yield from _category_errors(authorization, request.categories)
    if request.records > authorization.left_records:
        left = f"{authorization.left_records} of {granted.quota_records}"
        yield wrong("quota_exceeded", "/records", request.records, f"be at most {left} records")


def _standing_errors(
    state: "RegulatorState", authorization: Authorization, version: int, now: datetime
) -> Iterator[ProblemError]:
    status = standing(state, authorization, now)
    if status != "active":
        must = f"be active (it is {status})"
        yield wrong(f"authorization_{status}", "/authorization", authorization.id, must)
    elif now < authorization.granted.valid_from:
        must = f"be valid now (it is from {rfc3339(authorization.granted.valid_from)})"
        yield wrong("authorization_not_yet_valid", "/authorization", authorization.id, must)
    if version != authorization.granted.version:
        must = f"be {authorization.granted.version}, the current version"
        yield wrong("authorization_stale", "/authorization_version", version, must)


def _category_errors(
    authorization: Authorization, announced: tuple[str, ...]
) -> Iterator[ProblemError]:
    """Exempt categories may leave under any authorization."""
    authorized = {field.category for field in authorization.granted.fields}
    for place, code in enumerate(announced):
        category = categories.BY_CODE.get(code)
        pointer = f"/categories/{place}"
        if category is None:
            yield wrong("category_unknown", pointer, code, "be a code of GET /categories")
        elif category.duty == "forbidden":
            must = f"not be {code} ({category.title}), which never leaves"
            yield wrong("category_forbidden", pointer, code, must)
        elif category.duty == "mandatory" and code not in authorized:
            held = ", ".join(sorted(authorized)) or "none"
            must = f"be exempt or authorized (authorized: {held})"
            yield wrong("category_outside", pointer, code, must)
