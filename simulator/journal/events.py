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
    """When the regulator takes its next step; `None` waits for a tester."""
    manner: str = "immediate"
    """The policy's manner when it came; `statutory` takes every step at the end of its period."""
    self_assessed_on: date | None = None
    replaces: str | None = None
    event: Literal["declaration_received"] = "declaration_received"


@dataclass(frozen=True, slots=True)
class DeclarationAmended:
    """Amended or completed before the decision; the procedure begins anew with `content`."""

    id: str
    content: DeclarationReceived
    at: datetime
    event: Literal["declaration_amended"] = "declaration_amended"


@dataclass(frozen=True, slots=True)
class DeclarationWithdrawn:
    id: str
    at: datetime
    event: Literal["declaration_withdrawn"] = "declaration_withdrawn"


@dataclass(frozen=True, slots=True)
class DeclarationReturned:
    """Incomplete; `missing` names everything, once."""

    id: str
    missing: tuple[str, ...]
    at: datetime
    event: Literal["declaration_returned"] = "declaration_returned"


@dataclass(frozen=True, slots=True)
class DeclarationForwarded:
    """Complete, and with the national regulator."""

    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["declaration_forwarded"] = "declaration_forwarded"


@dataclass(frozen=True, slots=True)
class DeclarationAdmitted:
    """The assessment begins."""

    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["declaration_admitted"] = "declaration_admitted"


@dataclass(frozen=True, slots=True)
class DeclarationNotAdmitted:
    id: str
    reason: str
    at: datetime
    event: Literal["declaration_not_admitted"] = "declaration_not_admitted"


@dataclass(frozen=True, slots=True)
class SupplementAsked:
    """The assessment waits for the platform until `until`; `None` waits for a tester."""

    id: str
    items: tuple[str, ...]
    at: datetime
    until: datetime | None
    decide_at: datetime | None
    """When the assessment then ends, extended by as long as the platform was given."""
    event: Literal["supplement_asked"] = "supplement_asked"


@dataclass(frozen=True, slots=True)
class SupplementedItem:
    """What answers one item; see messages.declaration.SupplementItem."""

    number: int
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class DeclarationSupplemented:
    id: str
    items: tuple[SupplementedItem, ...]
    at: datetime
    decide_at: datetime | None
    event: Literal["declaration_supplemented"] = "declaration_supplemented"


@dataclass(frozen=True, slots=True)
class AssessmentExtended:
    """The assessment takes longer, by so many working days."""

    id: str
    working_days: int
    reason: str
    at: datetime
    decide_at: datetime | None
    event: Literal["assessment_extended"] = "assessment_extended"


@dataclass(frozen=True, slots=True)
class DeclarationTerminated:
    """The assessment ended without a result: nothing was supplemented."""

    id: str
    reason: str
    at: datetime
    event: Literal["declaration_terminated"] = "declaration_terminated"


@dataclass(frozen=True, slots=True)
class ReevaluationRequested:
    id: str
    reason: str
    at: datetime
    decide_at: datetime | None
    event: Literal["reevaluation_requested"] = "reevaluation_requested"


@dataclass(frozen=True, slots=True)
class DeclarationAccepted:
    id: str
    authorization: str
    at: datetime
    valid_until: datetime | None = None
    """End of the validity of the result; `None` in journals that knew of none."""
    expiring_at: datetime | None = None
    """When the last day begins on which an extension can be asked for; `None` where the calendar of
    working days does not reach so far."""
    event: Literal["declaration_accepted"] = "declaration_accepted"


@dataclass(frozen=True, slots=True)
class DeclarationRefused:
    id: str
    reason: str
    at: datetime
    false_material: bool = False
    """Refused because material was false on purpose."""
    event: Literal["declaration_refused"] = "declaration_refused"


@dataclass(frozen=True, slots=True)
class DeclarationExpiring:
    """Recorded so that the platform is told once."""

    id: str
    at: datetime
    event: Literal["declaration_expiring"] = "declaration_expiring"


@dataclass(frozen=True, slots=True)
class ExtensionRequested:
    id: str
    at: datetime
    decide_at: datetime | None
    event: Literal["extension_requested"] = "extension_requested"


