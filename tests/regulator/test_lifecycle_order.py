"""Stops and suspensions hold until lifted, for one authorization or the whole platform."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from simulator.journal.events import Event
from simulator.journal.events.case import InspectionOpened
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from simulator.regulator.lifecycle import case, order
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import NOW, authorized, complaints, fold, refused

DEADLINE = NOW + timedelta(days=30)

Step = Callable[[RegulatorState], tuple[Event, ...] | Refusal]


def stop(authorization: str | None) -> Step:
    return lambda state: order.stop(state, "reg-1", authorization, "leak", NOW)


def suspend(case: str | None) -> Step:
    return lambda state: order.suspend(state, "reg-1", case, "undeclared", NOW)


def lift(authorization: str | None) -> Step:
    return lambda state: order.lift(state, "reg-1", authorization, NOW)


@pytest.mark.parametrize(
    ("steps", "last", "holds"),
    [
        (
            [stop("aut-1")],
            (ExportStopped("reg-1", "aut-1", "leak", NOW),),
            Orders(stopped_authorizations=frozenset({"aut-1"})),
        ),
        ([stop(None)], (ExportStopped("reg-1", None, "leak", NOW),), Orders(stopped=True)),
        (
            [stop(None), lift("aut-1")],
            (),
            Orders(stopped=True),
        ),
        (
            [stop(None), stop("aut-1"), lift("aut-1")],
            (ExportLifted("reg-1", "aut-1", None, NOW),),
            Orders(stopped=True),
        ),
        (
            [suspend(None)],
            (
                InspectionOpened("cas-1", "reg-1", "undeclared", NOW),
                ExportSuspended("reg-1", "cas-1", DEADLINE, NOW),
            ),
            Orders(suspended_in="cas-1"),
        ),
        (
            [stop("aut-1"), suspend(None), stop(None), lift(None)],
            (ExportLifted("reg-1", None, "cas-1", NOW),),
            Orders(),
        ),
        ([lift(None)], (), Orders()),
        ([stop(None), lift(None), lift(None)], (), Orders()),
    ],
)
def test_orders_hold_until_lifted(
    steps: list[Step], last: tuple[Event, ...], holds: Orders
) -> None:
    state = authorized()
    outcomes = [fold(state, step(state)) for step in steps]

    assert outcomes[-1] == last
    assert state.stops.get("reg-1", Orders()) == holds


def test_a_suspension_may_follow_an_inspection() -> None:
    state = authorized()
    fold(state, case.inspect(state, "reg-1", "unannounced", NOW))
    outcome = fold(state, order.suspend(state, "reg-1", "cas-1", "undeclared", NOW))

    assert outcome == (ExportSuspended("reg-1", "cas-1", DEADLINE, NOW),)
    assert state.cases["cas-1"].status == "suspended"


def test_a_platform_is_suspended_once() -> None:
    state = authorized()
    fold(state, suspend(None)(state))

    assert complaints(suspend(None)(state)) == [("already_suspended", "/case")]


def test_a_closed_case_suspends_no_more() -> None:
    state = authorized()
    fold(state, suspend(None)(state))
    fold(state, lift(None)(state))

    assert state.cases["cas-1"].status == "lifted"
    assert complaints(suspend("cas-1")(state)) == [("case_closed", "/case")]


@pytest.mark.parametrize(
    "outcome",
    [
        order.stop(authorized(), "reg-9", None, "", NOW),
        order.stop(authorized(), "reg-1", "aut-9", "", NOW),
        order.suspend(authorized(), "reg-9", None, "", NOW),
        order.suspend(authorized(), "reg-1", "cas-9", "", NOW),
        order.lift(authorized(), "reg-9", None, NOW),
        order.lift(authorized(), "reg-1", "aut-9", NOW),
    ],
)
def test_an_order_about_nothing_known_is_refused(outcome: object) -> None:
    assert refused(outcome).code == "not_found"
