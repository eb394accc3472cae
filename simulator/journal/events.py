"""Everything the regulator can decide. State is a fold over these and nothing else.

Each event names its aggregate by id and carries what `evolve` needs, so that recovery never decides
again. `at` is sandbox time. The judge reads them from the journal; the regulator alone makes them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field


@dataclass(frozen=True, slots=True)
class PlatformRegistered:
    id: str
    uscc: str
    name: str
    key_id: str
    public_key: str
    callback_url: str | None
    at: datetime
    event: Literal["platform_registered"] = "platform_registered"


@dataclass(frozen=True, slots=True)
class CallbackConfirmed:
    """The callback answered its challenge; the registration is active."""

    id: str
    at: datetime
    event: Literal["callback_confirmed"] = "callback_confirmed"
    callback_url: str | None = None
    """Which address answered; `None` for the one of the registration."""


@dataclass(frozen=True, slots=True)
class CallbackChanged:
    """The platform wants its notices elsewhere; the new address is in force once it answered."""

    id: str
    callback_url: str | None
    """`None`: from here on the platform polls."""
    at: datetime
    event: Literal["callback_changed"] = "callback_changed"


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """A platform may sign with one more key."""

    platform: str
    key_id: str
    public_key: str
    via: str
    """`signature` of a former key, `passcode` issued anew, or `reset` of the sandbox."""
    at: datetime
    event: Literal["key_added"] = "key_added"


@dataclass(frozen=True, slots=True)
class KeyLimited:
    """A key has a successor, and ends when their overlap does."""

    platform: str
    key_id: str
    valid_until: datetime
    at: datetime
    event: Literal["key_limited"] = "key_limited"


@dataclass(frozen=True, slots=True)
class KeyRetired:
    """A key ended in good order."""

    platform: str
    key_id: str
    at: datetime
    event: Literal["key_retired"] = "key_retired"


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """A key ended at once, because it was lost or in strange hands."""

    platform: str
    key_id: str
    reason: str
    at: datetime
    event: Literal["key_revoked"] = "key_revoked"


@dataclass(frozen=True, slots=True)
class PasscodeReissued:
    """The tester gave out a new passcode, which lets a registered platform come back once."""

    at: datetime
    event: Literal["passcode_reissued"] = "passcode_reissued"


@dataclass(frozen=True, slots=True)
class RegulatorKeyAnnounced:
    """From `valid_from` the regulator signs with this key; the former key vouches for it."""

    key_id: str
    number: int
    """Counted from 1, the key that the sandbox was opened with."""
    public_key: str
    valid_from: datetime
    vouched: str
    """The former key's signature, in base64."""
    at: datetime
    event: Literal["regulator_key_announced"] = "regulator_key_announced"


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
    event: Literal["declaration_received"] = "declaration_received"


@dataclass(frozen=True, slots=True)
class DeclarationAccepted:
    id: str
    authorization: str
    at: datetime
    event: Literal["declaration_accepted"] = "declaration_accepted"


@dataclass(frozen=True, slots=True)
class DeclarationRefused:
    id: str
    reason: str
    at: datetime
    event: Literal["declaration_refused"] = "declaration_refused"


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


@dataclass(frozen=True, slots=True)
class TransmissionAnnounced:
    id: str
    platform: str
    authorization: str
    authorization_version: int
    categories: tuple[str, ...]
    purpose: str
    recipient: str
    country: str
    records: int
    at: datetime
    decide_at: datetime | None
    event: Literal["transmission_announced"] = "transmission_announced"


@dataclass(frozen=True, slots=True)
class TransmissionAccepted:
    id: str
    at: datetime
    event: Literal["transmission_accepted"] = "transmission_accepted"


@dataclass(frozen=True, slots=True)
class TransmissionRefused:
    id: str
    reason: str
    at: datetime
    event: Literal["transmission_refused"] = "transmission_refused"


@dataclass(frozen=True, slots=True)
class FeedTaken:
    """One accepted feed event."""

    transmission: str
    sequence: int
    type: str
    records: int
    bytes: int
    payload: str | None
    categories: tuple[str, ...]
    recipient: str
    country: str
    at: datetime
    event: Literal["feed_taken"] = "feed_taken"


@dataclass(frozen=True, slots=True)
class TransmissionClosed:
    id: str
    outcome: str
    records: int
    bytes: int
    payloads: tuple[str, ...]
    at: datetime
    event: Literal["transmission_closed"] = "transmission_closed"


