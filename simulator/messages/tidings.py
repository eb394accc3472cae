"""What each type of notice says, in one table: the type, its data, and an example of it.

A new type of notice is one more entry here. The regulator's descriptions of its interface are made
from this table, and no notice goes out whose data does not fit its entry.
"""

from dataclasses import dataclass
from typing import Any, Literal

from simulator.messages.base import Message, Time


class DeclarationDecided(Message):
    """A declaration was decided; an acceptance names the authorization that it granted."""

    status: Literal["accepted", "refused", "not_admitted", "terminated"]
    authorization: str | None = None


class DeclarationProgressed(Message):
    """A step of the assessment, or of an extension, and what it asks for."""

    status: Literal[
        "returned",
        "forwarded",
        "assessing",
        "supplement_required",
        "extended",
        "extension_refused",
    ]
    missing: tuple[str, ...] = ()
    """Everything for which it was returned."""
    items: tuple[str, ...] = ()
    """What must be supplemented, numbered from 1."""
    until: Time | None = None
    """When it must be supplemented; `None` where a tester says so."""
    next_step_by: Time | None = None
    extended_by_working_days: int | None = None
    reason: str | None = None
    holds_until: Time | None = None


class DeclarationExpiring(Message):
    """Today is the last day on which an extension can be asked for."""

    status: Literal["expiring"]


class DeclarationEnded(Message):
    """A declaration that was in force is no more."""

    status: Literal["expired", "export_terminated", "replaced"]
    reason: str | None = None
    by: str | None = None
    """The re-declaration that replaces it."""


class ContractDecided(Message):
    """What became of the filing of a standard contract."""

    status: Literal["filed", "returned", "lapsed", "ended"]
    number: str | None = None
    reasons: tuple[str, ...] = ()
    reason: str | None = None
    supplement_by: Time | None = None


class CertificationDecided(Message):
    """Where a certification stands."""

    status: Literal[
        "auditing",
        "nonconforming",
        "certified",
        "suspended",
        "terminated",
        "revoked",
        "expired",
    ]
    number: str | None = None
    valid_until: Time | None = None
    findings: tuple[str, ...] = ()
    reason: str | None = None
    rectify_by: Time | None = None


class AuthorizationChanged(Message):
    """An authorization, or a new version of one, was granted or revoked."""

    authorization: str
    version: int


class TransmissionDecided(Message):
    """An announced transmission was decided."""

    status: Literal["accepted", "refused"]


class ExportStopped(Message):
    """Halt at once; `None` means the whole platform."""

    authorization: str | None = None


class ExportSuspended(Message):
    """The whole platform is suspended within a case, until the case is closed."""

    case: str
    deadline: Time
    """When the rectification must be done, in sandbox time."""


class ExportLifted(Message):
    """Stops and suspensions of the scope are over; `None` means the whole platform."""

    authorization: str | None = None
    case: str | None = None
    """The case that ended with it, if one did."""


class InspectionOpened(Message):
    """An unannounced inspection has opened a case."""

    case: str
    reason: str


class CaseDecided(Message):
    """A re-inspection was decided, or the deadline passed."""

    status: Literal["inspected", "suspended", "lifted", "failed"]
    missing: tuple[str, ...] = ()
    """What was found missing or wrong."""


class DeadlineNear(Message):
    """The deadline of a case is near."""

    case: str
    deadline: Time


class DeadlineOver(Message):
    """The deadline of a case has passed, and the case has not failed yet."""

    case: str


class SampleRequested(Message):
    """A random sample of what left today is to be answered."""

    inspection: str
    payloads: tuple[str, ...]
    """Digests of the payloads drawn."""
    answer_by: Time
    """Wall time."""


class SampleOverdue(Message):
    """The time to answer a sample is over."""

    inspection: str


class AlertDecided(Message):
    """The regulator has closed an alert, or escalated it."""

    alert: str
    status: Literal["closed", "escalated"]
    reason: str


class KeyAdded(Message):
    """One more key may sign for the platform."""

    key: str
    via: Literal["signature", "passcode"]
    """Who let it in: a former key, or a passcode that was issued anew."""


class KeyRetired(Message):
    """A key of the platform has ended in good order."""

    key: str


class KeyRevoked(Message):
    """A key of the platform has ended at once."""

    key: str
    reason: str


class RegulatorRekeyed(Message):
    """The regulator will sign with another key."""

    key: str
    public_key: str
    valid_from: Time
    """From then on, in sandbox time."""
    vouched: str
    """The former key's signature, in base64; see RegulatorKey."""


