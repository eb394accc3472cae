"""A sending is announced, accepted or refused, and closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class TransmissionAnnounced:
    id: str
    platform: str
    authorization: str
    authorization_version: int
    categories: tuple[str, ...]
    purpose: str
    recipient: str
    country: str
    records: int
    at: datetime
    decide_at: datetime | None
    event: Literal["transmission_announced"] = "transmission_announced"


@dataclass(frozen=True, slots=True)
class TransmissionAccepted:
    id: str
    at: datetime
    event: Literal["transmission_accepted"] = "transmission_accepted"


@dataclass(frozen=True, slots=True)
class TransmissionRefused:
    id: str
    reason: str
    at: datetime
    event: Literal["transmission_refused"] = "transmission_refused"


@dataclass(frozen=True, slots=True)
class TransmissionClosed:
    id: str
    outcome: str
    records: int
    bytes: int
    payloads: tuple[str, ...]
    at: datetime
    event: Literal["transmission_closed"] = "transmission_closed"


TransmissionEvent = (
    TransmissionAnnounced | TransmissionAccepted | TransmissionRefused | TransmissionClosed
)
