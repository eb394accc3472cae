"""A standard contract is handed in, filed or returned, and ends."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class ContractReceived:
    """A standard contract was handed in to be filed."""

    id: str
    platform: str
    recipient: str
    country: str
    effective_on: date
    ends_on: date | None
    """Its last day; `None` where it has no end."""
    pipia_on: date
    materials: dict[str, str]
    """Digests, by the name of the material."""
    replaces: str | None
    """The filed contract whose place it takes once it is filed itself."""
    file_by: date
    """The last day on which it was handed in in time."""
    at: datetime
    decide_at: datetime | None
    event: Literal["contract_received"] = "contract_received"


@dataclass(frozen=True, slots=True)
class ContractFiled:
    id: str
    number: str
    """The filing number."""
    at: datetime
    event: Literal["contract_filed"] = "contract_filed"


@dataclass(frozen=True, slots=True)
class ContractReturned:
    id: str
    reasons: tuple[str, ...]
    supplement_by: datetime
    at: datetime
    event: Literal["contract_returned"] = "contract_returned"


@dataclass(frozen=True, slots=True)
class ContractSupplemented:
    """Handed in again within the time; `materials` holds those that are new or replaced."""

    id: str
    pipia_on: date
    materials: dict[str, str]
    at: datetime
    decide_at: datetime | None
    event: Literal["contract_supplemented"] = "contract_supplemented"


@dataclass(frozen=True, slots=True)
class ContractLapsed:
    """It was returned and not supplemented in time; it can only be handed in anew."""

    id: str
    at: datetime
    event: Literal["contract_lapsed"] = "contract_lapsed"


@dataclass(frozen=True, slots=True)
class ContractEnded:
    """Nothing may leave under it from here."""

    id: str
    reason: str
    at: datetime
    event: Literal["contract_ended"] = "contract_ended"


ContractEvent = (
    ContractReceived
    | ContractFiled
    | ContractReturned
    | ContractSupplemented
    | ContractLapsed
    | ContractEnded
)
