"""What the platform tells the regulator before data may leave."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from simulator.messages.base import CategoryCode, Country, Message, Name, RecipientId, Time

StatedMechanism = Literal["security_assessment", "standard_contract", "certification", "exempt"]


class DeclaredField(Message):
    """One field that is to leave, its category and how it is desensitised."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    category: CategoryCode
    desensitisation: Literal["none", "last_four", "keyed_token", "band", "coarsened", "dropped"]


class DeclarationRequest(Message):
    """Body of `POST /declarations`; an `Idempotency-Key` header is required."""

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


DeclarationStatus = Literal["received", "accepted", "refused"]


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


class DeclarationList(Message):
    """Answer of `GET /declarations`: one page, and the cursor of the next."""

    items: tuple[Declaration, ...]
    next_cursor: str | None = None
