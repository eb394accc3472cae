"""An export is halted, and goes on again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class ExportStopped:
    """An order to halt at once; `authorization` is `None` for the whole platform."""

    platform: str
    authorization: str | None
    reason: str
    at: datetime
    event: Literal["export_stopped"] = "export_stopped"


@dataclass(frozen=True, slots=True)
class ExportSuspended:
    """A suspension within a case, for the whole platform; `deadline` is 30 days later."""

    platform: str
    case: str
    deadline: datetime
    at: datetime
    event: Literal["export_suspended"] = "export_suspended"


@dataclass(frozen=True, slots=True)
class ExportLifted:
    """Ends every stop and suspension of the scope; `authorization` is `None` for the whole
    platform."""

    platform: str
    authorization: str | None
    case: str | None
    at: datetime
    event: Literal["export_lifted"] = "export_lifted"


OrderEvent = ExportStopped | ExportSuspended | ExportLifted
