"""What a monitoring rule noticed while data was leaving."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from simulator.messages.base import Message, Time

AlertStatus = Literal["raised", "acknowledged", "closed", "escalated"]


class ExplanationRequest(Message):
    """Body of `POST /alerts/{id}/acknowledgement`."""

    explanation: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class Alert(Message):
    """One alert; `rule` is the id of the monitoring rule."""

    id: str
    rule: str
    transmission: str | None
    authorization: str | None
    detail: str
    raised_at: Time
    status: AlertStatus = "raised"
    explanation: str | None = None
    """What the platform said last."""
    acknowledged_at: Time | None = None
    reason: str | None = None
    """Why the regulator closed or escalated it."""
    ended_at: Time | None = None


class AlertList(Message):
    """Answer of `GET /alerts`: one page, and the cursor of the next."""

    items: tuple[Alert, ...]
    next_cursor: str | None = None
