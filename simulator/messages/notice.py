"""What the regulator tells the platform, as CloudEvents 1.0, by signed callback and by polling."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, WithJsonSchema

from simulator.messages.base import Message, Time
from simulator.messages.tidings import TIDINGS


def _known(type: str) -> str:
    if type not in TIDINGS:
        raise ValueError(f"be one of {', '.join(TIDINGS)}")
    return type


NoticeType = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(TIDINGS)})
]
"""One of the types in the table of tidings."""


class Notice(Message):
    """One notice. `sequence` counts the platform's notices from 1 without gaps: act in its order,
    once each."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: NoticeType
    subject: str
    """Id of the declaration, contract, certification, authorization, transmission, case, inspection
    or alert; for stop, suspension and lift the scope: an authorization id, or the registration id
    for the whole
    platform."""
    time: Time
    sequence: int
    data: dict[str, Any]
    """As the table of tidings says for the type."""


class NoticeList(Message):
    """Answer of `GET /notices?after=<sequence>`: at most 100, oldest first."""

    items: tuple[Notice, ...]
    next_cursor: str | None = None


class Acknowledgement(Message):
    """Answer of `POST /notices/{id}/acknowledgement`; a 2xx of the callback acknowledges too."""

    id: str
    acknowledged_at: Time


NoticeStatus = Literal["pending", "overdue", "dead", "redelivering", "acknowledged"]


class NoticeStanding(Message):
    """What has become of a notice; answer of `POST /notices/{id}/redelivery`."""

    id: str
    status: NoticeStatus
    """`dead` was given up and can still be read and acknowledged."""
    attempts: int
    """Times that it was sent, or lost on the way by a fault."""
    overdue_at: Time | None = None
    """When the limit of its acknowledgement had passed."""
    reason: str | None = None
    """Why it was given up."""
    acknowledged_at: Time | None = None


class DeliveryAttempt(Message):
    """One attempt to bring a message to the callback. `status` is what was answered (0: nothing),
    the times are wall time, `fault` is the id of an injected fault that struck it."""

    attempt: int
    sent_at: Time
    answered_at: Time
    status: int
    error: str | None = None
    fault: str | None = None
    forged: bool = False


class DeliveryList(Message):
    """Answer of `GET /notices/{id}/deliveries`: every attempt, oldest first."""

    notice: NoticeStanding
    items: tuple[DeliveryAttempt, ...]
    next_cursor: str | None = None
