"""Orders at once, after a time and by hand; and deadlines that do not fail a case at once."""

from datetime import timedelta

import pytest

from simulator.journal.events.planned_order import OrderTerms
from simulator.regulator.lifecycle import case, order, planned_order, timers
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.lifecycle.moment import Moment
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import NOW, authorized, fold, refused, sign

AT = Moment(NOW, NOW, sign)
STOP = OrderTerms("stop", "reg-1", "a test")
SUSPEND = OrderTerms("suspend", "reg-1", "a test")
HOUR = timedelta(hours=1)


def give(
    state: RegulatorState,
    terms: OrderTerms,
    when: str | None = None,
    after_s: float | None = None,
) -> list[str]:
    """Gives an order; the kinds of the events that it came to."""
    outcome = planned_order.give(state, terms, when=when, after_s=after_s, at=AT)
    return [str(event.event) for event in fold(state, outcome)]


def run_due(state: RegulatorState, at: timedelta) -> list[str]:
    """Runs what is due by then, each at its own time."""
    kinds: list[str] = []
    while pending := timers.due(state, NOW + at):
        events = timers.run(state, pending[0], pending[0].at, sign)
        kinds += [event.event for event in fold(state, events)]
    return kinds


def test_an_order_at_once_leaves_no_plan() -> None:
    state = authorized()

    assert give(state, STOP) == ["export_stopped"]
    assert state.orders == {}


def test_an_order_after_a_time_stands_until_then() -> None:
    state = authorized()

    assert give(state, STOP, "after", 3600) == ["order_planned"]
    assert state.pending_orders == {"ord-1": NOW + HOUR}
    assert run_due(state, HOUR - timedelta(seconds=1)) == []
    assert run_due(state, HOUR) == ["order_carried_out", "export_stopped"]
    assert (state.orders["ord-1"].status, state.pending_orders) == ("carried_out", {})


def test_an_order_by_hand_waits_for_its_release() -> None:
    state = authorized()
    give(state, SUSPEND, "manual")
    assert run_due(state, 24 * HOUR) == []
    assert state.pending_orders == {"ord-1": None}

    fold(state, planned_order.run(state, "ord-1", AT))

    assert state.stops["reg-1"].suspended_in == "cas-1"
    assert refused(planned_order.run(state, "ord-1", AT)).code == "order_ended"


def test_an_order_that_is_cancelled_never_takes_effect() -> None:
    state = authorized()
    give(state, STOP, "after", 3600)
    fold(state, planned_order.cancel(state, "ord-1", "a mistake", NOW))

    assert run_due(state, 2 * HOUR) == []
    assert (state.orders["ord-1"].status, state.stops) == ("cancelled", {})
    assert refused(planned_order.cancel(state, "ord-1", "", NOW)).code == "order_ended"
    assert refused(planned_order.cancel(state, "ord-2", "", NOW)).code == "not_found"


def test_the_policy_says_when_an_order_without_a_manner_takes_effect() -> None:
    state = authorized()
    state.policy = Policy(stops="after", after_s=3600, suspensions="manual")

    assert give(state, STOP) == ["order_planned"]
    assert give(state, SUSPEND) == ["order_planned"]
    assert give(state, STOP, "immediate") == ["export_stopped"]
    assert state.pending_orders == {"ord-1": NOW + HOUR, "ord-2": None}


def test_what_can_never_be_carried_out_is_refused_at_once() -> None:
    state = authorized()
    unknown = OrderTerms("stop", "reg-1", authorization="aut-9")

    for when in ("immediate", "after", "manual"):
        outcome = planned_order.give(state, unknown, when=when, after_s=1, at=AT)
        assert refused(outcome).code == "not_found"


def test_what_is_forbidden_when_its_time_comes_is_void() -> None:
    state = authorized()
    give(state, SUSPEND, "after", 3600)
    fold(state, order.suspend(state, "reg-1", None, "", NOW))
    assert give(state, SUSPEND, "after", 7200) == ["order_planned"]

    assert run_due(state, 2 * HOUR) == ["order_voided", "order_voided"]
    assert list(state.cases) == ["cas-1"]


@pytest.mark.parametrize(
    ("terms", "brought", "ended"),
    [
        (STOP, ["export_stopped"], ["export_lifted"]),
        (
            SUSPEND,
            ["inspection_opened", "export_suspended"],
            ["reinspection_decided", "export_lifted"],
        ),
        (OrderTerms("inspect", "reg-1"), ["inspection_opened"], ["reinspection_decided"]),
    ],
    ids=["stop", "suspend", "inspect"],
)
def test_an_order_may_end_by_itself(
    terms: OrderTerms, brought: list[str], ended: list[str]
) -> None:
    state = authorized()
    passing = OrderTerms(terms.order, terms.platform, lifted_after_s=3600)

    given = give(state, passing)

    assert given == ["order_planned", "order_carried_out", *brought, "order_planned"]
    assert run_due(state, HOUR) == ["order_carried_out", *ended]
    assert state.stops.get("reg-1", Orders()) == Orders()
    assert all(held.status == "lifted" for held in state.cases.values())


def test_a_stop_that_ends_by_itself_does_not_end_a_suspension() -> None:
    state = authorized()
    give(state, OrderTerms("stop", "reg-1", lifted_after_s=3600))
    fold(state, order.suspend(state, "reg-1", None, "", NOW))

    assert run_due(state, HOUR) == ["order_voided"]
    assert state.stops["reg-1"].suspended_in == "cas-1"


def test_a_deadline_that_waits_for_a_hand_fails_the_case_when_the_hand_says_so() -> None:
    state = authorized()
    state.policy = Policy(deadlines="manual")
    fold(state, order.suspend(state, "reg-1", None, "", NOW))

    assert run_due(state, timedelta(days=60)) == ["deadline_neared", "deadline_reached"]
    late = NOW + timedelta(days=60)
    events = fold(state, case.decide(state, "cas-1", False, "too late", late))
    assert [event.event for event in events] == ["deadline_passed", "authorization_revoked"]
    assert state.cases["cas-1"].status == "failed"


def test_a_deadline_that_waits_for_a_time_can_still_be_met() -> None:
    state = authorized()
    state.policy = Policy(deadlines="after", after_s=86_400)
    fold(state, order.suspend(state, "reg-1", None, "", NOW))
    assert run_due(state, timedelta(days=30)) == ["deadline_neared", "deadline_reached"]
    fold(state, case.decide(state, "cas-1", True, "", NOW + timedelta(days=30)))
    assert run_due(state, timedelta(days=40)) == []

    fold(state, order.suspend(state, "reg-1", None, "", NOW))
    assert run_due(state, timedelta(days=31))[-2:] == ["deadline_passed", "authorization_revoked"]
