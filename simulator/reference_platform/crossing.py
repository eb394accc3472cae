"""The steps of a payment that crosses the border, in their order. Each takes the journey one stage
further.

Nothing here decides to go on in spite of a refusal: whatever stands in the way is raised as a
Hindrance, and `hold_back` says what becomes of the payment.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.clock import wall_now
from simulator.messages.authorization import Authorization
from simulator.messages.feed import FeedData, FeedEvent, FeedType
from simulator.messages.lineage import LineageEntry, LineageRequest
from simulator.messages.transmission import ClosingRequest, TransmissionRequest
from simulator.reference_platform.contracts import INDISPENSABLE, Contract
from simulator.reference_platform.desensitise import RULE_VERSION
from simulator.reference_platform.journey import PERMIT_UNUSED, Hindrance, Journey, Outlook, Stage

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

NDJSON = "application/x-ndjson"
SILENCE_S = 1.0
"""A regulator that has not been heard for longer is asked again before anything leaves."""
HALTED = ("authorization_stopped", "authorization_suspended")


# Before: which authorization, and leave to send under it.


async def choose(platform: "Platform", journey: Journey) -> Journey:
    """Finds the authorization and the categories that it permits."""
    contract = platform.steps.find_contract(journey.payment)
    if contract is None:
        where = f"{journey.payment.recipient} in {journey.payment.country}"
        raise Hindrance("recipient_unlisted", f"there is no contract for {where}", Outlook.FINAL)
    authorization = await _authorization_for(platform, contract)
    categories = permitted_categories(contract, authorization)
    lacking = INDISPENSABLE - set(categories)
    if lacking:
        detail = f"{authorization.id} does not permit {', '.join(sorted(lacking))}"
        raise Hindrance("category_outside", detail, Outlook.FINAL)
    return journey.to(
        Stage.CHOSEN,
        authorization=authorization.id,
        authorization_version=authorization.version,
        categories=categories,
    )


async def _authorization_for(platform: "Platform", contract: Contract) -> Authorization:
    known = platform.authorizations.held(contract)
    if known is not None:
        order = platform.orders.forbid(known.id, known.version)
        if order is not None and order.code in HALTED:  # No use in asking: a lift will be told.
            raise order
    authorization = await platform.authorizations.current(contract)
    if authorization is None:
        detail = f"none is held for {contract.recipient}"
        raise Hindrance("authorization_missing", detail, Outlook.PASSES)
    hindrance = platform.authorizations.why_not(authorization) or platform.orders.forbid(
        authorization.id, authorization.version
    )
    if hindrance is not None:
        raise hindrance
    return authorization


def permitted_categories(contract: Contract, authorization: Authorization) -> tuple[str, ...]:
    """What the contract needs and the current version permits; everything else is dropped."""
    permitted = {field.category for field in authorization.fields}
    return tuple(category for category in contract.categories if category in permitted)


def about_to_announce(platform: "Platform", journey: Journey) -> Journey:
    """The journey as it must be on disk before its announcement is first sent. A choice that waited
    for its turn, or for a regulator out of reach, may be out of date by then: that is raised."""
    if journey.announcing:
        return journey
    assert journey.authorization is not None, "announced without choice"
    platform.regulator.check_not_quiet()
    version = (journey.authorization, journey.authorization_version)
    for hindrance in (platform.orders.forbid(*version), platform.authorizations.still(*version)):
        if hindrance is not None and hindrance.code == "authorization_stale":
            raise hindrance
    return replace(journey, announcing=True)


async def announce(platform: "Platform", journey: Journey) -> Journey:
    """Announces the transmission. `received` is not `accepted`."""
    contract = platform.steps.find_contract(journey.payment)
    assert contract is not None, "announced without choice"
    assert journey.authorization is not None, "announced without choice"
    request = TransmissionRequest(
        authorization=journey.authorization,
        authorization_version=journey.authorization_version,
        categories=journey.categories,
        purpose=contract.purpose,
        recipient=contract.recipient,
        country=contract.country,
        records=1,
    )
    body = request.model_dump_json().encode()
    told = await platform.regulator.post("/transmissions", body, key=journey.key("announce"))
    stage = Stage.PERMITTED if told["status"] == "accepted" else Stage.ANNOUNCED
    return journey.to(stage, transmission=told["id"])


async def await_decision(platform: "Platform", journey: Journey) -> Journey:
    """Asks until the regulator has decided."""
    told = await platform.regulator.get(f"/transmissions/{journey.transmission}")
    if told["status"] == "accepted":
        return journey.to(Stage.PERMITTED)
    if told["status"] == "received":
        detail = "the regulator has not decided yet"
        raise Hindrance("transmission_undecided", detail, Outlook.PASSES)
    await platform.authorizations.read()
    assert journey.authorization is not None, "announced without authorization"
    lapsed = platform.authorizations.still(journey.authorization, journey.authorization_version)
    if lapsed is not None:  # Refused because the permission has gone meanwhile, not for itself.
        raise Hindrance(lapsed.code, lapsed.detail)
    raise Hindrance("transmission_refused", str(told.get("reason")), Outlook.FINAL)


# While: the feed begins, the payload is made and leaves.


async def start_feed(platform: "Platform", journey: Journey) -> Journey:
    """Tells the regulator that the transmission begins; without that nothing is sent."""
    started = _event(journey, "transmission.started", 1, NOTHING)
    await platform.steps.post_feed(platform, journey, [started])
    return journey.to(Stage.MONITORED, feed_started=True)


async def send(platform: "Platform", journey: Journey) -> Journey:
    """Sends the payload, if at this very moment nothing forbids it."""
    assert journey.payload is not None, "nothing to send"
    assert journey.payment.recipient is not None, "nothing to send"
    silent_s = asyncio.get_running_loop().time() - platform.regulator.heard_at
    if silent_s > SILENCE_S or journey.in_doubt:
        await platform.authorizations.read()
    async with platform.gate.passing():
        check_leave(platform, journey)
        platform.outbox.save(replace(journey, in_doubt=True))
        try:
            confirmed = await platform.recipients.send(
                journey.payment.recipient,
                journey.payload.encode(),
                platform.steps.recipient_headers(journey),
            )
        except Hindrance as hindrance:
            if hindrance.code == "recipient_unreachable":  # Nothing left this time.
                platform.outbox.save(journey)
            raise
    refuse_with = None if confirmed else "the recipient refused the settlement"
    return journey.to(Stage.LEFT, left_at=wall_now(), confirmed=True, refuse_with=refuse_with)


def check_leave(platform: "Platform", journey: Journey) -> None:
    """Raises what forbids sending now: an order, or the end of the authorization."""
    assert journey.authorization is not None, "sent without authorization"
    version = (journey.authorization, journey.authorization_version)
    hindrance = platform.orders.forbid(*version) or platform.authorizations.still(*version)
    if hindrance is not None:
        raise hindrance


# After: the regulator learns what left. Whatever has left is accounted for, whatever happens.


@dataclass(frozen=True, slots=True)
class Account:
    """What a transmission amounts to."""

    records: int
    size_bytes: int
    payloads: tuple[str, ...]


NOTHING = Account(0, 0, ())


def account(journey: Journey) -> Account:
    """What left, counted on the bytes that were sent."""
    payload = payload_bytes(journey)
    return Account(1, len(payload), (hashlib.sha256(payload).hexdigest(),))


async def report(platform: "Platform", journey: Journey) -> Journey:
    """Feeds the payload that left and the end of the transmission."""
    left = platform.steps.account(journey)
    events = [
        _event(journey, "transmission.progressed", 2, left),
        _event(journey, "transmission.ended", 3, left),
    ]
    await platform.steps.post_feed(platform, journey, events)
    return journey.to(Stage.REPORTED)


async def post_feed(platform: "Platform", journey: Journey, events: Sequence[FeedEvent]) -> None:
    """Feeds the events; a line that the regulator has taken before is as good as taken now."""
    body = b"".join(event.model_dump_json().encode() + b"\n" for event in events)
    key = f"{journey.key('feed')}-{journey.feeds_refused}-{events[0].sequence}"
    told = await platform.regulator.post("/feed", body, key=key, content_type=NDJSON)
    for line in told["refused"]:
        if line["code"] != "sequence_duplicate":
            raise Hindrance(line["code"], line["detail"])


async def close(platform: "Platform", journey: Journey) -> Journey:
    """Closes the transmission with its totals."""
    await _close(platform, journey, "completed", platform.steps.account(journey))
    return journey.to(Stage.CLOSED)


async def record_lineage(platform: "Platform", journey: Journey) -> Journey:
    """Records where the payload came from; with that the payment is settled, if the recipient has
    confirmed it.
    """
    payment = journey.payment
    assert payment.recipient, "nothing crossed"
    assert payment.country, "nothing crossed"
    assert journey.transmission, "nothing crossed"
    assert journey.left_at is not None, "nothing left"
    entry = LineageEntry(
        payload=hashlib.sha256(payload_bytes(journey)).hexdigest(),
        source=journey.id,
        rule_version=RULE_VERSION,
        transmission=journey.transmission,
        recipient=payment.recipient,
        country=payment.country,
        categories=journey.categories,
        sent_at=journey.left_at,
    )
    platform.outbox.trace(entry)
    body = LineageRequest(items=(entry,)).model_dump_json().encode()
    await platform.regulator.post("/lineage", body, key=journey.key("lineage"))
    if not journey.confirmed:
        return journey.again("the recipient has not confirmed; the same payload is sent again")
    if journey.refuse_with is not None:
        return journey.to(Stage.REFUSED, reason=journey.refuse_with)
    return journey.to(Stage.SETTLED)


def payload_bytes(journey: Journey) -> bytes:
    assert journey.payload is not None, "there is no payload"
    return journey.payload.encode()


# When something stands in the way.


async def hold_back(platform: "Platform", journey: Journey, hindrance: Hindrance) -> Journey:
    """What becomes of a payment that cannot go on: it waits where it is, starts anew, or is
    refused.

    A payload in doubt counts as left: it is reported and traced before the payment starts anew.
    """
    reason = f"{hindrance.code}: {hindrance.detail}"
    if journey.has_left:
        return _account_later(journey, hindrance, reason)
    if hindrance.outlook is Outlook.PASSES:
        return replace(journey, reason=reason)
    platform.authorizations.outdate()
    if journey.in_doubt:
        return journey.to(Stage.LEFT, reason=reason, left_at=journey.since, confirmed=False)
    is_final = hindrance.outlook is Outlook.FINAL
    refuse_with = reason if is_final else None
    if journey.stage in PERMIT_UNUSED:
        return journey.to(Stage.ABORTING, reason=reason, refuse_with=refuse_with)
    if journey.stage is Stage.ABORTING:
        return replace(journey, reason=reason)
    return journey.to(Stage.REFUSED, reason=reason) if is_final else journey.again(reason)


def _account_later(journey: Journey, hindrance: Hindrance, reason: str) -> Journey:
    if hindrance.code in ("not_found", "transmission_unknown"):
        return journey.to(Stage.SETTLED, reason=f"unreported: {reason}")
    refused = journey.stage is Stage.LEFT and hindrance.outlook is not Outlook.PASSES
    return replace(journey, reason=reason, feeds_refused=journey.feeds_refused + refused)


async def abort(platform: "Platform", journey: Journey) -> Journey:
    """Closes a transmission under which nothing may be sent any more, with nothing in it."""
    try:
        if journey.feed_started:
            ended = _event(journey, "transmission.ended", 2, NOTHING)
            await platform.steps.post_feed(platform, journey, [ended])
        await _close(platform, journey, "aborted", NOTHING)
    except Hindrance as hindrance:
        if hindrance.code not in ("not_found", "transmission_unknown", "transmission_closed"):
            raise
    if journey.refuse_with is not None:
        return journey.to(Stage.REFUSED, reason=journey.refuse_with)
    return journey.again(journey.reason)


async def _close(platform: "Platform", journey: Journey, outcome: str, left: Account) -> None:
    request = ClosingRequest.model_validate(
        {
            "outcome": outcome,
            "records": left.records,
            "bytes": left.size_bytes,
            "payloads": left.payloads,
        }
    )
    body = request.model_dump_json().encode()
    path = f"/transmissions/{journey.transmission}/closing"
    await platform.regulator.post(path, body, key=journey.key("close"))


def _event(journey: Journey, type: FeedType, sequence: int, left: Account) -> FeedEvent:
    payment = journey.payment
    assert payment.recipient, "a domestic payment has no feed"
    assert payment.country, "a domestic payment has no feed"
    assert journey.transmission, "fed before the announcement"
    assert journey.since, "fed before the announcement"
    return FeedEvent(
        id=f"{journey.transmission}-{sequence}",
        source="reference-platform",
        type=type,
        subject=journey.transmission,
        time=journey.since,
        sequence=sequence,
        data=FeedData(
            records=left.records,
            bytes=left.size_bytes,
            payload=left.payloads[0] if type == "transmission.progressed" else None,
            categories=journey.categories,
            recipient=payment.recipient,
            country=payment.country,
        ),
    )
