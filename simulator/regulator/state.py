"""Everything the regulator knows about one sandbox: a fold over its own decisions and nothing else.

The dictionaries are changed in place, the aggregates in them never. Whoever folds the same events
anew gets an equal state, so that a restart decides nothing again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count, groupby
from typing import Any, get_args

from simulator.journal.events import Event
from simulator.journal.events.alert import (
    AlertAcknowledged,
    AlertClosed,
    AlertEscalated,
    AlertRaised,
)
from simulator.journal.events.authorization import (
    AuthorizationExpired,
    AuthorizationGranted,
    AuthorizationRevoked,
)
from simulator.journal.events.case import (
    DeadlineNeared,
    DeadlinePassed,
    DeadlineReached,
    InspectionOpened,
    MaterialHandedIn,
    ReinspectionDecided,
    ReinspectionRequested,
)
from simulator.journal.events.certification import (
    CertificationEvent,
    CertificationExpired,
    CertificationFaulted,
    CertificationGranted,
    CertificationRectified,
    CertificationRequested,
    CertificationRestored,
    CertificationRevoked,
    CertificationSuspended,
    CertificationTerminated,
    CertificationVerified,
)
from simulator.journal.events.contract import (
    ContractEnded,
    ContractEvent,
    ContractFiled,
    ContractLapsed,
    ContractReceived,
    ContractReturned,
    ContractSupplemented,
)
from simulator.journal.events.declaration import DeclarationEvent
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.headcount import HandlerDescribed, PersonsCounted
from simulator.journal.events.inspection import (
    SampleAnswered,
    SampleOverdue,
    SampleRequested,
    SampleVoided,
)
from simulator.journal.events.key import (
    KeyAdded,
    KeyLimited,
    KeyRetired,
    KeyRevoked,
    PasscodeReissued,
)
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.journal.events.notice import (
    NoticeAcknowledged,
    NoticeEvent,
    NoticeGivenUp,
    NoticeIssued,
    NoticeOverdue,
    NoticeRedelivered,
)
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from simulator.journal.events.planned_order import (
    OrderCancelled,
    OrderCarriedOut,
    OrderPlanned,
    OrderVoided,
)
from simulator.journal.events.policy import PolicyChanged
from simulator.journal.events.rates import RatesSet
from simulator.journal.events.registration import (
    CallbackChanged,
    CallbackConfirmed,
    PlatformRegistered,
)
from simulator.journal.events.regulator_key import RegulatorKeyAnnounced
from simulator.journal.events.script import ScriptEnded, ScriptSet, ScriptStepped
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
    TransmissionRefused,
)
from simulator.law.packs import RulePack, governing, pack
from simulator.law.working_days import china_date
from simulator.messages.suites import DEFAULT
from simulator.regulator.lifecycle import (
    alert,
    authorization,
    case,
    certification,
    consequence,
    contract,
    declared,
    feed,
    headcount,
    inspection,
    key,
    lineage,
    notice,
    order,
    planned_order,
    policy,
    registration,
    regulator_key,
    resting,
    script,
    transmission,
)
from simulator.regulator.lifecycle.alert import Alert
from simulator.regulator.lifecycle.authorization import Authorization
from simulator.regulator.lifecycle.case import Case
from simulator.regulator.lifecycle.certification import Certification
from simulator.regulator.lifecycle.consequence import Consequence
from simulator.regulator.lifecycle.contract import Contract
from simulator.regulator.lifecycle.declared import WAITING, Declaration
from simulator.regulator.lifecycle.feed import Fed
from simulator.regulator.lifecycle.headcount import Marks, Tallies
from simulator.regulator.lifecycle.inspection import Inspection
from simulator.regulator.lifecycle.key import Key
from simulator.regulator.lifecycle.notice import Notice
from simulator.regulator.lifecycle.order import Orders
from simulator.regulator.lifecycle.planned_order import PlannedOrder
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.lifecycle.registration import Registration
from simulator.regulator.lifecycle.regulator_key import RegulatorKey
from simulator.regulator.lifecycle.script import Script
from simulator.regulator.lifecycle.transmission import Transmission


@dataclass
class RegulatorState:
    """Start it empty, open it with the policy of the sandbox, and fold."""

    policy: Policy = field(default_factory=Policy)
    rule_pack: str = "r2022"
    """What the sandbox was opened with; `law_at` says what is in force."""
    begun_on: date = date(2023, 6, 1)
    """The day in China on which the sandbox's time begins."""
    suite: str = DEFAULT
    """What everybody in the sandbox signs with."""
    registrations: dict[str, Registration] = field(default_factory=dict)
    declarations: dict[str, Declaration] = field(default_factory=dict)
    authorizations: dict[str, Authorization] = field(default_factory=dict)
    transmissions: dict[str, Transmission] = field(default_factory=dict)
    feeds: dict[str, Fed] = field(default_factory=dict)
    """By transmission."""
    cases: dict[str, Case] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    certifications: dict[str, Certification] = field(default_factory=dict)
    outside_scope: dict[str, AlertRaised] = field(default_factory=dict)
    """By certification in use: the first alert that its export does not match its scope."""
    handlers: dict[str, HandlerDescribed] = field(default_factory=dict)
    """By platform, its latest word."""
    persons: dict[tuple[str, int], Marks] = field(default_factory=dict)
    """By platform and year; changed in place, since it may hold millions."""
    tallies: dict[tuple[str, int], Tallies] = field(default_factory=dict)
    """By platform and year."""
    notices: dict[str, Notice] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    inspections: dict[str, Inspection] = field(default_factory=dict)
    """Samples that the regulator asked for."""
    orders: dict[str, PlannedOrder] = field(default_factory=dict)
    """Orders with a time of their own, whatever became of them."""
    scripts: dict[str, Script] = field(default_factory=dict)
    lineage: dict[tuple[str, str], tuple[LineageItem, ...]] = field(default_factory=dict)
    """By platform and payload digest."""
    platform_of_key: dict[str, str] = field(default_factory=dict)
    """By the `keyid` of its signatures."""
    keys: dict[str, Key] = field(default_factory=dict)
    """Every platform's keys, by their `keyid`, the newest last."""
    regulator_keys: dict[str, RegulatorKey] = field(default_factory=dict)
    """The regulator's own, by the `keyid` of its notices, the newest last."""
    rates: RatesSet | None = None
    """The rates that a tester has set; `None` before."""
    passcode_reissued: bool = False
    """Whether a new passcode waits for a platform that lost its keys."""
    stops: dict[str, Orders] = field(default_factory=dict)
    """By platform; who is not in it is not halted."""
    undecided: dict[str, datetime | None] = field(default_factory=dict)
    """What waits for a decision, and when it comes; `None` waits for a tester."""
    unanswered: dict[str, datetime] = field(default_factory=dict)
    """Samples that wait for an answer, and the wall time at which it is late."""
    unexplained: dict[str, datetime | None] = field(default_factory=dict)
    """Alerts without an explanation, and when they are escalated; `None` never."""
    pending_orders: dict[str, datetime | None] = field(default_factory=dict)
    """Orders that wait for their time; `None` waits for a tester."""
    consequences: dict[str, Consequence] = field(default_factory=dict)
    """What is to follow at once, by the id of the alert or sample that leads to it."""
    seed: int = 0
    """Of the sandbox."""
    open_transmissions: dict[str, None] = field(default_factory=dict)
    """Accepted and not closed, in order."""
    unacknowledged: dict[str, None] = field(default_factory=dict)
    """Notices that no platform has acknowledged, in order."""
    notices_by_platform: dict[str, list[str]] = field(default_factory=dict)

    def open(
        self,
        policy: dict[str, Any],
        *,
        rule_pack: str = "r2022",
        starts_at: datetime | None = None,
    ) -> None:
        """Take the policy and the law that the sandbox was opened with; events come after."""
        self.policy = Policy(**policy)
        self.rule_pack = rule_pack
        if starts_at is not None:
            self.begun_on = china_date(starts_at)

    def law_at(self, now: datetime) -> RulePack:
        """The rule pack in force at this moment; the one place where the regulator asks."""
        return governing(pack(self.rule_pack), self.begun_on, china_date(now))

    def fold(self, event: Event) -> None:
        """Make `event` part of what is known."""
        _FOLDS[type(event)](self, event)

    def fold_all(self, events: Iterable[Event]) -> None:
        """Make `events` part of what is known, in order."""
        for event in events:
            _FOLDS[type(event)](self, event)

    def next_id(self, prefix: str) -> str:
        """The id of the next aggregate of a kind: reg, dcl, aut, trm, ntc, alr, ins, cas,
        ord or scr."""
        return next(self.new_ids(prefix))

    def new_ids(self, prefix: str) -> Iterator[str]:
        """The ids of the next aggregates, for those who make several before they are folded."""
        known: dict[str, int] = {
            "reg": len(self.registrations),
            "dcl": len(self.declarations),
            "aut": len(self.authorizations),
            "trm": len(self.transmissions),
            "ntc": len(self.notices),
            "alr": len(self.alerts),
            "ins": len(self.inspections),
            "cas": len(self.cases),
            "con": len(self.contracts),
            "cer": len(self.certifications),
            "ord": len(self.orders),
            "scr": len(self.scripts),
        }
        return (f"{prefix}-{number}" for number in count(known[prefix] + 1))

    def fed_of(self, transmission: str) -> Fed:
        """What its feed has said so far; nothing, before it said anything."""
        return self.feeds.get(transmission) or Fed()

    def notices_of(self, platform: str) -> list[str]:
        """Ids of all its notices, not to be changed; sequence `n` stands at `n - 1`."""
        return self.notices_by_platform.get(platform, [])


