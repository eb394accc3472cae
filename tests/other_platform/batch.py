"""The life of one batch, step by step: announce, decision, begin, send, report, close, trace.

Each step asks one thing of somebody and returns the batch as it is afterwards. A step that got no
answer is taken again, word for word; one that was refused decides what becomes of the batch.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.other_platform.payload import RULES, permitted
from tests.other_platform.regulator import Refused
from tests.other_platform.wire import NoAnswer, NotConnected

if TYPE_CHECKING:
    from tests.other_platform.platform import Platform

OVER = "over"
HALTED = frozenset({"stopped", "suspended"})
PERMIT_CHANGED = frozenset(
    {f"authorization_{state}" for state in ("unknown", "stale", "revoked", "expired", *HALTED)}
)
"""Refusals of the permit, not of the orders: these are looked at again under what holds now."""

log = logging.getLogger(__name__)


class NotYet(Exception):
    """The batch must wait for news from the regulator."""


@dataclass(frozen=True, slots=True)
class Permit:
    """An authorization as the regulator last told and signed it."""

    id: str
    version: int
    recipient: str
    country: str
    purpose: str
    status: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Several orders on their way to one recipient, under one transmission."""

    id: str
    permit: Permit
    orders: tuple[str, ...]
    at: str
    """When it was gathered."""
    step: str = "announce"
    transmission: str = ""
    fed: int = 0
    """Feed events that the regulator has taken."""
    payload: str = ""
    left: str = "no"
    """`no`, `maybe` (nobody confirmed), or `yes`."""
    left_at: str = ""
    declined: str = ""
    """Why its orders are declined; empty where they are not."""
    split: bool = False
    """It asked for more than there is; its orders try alone."""


Step = Callable[["Platform", Batch], Batch]


def announce(platform: "Platform", batch: Batch) -> Batch:
    """Asks for leave to send so many records."""
    permit = batch.permit
    request = {
        "authorization": permit.id,
        "authorization_version": permit.version,
        "categories": permitted(permit.categories),
        "purpose": permit.purpose,
        "recipient": permit.recipient,
        "country": permit.country,
        "records": len(batch.orders),
    }
    try:
        told = platform.regulator.post("/transmissions", request, key=f"{batch.id}.announce")
    except Refused as refused:
        if refused.code in PERMIT_CHANGED:
            return replace(batch, step=OVER)
        if refused.code == "quota_exceeded" and len(batch.orders) > 1:
            return replace(batch, step=OVER, split=True)
        return replace(batch, step=OVER, declined=refused.code)
    return replace(batch, transmission=told["id"], step=_after(told["status"]))


def decision(platform: "Platform", batch: Batch) -> Batch:
    """Waits until the regulator has decided: received is not accepted."""
    try:
        told = platform.regulator.get(f"/transmissions/{batch.transmission}")
    except Refused:  # The regulator has begun anew, and knows nothing of it.
        return replace(batch, step=OVER)
    step = _after(told["status"])
    if step == "decision":
        raise NotYet
    if step == OVER and platform.still_holds(batch.permit):
        return replace(batch, step=OVER, declined=f"refused: {told['reason']}")
    return replace(batch, step=step)


def begin(platform: "Platform", batch: Batch) -> Batch:
    """Opens the feed; what is not monitored does not leave."""
    if _feed(platform, batch, _event(batch, 1, "started")):
        return replace(batch, fed=1, step="send")
    return replace(batch, step="close")


def send(platform: "Platform", batch: Batch) -> Batch:
    """Sends the payload if the regulator, asked at this moment, still permits it."""
    status = platform.watch.standing(batch.permit)
    if status in HALTED:
        raise NotYet
    if status != "active":
        return replace(batch, step="report")
    body = batch.payload or platform.payload(batch)
    # On disk before it leaves: after a kill the same bytes are sent again, and not others.
    leaving = platform.keep(
        replace(batch, payload=body, left="maybe", left_at=batch.left_at or now())
    )
    path = f"/{quote(batch.permit.recipient, safe='')}/clearing/batches"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": batch.id,
    }
    try:
        status_code = platform.deliver(path, headers, body.encode())
    except NotConnected:
        platform.keep(batch)
        raise
    if status_code >= 500 or status_code in (408, 429):
        raise NoAnswer(f"the recipient answered {status_code}")
    declined = "" if status_code < 300 else f"the recipient answered {status_code}"
    return replace(leaving, left="yes", declined=declined, step="report")