@dataclass(frozen=True, slots=True)
class LineageItem:
    """One record's origin; see messages.lineage.LineageEntry."""

    payload: str
    source: str
    rule_version: str
    transmission: str
    recipient: str
    country: str
    categories: tuple[str, ...]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class LineageRecorded:
    platform: str
    items: tuple[LineageItem, ...]
    at: datetime
    event: Literal["lineage_recorded"] = "lineage_recorded"


@dataclass(frozen=True, slots=True)
class AlertRaised:
    id: str
    rule: str
    platform: str
    transmission: str | None
    authorization: str | None
    detail: str
    at: datetime
    event: Literal["alert_raised"] = "alert_raised"


@dataclass(frozen=True, slots=True)
class ExportStopped:
    """An order to halt at once; `authorization` is `None` for the whole platform."""

    platform: str
    authorization: str | None
    reason: str
    at: datetime
    event: Literal["export_stopped"] = "export_stopped"


@dataclass(frozen=True, slots=True)
class ExportSuspended:
    """A suspension within a case, for the whole platform; `deadline` is 30 days later."""

    platform: str
    case: str
    deadline: datetime
    at: datetime
    event: Literal["export_suspended"] = "export_suspended"


@dataclass(frozen=True, slots=True)
class ExportLifted:
    """Ends every stop and suspension of the scope; `authorization` is `None` for the whole
    platform."""

    platform: str
    authorization: str | None
    case: str | None
    at: datetime
    event: Literal["export_lifted"] = "export_lifted"


@dataclass(frozen=True, slots=True)
class InspectionOpened:
    """An unannounced inspection opens a case."""

    case: str
    platform: str
    reason: str
    at: datetime
    event: Literal["inspection_opened"] = "inspection_opened"


@dataclass(frozen=True, slots=True)
class MaterialHandedIn:
    case: str
    number: int
    title: str
    document_date: date
    digest: str
    sealed: bool
    uscc: str
    at: datetime
    event: Literal["material_handed_in"] = "material_handed_in"


@dataclass(frozen=True, slots=True)
class ReinspectionRequested:
    """The platform asked for its re-inspection."""

    case: str
    at: datetime
    decide_at: datetime | None
    """When the policy decides; `None` waits for a tester."""
    event: Literal["reinspection_requested"] = "reinspection_requested"


@dataclass(frozen=True, slots=True)
class ReinspectionDecided:
    """The re-inspection; an empty `missing` means that it was passed."""

    case: str
    missing: tuple[str, ...]
    at: datetime
    event: Literal["reinspection_decided"] = "reinspection_decided"


@dataclass(frozen=True, slots=True)
class DeadlineNeared:
    """A case's deadline is near; recorded so that the platform is warned once."""

    case: str
    at: datetime
    event: Literal["deadline_neared"] = "deadline_neared"


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A case's 30 days ran out before the re-inspection was passed."""

    case: str
    at: datetime
    event: Literal["deadline_passed"] = "deadline_passed"


@dataclass(frozen=True, slots=True)
class HandlerDescribed:
    """What the platform says of itself as a handler of data; the latest word holds."""

    platform: str
    handled_persons: int
    critical_operator: bool
    important_data: bool
    at: datetime
    event: Literal["handler_described"] = "handler_described"


@dataclass(frozen=True, slots=True)
class PersonsCounted:
    """Persons whose data left in a year, those whom this message made known in this way.

    Each person is a token of 16 bytes; the tokens stand one after another, in base64.
    """

    platform: str
    year: int
    recipient: str
    ordinary: str
    sensitive: str
    exempt: bool
    """All of it left under an exemption."""
    at: datetime
    event: Literal["persons_counted"] = "persons_counted"


@dataclass(frozen=True, slots=True)
class ContractReceived:
    """A standard contract was handed in to be filed."""

    id: str
    platform: str
    recipient: str
    country: str
    effective_on: date
    ends_on: date | None
    """Its last day; `None` where it has no end."""
    pipia_on: date
    materials: dict[str, str]
    """Digests, by the name of the material."""
    replaces: str | None
    """The filed contract whose place it takes once it is filed itself."""
    file_by: date
    """The last day on which it was handed in in time."""
    at: datetime
    decide_at: datetime | None
    event: Literal["contract_received"] = "contract_received"


@dataclass(frozen=True, slots=True)
class ContractFiled:
    id: str
    number: str
    """The filing number."""
    at: datetime
    event: Literal["contract_filed"] = "contract_filed"


