"""A whitelist entry is granted, granted anew, revoked, or expires."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from simulator.journal.events.declaration import DeclaredFieldSeen


@dataclass(frozen=True, slots=True)
class AuthorizationGranted:
    """A new authorization (version 1) or a new version of one; the former version is dead from
    here."""

    id: str
    version: int
    platform: str
    declaration: str
    fields: tuple[DeclaredFieldSeen, ...]
    purpose: str
    recipient: str
    country: str
    quota_records: int
    valid_from: datetime
    valid_until: datetime
    signature: str
    at: datetime
    event: Literal["authorization_granted"] = "authorization_granted"


@dataclass(frozen=True, slots=True)
class AuthorizationRevoked:
    id: str
    reason: str
    at: datetime
    event: Literal["authorization_revoked"] = "authorization_revoked"


@dataclass(frozen=True, slots=True)
class AuthorizationExpired:
    id: str
    at: datetime
    event: Literal["authorization_expired"] = "authorization_expired"


AuthorizationEvent = AuthorizationGranted | AuthorizationRevoked | AuthorizationExpired
