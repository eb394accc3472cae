"""However a platform, a tester and time act, what may never happen never does, and the journal tells it all."""

import json
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.journal.events import (
    Event,
    FeedTaken,
    TransmissionAccepted,
    TransmissionAnnounced,
)
from simulator.journal.records import Decided, from_json, to_json
from simulator.messages.transmission import ClosingRequest
from simulator.regulator.lifecycle import (
    authorization,
    case,
    declaration,
    feed,
    notice,
    order,
    policy,
    timers,
    transmission,
)
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    ANNOUNCED,
    DECLARED,
    NOW,
    REGISTERED,
    body,
    changed,
    event,
    sign,
)

SMALL = st.integers(1, 4)
MANNERS = st.sampled_from(["immediate", "after", "manual"])
SCOPES = st.sampled_from([None, "aut-1", "aut-2"])


class World(RuleBasedStateMachine):
    """One platform before one regulator; every event that was decided is kept, as the journal does."""

    def __init__(self) -> None:
        super().__init__()
        self.state = RegulatorState()
        self.now = NOW
        self.journal: list[Event] = []

    def append(self, outcome: Sequence[Event] | Refusal) -> None:
        """Folds and keeps what was decided, its notices included; a refusal changes nothing."""
        if isinstance(outcome, Refusal):
            return
        for one in (*outcome, *notice.issue_for(self.state, outcome, self.now)):
            self._check(one)
            self.state.fold(one)
            self.journal.append(one)

    def _check(self, one: Event) -> None:
        """At the moment of an acceptance, its authorization stands; a feed belongs to what is open."""
        if isinstance(one, TransmissionAccepted):
            announced = self.state.transmissions[one.id].announced
            held = self.state.authorizations[announced.authorization]
            assert authorization.standing(self.state, held, self.now) == "active"
            assert announced.authorization_version == held.granted.version
        if isinstance(one, FeedTaken):
            assert self.state.transmissions[one.transmission].status == "accepted"
            assert one.sequence not in self.state.fed_of(one.transmission).seen
        if isinstance(one, TransmissionAnnounced):
            assert self.state.authorizations[one.authorization].left_records >= one.records

    @initialize()
    def register(self) -> None:
        self.append((REGISTERED,))

    @rule(declarations=MANNERS, transmissions=MANNERS, reinspections=MANNERS)
    def change_policy(self, declarations: str, transmissions: str, reinspections: str) -> None:
        changed_to = policy.change(
            declarations=declarations,
            transmissions=transmissions,
            reinspections=reinspections,
            after_s=60,
            now=self.now,
        )
        self.append(changed_to)

    @rule(records=st.integers(1, 30), days=st.integers(1, 40))
    def submit(self, records: int, days: int) -> None:
        request = changed(
            DECLARED,
            records=records,
            valid_from=self.now,
            valid_until=self.now + timedelta(days=days),
        )
        self.append(declaration.submit(self.state, "reg-1", request, self.now, sign))

    @rule(id=SMALL, accept=st.booleans())
    def decide_declaration(self, id: int, accept: bool) -> None:
        decided = declaration.decide(self.state, f"dcl-{id}", accept, "", self.now, sign)
        self.append(decided)

    @rule(id=SMALL, version=st.integers(1, 3), records=st.integers(1, 12))
    def announce(self, id: int, version: int, records: int) -> None:
        request = changed(
            ANNOUNCED, authorization=f"aut-{id}", authorization_version=version, records=records
        )
        self.append(transmission.announce(self.state, "reg-1", request, self.now))

    @rule(id=SMALL, accept=st.booleans())
    def decide_transmission(self, id: int, accept: bool) -> None:
        self.append(transmission.decide(self.state, f"trm-{id}", accept, "", self.now))

    @rule(id=SMALL, sequences=st.lists(st.integers(1, 6), max_size=5))
    def feed(self, id: int, sequences: list[int]) -> None:
        events = [event("progressed", n, subject=f"trm-{id}") for n in sequences]
        outcome = feed.take(self.state, "reg-1", body(*events), self.now)
        taken = [one for one in outcome.events if isinstance(one, FeedTaken)]
        assert len(taken) + len(outcome.refused) == len(sequences)
        self.append(outcome.events)

    @rule(id=SMALL, outcome=st.sampled_from(["completed", "aborted"]), records=st.integers(0, 15))
    def close(self, id: int, outcome: str, records: int) -> None:
        request = ClosingRequest.model_validate(
            {"outcome": outcome, "records": records, "bytes": 0, "payloads": ()}
        )
        self.append(transmission.close(self.state, "reg-1", f"trm-{id}", request, self.now))

    @rule(id=SMALL, quota=st.integers(0, 20))
    def grant(self, id: int, quota: int) -> None:
        granted = authorization.grant(
            self.state,
            "reg-1",
            authorization=f"aut-{id}",
            recipient=None,
            country=None,
            categories=None,
            quota_records=quota,
            valid_for_s=86_400,
            now=self.now,
            sign=sign,
        )
        self.append(granted)

    @rule(id=SMALL)
    def revoke(self, id: int) -> None:
        self.append(authorization.revoke(self.state, f"aut-{id}", "", self.now))

    @rule(scope=SCOPES)
    def stop(self, scope: str | None) -> None:
        self.append(order.stop(self.state, "reg-1", scope, "", self.now))

    @rule()
    def suspend(self) -> None:
        self.append(order.suspend(self.state, "reg-1", None, "", self.now))

    @rule(scope=SCOPES)
    def lift(self, scope: str | None) -> None:
        self.append(order.lift(self.state, "reg-1", scope, self.now))

    @rule(id=SMALL)
    def reinspect(self, id: int) -> None:
        self.append(case.reinspect(self.state, "reg-1", f"cas-{id}", self.now))

    @rule(id=SMALL, accept=st.booleans())
    def decide_case(self, id: int, accept: bool) -> None:
        self.append(case.decide(self.state, f"cas-{id}", accept, "", self.now))

    @rule(span=st.sampled_from([timedelta(minutes=2), timedelta(days=3), timedelta(days=20)]))
    def pass_time(self, span: timedelta) -> None:
        until = self.now + span
        while pending := timers.due(self.state, until):
            first = pending[0]
            self.now = max(self.now, first.at)
            events = timers.run(self.state, first, self.now, sign)
            assert events, f"{first} would be due for ever"
            self.append(events)
        self.now = until

    @invariant()
    def quotas_are_kept(self) -> None:
        for held in self.state.authorizations.values():
            assert 0 <= held.used_records <= held.granted.quota_records

    @invariant()
    def nothing_is_accepted_that_was_not_submitted(self) -> None:
        submitted: set[str] = set()
        for one in self.journal:
            if one.event in ("declaration_received", "transmission_announced"):
                submitted.add(one.id)
            elif one.event in ("declaration_accepted", "transmission_accepted"):
                assert one.id in submitted

    @invariant()
    def notices_are_numbered_without_gaps(self) -> None:
        numbers = [one.issued.sequence for one in self.state.notices.values()]
        assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def what_waits_is_what_is_undecided(self) -> None:
        waiting = {
            *(one.id for one in self.state.declarations.values() if one.status == "received"),
            *(one.id for one in self.state.transmissions.values() if one.status == "received"),
            *(one.id for one in self.state.cases.values() if one.status == "reinspecting"),
        }
        assert set(self.state.undecided) == waiting

    @invariant()
    def open_is_what_was_accepted_and_not_closed(self) -> None:
        accepted = {one.id for one in self.state.transmissions.values() if one.status == "accepted"}
        assert set(self.state.open_transmissions) == accepted

    def teardown(self) -> None:
        """Folding the journal anew, as it was written, gives the same state."""
        written = json.dumps(to_json(Decided("tester", "", tuple(self.journal))))
        read = from_json("decided", json.loads(written))
        assert isinstance(read, Decided)
        anew = RegulatorState()
        anew.fold_all(read.events)
        assert anew == self.state


TestWorld = World.TestCase
TestWorld.settings = settings(
    derandomize=True, max_examples=60, stateful_step_count=40, deadline=None, database=None
)