def _registration(
    state: RegulatorState, event: PlatformRegistered | CallbackConfirmed | CallbackChanged
) -> None:
    former = state.registrations.get(event.id)
    state.registrations[event.id] = registration.evolve(former, event)
    if isinstance(event, PlatformRegistered):
        state.platform_of_key[event.key_id] = event.id
        state.keys[event.key_id] = key.evolve(None, event)


def _key(state: RegulatorState, event: KeyAdded | KeyLimited | KeyRetired | KeyRevoked) -> None:
    if isinstance(event, KeyAdded):
        former = state.keys.pop(event.key_id, None)  # The newest is last.
        state.platform_of_key[event.key_id] = event.platform
        if event.via == "passcode":
            state.passcode_reissued = False
    else:
        former = state.keys[event.key_id]
    state.keys[event.key_id] = key.evolve(former, event)


def _passcode(state: RegulatorState, event: PasscodeReissued) -> None:
    state.passcode_reissued = True


def _regulator_key(state: RegulatorState, event: RegulatorKeyAnnounced) -> None:
    state.regulator_keys[event.key_id] = regulator_key.evolve(None, event)


def _declaration(state: RegulatorState, event: DeclarationEvent) -> None:
    held = declared.evolve(state.declarations.get(event.id), event)
    state.declarations[event.id] = held
    if held.status in WAITING:
        state.undecided[event.id] = held.decide_at
    else:
        state.undecided.pop(event.id, None)


