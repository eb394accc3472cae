"""An export is put before the certification body, certified, and watched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class CertifiedRecipient:
    """One recipient within the scope of a certification."""

    recipient: str
    country: str


@dataclass(frozen=True, slots=True)
class CertificationRequested:
    """The export was put before the certification body; technical verification comes first."""

    id: str
    platform: str
    recipients: tuple[CertifiedRecipient, ...]
    purpose: str
    categories: tuple[str, ...]
    persons: int
    sensitive_persons: int
    at: datetime
    decide_at: datetime | None
    event: Literal["certification_requested"] = "certification_requested"


@dataclass(frozen=True, slots=True)
class CertificationVerified:
    """Technical verification was passed; the audit on site comes next."""

    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["certification_verified"] = "certification_verified"


@dataclass(frozen=True, slots=True)
class CertificationGranted:
    id: str
    number: str
    valid_until: datetime
    at: datetime
    event: Literal["certification_granted"] = "certification_granted"


@dataclass(frozen=True, slots=True)
class CertificationFaulted:
    """Verification or audit found a non-conformity, to be rectified in time."""

    id: str
    findings: tuple[str, ...]
    rectify_by: datetime
    at: datetime
    event: Literal["certification_faulted"] = "certification_faulted"


@dataclass(frozen=True, slots=True)
class CertificationRectified:
    """The platform rectified what was found; it is looked at again."""

    id: str
    statement: str
    at: datetime
    decide_at: datetime | None
    event: Literal["certification_rectified"] = "certification_rectified"


@dataclass(frozen=True, slots=True)
class CertificationTerminated:
    """The procedure ended without a certificate."""

    id: str
    reason: str
    at: datetime
    event: Literal["certification_terminated"] = "certification_terminated"


@dataclass(frozen=True, slots=True)
class CertificationSuspended:
    """The export does not match the certified scope: the certificate may not be used."""

    id: str
    reason: str
    rectify_by: datetime
    at: datetime
    event: Literal["certification_suspended"] = "certification_suspended"


@dataclass(frozen=True, slots=True)
class CertificationRestored:
    id: str
    at: datetime
    event: Literal["certification_restored"] = "certification_restored"


@dataclass(frozen=True, slots=True)
class CertificationRevoked:
    id: str
    reason: str
    at: datetime
    event: Literal["certification_revoked"] = "certification_revoked"


@dataclass(frozen=True, slots=True)
class CertificationExpired:
    id: str
    at: datetime
    event: Literal["certification_expired"] = "certification_expired"


CertificationEvent = (
    CertificationRequested
    | CertificationVerified
    | CertificationGranted
    | CertificationFaulted
    | CertificationRectified
    | CertificationTerminated
    | CertificationSuspended
    | CertificationRestored
    | CertificationRevoked
    | CertificationExpired
)
