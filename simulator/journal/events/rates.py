"""A tester sets how often one may ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class RatesSet:
    """How many requests may come, per platform and from all together; `None` is no limit."""

    platform_per_s: float | None
    platform_burst: int
    sandbox_per_s: float | None
    sandbox_burst: int
    at: datetime
    event: Literal["rates_set"] = "rates_set"