def _authorization(
    state: RegulatorState,
    event: AuthorizationGranted | AuthorizationRevoked | AuthorizationExpired,
) -> None:
    former = state.authorizations.get(event.id)
    state.authorizations[event.id] = authorization.evolve(former, event)


def _announced(state: RegulatorState, event: TransmissionAnnounced) -> None:
    state.transmissions[event.id] = transmission.evolve(None, event)
    state.undecided[event.id] = event.decide_at
    _use(state, event, event.records)


def _accepted(state: RegulatorState, event: TransmissionAccepted) -> None:
    state.transmissions[event.id] = transmission.evolve(state.transmissions[event.id], event)
    state.undecided.pop(event.id, None)
    state.open_transmissions[event.id] = None


def _ended(state: RegulatorState, event: TransmissionRefused | TransmissionClosed) -> None:
    former = state.transmissions[event.id]
    state.transmissions[event.id] = transmission.evolve(former, event)
    state.undecided.pop(event.id, None)
    state.open_transmissions.pop(event.id, None)
    _use(state, former.announced, -transmission.given_back(former.announced, event))


def _use(state: RegulatorState, announced: TransmissionAnnounced, records: int) -> None:
    held = state.authorizations[announced.authorization]
    used = authorization.use(held, announced.authorization_version, records)
    state.authorizations[announced.authorization] = used


def _fed(state: RegulatorState, event: FeedTaken) -> None:
    state.feeds[event.transmission] = feed.evolve(state.fed_of(event.transmission), event)


