"""An inspection opens a case; materials, re-inspections and a deadline follow."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class InspectionOpened:
    """An unannounced inspection opens a case."""

    case: str
    platform: str
    reason: str
    at: datetime
    event: Literal["inspection_opened"] = "inspection_opened"


@dataclass(frozen=True, slots=True)
class MaterialHandedIn:
    case: str
    number: int
    title: str
    document_date: date
    digest: str
    sealed: bool
    uscc: str
    at: datetime
    event: Literal["material_handed_in"] = "material_handed_in"


@dataclass(frozen=True, slots=True)
class ReinspectionRequested:
    """The platform asked for its re-inspection."""

    case: str
    at: datetime
    decide_at: datetime | None
    """When the policy decides; `None` waits for a tester."""
    event: Literal["reinspection_requested"] = "reinspection_requested"


@dataclass(frozen=True, slots=True)
class ReinspectionDecided:
    """The re-inspection; an empty `missing` means that it was passed."""

    case: str
    missing: tuple[str, ...]
    at: datetime
    event: Literal["reinspection_decided"] = "reinspection_decided"


@dataclass(frozen=True, slots=True)
class DeadlineNeared:
    """A case's deadline is near; recorded so that the platform is warned once."""

    case: str
    at: datetime
    event: Literal["deadline_neared"] = "deadline_neared"


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """A case's 30 days ran out, and the policy does not fail it at once."""

    case: str
    at: datetime
    fail_at: datetime | None
    """When the case fails; `None` waits for a tester."""
    event: Literal["deadline_reached"] = "deadline_reached"


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A case's 30 days ran out before the re-inspection was passed."""

    case: str
    at: datetime
    event: Literal["deadline_passed"] = "deadline_passed"


CaseEvent = (
    InspectionOpened
    | MaterialHandedIn
    | ReinspectionRequested
    | ReinspectionDecided
    | DeadlineNeared
    | DeadlineReached
    | DeadlinePassed
)
