"""Where the records came from that left in a payload."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class LineageItem:
    """One record's origin; see messages.lineage.LineageEntry."""

    payload: str
    source: str
    rule_version: str
    transmission: str
    recipient: str
    country: str
    categories: tuple[str, ...]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class LineageRecorded:
    platform: str
    items: tuple[LineageItem, ...]
    at: datetime
    event: Literal["lineage_recorded"] = "lineage_recorded"
