"""A whitelist entry; an accepted declaration grants it."""

from typing import Literal

from simulator.messages.base import Message, Time
from simulator.messages.declaration import DeclaredField

AuthorizationStatus = Literal["active", "stopped", "suspended", "revoked", "expired"]


class Authorization(Message):
    """The current signed version. `signature`, in base64, is over the canonical JSON of all fields
    but `signature`, `status` and `used_records`, by the regulator's key."""

    id: str
    version: int
    declaration: str
    fields: tuple[DeclaredField, ...]
    purpose: str
    recipient: str
    country: str
    quota_records: int
    valid_from: Time
    valid_until: Time
    granted_at: Time
    signature: str
    status: AuthorizationStatus
    used_records: int
    """Records of accepted transmissions that count against the quota."""


class AuthorizationList(Message):
    """Answer of `GET /authorizations`: one page, and the cursor of the next."""

    items: tuple[Authorization, ...]
    next_cursor: str | None = None
