"""An alert is explained, then closed or escalated, by hand or as the policy says."""

from datetime import timedelta

from simulator.journal.events.alert import AlertClosed, AlertEscalated, AlertRaised
from simulator.regulator.lifecycle import alert, timers
from simulator.regulator.lifecycle.notice import issue_for
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import NOW, authorized, complaints, fold, refused, sign

RAISED = AlertRaised("alr-1", "sequence_gap", "reg-1", "trm-1", "aut-1", "2 is missing", NOW)
SOON = NOW + timedelta(seconds=60)


def raised(policy: Policy | None = None) -> RegulatorState:
    """Something was noticed under this policy."""
    state = authorized()
    state.policy = policy or Policy()
    state.fold(RAISED)
    return state


def test_an_explanation_is_kept_and_a_newer_one_replaces_it() -> None:
    state = raised()
    for explanation in ("lost", "lost and sent again"):
        fold(state, alert.acknowledge(state, "reg-1", "alr-1", explanation, NOW))

    held = state.alerts["alr-1"]
    assert held.status == "acknowledged"
    assert held.acknowledged is not None
    assert held.acknowledged.explanation == "lost and sent again"
    assert state.undecided == {"alr-1": None}


def test_a_stranger_explains_nothing() -> None:
    assert refused(alert.acknowledge(raised(), "reg-2", "alr-1", "x", NOW)).code == "not_found"


def test_the_regulator_closes_it_or_escalates_it_once() -> None:
    state = raised()
    [closed] = fold(state, alert.close(state, "alr-1", "plausible", NOW))

    assert closed == AlertClosed("alr-1", "plausible", NOW)
    for outcome in (
        alert.close(state, "alr-1", "", NOW),
        alert.escalate(state, "alr-1", "", NOW),
        alert.acknowledge(state, "reg-1", "alr-1", "late", NOW),
    ):
        assert complaints(outcome) == [("alert_ended", "path:id")]
    [notice] = issue_for(state, (closed,), NOW)
    assert notice.data == {"alert": "alr-1", "status": "closed", "reason": "plausible"}


def test_an_escalation_opens_an_inspection_unless_the_policy_says_otherwise() -> None:
    for policy, order in ((Policy(), "inspect"), (Policy(consequences={}), None)):
        state = raised(policy)
        fold(state, alert.escalate(state, "alr-1", "implausible", NOW))
        follows = state.consequences.get("alr-1")
        assert (follows and follows.terms.order) == order


def test_the_policy_closes_what_was_explained() -> None:
    at_once = raised(Policy(alerts="immediate"))
    fold(at_once, alert.acknowledge(at_once, "reg-1", "alr-1", "lost", NOW))
    assert at_once.alerts["alr-1"].status == "closed"

    later = raised(Policy(alerts="after", after_s=60))
    fold(later, alert.acknowledge(later, "reg-1", "alr-1", "lost", NOW))
    [due] = timers.due(later, SOON)
    assert fold(later, timers.run(later, due, SOON, sign)) == (
        AlertClosed("alr-1", "explained", SOON),
    )


def test_what_nobody_explains_in_time_is_escalated() -> None:
    state = raised(Policy(alert_answered_s=60))
    [due] = timers.due(state, SOON)

    [escalated] = fold(state, timers.run(state, due, SOON, sign))

    assert escalated == AlertEscalated("alr-1", "nobody explained it in time", SOON)
    assert timers.due(state, SOON)[0].command == "consequence"

    explained = raised(Policy(alert_answered_s=60))
    fold(explained, alert.acknowledge(explained, "reg-1", "alr-1", "lost", NOW))
    assert timers.due(explained, SOON) == []


def test_a_rule_leads_to_a_stop_of_the_authorization_that_it_speaks_of() -> None:
    state = raised(Policy(consequences={"sequence_gap": "stop"}))
    [due] = timers.due(state, NOW)

    events = fold(state, timers.run(state, due, NOW, sign))

    assert [event.event for event in events] == [
        "order_planned",
        "order_carried_out",
        "export_stopped",
    ]
    assert state.stops["reg-1"].stopped_authorizations == {"aut-1"}
    assert timers.due(state, NOW) == []


def test_the_same_consequence_once_more_is_void() -> None:
    state = raised(Policy(consequences={"sequence_gap": "stop"}))
    fold(state, timers.run(state, timers.due(state, NOW)[0], NOW, sign))
    state.fold(AlertRaised("alr-2", "sequence_gap", "reg-1", "trm-1", "aut-1", "", NOW))

    fold(state, timers.run(state, timers.due(state, NOW)[0], NOW, sign))

    assert [held.status for held in state.orders.values()] == ["carried_out", "void"]
    assert state.orders["ord-2"].reason == "the export is stopped already"