@dataclass(frozen=True, slots=True)
class ContractReturned:
    id: str
    reasons: tuple[str, ...]
    supplement_by: datetime
    at: datetime
    event: Literal["contract_returned"] = "contract_returned"


@dataclass(frozen=True, slots=True)
class ContractSupplemented:
    """Handed in again within the time; `materials` holds those that are new or replaced."""

    id: str
    pipia_on: date
    materials: dict[str, str]
    at: datetime
    decide_at: datetime | None
    event: Literal["contract_supplemented"] = "contract_supplemented"


@dataclass(frozen=True, slots=True)
class ContractLapsed:
    """It was returned and not supplemented in time; it can only be handed in anew."""

    id: str
    at: datetime
    event: Literal["contract_lapsed"] = "contract_lapsed"


@dataclass(frozen=True, slots=True)
class ContractEnded:
    """Nothing may leave under it from here."""

    id: str
    reason: str
    at: datetime
    event: Literal["contract_ended"] = "contract_ended"


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


@dataclass(frozen=True, slots=True)
class NoticeIssued:
    id: str
    platform: str
    sequence: int
    type: str
    subject: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    event: Literal["notice_issued"] = "notice_issued"


@dataclass(frozen=True, slots=True)
class NoticeAcknowledged:
    id: str
    via: str
    """`callback` or `interface`."""
    at: datetime
    event: Literal["notice_acknowledged"] = "notice_acknowledged"


@dataclass(frozen=True, slots=True)
class NoticeOverdue:
    """Nobody acknowledged the notice within the limit; recorded once, whatever comes after."""

    id: str
    limit_s: float
    """Wall time, from the first delivery; for a platform that polls, from the issue."""
    at: datetime
    event: Literal["notice_overdue"] = "notice_overdue"


@dataclass(frozen=True, slots=True)
class NoticeGivenUp:
    """The last attempt failed: the notice is a dead letter, which can still be read and
    acknowledged."""

    id: str
    attempts: int
    """All that were made so far."""
    reason: str
    at: datetime
    event: Literal["notice_given_up"] = "notice_given_up"


@dataclass(frozen=True, slots=True)
class NoticeRedelivered:
    """A dead letter gets a new round of attempts."""

    id: str
    by: str
    """`platform` or `tester`."""
    at: datetime
    event: Literal["notice_redelivered"] = "notice_redelivered"


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Which decisions the regulator takes at once, after a time (seconds of sandbox time), or by
    hand."""

    declarations: str
    transmissions: str
    reinspections: str
    after_s: float
    at: datetime
    contracts: str = "immediate"
    certifications: str = "immediate"
    event: Literal["policy_changed"] = "policy_changed"


@dataclass(frozen=True, slots=True)
class RatesSet:
    """How many requests may come, per platform and from all together; `None` is no limit."""

    platform_per_s: float | None
    platform_burst: int
    sandbox_per_s: float | None
    sandbox_burst: int
    at: datetime
    event: Literal["rates_set"] = "rates_set"


Event = Annotated[
    PlatformRegistered
    | CallbackConfirmed
    | CallbackChanged
    | KeyAdded
    | KeyLimited
    | KeyRetired
    | KeyRevoked
    | PasscodeReissued
    | RegulatorKeyAnnounced
    | DeclarationReceived
    | DeclarationAccepted
    | DeclarationRefused
    | AuthorizationGranted
    | AuthorizationRevoked
    | AuthorizationExpired
    | TransmissionAnnounced
    | TransmissionAccepted
    | TransmissionRefused
    | FeedTaken
    | TransmissionClosed
    | LineageRecorded
    | AlertRaised
    | ExportStopped
    | ExportSuspended
    | ExportLifted
    | InspectionOpened
    | MaterialHandedIn
    | ReinspectionRequested
    | ReinspectionDecided
    | DeadlineNeared
    | DeadlinePassed
    | HandlerDescribed
    | PersonsCounted
    | ContractReceived
    | ContractFiled
    | ContractReturned
    | ContractSupplemented
    | ContractLapsed
    | ContractEnded
    | CertificationRequested
    | CertificationVerified
    | CertificationGranted
    | CertificationFaulted
    | CertificationRectified
    | CertificationTerminated
    | CertificationSuspended
    | CertificationRestored
    | CertificationRevoked
    | CertificationExpired
    | NoticeIssued
    | NoticeAcknowledged
    | NoticeOverdue
    | NoticeGivenUp
    | NoticeRedelivered
    | PolicyChanged
    | RatesSet,
    Field(discriminator="event"),
]