def _lineage(state: RegulatorState, event: LineageRecorded) -> None:
    """Neighbours of one payload are added at once, so that it is not copied once a record."""
    for payload, items in groupby(event.items, key=lambda item: item.payload):
        key = (event.platform, payload)
        state.lineage[key] = lineage.evolve(state.lineage.get(key, ()), tuple(items))


def _alert(
    state: RegulatorState, event: AlertRaised | AlertAcknowledged | AlertClosed | AlertEscalated
) -> None:
    state.alerts[event.id] = alert.evolve(state.alerts.get(event.id), event)
    if isinstance(event, AlertRaised):
        limit_s = state.policy.alert_answered_s
        escalate_at = None if limit_s is None else event.at + timedelta(seconds=limit_s)
        state.unexplained[event.id] = escalate_at
    else:
        state.unexplained.pop(event.id, None)
    if isinstance(event, AlertAcknowledged):
        state.undecided[event.id] = event.decide_at
    else:
        state.undecided.pop(event.id, None)
    if isinstance(event, AlertRaised | AlertEscalated):
        _led_to(state, event)
    if isinstance(event, AlertRaised):
        _outside_scope(state, event)


def _inspection(
    state: RegulatorState,
    event: SampleRequested | SampleAnswered | SampleOverdue | SampleVoided,
) -> None:
    state.inspections[event.id] = inspection.evolve(state.inspections.get(event.id), event)
    if isinstance(event, SampleRequested):
        state.unanswered[event.id] = event.answer_by
    else:
        state.unanswered.pop(event.id, None)
    if isinstance(event, SampleAnswered | SampleOverdue):
        _led_to(state, event)


def _led_to(
    state: RegulatorState, event: AlertRaised | AlertEscalated | SampleAnswered | SampleOverdue
) -> None:
    follows = consequence.of(state, event)
    if follows is not None:
        state.consequences[event.id] = follows


def _order(
    state: RegulatorState,
    event: OrderPlanned | OrderCarriedOut | OrderVoided | OrderCancelled,
) -> None:
    state.orders[event.id] = planned_order.evolve(state.orders.get(event.id), event)
    if isinstance(event, OrderPlanned):
        state.pending_orders[event.id] = event.due_at
        state.consequences.pop(event.because or "", None)
    else:
        state.pending_orders.pop(event.id, None)


def _script(state: RegulatorState, event: ScriptSet | ScriptStepped | ScriptEnded) -> None:
    state.scripts[event.id] = script.evolve(state.scripts.get(event.id), event)


def _outside_scope(state: RegulatorState, event: AlertRaised) -> None:
    held = state.certifications.get(resting.certification_of(state, event.authorization) or "")
    if held is not None and held.status == "certified" and event.rule in certification.SCOPE_RULES:
        state.outside_scope.setdefault(held.id, event)


def _orders(state: RegulatorState, event: ExportStopped | ExportSuspended | ExportLifted) -> None:
    former = state.stops.get(event.platform, Orders())
    state.stops[event.platform] = order.evolve(former, event)
    if not isinstance(event, ExportStopped) and event.case is not None:
        state.cases[event.case] = case.evolve(state.cases[event.case], event)
        if isinstance(event, ExportLifted):
            state.undecided.pop(event.case, None)


def _case(
    state: RegulatorState,
    event: InspectionOpened
    | MaterialHandedIn
    | ReinspectionRequested
    | ReinspectionDecided
    | DeadlineNeared
    | DeadlineReached
    | DeadlinePassed,
) -> None:
    state.cases[event.case] = case.evolve(state.cases.get(event.case), event)
    if isinstance(event, ReinspectionRequested):
        state.undecided[event.case] = event.decide_at
    elif isinstance(event, ReinspectionDecided | DeadlinePassed):
        state.undecided.pop(event.case, None)


def _contract(state: RegulatorState, event: ContractEvent) -> None:
    state.contracts[event.id] = contract.evolve(state.contracts.get(event.id), event)
    if isinstance(event, ContractReceived | ContractSupplemented):
        state.undecided[event.id] = event.decide_at
    else:
        state.undecided.pop(event.id, None)


