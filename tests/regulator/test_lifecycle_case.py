"""An inspection opens a case; a passed re-inspection, a lift or the deadline ends it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from simulator.journal.events.authorization import AuthorizationRevoked
from simulator.journal.events.case import (
    DeadlineNeared,
    DeadlinePassed,
    InspectionOpened,
    MaterialHandedIn,
    ReinspectionDecided,
    ReinspectionRequested,
)
from simulator.journal.events.order import ExportLifted
from simulator.law import materials
from simulator.messages.case import Case, Material
from simulator.regulator import views
from simulator.regulator.lifecycle import case, declaration, order
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    DECLARED,
    MATERIAL,
    NOW,
    PAYLOAD,
    USCC,
    authorized,
    changed,
    complaints,
    fold,
    refused,
    sign,
)

DEADLINE = NOW + timedelta(days=30)


def suspended() -> RegulatorState:
    """The platform is suspended in cas-1."""
    state = authorized()
    fold(state, order.suspend(state, "reg-1", None, "undeclared", NOW))
    return state


def hand_in(state: RegulatorState, number: int, **fields: Any) -> None:
    """Hands in one lawful material, with other values where given."""
    request = changed(MATERIAL, **fields)
    fold(state, case.hand_in(state, "reg-1", "cas-1", number, request, NOW))


def complete(state: RegulatorState) -> None:
    """Hands in all 17."""
    for number in range(1, 18):
        hand_in(state, number)


def test_an_inspection_opens_a_case_and_halts_nothing() -> None:
    state = authorized()
    outcome = fold(state, case.inspect(state, "reg-1", "unannounced", NOW))

    assert outcome == (InspectionOpened("cas-1", "reg-1", "unannounced", NOW),)
    assert state.stops == {}
    assert refused(case.inspect(state, "reg-9", "", NOW)).code == "not_found"


def test_handing_in_again_replaces() -> None:
    state = suspended()
    hand_in(state, 8, title="Draft")
    hand_in(state, 2)
    hand_in(state, 8)

    second = MaterialHandedIn(
        case="cas-1",
        number=2,
        title="Material",
        document_date=date(2023, 6, 1),
        digest=PAYLOAD,
        sealed=True,
        uscc=USCC,
        at=NOW,
    )
    assert state.cases["cas-1"].handed_in == (second, replace(second, number=8))


@pytest.mark.parametrize("number", [0, 18])
def test_there_are_17_materials(number: int) -> None:
    outcome = case.hand_in(suspended(), "reg-1", "cas-1", number, MATERIAL, NOW)

    assert complaints(outcome) == [("material_unknown", "path:number")]
    assert refused(outcome).status == 404


def test_a_case_of_another_platform_is_not_found() -> None:
    state = suspended()

    assert refused(case.hand_in(state, "reg-2", "cas-1", 1, MATERIAL, NOW)).code == "not_found"
    assert refused(case.reinspect(state, "reg-2", "cas-1", NOW)).code == "not_found"
    assert refused(case.decide(state, "cas-9", True, "", NOW)).code == "not_found"
    assert refused(case.near_deadline(state, "cas-9", NOW)).code == "not_found"
    assert refused(case.pass_deadline(state, "cas-9", NOW)).code == "not_found"


def test_a_passed_reinspection_lifts_the_suspension_and_closes_the_case() -> None:
    state = suspended()
    complete(state)
    outcome = fold(state, case.reinspect(state, "reg-1", "cas-1", NOW))

    assert outcome == (
        ReinspectionRequested("cas-1", NOW, NOW),
        ReinspectionDecided("cas-1", (), NOW),
        ExportLifted("reg-1", None, "cas-1", NOW),
    )
    assert state.cases["cas-1"].status == "lifted"
    assert state.stops["reg-1"] == Orders()
    assert state.undecided == {}
    again = case.reinspect(state, "reg-1", "cas-1", NOW)
    assert complaints(again) == [("case_closed", "path:id")]
    assert complaints(case.decide(state, "cas-1", True, "", NOW)) == [("case_closed", "/subject")]


def test_a_reinspection_without_a_suspension_lifts_nothing() -> None:
    state = authorized()
    fold(state, case.inspect(state, "reg-1", "unannounced", NOW))
    complete(state)
    fold(state, order.stop(state, "reg-1", None, "", NOW))
    outcome = fold(state, case.reinspect(state, "reg-1", "cas-1", NOW))

    assert outcome[1:] == (ReinspectionDecided("cas-1", (), NOW),)
    assert state.cases["cas-1"].status == "lifted"
    assert state.stops["reg-1"] == Orders(stopped=True)


def test_everything_missing_is_found_at_once() -> None:
    state = suspended()
    fold(state, case.reinspect(state, "reg-1", "cas-1", NOW))

    assert state.cases["cas-1"].status == "suspended"
    assert state.cases["cas-1"].findings == tuple(
        f"material {number} ({material.title}) is missing"
        for number, material in materials.BY_NUMBER.items()
    )


@pytest.mark.parametrize(
    ("number", "fields", "finding"),
    [
        (1, {"document_date": date(2023, 6, 1)}, None),
        (
            1,
            {"document_date": date(2023, 6, 2)},
            "material 1 (Rectification report with item-by-item closure matrix)"
            " is dated 2023-06-02, after today, 2023-06-01",
        ),
        (8, {"document_date": date(2023, 3, 1)}, None),
        (
            8,
            {"document_date": date(2023, 2, 28)},
            "material 8 (Data Exit Risk Assessment Report)"
            " is dated 2023-02-28, more than 3 months before 2023-06-01",
        ),
        (9, {"document_date": date(2013, 1, 1)}, None),
        (
            4,
            {"uscc": "another"},
            "material 4 (Identity document of the handler, copy)"
            " names 'another', and the registration '91310000MA1FL0000N'",
        ),
    ],
)
def test_dates_and_owner_are_checked(
    number: int, fields: dict[str, Any], finding: str | None
) -> None:
    state = suspended()
    complete(state)
    hand_in(state, number, **fields)

    found = case.examine(state, state.cases["cas-1"], NOW)
    assert found == (() if finding is None else (finding,))


def test_today_is_the_day_in_china() -> None:
    state = suspended()
    complete(state)
    hand_in(state, 1, document_date=date(2023, 6, 2))
    evening = datetime(2023, 6, 1, 16, 0, tzinfo=UTC)

    assert case.examine(state, state.cases["cas-1"], evening) == ()


def test_three_months_before_the_end_of_may_is_the_end_of_february() -> None:
    state = suspended()
    complete(state)
    hand_in(state, 8, document_date=date(2023, 2, 28))
    end_of_may = datetime(2023, 5, 31, tzinfo=UTC)

    findings = case.examine(state, state.cases["cas-1"], end_of_may)
    assert not any(finding.startswith("material 8") and "months" in finding for finding in findings)


def test_a_waiting_reinspection_is_asked_for_once() -> None:
    state = suspended()
    state.policy = Policy(reinspections="manual")
    outcome = fold(state, case.reinspect(state, "reg-1", "cas-1", NOW))
    again = case.reinspect(state, "reg-1", "cas-1", NOW)

    assert outcome == (ReinspectionRequested("cas-1", NOW, None),)
    assert state.cases["cas-1"].status == "reinspecting"
    assert complaints(again) == [("reinspection_pending", "path:id")]


def test_a_testers_word_stands_above_the_materials() -> None:
    state = suspended()
    refusal = fold(state, case.decide(state, "cas-1", False, "not convinced", NOW))
    decided = refusal[0]
    assert isinstance(decided, ReinspectionDecided)
    assert (decided.missing[0], len(decided.missing)) == ("not convinced", 18)

    outcome = fold(state, case.decide(state, "cas-1", True, "", NOW))
    assert outcome[0] == ReinspectionDecided("cas-1", (), NOW)
    assert state.cases["cas-1"].status == "lifted"


def test_the_deadline_fails_the_case_and_revokes_everything() -> None:
    state = suspended()
    state.policy = Policy(reinspections="manual")
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))
    fold(state, case.reinspect(state, "reg-1", "cas-1", NOW))
    assert case.pass_deadline(state, "cas-1", DEADLINE - timedelta(seconds=1)) == ()
    outcome = fold(state, case.pass_deadline(state, "cas-1", DEADLINE))

    reason = "cas-1 was not rectified by 2023-07-01T09:00:00Z"
    assert outcome == (
        DeadlinePassed("cas-1", DEADLINE),
        AuthorizationRevoked("aut-1", reason, DEADLINE),
        AuthorizationRevoked("aut-2", reason, DEADLINE),
    )
    assert state.cases["cas-1"].status == "failed"
    assert state.undecided == {}
    assert case.pass_deadline(state, "cas-1", DEADLINE) == ()

    fold(state, order.lift(state, "reg-1", None, DEADLINE))
    assert state.cases["cas-1"].status == "failed"


def test_the_platform_is_warned_once_while_the_deadline_runs() -> None:
    state = suspended()
    near = DEADLINE - timedelta(days=5)
    assert case.near_deadline(state, "cas-1", DEADLINE) == ()
    assert fold(state, case.near_deadline(state, "cas-1", near)) == (DeadlineNeared("cas-1", near),)
    assert case.near_deadline(state, "cas-1", near) == ()


def test_the_wire_tells_the_case() -> None:
    state = suspended()
    hand_in(state, 2)
    fold(state, case.decide(state, "cas-1", True, "", NOW))

    assert views.case(state.cases["cas-1"]) == Case(
        id="cas-1",
        status="lifted",
        opened_at=NOW,
        reason="undeclared",
        suspended_at=NOW,
        deadline=DEADLINE,
        materials=(
            Material(
                number=2,
                title="Material",
                document_date=date(2023, 6, 1),
                digest=PAYLOAD,
                sealed=True,
                uscc=USCC,
                handed_in_at=NOW,
            ),
        ),
        findings=(),
        decided_at=NOW,
    )


def test_a_suspension_within_a_case_forgets_no_reinspection() -> None:
    state = authorized()
    state.policy = Policy(reinspections="manual")
    fold(state, case.inspect(state, "reg-1", "unannounced", NOW))
    fold(state, case.reinspect(state, "reg-1", "cas-1", NOW))

    fold(state, order.suspend(state, "reg-1", "cas-1", "undeclared", NOW))

    assert (state.cases["cas-1"].status, state.cases["cas-1"].suspended_at) == ("reinspecting", NOW)
    assert "cas-1" in state.undecided
    assert refused(case.reinspect(state, "reg-1", "cas-1", NOW)).code == "reinspection_pending"
