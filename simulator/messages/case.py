"""Rectification: an inspection opens a case, 17 materials answer it, a re-inspection ends it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from simulator.messages.base import Digest, Message, Name, Time

CaseStatus = Literal["inspected", "suspended", "reinspecting", "lifted", "failed"]


class MaterialRequest(Message):
    """Body of `PUT /cases/{id}/materials/{number}`; handing in again replaces."""

    title: Name
    document_date: date
    digest: Digest
    sealed: bool
    uscc: str
    """The unified social credit code that the document names."""


class Material(Message):
    """One of the 17 materials as handed in."""

    number: Annotated[int, Field(ge=1, le=17)]
    title: str
    document_date: date
    digest: str
    sealed: bool
    uscc: str
    handed_in_at: Time


class Case(Message):
    """Answer of `GET /cases/{id}`."""

    id: str
    status: CaseStatus
    opened_at: Time
    reason: str
    suspended_at: Time | None = None
    deadline: Time | None = None
    """30 days after the suspension, in sandbox time."""
    materials: tuple[Material, ...] = ()
    findings: tuple[str, ...] = ()
    """What the last re-inspection found missing or wrong."""
    decided_at: Time | None = None


class CaseList(Message):
    """Answer of `GET /cases`: one page, and the cursor of the next."""

    items: tuple[Case, ...]
    next_cursor: str | None = None
