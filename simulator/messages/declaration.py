"""What the platform tells the regulator before data may leave."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from simulator.messages.base import (
    CategoryCode,
    Country,
    Digest,
    Message,
    Name,
    RecipientId,
    Time,
)

DeclarationId = Annotated[str, StringConstraints(pattern=r"^dcl-[1-9][0-9]{0,17}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

StatedMechanism = Literal["security_assessment", "standard_contract", "certification", "exempt"]


class DeclaredField(Message):
    """One field that is to leave, its category and how it is desensitised."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    category: CategoryCode
    desensitisation: Literal["none", "last_four", "keyed_token", "band", "coarsened", "dropped"]


class DeclarationRequest(Message):
    """Body of `POST /declarations`, where an `Idempotency-Key` header is required, and of
    `PUT /declarations/{id}`, which amends or completes."""

    purpose: Name
    legal_basis: Name
    recipient: RecipientId
    country: Country
    fields: Annotated[tuple[DeclaredField, ...], Field(min_length=1, max_length=100)]
    records: Annotated[int, Field(ge=1, le=10_000_000_000)]
    """Records expected within the period; the quota that the authorization will grant."""
    persons: Annotated[int, Field(ge=0, le=2_000_000_000)]
    """Natural persons concerned, de-duplicated."""
    valid_from: Time
    valid_until: Time
    mechanism: StatedMechanism | None = None
    """The way out of the country; nothing stated is a security assessment, which always
    suffices."""
    sensitive_persons: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    """Those of `persons` with sensitive information; needed for any other mechanism."""
    contract: Annotated[str, StringConstraints(max_length=100)] | None = None
    """The filed contract, for `standard_contract`."""
    certification: Annotated[str, StringConstraints(max_length=100)] | None = None
    """The certificate in use, for `certification`."""
    self_assessed_on: date | None = None
    """When the self-assessment report was completed: within three months before filing."""
    replaces: DeclarationId | None = None
    """The accepted declaration of which this one is the re-declaration."""


Change = Literal[
    "purpose",
    "method",
    "scope",
    "type",
    "recipient",
    "retention",
    "actual_control",
    "legal_document",
]
"""What may change within the validity (Order 11 art. 14)."""


class ChangeReport(Message):
    """Body of `POST /declarations/{id}/changes`: the authorization is closed until a re-declaration
    is accepted."""

    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=8)]
    description: Text


class SupplementItem(Message):
    """What answers one item of the request; items are numbered from 1 as they were asked for."""

    number: Annotated[int, Field(ge=1, le=100)]
    title: Name
    digest: Digest


class SupplementRequest(Message):
    """Body of `POST /declarations/{id}/supplement`: everything that was asked for, at once."""

    items: Annotated[tuple[SupplementItem, ...], Field(min_length=1, max_length=100)]


class ReevaluationRequest(Message):
    """Body of `POST /declarations/{id}/reevaluation`: why the result is thought wrong."""

    reason: Text


DeclarationStatus = Literal[
    "received",
    "returned",
    "forwarded",
    "assessing",
    "supplement_required",
    "accepted",
    "refused",
    "not_admitted",
    "terminated",
    "reevaluating",
    "withdrawn",
    "expiring",
    "extending",
    "extended",
    "changed",
    "expired",
    "export_terminated",
    "replaced",
]
"""In force are `accepted`, `expiring`, `extending` and `extended`."""


class Declaration(Message):
    """Answer of `POST /declarations` and `GET /declarations/{id}`; `received` is not `accepted`."""

    id: str
    status: DeclarationStatus
    purpose: str
    legal_basis: str
    recipient: str
    country: str
    fields: tuple[DeclaredField, ...]
    records: int
    persons: int
    valid_from: Time
    valid_until: Time
    received_at: Time
    decided_at: Time | None = None
    reason: str | None = None
    authorization: str | None = None
    """Id of the authorization that the acceptance granted."""
    mechanism: str = "security_assessment"
    """The way out that the declaration takes."""
    sensitive_persons: int | None = None
    contract: str | None = None
    certification: str | None = None
    self_assessed_on: date | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    next_step_by: Time | None = None
    """When the regulator takes its next step at the latest; `None` where nothing is due."""
    missing: tuple[str, ...] = ()
    """Everything for which an incomplete declaration was returned."""
    supplement_asked: tuple[str, ...] = ()
    """What must be supplemented, numbered from 1."""
    supplement_until: Time | None = None
    final: bool = False
    """The result of a re-evaluation: it cannot be asked for again."""
    holds_until: Time | None = None
    """End of the validity of the result; an authorization never outlives it."""
    extension_until: date | None = None
    """The last day in China on which an extension can be asked for; `None` where the law knows
    none or the calendar of working days does not reach."""
    changes: tuple[str, ...] = ()
    """What was reported to have changed since the acceptance."""


class DeclarationList(Message):
    """Answer of `GET /declarations`: one page, and the cursor of the next."""

    items: tuple[Declaration, ...]
    next_cursor: str | None = None
