"""The monitoring events of transmissions, as CloudEvents 1.0 with the `sequence` extension."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from simulator.messages.base import CategoryCode, Country, Digest, Message, RecipientId, Time

FeedType = Literal["transmission.started", "transmission.progressed", "transmission.ended"]


class FeedData(Message):
    """What the event says: for `progressed` one payload, for `ended` the totals, for `started`
    zeros."""

    records: Annotated[int, Field(ge=0, le=1_000_000)]
    bytes: Annotated[int, Field(ge=0)]
    payload: Digest | None = None
    """SHA-256 of the payload that left; required in `progressed`."""
    categories: Annotated[tuple[CategoryCode, ...], Field(max_length=32)]
    recipient: RecipientId
    country: Country


class FeedEvent(Message):
    """One line of `POST /feed`; known by its transmission (`subject`) and `sequence`, which starts
    at 1."""

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    type: FeedType
    subject: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    time: Time
    sequence: Annotated[int, Field(ge=1)]
    data: FeedData


class RefusedLine(Message):
    """A line that was not taken; the others were."""

    line: int
    """Counted from 1."""
    code: str
    detail: str


class FeedAnswer(Message):
    """Answer of `POST /feed`: 200 even if some lines were refused."""

    accepted: int
    refused: tuple[RefusedLine, ...]
    alerts: tuple[str, ...]
    """Ids of the alerts that these events raised."""