@dataclass(frozen=True, slots=True)
class DeclarationExtended:
    id: str
    at: datetime
    valid_until: datetime
    expiring_at: datetime | None
    event: Literal["declaration_extended"] = "declaration_extended"


@dataclass(frozen=True, slots=True)
class ExtensionRefused:
    id: str
    reason: str
    at: datetime
    event: Literal["extension_refused"] = "extension_refused"


@dataclass(frozen=True, slots=True)
class DeclarationExpired:
    id: str
    at: datetime
    event: Literal["declaration_expired"] = "declaration_expired"


@dataclass(frozen=True, slots=True)
class ExportTerminated:
    """An order: the export no longer complies and ends; to continue, it is declared again."""

    id: str
    reason: str
    at: datetime
    event: Literal["export_terminated"] = "export_terminated"


@dataclass(frozen=True, slots=True)
class ChangeReported:
    """Something of article 14 changed: the export is closed until it is declared again."""

    id: str
    changes: tuple[str, ...]
    description: str
    at: datetime
    event: Literal["change_reported"] = "change_reported"


@dataclass(frozen=True, slots=True)
class DeclarationReplaced:
    """Its re-declaration, `by`, was accepted."""

    id: str
    by: str
    at: datetime
    event: Literal["declaration_replaced"] = "declaration_replaced"


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
class AlertAcknowledged:
    """The platform explained what the monitoring had noticed."""

    id: str
    explanation: str
    at: datetime
    decide_at: datetime | None = None
    """When the policy closes it; `None` waits for a tester."""
    event: Literal["alert_acknowledged"] = "alert_acknowledged"


@dataclass(frozen=True, slots=True)
class AlertClosed:
    """The explanation satisfies the regulator."""

    id: str
    reason: str
    at: datetime
    event: Literal["alert_closed"] = "alert_closed"


@dataclass(frozen=True, slots=True)
class AlertEscalated:
    """No explanation, or none that satisfies: the alert has a consequence of its own."""

    id: str
    reason: str
    at: datetime
    event: Literal["alert_escalated"] = "alert_escalated"


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
class SampleItem:
    """One payload drawn into a sample, and the transmission that it left in."""

    payload: str
    transmission: str


@dataclass(frozen=True, slots=True)
class SampleRequested:
    """A random sample of what left on one day in China is to be answered; `answer_by` is wall
    time."""

    id: str
    platform: str
    day: date
    items: tuple[SampleItem, ...]
    reason: str
    answer_by: datetime
    at: datetime
    event: Literal["sample_requested"] = "sample_requested"


@dataclass(frozen=True, slots=True)
class SampleMistake:
    """One thing in an answer that differs from the lineage on record."""

    payload: str
    source: str | None
    """The record, by the platform's own id; `None` where it is about the whole payload."""
    field: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class SampleAnswered:
    """The platform answered in time; without mistakes it answered right."""

    id: str
    mistakes: tuple[SampleMistake, ...]
    mistakes_left_out: int
    """How many more there were than are told."""
    at: datetime
    event: Literal["sample_answered"] = "sample_answered"


@dataclass(frozen=True, slots=True)
class SampleOverdue:
    """The time to answer was over before an answer came."""

    id: str
    at: datetime
    event: Literal["sample_overdue"] = "sample_overdue"


@dataclass(frozen=True, slots=True)
class SampleVoided:
    """Nothing had left on the day, so there was nothing to draw a sample from."""

    id: str
    platform: str
    day: date
    reason: str
    at: datetime
    event: Literal["sample_voided"] = "sample_voided"


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order says, whoever gives it; what its kind does not need stays as it is here."""

    order: str
    """`stop`, `suspend`, `lift`, `revoke`, `terminate_export`, `inspect`, `sample`, `grant` or
    `close`."""
    platform: str
    reason: str = ""
    authorization: str | None = None
    case: str | None = None
    recipient: str | None = None
    country: str | None = None
    categories: tuple[str, ...] | None = None
    quota_records: int = 0
    valid_for_s: float = 0.0
    size: int = 0
    """Payloads in a sample."""
    lifted_after_s: float | None = None
    """Sandbox time until what it brought about is lifted or closed again; `None` leaves it."""
    declaration: str | None = None


@dataclass(frozen=True, slots=True)
class OrderPlanned:
    """An order stands from here and takes effect later, or waits for a hand."""

    id: str
    terms: OrderTerms
    because: str | None
    """Id of the alert, inspection, order or script that led to it; `None` for a tester's wish."""
    at: datetime
    due_at: datetime | None
    """When it takes effect; `None` waits for a tester."""
    event: Literal["order_planned"] = "order_planned"


