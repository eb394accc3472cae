"""Whose data leaves, as tokens that name nobody: each natural person counts once."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from simulator.messages.base import Message, RecipientId, Time

TOKENS_MAX = 100_000
Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""HMAC of a person's identifier under a key that stays at home, cut to 128 bits (RFC 2104 sec. 5),
in lower-case hexadecimal: the same for the same person always, and never an identifier."""
Tokens = Annotated[tuple[Token, ...], Field(max_length=TOKENS_MAX)]

DemandedMechanism = Literal["security_assessment", "standard_contract_or_certification", "exempt"]


class HeadcountRequest(Message):
    """Body of `POST /headcounts`; an `Idempotency-Key` header is required.

    A person may be told any number of times, in any message, for any recipient. One message is one
    step of the world, and so its lists have an end.
    """

    recipient: RecipientId
    ordinary: Tokens = ()
    """Persons of whom only ordinary personal information leaves."""
    sensitive: Tokens = ()
    """Persons of whom sensitive personal information leaves."""
    exempt: bool = False
    """All of it leaves under an exemption of Order 16 art. 3-6."""


class Headcount(Message):
    """Answer of `GET /headcounts`: the present standing, and what it demands."""

    persons: int
    """Natural persons in the window, each once, those with sensitive information included."""
    sensitive_persons: int
    exempted_persons: int
    """Those of the window whose data left under an exemption only; they count or do not, as the
    rule pack says."""
    counted_since: date
    rule_pack: str
    """In force now."""
    mechanism: DemandedMechanism
    """What these counts and what the platform said of itself demand for personal information."""
    reason: str
    clause: str
    at: Time


class HeadcountAnswer(Headcount):
    """Answer of `POST /headcounts`: what the message added, and the standing after it."""

    new: int
    """Persons who were not known in the window before."""
    known: int
    """Persons who were."""


class HandlerRequest(Message):
    """Body of `PUT /handler`: what decides beside the counts (declaration form, step 1)."""

    handled_persons: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0
    """Natural persons whose information the platform handles at all, each once."""
    critical_operator: bool = False
    """Whether it runs critical information infrastructure."""
    important_data: bool = False
    """Whether it exports data that was notified or published as important."""


class Handler(HandlerRequest):
    """Answer of `PUT /handler` and `GET /handler`; `described_at` is `None` before the first."""

    described_at: Time | None
