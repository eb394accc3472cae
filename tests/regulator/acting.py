"""A machine that gives commands to one regulator as a platform, a tester and time do, keeps every
event as the journal does, and holds what comes of it to what may never be."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.journal.events import Event
from simulator.journal.events.contract import ContractEnded
from simulator.journal.events.declaration import DeclarationAccepted, DeclarationExtended
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.headcount import PersonsCounted
from simulator.journal.events.inspection import SampleAnswered, SampleOverdue
from simulator.journal.events.registration import (
    CallbackChanged,
    CallbackConfirmed,
    PlatformRegistered,
)
from simulator.journal.events.transmission import TransmissionAccepted, TransmissionAnnounced
from simulator.journal.records import Decided, from_json, to_json
from simulator.law.calendar_years import years_after
from simulator.law.working_days import BeyondCalendar, china_date
from simulator.regulator import rules
from simulator.regulator.lifecycle import authorization, headcount, key, notice, periods, timers
from simulator.regulator.lifecycle.declared import IN_FORCE, REPLACEABLE, WAITING
from simulator.regulator.lifecycle.headcount import Tallies, Tally
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.lifecycle.moment import Moment
from simulator.regulator.lifecycle.policy import BY_ITSELF, Policy, change_to
from simulator.regulator.lifecycle.timers import Due
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.added import key_id, private_key, public_of
from tests.regulator.drawn import Taken, fold_as_drawn
from tests.regulator.lawful import USCC, sign

Outcome = tuple[Event, ...] | Refusal

BEGINS = {
    "r2022": datetime(2023, 6, 1, 9, tzinfo=UTC),
    "r2024": datetime(2024, 6, 3, 9, tzinfo=UTC),
    "r2026": datetime(2026, 3, 2, 4, tzinfo=UTC),
}
LAST = datetime(2036, 1, 1, tzinfo=UTC)
CALLBACK = "https://platform.example/notices"
MANNERS = st.sampled_from(["immediate", "immediate", "after", "manual", "manual", "statutory"])
KNOW_STATUTORY = ("declarations", "contracts")
OF_MANNER = tuple(
    each.name
    for each in fields(Policy)
    if each.name not in ("after_s", "alert_answered_s", "consequences")
)
SPANS = st.sampled_from(
    [timedelta(minutes=2)] * 4 + [timedelta(days=days) for days in (1, 1, 9, 31, 80, 400)]
)
CONSEQUENCES = st.sampled_from(
    [
        BY_ITSELF,
        {},
        dict.fromkeys([*rules.catalogued(), *BY_ITSELF], "stop"),
        dict.fromkeys([*rules.catalogued(), *BY_ITSELF], "suspend"),
        {**dict.fromkeys(rules.catalogued(), "sample"), **dict.fromkeys(BY_ITSELF, "inspect")},
    ]
)
SMALL = st.integers(1, 3)
PREFIX = {
    "declarations": "dcl",
    "authorizations": "aut",
    "contracts": "con",
    "certifications": "cer",
}
COPIED_DEEPLY_EVERY = 16


class Acting(RuleBasedStateMachine):
    """One platform before one regulator."""

    taken: ClassVar[Counter[Taken]] = Counter()
    """The drawn steps of all lives together."""

    def __init__(self) -> None:
        super().__init__()
        self.state = RegulatorState()
        self.now = BEGINS["r2022"]
        self.rule_pack = "r2022"
        self.journal: list[Event] = []
        self.submitted: set[str] = set()
        self.commands = 0
        self.beyond_calendar: set[Due] = set()
        """Timers that meet the end of the table of working days; nobody tries them again."""

    @initialize(
        rule_pack=st.sampled_from(sorted(BEGINS)),
        manner=MANNERS,
        calls_back=st.booleans(),
        answers=st.booleans(),
    )
    def begin(self, rule_pack: str, manner: str, calls_back: bool, answers: bool) -> None:
        """A platform whose callback does not answer its challenge polls instead."""
        self.rule_pack, self.now = rule_pack, BEGINS[rule_pack]
        self.state = self._opened()
        first = private_key(b"1")
        url = CALLBACK if calls_back else None
        self.append(
            (
                PlatformRegistered(
                    "reg-1", USCC, "Platform", key_id(first), public_of(first), url, self.now
                ),
            )
        )
        if calls_back:
            changed = CallbackChanged("reg-1", None, self.now)
            self.append((CallbackConfirmed("reg-1", self.now) if answers else changed,))
        self.change_policy(manner, "alerts", "manual", 3_600, None, BY_ITSELF)

    def _opened(self) -> RegulatorState:
        state = RegulatorState()
        state.open({}, rule_pack=self.rule_pack, starts_at=BEGINS[self.rule_pack])
        return state

    @property
    def at(self) -> Moment:
        return Moment(self.now, self.now, sign)

    def do(self, command: Callable[[], Outcome]) -> None:
        """Deciding folds nothing, so that a refused command changes nothing."""
        self.commands += 1
        deeply = self.commands % COPIED_DEEPLY_EVERY == 0
        before = copy.deepcopy(self.state) if deeply else _copied(self.state)
        try:
            outcome = command()
        except BeyondCalendar:  # Told as a refusal, wherever a command comes from.
            outcome = ()
        assert self.state == before
        if not isinstance(outcome, Refusal):
            self.append(outcome)

    def append(self, outcome: Sequence[Event]) -> None:
        """Folds and keeps what was decided, its notices included."""
        assert outcome == () or not any(
            isinstance(one, ContractEnded) and self.state.contracts[one.id].status != "filed"
            for one in outcome
        ) or not any(one.event == "authorization_revoked" for one in outcome)  # fmt: skip
        for one in (*outcome, *notice.issue_for(self.state, outcome, self.now)):
            self._check(one)
            fold_as_drawn(self.state, one, self.taken)
            self.journal.append(one)

    def _check(self, one: Event) -> None:
        """What may never be decided, seen at the moment of the decision."""
        assert one.at == self.now
        match one:
            case TransmissionAnnounced():
                assert self.state.authorizations[one.authorization].left_records >= one.records
                self.submitted.add(one.id)
            case TransmissionAccepted():
                assert one.id in self.submitted
                announced = self.state.transmissions[one.id].announced
                held = self.state.authorizations[announced.authorization]
                assert authorization.standing(self.state, held, self.now) == "active"
                assert announced.authorization_version == held.granted.version
            case FeedTaken():
                assert self.state.transmissions[one.transmission].status == "accepted"
                assert one.sequence not in self.state.fed_of(one.transmission).seen
            case SampleAnswered() | SampleOverdue():
                assert self.state.inspections[one.id].status == "requested"
            case DeclarationAccepted():
                assert one.id in self.submitted
                self._check_validity(one)
            case DeclarationExtended():
                former = self.state.declarations[one.id].valid_until
                years = self.state.law_at(self.now).extension_years
                assert former is not None, "extended without an end"
                assert years is not None, "extended under a law that knows no extension"
                last = years_after(periods.last_day_of(former), years)
                assert one.valid_until == periods.end_of_validity(last)
            case _ if one.event == "declaration_received":
                self.submitted.add(one.id)

    def _check_validity(self, accepted: DeclarationAccepted) -> None:
        if accepted.valid_until is not None:
            last = self.state.law_at(self.now).valid_until(china_date(self.now))
            assert accepted.valid_until == periods.end_of_validity(last)

    @rule(
        rest=MANNERS,
        odd=st.sampled_from(OF_MANNER),
        manner=MANNERS,
        after_s=st.sampled_from([60, 60, 3_600, 260_000]),
        answered_s=st.sampled_from([None, 60, 90_000]),
        consequences=CONSEQUENCES,
    )
    def change_policy(
        self,
        rest: str,
        odd: str,
        manner: str,
        after_s: float,
        answered_s: float | None,
        consequences: dict[str, str],
    ) -> None:
        """One manner for all, and another for one of them."""
        manners = {**dict.fromkeys(OF_MANNER, rest), odd: manner}
        for name in OF_MANNER:
            if manners[name] == "statutory" and name not in KNOW_STATUTORY:
                manners[name] = "after"
        asked: dict[str, Any] = {
            **manners,
            "after_s": after_s,
            "alert_answered_s": answered_s,
            "consequences": consequences,
        }
        self.do(lambda: change_to(Policy(**asked), self.now))

    @rule(span=SPANS)
    def pass_time(self, span: timedelta) -> None:
        """Everything that falls due happens at its own time, and nothing is due for ever."""
        until = min(self.now + span, LAST)
        while pending := self._due(until):
            first = pending[0]
            self.now = max(self.now, first.at)
            try:
                events = timers.run(self.state, first, self.now, sign, self.now)
            except BeyondCalendar:
                self.beyond_calendar.add(first)
                continue
            assert events, f"{first} would be due for ever"
            self.append(events)
        self.now = until

    @rule()
    def pass_time_to_the_next(self) -> None:
        pending = self._due(LAST)
        if pending and pending[0].at > self.now:
            self.pass_time(pending[0].at - self.now)

    def _due(self, until: datetime) -> list[Due]:
        return [
            one
            for one in (
                *timers.due(self.state, until),
                *timers.overdue(self.state, self.now, self.now),
            )
            if one not in self.beyond_calendar
        ]

    def pick(self, kind: str, newest: int) -> str:
        """The newest, the second newest and so on, as far as there are any; else an id that names
        nothing."""
        ids = list(getattr(self.state, kind))
        return ids[-min(newest, len(ids))] if ids else f"{PREFIX.get(kind, 'none')}-99"

    @invariant()
    def nothing_is_that_may_never_be(self) -> None:
        self.one_case_at_most_suspends_the_platform()
        self.quotas_are_kept()
        self.notices_are_numbered_without_gaps()
        self.what_waits_is_kept_beside_what_it_waits_for()
        self.nothing_may_leave_on_what_is_not_in_force()
        self.who_was_accepted_holds_an_authorization()
        self.a_dead_key_never_signs()
        self.persons_are_counted_right()

    def one_case_at_most_suspends_the_platform(self) -> None:
        suspended_in = self.state.stops.get("reg-1", Orders()).suspended_in
        for one in self.state.cases.values():
            if one.suspended_at is not None and not one.closed:
                assert one.id == suspended_in
            assert one.status != "suspended" or one.suspended_at is not None
            if one.status == "failed":
                assert one.deadline is not None
                assert one.decided_at is not None
                assert one.decided_at >= one.deadline

    def quotas_are_kept(self) -> None:
        for held in self.state.authorizations.values():
            assert 0 <= held.used_records <= held.granted.quota_records

    def notices_are_numbered_without_gaps(self) -> None:
        numbers = [one.issued.sequence for one in self.state.notices.values()]
        assert numbers == list(range(1, len(numbers) + 1))
        unheard = [one.id for one in self.state.notices.values() if one.status != "acknowledged"]
        assert list(self.state.unacknowledged) == unheard

    def what_waits_is_kept_beside_what_it_waits_for(self) -> None:
        state = self.state
        waiting = {
            *_in(state.declarations, *WAITING),
            *_in(state.transmissions, "received"),
            *_in(state.cases, "reinspecting"),
            *_in(state.contracts, "received"),
            *_in(state.certifications, "verifying", "auditing", "reviewing"),
            *_in(state.alerts, "acknowledged"),
        }
        assert set(state.undecided) == waiting
        assert set(state.unexplained) == _in(state.alerts, "raised")
        assert set(state.unanswered) == _in(state.inspections, "requested")
        assert set(state.pending_orders) == _in(state.orders, "pending")
        assert set(state.open_transmissions) == _in(state.transmissions, "accepted")
        assert len(_in(state.scripts, "running")) <= 1

    def nothing_may_leave_on_what_is_not_in_force(self) -> None:
        state = self.state
        for held in state.authorizations.values():
            result = state.declarations[held.granted.declaration]
            assert result.authorization == held.id
            if authorization.standing(state, held, self.now) != "active":
                continue
            assert state.stops.get("reg-1", Orders()).suspended_in is None
            assert result.status in IN_FORCE
            if result.valid_until is not None:
                assert held.granted.valid_until <= result.valid_until
            certified = state.certifications.get(result.received.certification or "")
            assert certified is None or certified.status == "certified"
            assert result.received.contract is None or self._is_filed(result.received.contract)

    def _is_filed(self, id: str) -> bool:
        """The contract, or one that took its place."""
        return self.state.contracts[id].status == "filed" or any(
            one.received.replaces == id and self._is_filed(one.id)
            for one in self.state.contracts.values()
        )

    def who_was_accepted_holds_an_authorization(self) -> None:
        for one in self.state.declarations.values():
            was_accepted = one.status in (*REPLACEABLE, "replaced")
            assert (one.authorization is not None) == was_accepted

    def a_dead_key_never_signs(self) -> None:
        in_force = key.in_force(self.state, "reg-1", self.now)
        assert len(in_force) <= key.IN_FORCE_MAX
        for held in self.state.keys.values():
            is_dead = key.must_be_in_force(held, self.now) is not None
            assert is_dead == (held not in in_force)
            assert is_dead or held.ended is None

    def persons_are_counted_right(self) -> None:
        """What is added up is what a recount of the marks finds."""
        for (platform, year), tallies in self.state.tallies.items():
            marks = self.state.persons[platform, year]
            assert tallies.of_year == _recounted(marks)
            assert all(many >= 0 for many in tallies.of_both.by_marks)

    def teardown(self) -> None:
        """Folding the journal anew, as it was written, gives the same state."""
        written = json.dumps(to_json(Decided("tester", "", tuple(self.journal))))
        read = from_json("decided", json.loads(written))
        assert isinstance(read, Decided)
        anew = self._opened()
        anew.fold_all(read.events)
        assert anew == self.state
        self._count_in_another_order()

    def _count_in_another_order(self) -> None:
        """Within a year nobody cares who was told first."""
        counted = [one for one in self.journal if isinstance(one, PersonsCounted)]
        latest_first = list(reversed(counted))
        tallies: dict[int, Tallies] = {}
        marks: dict[int, dict[bytes, int]] = {}
        for one in sorted(latest_first, key=lambda event: event.year):
            year = one.year
            former = tallies.get(year - 1, Tallies()).of_year
            tallies[year] = headcount.mark(
                marks.setdefault(year, {}),
                marks.get(year - 1, {}),
                tallies.get(year, Tallies(of_both=former)),
                one,
            )
        for (_, year), kept in self.state.tallies.items():
            assert kept == tallies[year]


def _in(held: dict[str, Any], *statuses: str) -> set[str]:
    return {id for id, one in held.items() if one.status in statuses}


def _copied(state: RegulatorState) -> RegulatorState:
    """Another state with the same aggregates, which nobody changes in place; what is changed in
    place is copied."""
    copied = copy.copy(state)
    for each in fields(RegulatorState):
        held = getattr(state, each.name)
        if isinstance(held, dict):
            kept = {
                name: copy.copy(one) if isinstance(one, dict | list) else one
                for name, one in held.items()
            }
            setattr(copied, each.name, kept)
    return copied


def _recounted(marks: dict[bytes, int]) -> Tally:
    by_marks = [0] * len(Tally().by_marks)
    for one in marks.values():
        by_marks[one] += 1
    return Tally(tuple(by_marks))
