"""Having an export certified by a professional body (Order 20)."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.messages.base import CategoryCode, Country, Message, Name, RecipientId, Time

CertificationStatus = Literal[
    "verifying",
    "auditing",
    "nonconforming",
    "certified",
    "suspended",
    "reviewing",
    "terminated",
    "revoked",
    "expired",
]


class CertifiedRecipient(Message):
    """One recipient within the scope."""

    recipient: RecipientId
    country: Country


class CertificationRequest(Message):
    """Body of `POST /certifications`: the scope; an `Idempotency-Key` header is required."""

    recipients: Annotated[tuple[CertifiedRecipient, ...], Field(min_length=1, max_length=100)]
    purpose: Name
    categories: Annotated[tuple[CategoryCode, ...], Field(min_length=1, max_length=32)]
    persons: Annotated[int, Field(ge=0, le=2_000_000_000)]
    """Natural persons whose data is to leave and who were not counted yet, each once."""
    sensitive_persons: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0
    """Those of them with sensitive information."""


class RectificationRequest(Message):
    """Body of `POST /certifications/{id}/rectification`."""

    statement: Name
    """What was done about the findings."""


class Certification(Message):
    """Answer of `GET /certifications/{id}`; only `certified` lets data leave."""

    id: str
    status: CertificationStatus
    recipients: tuple[CertifiedRecipient, ...]
    purpose: str
    categories: tuple[str, ...]
    persons: int
    sensitive_persons: int
    requested_at: Time
    decided_at: Time | None
    number: str | None
    valid_until: Time | None
    findings: tuple[str, ...]
    """What does not conform, or why it was suspended, terminated or revoked."""
    rectify_by: Time | None


class CertificationList(Message):
    """Answer of `GET /certifications`: one page, and the cursor of the next."""

    items: tuple[Certification, ...]
    next_cursor: str | None = None
