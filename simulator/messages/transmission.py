"""One sending of data: announced before, monitored during, closed after."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.messages.base import CategoryCode, Country, Digest, Message, Name, RecipientId, Time

TransmissionStatus = Literal["received", "accepted", "refused", "closed"]


class TransmissionRequest(Message):
    """Body of `POST /transmissions`, the announcement; an `Idempotency-Key` header is required."""

    authorization: str
    authorization_version: Annotated[int, Field(ge=1)]
    categories: Annotated[tuple[CategoryCode, ...], Field(min_length=1, max_length=32)]
    purpose: Name
    recipient: RecipientId
    country: Country
    records: Annotated[int, Field(ge=1, le=1_000_000)]


class Transmission(Message):
    """Answer of `POST /transmissions` and `GET /transmissions/{id}`; only `accepted` permits
    sending."""

    id: str
    status: TransmissionStatus
    authorization: str
    authorization_version: int
    categories: tuple[str, ...]
    purpose: str
    recipient: str
    country: str
    records: int
    announced_at: Time
    decided_at: Time | None = None
    reason: str | None = None
    closed_at: Time | None = None


class TransmissionList(Message):
    """Answer of `GET /transmissions`: one page, and the cursor of the next."""

    items: tuple[Transmission, ...]
    next_cursor: str | None = None


class ClosingRequest(Message):
    """Body of `POST /transmissions/{id}/closing`; an `Idempotency-Key` header is required."""

    outcome: Literal["completed", "aborted"]
    """`aborted`: fewer records left than were announced, or none."""
    records: Annotated[int, Field(ge=0, le=1_000_000)]
    bytes: Annotated[int, Field(ge=0)]
    payloads: Annotated[tuple[Digest, ...], Field(max_length=100_000)]
    """SHA-256 of each payload as sent, in order of sending."""
