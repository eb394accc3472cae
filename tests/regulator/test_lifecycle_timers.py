"""What the regulator put off happens at its time, in order, and not at all where it became void."""

from datetime import timedelta

from simulator.journal.events import Event
from simulator.journal.events.authorization import AuthorizationExpired
from simulator.journal.events.case import DeadlineNeared, DeadlinePassed, ReinspectionDecided
from simulator.journal.events.declaration import DeclarationAccepted
from simulator.journal.events.policy import PolicyChanged
from simulator.journal.events.transmission import TransmissionAccepted, TransmissionRefused
from simulator.regulator.lifecycle import (
    authorization,
    case,
    declaration,
    order,
    policy,
    timers,
    transmission,
)
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.lifecycle.timers import Due
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    ANNOUNCED,
    DECLARED,
    END,
    NOW,
    authorized,
    fold,
    registered,
    sign,
)

SOON = NOW + timedelta(seconds=60)
DEADLINE = NOW + timedelta(days=30)


def run_all(state: RegulatorState) -> list[Event]:
    """Runs and folds everything up to the end, in order, as an advance of the clock does."""
    happened: list[Event] = []
    while pending := timers.due(state, END):
        events = timers.run(state, pending[0], pending[0].at, sign)
        assert events, pending[0]
        happened.extend(fold(state, events))
    return happened


def test_nothing_is_due_before_its_time() -> None:
    state = authorized()

    assert timers.due(state, END - timedelta(microseconds=1)) == []
    assert timers.due(state, END) == [Due(END, "expire", "aut-1")]


def test_put_off_decisions_are_taken_in_order() -> None:
    state = registered()
    state.fold_all(
        policy.change(
            declarations="after",
            transmissions="after",
            reinspections="after",
            after_s=60,
            now=NOW,
        )
    )
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))
    assert timers.due(state, END) == [Due(SOON, "decide", "dcl-1")]

    accepted = fold(state, timers.run(state, Due(SOON, "decide", "dcl-1"), SOON, sign))
    assert isinstance(accepted[0], DeclarationAccepted)
    assert (accepted[0].authorization, accepted[0].at) == ("aut-1", SOON)

    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, SOON))
    fold(state, order.suspend(state, "reg-1", None, "", SOON))
    fold(state, case.reinspect(state, "reg-1", "cas-1", SOON))
    then = SOON + timedelta(seconds=60)
    assert timers.due(state, then) == [
        Due(then, "decide", "cas-1"),
        Due(then, "decide", "trm-1"),
    ]
    failed = fold(state, timers.run(state, Due(then, "decide", "cas-1"), then, sign))
    refusal = fold(state, timers.run(state, Due(then, "decide", "trm-1"), then, sign))
    assert isinstance(failed[0], ReinspectionDecided)
    assert len(failed[0].missing) == 17
    assert isinstance(refusal[0], TransmissionRefused)


def test_a_case_left_alone_is_warned_then_failed() -> None:
    state = authorized()
    fold(state, order.suspend(state, "reg-1", None, "", NOW))

    near = DEADLINE - timedelta(days=5)
    happened = run_all(state)
    assert happened[:2] == [DeadlineNeared("cas-1", near), DeadlinePassed("cas-1", DEADLINE)]
    assert state.authorizations["aut-1"].revoked_at == DEADLINE
    assert len(happened) == 3


def test_an_authorization_left_alone_expires() -> None:
    state = authorized()

    assert run_all(state) == [AuthorizationExpired("aut-1", END)]


def test_what_became_void_does_not_happen() -> None:
    state = authorized()
    state.policy = Policy(transmissions="after", after_s=60)
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    due = timers.due(state, END)
    fold(state, transmission.decide(state, "trm-1", True, "", NOW))
    fold(state, authorization.revoke(state, "aut-1", "", NOW))

    assert [timers.run(state, one, one.at, sign) for one in due] == [(), ()]


def test_a_transmission_put_off_is_accepted_in_time() -> None:
    state = authorized()
    state.policy = Policy(transmissions="after", after_s=60)
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    outcome = timers.run(state, Due(SOON, "decide", "trm-1"), SOON, sign)

    assert outcome == (TransmissionAccepted("trm-1", SOON),)


def test_a_sandbox_opens_with_its_policy_and_a_tester_changes_it() -> None:
    state = RegulatorState()
    state.open({"declarations": "manual", "after_s": 5.0})
    assert state.policy == Policy(declarations="manual", after_s=5.0)

    state.fold(PolicyChanged("after", "manual", "immediate", 7.0, NOW))
    assert state.policy == Policy("after", "manual", "immediate", 7.0, consequences={})
