"""The monitoring of a transmission is taken, one event at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class FeedTaken:
    """One accepted feed event."""

    transmission: str
    sequence: int
    type: str
    records: int
    bytes: int
    payload: str | None
    categories: tuple[str, ...]
    recipient: str
    country: str
    at: datetime
    event: Literal["feed_taken"] = "feed_taken"
