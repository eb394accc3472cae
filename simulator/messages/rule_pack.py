"""The law in force as the regulator publishes it: the numbers and periods of one rule pack."""

from datetime import date
from typing import Literal

from simulator.messages.base import Message


class Thresholds(Message):
    """Numbers of natural persons, de-duplicated; a threshold includes the number itself."""

    handled_persons: int | None
    """Handling this many makes any export an assessment; `None`: handling does not count."""
    assessed_persons: int
    assessed_sensitive_persons: int
    sensitive_count_as_persons: bool
    contract_from_persons: int


class RulePack(Message):
    """Answer of `GET /rule-packs/{id}`; in force on both days and between them."""

    id: str
    title: str
    in_force_from: date
    in_force_until: date | None
    """`None` for the pack that has no end yet."""
    instruments: tuple[str, ...]
    thresholds: Thresholds
    window: Literal["previous_year", "current_year"]
    """Persons count since 1 January of this year."""
    validity_years: int
    extension_years: int | None
    payment_contract_exempt: bool
    exempted_persons_count: bool
    """Whether persons whose data leaves under an exemption count towards the thresholds."""
    contracts_filed_from: date
    certified_from: date | None
    """Since when exports are certified; `None`: not under this pack."""
    threshold_clause: str
    mandatory_demanded_by: str
