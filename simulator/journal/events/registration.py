"""A platform registers, and its callback is confirmed or changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class PlatformRegistered:
    id: str
    uscc: str
    name: str
    key_id: str
    public_key: str
    callback_url: str | None
    at: datetime
    event: Literal["platform_registered"] = "platform_registered"


@dataclass(frozen=True, slots=True)
class CallbackConfirmed:
    """The callback answered its challenge; the registration is active."""

    id: str
    at: datetime
    event: Literal["callback_confirmed"] = "callback_confirmed"
    callback_url: str | None = None
    """Which address answered; `None` for the one of the registration."""


@dataclass(frozen=True, slots=True)
class CallbackChanged:
    """The platform wants its notices elsewhere; the new address is in force once it answered."""

    id: str
    callback_url: str | None
    """`None`: from here on the platform polls."""
    at: datetime
    event: Literal["callback_changed"] = "callback_changed"


RegistrationEvent = PlatformRegistered | CallbackConfirmed | CallbackChanged
