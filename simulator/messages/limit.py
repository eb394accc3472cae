"""How much the regulator takes from one sender."""

from simulator.messages.base import Message


class Limit(Message):
    """One limit; the value itself is still allowed."""

    id: str
    title: str
    value: int
    unit: str
    code: str
    """The problem code of who passes it; empty where nobody is refused."""


class LimitList(Message):
    """Answer of `GET /limits`."""

    items: tuple[Limit, ...]
