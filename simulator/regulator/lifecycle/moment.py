"""The moment at which something is decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Sign = Callable[[bytes], str]
"""Signs with the regulator's key; base64."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When an order is given or something takes effect, and with whose signature."""

    now: datetime
    """Sandbox time."""
    wall: datetime
    sign: Sign