@dataclass(frozen=True, slots=True)
class Told:
    """One type of notice: its data, what its subject is an id of, and an example of both."""

    title: str
    data: type[Message]
    subject: str
    example: dict[str, Any]


TIDINGS: dict[str, Told] = {
    "declaration.decided": Told(
        "A declaration was decided",
        DeclarationDecided,
        "dcl-1",
        {"status": "accepted", "authorization": "aut-1"},
    ),
    "declaration.progressed": Told(
        "The assessment of a declaration went on",
        DeclarationProgressed,
        "dcl-1",
        {"status": "returned", "missing": ["self_assessed_on"]},
    ),
    "declaration.expiring": Told(
        "The last day to ask for an extension has come",
        DeclarationExpiring,
        "dcl-1",
        {"status": "expiring"},
    ),
    "declaration.ended": Told(
        "A declaration is no longer in force",
        DeclarationEnded,
        "dcl-1",
        {"status": "export_terminated", "reason": "the export no longer complies"},
    ),
    "contract.decided": Told(
        "The filing of a contract was decided, or is over",
        ContractDecided,
        "con-1",
        {"status": "filed", "number": "SC-2024-000001"},
    ),
    "certification.decided": Told(
        "A certification stands otherwise than before",
        CertificationDecided,
        "cer-1",
        {
            "status": "certified",
            "number": "PIPC-2026-000001",
            "valid_until": "2029-01-01T00:00:00Z",
        },
    ),
    "authorization.granted": Told(
        "An authorization or a new version of it was granted",
        AuthorizationChanged,
        "aut-1",
        {"authorization": "aut-1", "version": 2},
    ),
    "authorization.revoked": Told(
        "An authorization was revoked",
        AuthorizationChanged,
        "aut-1",
        {"authorization": "aut-1", "version": 1},
    ),
    "transmission.decided": Told(
        "A transmission was decided", TransmissionDecided, "trm-1", {"status": "accepted"}
    ),
    "export.stopped": Told(
        "The export is stopped", ExportStopped, "reg-1", {"authorization": None}
    ),
    "export.suspended": Told(
        "The export is suspended within a case",
        ExportSuspended,
        "reg-1",
        {"case": "cas-1", "deadline": "2023-07-02T10:00:00Z"},
    ),
    "export.lifted": Told(
        "A stop or a suspension is over",
        ExportLifted,
        "reg-1",
        {"authorization": None, "case": "cas-1"},
    ),
    "inspection.opened": Told(
        "An inspection has opened a case",
        InspectionOpened,
        "cas-1",
        {"case": "cas-1", "reason": "undeclared data left the country"},
    ),
    "case.decided": Told(
        "A case was decided",
        CaseDecided,
        "cas-1",
        {"status": "suspended", "missing": ["material 3 was not handed in"]},
    ),
    "deadline.passed": Told(
        "The deadline of a case has passed", DeadlineOver, "cas-1", {"case": "cas-1"}
    ),
    "sample.requested": Told(
        "A sample is to be answered",
        SampleRequested,
        "ins-1",
        {
            "inspection": "ins-1",
            "payloads": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
            "answer_by": "2026-03-02T09:31:00Z",
        },
    ),
    "sample.overdue": Told(
        "A sample was not answered in time", SampleOverdue, "ins-1", {"inspection": "ins-1"}
    ),
    "alert.decided": Told(
        "An alert was closed or escalated",
        AlertDecided,
        "alr-1",
        {"alert": "alr-1", "status": "closed", "reason": "explained"},
    ),
    "deadline.near": Told(
        "The deadline of a case is near",
        DeadlineNear,
        "cas-1",
        {"case": "cas-1", "deadline": "2023-07-02T10:00:00Z"},
    ),
    "key.added": Told(
        "A key of the platform was added",
        KeyAdded,
        "key-56475aa75463474c",
        {"key": "key-56475aa75463474c", "via": "signature"},
    ),
    "key.retired": Told(
        "A key of the platform was retired",
        KeyRetired,
        "key-56475aa75463474c",
        {"key": "key-56475aa75463474c"},
    ),
    "key.revoked": Told(
        "A key of the platform was revoked",
        KeyRevoked,
        "key-56475aa75463474c",
        {"key": "key-56475aa75463474c", "reason": "found on a laptop"},
    ),
    "regulator.rekeyed": Told(
        "The regulator has another key",
        RegulatorRekeyed,
        "regulator-2",
        {
            "key": "regulator-2",
            "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
            "valid_from": "2023-06-02T00:00:00Z",
            "vouched": "A" * 86 + "==",
        },
    ),
}
"""Every type of notice that there is."""
