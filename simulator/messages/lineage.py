"""What makes a sent record traceable."""

from typing import Annotated

from pydantic import Field, StringConstraints

from simulator.messages.base import CategoryCode, Country, Digest, Message, RecipientId, Time


class LineageEntry(Message):
    """One record that left: which payload carried it, and where it came from."""

    payload: Digest
    """SHA-256 of the payload that carried the record."""
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """The platform's own id of the payment that the record came from."""
    rule_version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """Version of the desensitisation rule that was applied."""
    transmission: str
    recipient: RecipientId
    country: Country
    categories: Annotated[tuple[CategoryCode, ...], Field(min_length=1, max_length=32)]
    sent_at: Time


class LineageRequest(Message):
    """Body of `POST /lineage`; an `Idempotency-Key` header is required."""

    items: Annotated[tuple[LineageEntry, ...], Field(min_length=1, max_length=10_000)]


class LineageAnswer(Message):
    """Answer of `POST /lineage`."""

    recorded: int


class LineageList(Message):
    """Answer of `GET /lineage/{digest}`: the records that the payload carried, one page, and the
    cursor of the next."""

    items: tuple[LineageEntry, ...]
    next_cursor: str | None = None
