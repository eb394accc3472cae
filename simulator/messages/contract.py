"""Filing a standard contract with the recipient abroad (Order 13)."""

from datetime import date
from typing import Literal

from simulator.messages.base import Country, Digest, Message, RecipientId, Time

ContractStatus = Literal["received", "returned", "filed", "lapsed", "ended"]


class ContractMaterials(Message):
    """The materials of the filing by digest; what is left out is missing."""

    standard_contract: Digest | None = None
    pipia_report: Digest | None = None
    uscc_copy: Digest | None = None
    legal_representative_id: Digest | None = None
    handler_id: Digest | None = None
    authorisation_letter: Digest | None = None
    commitment_letter: Digest | None = None


class ContractRequest(Message):
    """Body of `POST /contracts`; an `Idempotency-Key` header is required."""

    recipient: RecipientId
    country: Country
    effective_on: date
    """The day on which the contract took effect."""
    ends_on: date | None = None
    """Its last day; nothing leaves under it afterwards."""
    pipia_on: date
    """The day on which the impact assessment was completed."""
    materials: ContractMaterials
    replaces: str | None = None
    """A filed contract that this one takes the place of, because something changed (art. 8)."""


class ContractSupplement(Message):
    """Body of `POST /contracts/{id}/supplement`: what is new; the rest stays as handed in."""

    pipia_on: date | None = None
    materials: ContractMaterials


class Contract(Message):
    """Answer of `GET /contracts/{id}`; `received` is not `filed`."""

    id: str
    status: ContractStatus
    recipient: str
    country: str
    effective_on: date
    ends_on: date | None
    pipia_on: date
    materials: ContractMaterials
    replaces: str | None
    received_at: Time
    filed_late: bool
    """Handed in after the ten working days."""
    decided_at: Time | None
    number: str | None
    """The filing number."""
    reasons: tuple[str, ...]
    """Why it was returned."""
    supplement_by: Time | None
    ended_because: str | None


class ContractList(Message):
    """Answer of `GET /contracts`: one page, and the cursor of the next."""

    items: tuple[Contract, ...]
    next_cursor: str | None = None
