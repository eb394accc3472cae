"""The merchants' account of a load: what each asked for, and what the platform answered.

It goes into the journal beside what the regulator and the recipients saw, so that the judge has all
three accounts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scenarios.traffic import Payment, payment_to_json

STORY = "load"
"""What the journal calls the time in which the load was sent."""
ANSWER_KEPT = 2000
"""Characters of an answer that go into the journal."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One payment that left, and its answer; times are the merchant's own."""

    number: int
    """Of the payment, in the order in which the seed makes them."""
    sent_at: datetime
    answered_at: datetime
    status: int
    """0 where nothing was answered."""
    answer: str
    outcome: str
    """`accepted`, `refused` or `failed`."""
    platform_payment: str | None


def names_of(asked: Asked, payment: Payment) -> dict[str, str]:
    """The names by which a merchant can follow an accepted payment."""
    names = {"payment.id": payment.id}
    if asked.platform_payment is not None:
        names["platform_payment"] = asked.platform_payment
    return names


def asked_records(asked: Iterable[Asked], payments: list[Payment]) -> Iterator[dict[str, Any]]:
    """What merchants asked for, as the journal takes it."""
    for one in asked:
        body = {
            "payment": payment_to_json(payments[one.number]),
            "story": STORY,
            "sent_at": one.sent_at.isoformat(),
            "answered_at": one.answered_at.isoformat(),
            "status": one.status,
            "answer": one.answer,
            "outcome": one.outcome,
            "platform_payment": one.platform_payment,
        }
        yield {"kind": "asked", "body": body}


def followed_record(payment: str, outcome: str, seen_at: datetime) -> dict[str, Any]:
    """What the platform last said of a payment, as the journal takes it."""
    body = {"payment": payment, "outcome": outcome, "seen_at": seen_at.isoformat()}
    return {"kind": "followed", "body": body}


def mark(mark: str, story: str | None = None, **facts: Any) -> dict[str, Any]:
    """A mark of the run, as the journal takes it."""
    return {"kind": "staged", "body": {"mark": mark, "story": story, "facts": facts}}