@dataclass(frozen=True, slots=True)
class OrderCarriedOut:
    """The order takes effect; what it brings about follows in the same entry."""

    id: str
    at: datetime
    event: Literal["order_carried_out"] = "order_carried_out"


@dataclass(frozen=True, slots=True)
class OrderVoided:
    """When its time came, the regulator's own rules did not allow it, or there was no use."""

    id: str
    reason: str
    at: datetime
    event: Literal["order_voided"] = "order_voided"


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """A tester withdrew it before its time."""

    id: str
    reason: str
    at: datetime
    event: Literal["order_cancelled"] = "order_cancelled"


@dataclass(frozen=True, slots=True)
class ScriptArrival:
    """When the script acts next, and how often it has acted in this way before."""

    kind: str
    """The order that it gives: `sample`, `inspect`, `stop` or `suspend`."""
    number: int
    at: datetime | None
    """`None` where the calendar of working days or the script ends before."""


@dataclass(frozen=True, slots=True)
class ScriptSet:
    """The regulator acts on its own from here: on average so often a working day, by chance from
    the sandbox's seed."""

    id: str
    samples_per_day: float
    inspections_per_day: float
    stops_per_day: float
    suspensions_per_day: float
    sample_size: int
    lifted_after_s: float
    until: datetime | None
    arrivals: tuple[ScriptArrival, ...]
    at: datetime
    event: Literal["script_set"] = "script_set"


@dataclass(frozen=True, slots=True)
class ScriptStepped:
    """The script acted; `next` is when it acts in this way again."""

    id: str
    next: ScriptArrival
    at: datetime
    event: Literal["script_stepped"] = "script_stepped"


@dataclass(frozen=True, slots=True)
class ScriptEnded:
    id: str
    reason: str
    at: datetime
    event: Literal["script_ended"] = "script_ended"


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
class DeadlineReached:
    """A case's 30 days ran out, and the policy does not fail it at once."""

    case: str
    at: datetime
    fail_at: datetime | None
    """When the case fails; `None` waits for a tester."""
    event: Literal["deadline_reached"] = "deadline_reached"


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
    samples: str = "immediate"
    inspections: str = "immediate"
    stops: str = "immediate"
    suspensions: str = "immediate"
    deadlines: str = "immediate"
    """Whether a case fails when its deadline has passed."""
    alerts: str = "manual"
    """Whether an alert that was explained is closed."""
    alert_answered_s: float | None = None
    """Sandbox time after which an alert without an explanation is escalated; `None`: never."""
    consequences: dict[str, str] = field(default_factory=dict)
    """The order that an alert's rule, a wrong or late sample, or an escalated alert leads to."""
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
    | DeclarationAmended
    | DeclarationWithdrawn
    | DeclarationReturned
    | DeclarationForwarded
    | DeclarationAdmitted
    | DeclarationNotAdmitted
    | SupplementAsked
    | DeclarationSupplemented
    | AssessmentExtended
    | DeclarationTerminated
    | ReevaluationRequested
    | DeclarationAccepted
    | DeclarationRefused
    | DeclarationExpiring
    | ExtensionRequested
    | DeclarationExtended
    | ExtensionRefused
    | DeclarationExpired
    | ExportTerminated
    | ChangeReported
    | DeclarationReplaced
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
    | AlertAcknowledged
    | AlertClosed
    | AlertEscalated
    | SampleRequested
    | SampleAnswered
    | SampleOverdue
    | SampleVoided
    | OrderPlanned
    | OrderCarriedOut
    | OrderVoided
    | OrderCancelled
    | ScriptSet
    | ScriptStepped
    | ScriptEnded
    | ExportStopped
    | ExportSuspended
    | ExportLifted
    | InspectionOpened
    | MaterialHandedIn
    | ReinspectionRequested
    | ReinspectionDecided
    | DeadlineNeared
    | DeadlineReached
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
