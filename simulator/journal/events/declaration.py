"""A declaration goes from its receipt through the assessment to the end of its validity."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class DeclaredFieldSeen:
    """A field inside a declaration or authorization; see messages.declaration.DeclaredField."""

    name: str
    category: str
    desensitisation: str


@dataclass(frozen=True, slots=True)
class DeclarationReceived:
    id: str
    platform: str
    fields: tuple[DeclaredFieldSeen, ...]
    purpose: str
    legal_basis: str
    recipient: str
    country: str
    records: int
    persons: int
    valid_from: datetime
    valid_until: datetime
    at: datetime
    decide_at: datetime | None
    """When the policy decides; `None` waits for a tester."""
    mechanism: str | None = None
    """The way out that it states; `None` is a security assessment."""
    sensitive_persons: int | None = None
    contract: str | None = None
    certification: str | None = None
    """When the regulator takes its next step; `None` waits for a tester."""
    manner: str = "immediate"
    """The policy's manner when it came; `statutory` takes every step at the end of its period."""
    self_assessed_on: date | None = None
    replaces: str | None = None
    event: Literal["declaration_received"] = "declaration_received"


@dataclass(frozen=True, slots=True)
class DeclarationAmended:
    """Amended or completed before the decision; the procedure begins anew with `content`."""

    id: str
    content: DeclarationReceived
    at: datetime
    event: Literal["declaration_amended"] = "declaration_amended"


@dataclass(frozen=True, slots=True)
class DeclarationWithdrawn:
    id: str
    at: datetime
    event: Literal["declaration_withdrawn"] = "declaration_withdrawn"


@dataclass(frozen=True, slots=True)
class DeclarationReturned:
    """Incomplete; `missing` names everything, once."""

    id: str
    missing: tuple[str, ...]
    at: datetime
    event: Literal["declaration_returned"] = "declaration_returned"


@dataclass(frozen=True, slots=True)
class DeclarationForwarded:
    """Complete, and with the national regulator."""

    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["declaration_forwarded"] = "declaration_forwarded"


@dataclass(frozen=True, slots=True)
class DeclarationAdmitted:
    """The assessment begins."""

    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["declaration_admitted"] = "declaration_admitted"


@dataclass(frozen=True, slots=True)
class DeclarationNotAdmitted:
    id: str
    reason: str
    at: datetime
    event: Literal["declaration_not_admitted"] = "declaration_not_admitted"


@dataclass(frozen=True, slots=True)
class SupplementAsked:
    """The assessment waits for the platform until `until`; `None` waits for a tester."""

    id: str
    items: tuple[str, ...]
    at: datetime
    until: datetime | None
    decide_at: datetime | None
    """When the assessment then ends, extended by as long as the platform was given."""
    event: Literal["supplement_asked"] = "supplement_asked"


@dataclass(frozen=True, slots=True)
class SupplementedItem:
    """What answers one item; see messages.declaration.SupplementItem."""

    number: int
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class DeclarationSupplemented:
    id: str
    items: tuple[SupplementedItem, ...]
    at: datetime
    decide_at: datetime | None
    event: Literal["declaration_supplemented"] = "declaration_supplemented"


@dataclass(frozen=True, slots=True)
class AssessmentExtended:
    """The assessment takes longer, by so many working days."""

    id: str
    working_days: int
    reason: str
    at: datetime
    decide_at: datetime | None
    event: Literal["assessment_extended"] = "assessment_extended"


@dataclass(frozen=True, slots=True)
class DeclarationTerminated:
    """The assessment ended without a result: nothing was supplemented."""

    id: str
    reason: str
    at: datetime
    event: Literal["declaration_terminated"] = "declaration_terminated"


@dataclass(frozen=True, slots=True)
class ReevaluationRequested:
    id: str
    reason: str
    at: datetime
    decide_at: datetime | None
    event: Literal["reevaluation_requested"] = "reevaluation_requested"


@dataclass(frozen=True, slots=True)
class DeclarationAccepted:
    id: str
    authorization: str
    at: datetime
    valid_until: datetime | None = None
    """End of the validity of the result; `None` in journals that knew of none."""
    expiring_at: datetime | None = None
    """When the last day begins on which an extension can be asked for; `None` where the calendar of
    working days does not reach so far."""
    event: Literal["declaration_accepted"] = "declaration_accepted"


@dataclass(frozen=True, slots=True)
class DeclarationRefused:
    id: str
    reason: str
    at: datetime
    false_material: bool = False
    """Refused because material was false on purpose."""
    event: Literal["declaration_refused"] = "declaration_refused"


@dataclass(frozen=True, slots=True)
class DeclarationExpiring:
    """Recorded so that the platform is told once."""

    id: str
    at: datetime
    event: Literal["declaration_expiring"] = "declaration_expiring"


@dataclass(frozen=True, slots=True)
class ExtensionRequested:
    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["extension_requested"] = "extension_requested"


@dataclass(frozen=True, slots=True)
class DeclarationExtended:
    id: str
    at: datetime
    valid_until: datetime
    expiring_at: datetime | None
    event: Literal["declaration_extended"] = "declaration_extended"


@dataclass(frozen=True, slots=True)
class ExtensionRefused:
    id: str
    reason: str
    at: datetime
    event: Literal["extension_refused"] = "extension_refused"


@dataclass(frozen=True, slots=True)
class DeclarationExpired:
    id: str
    at: datetime
    event: Literal["declaration_expired"] = "declaration_expired"


@dataclass(frozen=True, slots=True)
class ExportTerminated:
    """An order: the export no longer complies and ends; to continue, it is declared again."""

    id: str
    reason: str
    at: datetime
    event: Literal["export_terminated"] = "export_terminated"


@dataclass(frozen=True, slots=True)
class ChangeReported:
    """Something of article 14 changed: the export is closed until it is declared again."""

    id: str
    changes: tuple[str, ...]
    description: str
    at: datetime
    event: Literal["change_reported"] = "change_reported"


@dataclass(frozen=True, slots=True)
class DeclarationReplaced:
    """Its re-declaration, `by`, was accepted."""

    id: str
    by: str
    at: datetime
    event: Literal["declaration_replaced"] = "declaration_replaced"


DeclarationEvent = (
    DeclarationReceived
    | DeclarationAmended
    | DeclarationWithdrawn
    | DeclarationReturned
    | DeclarationForwarded
    | DeclarationAdmitted
    | DeclarationNotAdmitted
    | SupplementAsked
    | DeclarationSupplemented
    | AssessmentExtended
    | DeclarationTerminated
    | ReevaluationRequested
    | DeclarationAccepted
    | DeclarationRefused
    | DeclarationExpiring
    | ExtensionRequested
    | DeclarationExtended
    | ExtensionRefused
    | DeclarationExpired
    | ExportTerminated
    | ChangeReported
    | DeclarationReplaced
)
