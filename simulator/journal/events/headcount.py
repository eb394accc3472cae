"""What the platform is, and whose data it sent abroad."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class HandlerDescribed:
    """What the platform says of itself as a handler of data; the latest word holds."""

    platform: str
    handled_persons: int
    critical_operator: bool
    important_data: bool
    at: datetime
    event: Literal["handler_described"] = "handler_described"


@dataclass(frozen=True, slots=True)
class PersonsCounted:
    """Persons whose data left in a year, those whom this message made known in this way.

    Each person is a token of 16 bytes; the tokens stand one after another, in base64.
    """

    platform: str
    year: int
    recipient: str
    ordinary: str
    sensitive: str
    exempt: bool
    """All of it left under an exemption."""
    at: datetime
    event: Literal["persons_counted"] = "persons_counted"


HeadcountEvent = HandlerDescribed | PersonsCounted
