"""What a monitoring rule noticed while data was leaving."""

from simulator.messages.base import Message, Time


class Alert(Message):
    """One alert; `rule` is the id of the monitoring rule."""

    id: str
    rule: str
    transmission: str | None
    authorization: str | None
    detail: str
    raised_at: Time


class AlertList(Message):
    """Answer of `GET /alerts`: one page, and the cursor of the next."""

    items: tuple[Alert, ...]
    next_cursor: str | None = None
