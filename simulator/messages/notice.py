"""What the regulator tells the platform, as CloudEvents 1.0, by signed callback and by polling."""

from typing import Any, Literal

from simulator.messages.base import Message, Time

NoticeType = Literal[
    "declaration.decided",
    "contract.decided",
    "certification.decided",
    "authorization.granted",
    "authorization.revoked",
    "transmission.decided",
    "export.stopped",
    "export.suspended",
    "export.lifted",
    "inspection.opened",
    "case.decided",
    "deadline.near",
]


class Notice(Message):
    """One notice. `sequence` counts the platform's notices from 1 without gaps: act in its order,
    once each."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: NoticeType
    subject: str
    """Id of the declaration, contract, certification, authorization, transmission or case; for
    stop, suspension and lift the scope: an authorization id, or the registration id for the whole
    platform."""
    time: Time
    sequence: int
    data: dict[str, Any]


class NoticeList(Message):
    """Answer of `GET /notices?after=<sequence>`: at most 100, oldest first."""

    items: tuple[Notice, ...]
    next_cursor: str | None = None


class Acknowledgement(Message):
    """Answer of `POST /notices/{id}/acknowledgement`; a 2xx of the callback acknowledges too."""

    id: str
    acknowledged_at: Time
