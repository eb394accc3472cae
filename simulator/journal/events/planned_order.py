"""An order stands until its time: carried out, void, or cancelled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order says, whoever gives it; what its kind does not need stays as it is here."""

    order: str
    """`stop`, `suspend`, `lift`, `revoke`, `terminate_export`, `inspect`, `sample`, `grant` or
    `close`."""
    platform: str
    reason: str = ""
    authorization: str | None = None
    case: str | None = None
    recipient: str | None = None
    country: str | None = None
    categories: tuple[str, ...] | None = None
    quota_records: int = 0
    valid_for_s: float = 0.0
    size: int = 0
    """Payloads in a sample."""
    lifted_after_s: float | None = None
    """Sandbox time until what it brought about is lifted or closed again; `None` leaves it."""
    declaration: str | None = None


@dataclass(frozen=True, slots=True)
class OrderPlanned:
    """An order stands from here and takes effect later, or waits for a hand."""

    id: str
    terms: OrderTerms
    because: str | None
    """Id of the alert, inspection, order or script that led to it; `None` for a tester's wish."""
    at: datetime
    due_at: datetime | None
    """When it takes effect; `None` waits for a tester."""
    event: Literal["order_planned"] = "order_planned"


@dataclass(frozen=True, slots=True)
class OrderCarriedOut:
    """The order takes effect; what it brings about follows in the same entry."""

    id: str
    at: datetime
    event: Literal["order_carried_out"] = "order_carried_out"


@dataclass(frozen=True, slots=True)
class OrderVoided:
    """When its time came, the regulator's own rules did not allow it, or there was no use."""

    id: str
    reason: str
    at: datetime
    event: Literal["order_voided"] = "order_voided"


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """A tester withdrew it before its time."""

    id: str
    reason: str
    at: datetime
    event: Literal["order_cancelled"] = "order_cancelled"


PlannedOrderEvent = OrderPlanned | OrderCarriedOut | OrderVoided | OrderCancelled
