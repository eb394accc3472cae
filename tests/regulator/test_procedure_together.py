"""However platform, tester and time treat declarations: none is accepted that was not submitted, a
refused command changes nothing, and the journal folded anew gives the same state."""

import copy
import json
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from simulator.journal.events import DeclarationAccepted, DeclarationReceived, Event
from simulator.journal.records import Decided, from_json, to_json
from simulator.messages.declaration import (
    ChangeReport,
    DeclarationRequest,
    ReevaluationRequest,
    SupplementRequest,
)
from simulator.messages.declaration import DeclarationStatus as Status
from simulator.regulator.lifecycle import (
    assessment,
    authorization,
    declaration,
    notice,
    policy,
    timers,
    validity,
)
from simulator.regulator.lifecycle.assessment import StepName, Taking
from simulator.regulator.lifecycle.declared import IN_FORCE, REPLACEABLE, WAITING
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.drawn import fold_as_drawn
from tests.regulator.lawful import NOW, PAYLOAD, REGISTERED, changed, sign
from tests.regulator.procedure import FILED

Outcome = tuple[Event, ...] | Refusal
Command = Callable[[RegulatorState, str, datetime], Outcome]

LATER = datetime(2024, 6, 3, tzinfo=UTC)
"""Under a law that knows extensions."""
LONG: DeclarationRequest = changed(
    FILED, self_assessed_on=None, valid_until=datetime(2040, 1, 1, tzinfo=UTC)
)
ANSWER = SupplementRequest.model_validate(
    {"items": ({"number": 1, "title": "T", "digest": PAYLOAD},)}
)
DOUBT = ReevaluationRequest(reason="doubt")
MOVED = ChangeReport(changes=("scope",), description="more fields")


def _step(name: StepName) -> Command:
    taking = Taking(name, "by hand", ("contract",), 5)
    return lambda state, id, now: assessment.take(state, id, taking, now)


COMMANDS: dict[str, Command] = {
    **{name: _step(name) for name in get_args(StepName)},
    "accept": lambda s, id, now: assessment.decide(s, id, True, "", now, sign),
    "refuse": lambda s, id, now: assessment.decide(s, id, False, "no", now, sign),
    "terminate_export": lambda s, id, now: validity.terminate_export(s, id, "", now),
    "submit": lambda s, id, now: declaration.submit(s, "reg-1", LONG, now, sign),
    "declare_again": lambda s, id, now: declaration.submit(
        s, "reg-1", changed(LONG, replaces=id), now, sign
    ),
    "amend": lambda s, id, now: declaration.amend(s, "reg-1", id, LONG, now, sign),
    "withdraw": lambda s, id, now: declaration.withdraw(s, "reg-1", id, now),
    "supplement": lambda s, id, now: declaration.supplement(s, "reg-1", id, ANSWER, now),
    "ask_reevaluation": lambda s, id, now: declaration.ask_reevaluation(s, "reg-1", id, DOUBT, now),
    "ask_extension": lambda s, id, now: validity.ask_extension(s, "reg-1", id, now, sign),
    "report_change": lambda s, id, now: validity.report_change(s, "reg-1", id, MOVED, now),
}
SPANS = st.sampled_from([timedelta(days=1), timedelta(days=9), timedelta(days=80)])
MANNERS = st.sampled_from(["immediate", "after", "manual", "manual", "statutory"])