def _certification(state: RegulatorState, event: CertificationEvent) -> None:
    former = state.certifications.get(event.id)
    held = state.certifications[event.id] = certification.evolve(former, event)
    if held.status != "certified":
        state.outside_scope.pop(event.id, None)
    if isinstance(event, CertificationRequested | CertificationVerified | CertificationRectified):
        state.undecided[event.id] = event.decide_at
    else:
        state.undecided.pop(event.id, None)


def _handler(state: RegulatorState, event: HandlerDescribed) -> None:
    state.handlers[event.platform] = event


def _persons(state: RegulatorState, event: PersonsCounted) -> None:
    """Only two years can still be asked for; older ones are forgotten."""
    key, former = (event.platform, event.year), (event.platform, event.year - 1)
    state.tallies[key] = headcount.mark(
        state.persons.setdefault(key, {}),
        state.persons.get(former, {}),
        headcount.tallies_of(state, event.platform, event.year),
        event,
    )
    for platform, year in list(state.persons):
        if platform == event.platform and year < event.year - 1:
            del state.persons[platform, year], state.tallies[platform, year]


def _notice(state: RegulatorState, event: NoticeEvent) -> None:
    state.notices[event.id] = notice.evolve(state.notices.get(event.id), event)
    if isinstance(event, NoticeIssued):
        state.unacknowledged[event.id] = None
        state.notices_by_platform.setdefault(event.platform, []).append(event.id)
    elif isinstance(event, NoticeAcknowledged):
        state.unacknowledged.pop(event.id, None)


def _rate(state: RegulatorState, event: RatesSet) -> None:
    state.rates = event


def _policy(state: RegulatorState, event: PolicyChanged) -> None:
    state.policy = policy.evolve(event)


_FOLDS: dict[type, Callable[[RegulatorState, Any], None]] = {
    PlatformRegistered: _registration,
    CallbackConfirmed: _registration,
    CallbackChanged: _registration,
    KeyAdded: _key,
    KeyLimited: _key,
    KeyRetired: _key,
    KeyRevoked: _key,
    PasscodeReissued: _passcode,
    RegulatorKeyAnnounced: _regulator_key,
    **dict.fromkeys(get_args(DeclarationEvent), _declaration),
    AuthorizationGranted: _authorization,
    AuthorizationRevoked: _authorization,
    AuthorizationExpired: _authorization,
    TransmissionAnnounced: _announced,
    TransmissionAccepted: _accepted,
    TransmissionRefused: _ended,
    TransmissionClosed: _ended,
    FeedTaken: _fed,
    LineageRecorded: _lineage,
    AlertRaised: _alert,
    AlertAcknowledged: _alert,
    AlertClosed: _alert,
    AlertEscalated: _alert,
    SampleRequested: _inspection,
    SampleAnswered: _inspection,
    SampleOverdue: _inspection,
    SampleVoided: _inspection,
    OrderPlanned: _order,
    OrderCarriedOut: _order,
    OrderVoided: _order,
    OrderCancelled: _order,
    ScriptSet: _script,
    ScriptStepped: _script,
    ScriptEnded: _script,
    ExportStopped: _orders,
    ExportSuspended: _orders,
    ExportLifted: _orders,
    InspectionOpened: _case,
    MaterialHandedIn: _case,
    ReinspectionRequested: _case,
    ReinspectionDecided: _case,
    DeadlineNeared: _case,
    DeadlineReached: _case,
    DeadlinePassed: _case,
    ContractReceived: _contract,
    ContractFiled: _contract,
    ContractReturned: _contract,
    ContractSupplemented: _contract,
    ContractLapsed: _contract,
    ContractEnded: _contract,
    CertificationExpired: _certification,
    CertificationFaulted: _certification,
    CertificationGranted: _certification,
    CertificationRectified: _certification,
    CertificationRequested: _certification,
    CertificationRestored: _certification,
    CertificationRevoked: _certification,
    CertificationSuspended: _certification,
    CertificationTerminated: _certification,
    CertificationVerified: _certification,
    HandlerDescribed: _handler,
    PersonsCounted: _persons,
    NoticeIssued: _notice,
    NoticeAcknowledged: _notice,
    NoticeOverdue: _notice,
    NoticeGivenUp: _notice,
    NoticeRedelivered: _notice,
    PolicyChanged: _policy,
    RatesSet: _rate,
}
