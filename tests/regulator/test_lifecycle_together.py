"""However platform, tester and time act, what may never happen never does."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from tests.regulator.drawn import fold_as_drawn
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

SMALL = st.integers(1, 3)
MANNERS = st.sampled_from(["immediate", "after", "manual"])
SPANS = st.sampled_from([timedelta(minutes=2)] * 4 + [timedelta(days=3), timedelta(days=30)])
SCOPES = st.sampled_from([None, None, "aut-1", "aut-2"])


class World(RuleBasedStateMachine):
    """One platform before one regulator; every event is kept, as the journal does."""

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
            fold_as_drawn(self.state, one)
            self.journal.append(one)

    def _check(self, one: Event) -> None:
        """What is accepted is authorized at that moment; what is fed is open, and new."""
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
    def begin(self) -> None:
        """Two authorizations of 20 records each."""
        self.append((REGISTERED,))
        for _ in range(2):
            self.submit(records=20, days=10)

    @rule(transmissions=MANNERS, rest=MANNERS)
    def change_policy(self, transmissions: str, rest: str) -> None:
        changed_to = policy.change(
            declarations=rest,
            transmissions=transmissions,
            reinspections=rest,
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

    @rule(newest=SMALL, behind=st.sampled_from([0, 0, 0, 1]), records=st.integers(1, 12))
    def announce(self, newest: int, behind: int, records: int) -> None:
        held = self._pick(self.state.authorizations, newest)
        version = self.state.authorizations[held].granted.version
        request = changed(
            ANNOUNCED,
            authorization=held,
            authorization_version=max(1, version - behind),
            records=records,
        )
        self.append(transmission.announce(self.state, "reg-1", request, self.now))

    @precondition(lambda self: self.state.transmissions)
    @rule(newest=SMALL, sequences=st.lists(st.integers(1, 6), max_size=5))
    def feed(self, newest: int, sequences: list[int]) -> None:
        id = self._pick(self.state.transmissions, newest)
        events = [event("progressed", n, subject=id) for n in sequences]
        outcome = feed.take(self.state, "reg-1", body(*events), self.now)
        taken = [one for one in outcome.events if isinstance(one, FeedTaken)]
        assert len(taken) + len(outcome.refused) == len(sequences)
        self.append(outcome.events)

    @precondition(lambda self: self.state.transmissions)
    @rule(newest=SMALL, aborted=st.booleans(), records=st.integers(0, 15))
    def close(self, newest: int, aborted: bool, records: int) -> None:
        request = ClosingRequest.model_validate(
            {
                "outcome": "aborted" if aborted else "completed",
                "records": records,
                "bytes": 0,
                "payloads": (),
            }
        )
        id = self._pick(self.state.transmissions, newest)
        self.append(transmission.close(self.state, "reg-1", id, request, self.now))

    @precondition(lambda self: self.state.undecided)
    @rule(place=SMALL, accept=st.booleans())
    def decide(self, place: int, accept: bool) -> None:
        subject = list(self.state.undecided)[place % len(self.state.undecided)]
        if subject in self.state.declarations:
            decided = declaration.decide(self.state, subject, accept, "", self.now, sign)
        elif subject in self.state.transmissions:
            decided = transmission.decide(self.state, subject, accept, "", self.now)
        else:
            decided = case.decide(self.state, subject, accept, "", self.now)
        self.append(decided)

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
            valid_for_s=864_000,
            now=self.now,
            sign=sign,
        )
        self.append(granted)

    @rule(what=st.sampled_from(["revoke", "stop", "stop all", "suspend"]), id=SMALL)
    def halt(self, what: str, id: int) -> None:
        name = f"aut-{id}"
        if what == "revoke":
            self.append(authorization.revoke(self.state, name, "", self.now))
        elif what == "suspend":
            self.append(order.suspend(self.state, "reg-1", None, "", self.now))
        else:
            scope = name if what == "stop" else None
            self.append(order.stop(self.state, "reg-1", scope, "", self.now))

    @rule(scope=SCOPES)
    def lift(self, scope: str | None) -> None:
        self.append(order.lift(self.state, "reg-1", scope, self.now))

    @precondition(lambda self: self.state.cases)
    @rule(id=SMALL)
    def reinspect(self, id: int) -> None:
        self.append(case.reinspect(self.state, "reg-1", f"cas-{id}", self.now))

    @rule(span=SPANS)
    def pass_time(self, span: timedelta) -> None:
        until = self.now + span
        while pending := timers.due(self.state, until):
            first = pending[0]
            self.now = max(self.now, first.at)
            events = timers.run(self.state, first, self.now, sign)
            assert events, f"{first} would be due for ever"
            self.append(events)
        self.now = until

    def _pick(self, known: Iterable[str], newest: int) -> str:
        """The newest, the second newest and so on, as far as there are any."""
        ids = list(known)
        return ids[-min(newest, len(ids))]

    @invariant()
    def a_platform_is_suspended_while_its_case_is_open(self) -> None:
        suspended_in = self.state.stops.get("reg-1", order.Orders()).suspended_in
        for one in self.state.cases.values():
            if one.status == "suspended":
                assert one.id == suspended_in
            if one.status == "failed":
                assert one.deadline is not None
                assert one.decided_at is not None
                assert one.decided_at >= one.deadline

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
    derandomize=True, max_examples=200, stateful_step_count=50, deadline=None, database=None
)
