"""The regulator's own key is announced."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class RegulatorKeyAnnounced:
    """From `valid_from` the regulator signs with this key; the former key vouches for it."""

    key_id: str
    number: int
    """Counted from 1, the key that the sandbox was opened with."""
    public_key: str
    valid_from: datetime
    vouched: str
    """The former key's signature, in base64."""
    at: datetime
    event: Literal["regulator_key_announced"] = "regulator_key_announced"