class Procedure(RuleBasedStateMachine):
    """One platform with several declarations; every event is kept, as the journal does."""

    def __init__(self) -> None:
        super().__init__()
        self.state = RegulatorState()
        self.now = NOW
        self.journal: list[Event] = []

    @initialize(manner=MANNERS)
    def begin(self, manner: str) -> None:
        self.append((REGISTERED,))
        self.change_policy(manner)
        self.command("submit", 1)

    def append(self, events: Sequence[Event]) -> None:
        for one in (*events, *notice.issue_for(self.state, events, self.now)):
            if isinstance(one, DeclarationAccepted):
                received = [
                    event.id for event in self.journal if isinstance(event, DeclarationReceived)
                ]
                assert one.id in received
            fold_as_drawn(self.state, one)
            self.journal.append(one)

    @rule(manner=MANNERS)
    def change_policy(self, manner: str) -> None:
        self.append(
            policy.change(
                declarations=manner,
                transmissions="manual",
                reinspections="manual",
                after_s=3_600,
                now=self.now,
            )
        )

    @rule(name=st.sampled_from(sorted(COMMANDS)), newest=st.integers(1, 3))
    def command(self, name: str, newest: int) -> None:
        """A refusal changes nothing; nothing is folded by deciding."""
        ids = list(self.state.declarations) or ["dcl-1"]
        before = copy.deepcopy(self.state)
        outcome = COMMANDS[name](self.state, ids[-min(newest, len(ids))], self.now)
        assert self.state == before
        if not isinstance(outcome, Refusal):
            assert outcome, f"{name} was taken, and nothing came of it"
            self.append(outcome)

    @rule(span=SPANS)
    def pass_time(self, span: timedelta) -> None:
        until = min(self.now + span, LATER + timedelta(days=500))
        while pending := timers.due(self.state, until):
            first = pending[0]
            self.now = max(self.now, first.at)
            events = timers.run(self.state, first, self.now, sign)
            assert events, f"{first} would be due for ever"
            self.append(events)
        self.now = max(self.now, until)

    @invariant()
    def what_waits_is_what_a_step_is_due_for(self) -> None:
        waiting = {one.id for one in self.state.declarations.values() if one.status in WAITING}
        assert set(self.state.undecided) == waiting

    @invariant()
    def nothing_may_leave_on_what_is_not_in_force(self) -> None:
        for held in self.state.authorizations.values():
            result = self.state.declarations[held.granted.declaration]
            assert result.authorization == held.id
            if authorization.standing(self.state, held, self.now) == "active":
                assert result.status in IN_FORCE
                assert result.valid_until is not None
                assert held.granted.valid_until <= result.valid_until

    @invariant()
    def who_was_accepted_holds_an_authorization(self) -> None:
        for one in self.state.declarations.values():
            was_accepted = one.status in (*REPLACEABLE, "replaced")
            assert (one.authorization is not None) == was_accepted

    def teardown(self) -> None:
        """Folding the journal anew, as it was written, gives the same state."""
        written = json.dumps(to_json(Decided("tester", "", tuple(self.journal))))
        read = from_json("decided", json.loads(written))
        assert isinstance(read, Decided)
        anew = RegulatorState()
        anew.fold_all(read.events)
        assert anew == self.state


TestProcedure = Procedure.TestCase
TestProcedure.settings = settings(
    derandomize=True, max_examples=120, stateful_step_count=40, deadline=None, database=None
)


def test_every_state_is_reached_by_commands_and_time() -> None:
    """Each status, from each that was found before, by every command and by every timer."""
    first = RegulatorState()
    first.fold_all((REGISTERED, *policy.change(
        declarations="manual", transmissions="manual", reinspections="manual", after_s=0, now=NOW
    )))  # fmt: skip
    first.fold_all(_taken(declaration.submit(first, "reg-1", LONG, NOW, sign)))
    found = {"received": first}
    waiting = deque(["received"])
    while waiting:
        state = found[waiting.popleft()]
        for after in _successors(state):
            status = after.declarations["dcl-1"].status
            if status not in found:
                found[status] = after
                waiting.append(status)

    assert set(found) == set(get_args(Status))


def _successors(state: RegulatorState) -> list[RegulatorState]:
    """Every state one command or one timer later; a re-declaration is accepted too."""
    then = LATER if state.declarations["dcl-1"].status in IN_FORCE else NOW
    outcomes = [command(state, "dcl-1", then) for command in COMMANDS.values()]
    outcomes += [
        timers.run(state, due, due.at, sign)
        for due in timers.due(state, datetime(2033, 1, 1, tzinfo=UTC))
    ]
    if "dcl-2" in state.declarations:
        outcomes.append(assessment.decide(state, "dcl-2", True, "", then, sign))
    successors = []
    for outcome in outcomes:
        if not isinstance(outcome, Refusal) and outcome:
            after = copy.deepcopy(state)
            after.fold_all(outcome)
            successors.append(after)
            if "dcl-2" in after.declarations and "dcl-2" not in state.declarations:
                successors += _successors(after)
    return successors


def _taken(outcome: Outcome) -> tuple[Event, ...]:
    assert not isinstance(outcome, Refusal), outcome
    return outcome