def report(platform: "Platform", batch: Batch) -> Batch:
    """Feeds what left, and the end."""
    events = [_event(batch, batch.fed + 1, "ended")]
    if batch.left != "no":
        events = [_event(batch, 2, "progressed"), _event(batch, 3, "ended")]
    if not _feed(platform, batch, *events):
        log.error("the feed did not take the report of %s", batch.transmission)
    return replace(batch, fed=batch.fed + len(events), step="close")


def close(platform: "Platform", batch: Batch) -> Batch:
    """Closes the transmission with what left under it, or with nothing."""
    records, size_bytes, digests = left_of(batch)
    message = {
        "outcome": "completed" if records else "aborted",
        "records": records,
        "bytes": size_bytes,
        "payloads": digests,
    }
    path = f"/transmissions/{batch.transmission}/closing"
    try:
        platform.regulator.post(path, message, key=f"{batch.id}.close")
    except Refused as refused:
        log.error("%s could not be closed: %s", batch.transmission, refused)
    return replace(batch, step="trace" if records else OVER)


def trace(platform: "Platform", batch: Batch) -> Batch:
    """Records for every order which payload carried it."""
    _, _, [digest] = left_of(batch)
    items = [
        {
            "payload": digest,
            "source": ref,
            "rule_version": RULES,
            "transmission": batch.transmission,
            "recipient": batch.permit.recipient,
            "country": batch.permit.country,
            "categories": permitted(batch.permit.categories),
            "sent_at": batch.left_at,
        }
        for ref in batch.orders
    ]
    try:
        platform.regulator.post("/lineage", {"items": items}, key=f"{batch.id}.trace")
    except Refused as refused:
        log.error("the lineage of %s was refused: %s", batch.transmission, refused)
    return replace(batch, step=OVER)


STEPS: dict[str, Step] = {
    step.__name__: step for step in (announce, decision, begin, send, report, close, trace)
}


def left_of(batch: Batch) -> tuple[int, int, list[str]]:
    """Records, bytes and digests of what left, or may have, counted on the bytes themselves."""
    if batch.left == "no":
        return 0, 0, []
    body = batch.payload.encode()
    return len(batch.orders), len(body), [hashlib.sha256(body).hexdigest()]


def now() -> str:
    return datetime.now(UTC).isoformat()


def _after(status: str) -> str:
    return {"accepted": "begin", "received": "decision"}.get(status, OVER)


def _feed(platform: "Platform", batch: Batch, *events: dict[str, Any]) -> bool:
    """Whether the regulator has taken all of them, now or before."""
    key = f"{batch.id}.feed{events[0]['sequence']}"
    try:
        told = platform.regulator.post("/feed", list(events), key=key)
    except Refused as refused:
        log.error("the feed refused %s: %s", key, refused)
        return False
    return all(line["code"] == "sequence_duplicate" for line in told["refused"])


def _event(batch: Batch, sequence: int, what: str) -> dict[str, Any]:
    records, size_bytes, digests = (0, 0, []) if what == "started" else left_of(batch)
    return {
        "specversion": "1.0",
        "id": f"{batch.id}.{sequence}",
        "source": "other-platform",
        "type": f"transmission.{what}",
        "subject": batch.transmission,
        "time": batch.at if what == "started" else batch.left_at or batch.at,
        "sequence": sequence,
        "data": {
            "records": records,
            "bytes": size_bytes,
            "payload": digests[0] if what == "progressed" else None,
            "categories": permitted(batch.permit.categories),
            "recipient": batch.permit.recipient,
            "country": batch.permit.country,
        },
    }
