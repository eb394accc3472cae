"""Everything the regulator knows about one sandbox: a fold over its own decisions and nothing else.

The dictionaries are changed in place, the aggregates in them never. Whoever folds the same events
anew gets an equal state, so that a restart decides nothing again. How an event is kept, its own
lifecycle says (`keeping`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from simulator.journal.events import Event
from simulator.journal.events.alert import AlertRaised
from simulator.journal.events.headcount import HandlerDescribed
from simulator.journal.events.lineage import LineageItem
from simulator.journal.events.rates import RatesSet
from simulator.law.packs import RulePack, governing, pack
from simulator.law.working_days import china_date
from simulator.messages.suites import DEFAULT
from simulator.regulator.keeping import counted_in, folds
from simulator.regulator.lifecycle.alert import Alert
from simulator.regulator.lifecycle.authorization import Authorization
from simulator.regulator.lifecycle.case import Case
from simulator.regulator.lifecycle.certification import Certification
from simulator.regulator.lifecycle.consequence import Consequence
from simulator.regulator.lifecycle.contract import Contract
from simulator.regulator.lifecycle.declared import Declaration
from simulator.regulator.lifecycle.feed import Fed
from simulator.regulator.lifecycle.headcount import Marks, Tallies
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.lifecycle.inspection import Inspection
from simulator.regulator.lifecycle.key import Key
from simulator.regulator.lifecycle.notice import Notice
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
        folds()[type(event)](self, event)

    def fold_all(self, events: Iterable[Event]) -> None:
        """Make `events` part of what is known, in order."""
        fold_of = folds()
        for event in events:
            fold_of[type(event)](self, event)

    def next_id(self, prefix: str) -> str:
        """The id of the next aggregate of a kind, such as `dcl`."""
        return next(self.new_ids(prefix))

    def new_ids(self, prefix: str) -> Iterator[str]:
        """The ids of the next aggregates, for those who make several before they are folded."""
        known = len(getattr(self, counted_in()[prefix]))
        return (f"{prefix}-{number}" for number in count(known + 1))

    def fed_of(self, transmission: str) -> Fed:
        """What its feed has said so far; nothing, before it said anything."""
        return self.feeds.get(transmission) or Fed()

    def notices_of(self, platform: str) -> list[str]:
        """Ids of all its notices, not to be changed; sequence `n` stands at `n - 1`."""
        return self.notices_by_platform.get(platform, [])
