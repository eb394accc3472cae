"""The assessment keeps its periods, takes each step once, and says no to everything else."""

import copy
from datetime import UTC, date, datetime, timedelta

import pytest

from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.declaration import (
    AssessmentExtended,
    DeclarationReturned,
    SupplementAsked,
)
from simulator.messages.declaration import ReevaluationRequest, SupplementRequest
from simulator.regulator.lifecycle import assessment, declaration, timers
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.lifecycle.timers import Due
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    DECLARED,
    NOW,
    PAYLOAD,
    changed,
    complaints,
    fold,
    refused,
    registered,
    sign,
)
from tests.regulator.procedure import FILED, filed, held, step, take, walk

DOUBT = ReevaluationRequest(reason="another recipient was meant")
LAST_DAY = datetime(2023, 8, 22, 9, tzinfo=UTC)
"""17:00 in China, 57 working days after 1 June 2023."""


def supplement(*numbers: int) -> SupplementRequest:
    items = [{"number": number, "title": "T", "digest": PAYLOAD} for number in numbers]
    return SupplementRequest.model_validate({"items": tuple(items)})


def assessing(manner: str = "manual") -> RegulatorState:
    state = filed(manner)
    take(state, "forward")
    take(state, "admit")
    return state


def asked(manner: str = "manual") -> RegulatorState:
    """Two things must be supplemented."""
    state = assessing(manner)
    take(state, "ask_supplement", items=("contract", "audit"))
    return state


def test_the_longest_normal_path_takes_57_working_days() -> None:
    """Counted by hand: the Dragon Boat Festival is 22 to 24 June, and Sunday 25 June is worked."""
    state = filed("statutory")

    assert walk(state, LAST_DAY) == [
        ("2023-06-08", "declaration_forwarded"),
        ("2023-06-19", "declaration_admitted"),
        ("2023-08-22", "declaration_accepted"),
        ("2023-08-22", "authorization_granted"),
    ]
    assert held(state).decided_at == LAST_DAY


def test_nothing_is_granted_a_moment_before_the_last_day_ends() -> None:
    state = filed("statutory")

    walk(state, LAST_DAY - timedelta(microseconds=1))

    assert held(state).status == "assessing"
    assert state.authorizations == {}


def test_an_incomplete_declaration_is_returned_once_and_begins_anew_when_completed() -> None:
    state = filed("statutory", DECLARED)
    assert walk(state) == [("2023-06-08", "declaration_returned")]
    assert held(state).missing == (
        "self_assessed_on: the day on which the self-assessment was completed",
    )
    assert timers.due(state, LAST_DAY) == []

    completed_at = datetime(2023, 6, 12, 2, tzinfo=UTC)
    fold(state, declaration.amend(state, "reg-1", "dcl-1", FILED, completed_at, sign))

    assert walk(state, datetime(2023, 6, 30, tzinfo=UTC)) == [
        ("2023-06-19", "declaration_forwarded"),
        ("2023-06-29", "declaration_admitted"),
    ]
    assert held(state).received.self_assessed_on == date(2023, 5, 20)


def test_what_is_decided_at_once_asks_for_no_self_assessment() -> None:
    assert held(filed("immediate", DECLARED)).status == "accepted"


def test_a_tester_takes_each_step_by_hand() -> None:
    state = filed("manual")
    for name, status in [("forward", "forwarded"), ("admit", "assessing")]:
        take(state, name)  # type: ignore[arg-type]
        assert held(state).status == status
        assert timers.due(state, LAST_DAY) == []

    extended = take(state, "extend_assessment", reason="complex", working_days=20)
    assert extended == (AssessmentExtended("dcl-1", 20, "complex", NOW, None),)
    fold(state, assessment.decide(state, "dcl-1", True, "", NOW, sign))
    assert held(state).status == "accepted"


@pytest.mark.parametrize("status", ["received", "forwarded", "assessing", "supplement_required"])
def test_a_tester_goes_straight_to_the_result_from_anywhere(status: str) -> None:
    state = {
        "received": filed,
        "forwarded": lambda: _after_forward(filed()),
        "assessing": assessing,
        "supplement_required": asked,
    }[status]()
    assert held(state).status == status

    fold(state, assessment.decide(state, "dcl-1", True, "", NOW, sign))

    assert held(state).status == "accepted"
    assert held(state).asked is None


def _after_forward(state: RegulatorState) -> RegulatorState:
    take(state, "forward")
    return state


def test_a_step_that_is_impossible_is_refused_with_everything_wrong_and_changes_nothing() -> None:
    state = filed()
    before = copy.deepcopy(state)

    refusal = step(state, "ask_supplement")

    assert complaints(refusal) == [("step_impossible", "/step"), ("body_invalid", "/items")]
    assert refused(refusal).errors[0].expected == "be one of return, forward (dcl-1 is received)"
    assert refused(assessment.take(state, "dcl-7", assessment.Taking("admit"), NOW)).status == 404
    assert state == before


def test_a_tester_returns_what_is_complete_only_with_a_reason() -> None:
    state = filed()

    assert complaints(step(state, "return")) == [("body_invalid", "/items")]
    returned = take(state, "return", items=("seal",))
    assert returned == (DeclarationReturned("dcl-1", ("seal",), NOW),)
    decided = assessment.decide(state, "dcl-1", True, "", NOW, sign)
    assert refused(decided).code == "already_decided"


def test_a_declaration_that_is_not_admitted_ends() -> None:
    state = filed()
    take(state, "forward")
    take(state, "not_admit", reason="outside the measures")

    assert (held(state).status, held(state).reason) == ("not_admitted", "outside the measures")
    again = declaration.ask_reevaluation(state, "reg-1", "dcl-1", DOUBT, NOW)
    assert refused(again).code == "reevaluation_impossible"


def test_a_supplement_answers_everything_at_once_or_is_refused_for_all_that_lacks() -> None:
    state = asked()
    before = copy.deepcopy(state)

    refusal = declaration.supplement(state, "reg-1", "dcl-1", supplement(3, 1, 1), NOW)
    assert [(error.pointer, error.value) for error in refused(refusal).errors] == [
        ("/items/0/number", 3),
        ("/items/2/number", 1),
        ("/items", [1, 3]),
    ]
    assert state == before

    fold(state, declaration.supplement(state, "reg-1", "dcl-1", supplement(2, 1), NOW))
    assert (held(state).status, len(held(state).supplemented)) == ("assessing", 2)
    again = declaration.supplement(state, "reg-1", "dcl-1", supplement(1, 2), NOW)
    assert refused(again).code == "supplement_not_asked"


def test_a_supplement_extends_the_assessment_by_the_days_that_it_is_given() -> None:
    state = filed("statutory")
    walk(state, datetime(2023, 6, 20, tzinfo=UTC))
    [event] = take(state, "ask_supplement", held(state).decide_at or NOW, items=("contract",))

    assert isinstance(event, SupplementAsked)
    assert event.until == datetime(2023, 9, 12, 9, tzinfo=UTC)
    assert event.decide_at == event.until
    fold(state, declaration.supplement(state, "reg-1", "dcl-1", supplement(1), event.at))
    assert walk(state, event.decide_at)[0] == ("2023-09-12", "declaration_accepted")


def test_without_a_supplement_in_time_the_assessment_is_terminated() -> None:
    state = assessing("statutory")
    take(state, "ask_supplement", items=("contract",), working_days=3)

    assert walk(state) == [("2023-06-06", "declaration_terminated")]
    assert held(state).status == "terminated"


def test_under_manual_a_tester_alone_terminates() -> None:
    state = asked()
    assert walk(state) == []

    take(state, "terminate", reason="no answer")
    assert (held(state).status, held(state).reason) == ("terminated", "no answer")


def test_material_that_is_false_on_purpose_counts_as_not_passed() -> None:
    state = assessing()
    take(state, "refuse_false_material")

    assert (held(state).status, held(state).reason) == ("refused", "material was false on purpose")


@pytest.mark.parametrize(("day", "in_time"), [(25, True), (26, False)])
def test_a_re_evaluation_is_asked_for_within_15_working_days(day: int, in_time: bool) -> None:
    """Fifteen working days after 1 June 2023 end on Sunday 25 June, which is worked."""
    state = assessing()
    fold(state, assessment.decide(state, "dcl-1", False, "too much", NOW, sign))
    then = datetime(2023, 6, day, 3, tzinfo=UTC)

    outcome = declaration.ask_reevaluation(state, "reg-1", "dcl-1", DOUBT, then)

    if in_time:
        fold(state, outcome)
        assert held(state).status == "reevaluating"
    else:
        assert refused(outcome).code == "reevaluation_late"
        assert "2023-06-25" in refused(outcome).detail


@pytest.mark.parametrize("accept", [True, False])
def test_the_result_of_a_re_evaluation_is_final(accept: bool) -> None:
    state = assessing()
    fold(state, assessment.decide(state, "dcl-1", False, "too much", NOW, sign))
    fold(state, declaration.ask_reevaluation(state, "reg-1", "dcl-1", DOUBT, NOW))
    decided = fold(state, assessment.decide(state, "dcl-1", accept, "still", NOW, sign))

    assert (held(state).status, held(state).final) == ("accepted" if accept else "refused", True)
    assert any(isinstance(event, AuthorizationGranted) for event in decided) == accept
    again = declaration.ask_reevaluation(state, "reg-1", "dcl-1", DOUBT, NOW)
    assert refused(again).code == "reevaluation_impossible"


@pytest.mark.parametrize("manner", ["immediate", "statutory"])
def test_left_to_the_regulator_a_re_evaluation_confirms(manner: str) -> None:
    state = asked()
    take(state, "terminate", reason="no answer")
    state.policy = Policy(declarations=manner)
    fold(state, declaration.ask_reevaluation(state, "reg-1", "dcl-1", DOUBT, NOW))
    happened = walk(state)

    assert happened == ([] if manner == "immediate" else [("2023-08-04", "declaration_refused")])
    assert (held(state).status, held(state).final) == ("refused", True)
    assert held(state).reason == "the result stands: no answer"


def test_what_is_not_decided_is_amended_or_withdrawn() -> None:
    state = asked()
    fold(state, declaration.amend(state, "reg-1", "dcl-1", changed(FILED, records=7), NOW, sign))
    assert (held(state).status, held(state).received.records) == ("received", 7)
    assert held(state).asked is None

    fold(state, declaration.withdraw(state, "reg-1", "dcl-1", NOW))
    assert (held(state).status, state.undecided) == ("withdrawn", {})
    for outcome in (
        declaration.withdraw(state, "reg-1", "dcl-1", NOW),
        declaration.amend(state, "reg-1", "dcl-1", FILED, NOW, sign),
        assessment.decide(state, "dcl-1", True, "", NOW, sign),
    ):
        assert refused(outcome).code == "already_decided"


def test_what_is_amended_under_an_immediate_policy_is_decided_at_once() -> None:
    state = filed()
    state.policy = Policy()
    fold(state, declaration.amend(state, "reg-1", "dcl-1", FILED, NOW, sign))

    assert held(state).status == "accepted"


def test_an_amendment_is_refused_for_all_that_is_wrong_with_it() -> None:
    state = filed()
    before = copy.deepcopy(state)
    wrong = changed(FILED, valid_until=NOW, self_assessed_on=date(2023, 1, 1), replaces="dcl-1")

    assert complaints(declaration.amend(state, "reg-1", "dcl-1", wrong, NOW, sign)) == [
        ("period_invalid", "/valid_until"),
        ("period_invalid", "/valid_until"),
        ("self_assessment_untimely", "/self_assessed_on"),
        ("declaration_not_replaceable", "/replaces"),
    ]
    assert state == before


@pytest.mark.parametrize(
    ("day", "right"),
    [
        (date(2023, 2, 28), False),
        (date(2023, 3, 1), True),
        (date(2023, 6, 1), True),
        (date(2023, 6, 2), False),
    ],
)
def test_a_self_assessment_is_at_most_three_months_old(day: date, right: bool) -> None:
    request = changed(FILED, self_assessed_on=day)
    outcome = declaration.submit(registered(), "reg-1", request, NOW, sign)

    assert isinstance(outcome, tuple) == right
    if not right:
        assert complaints(outcome) == [("self_assessment_untimely", "/self_assessed_on")]


def test_another_platforms_declaration_is_not_there() -> None:
    state = filed()

    for outcome in (
        declaration.amend(state, "reg-9", "dcl-1", FILED, NOW, sign),
        declaration.withdraw(state, "reg-9", "dcl-1", NOW),
        declaration.supplement(state, "reg-9", "dcl-1", supplement(1), NOW),
        declaration.ask_reevaluation(state, "reg-9", "dcl-1", DOUBT, NOW),
    ):
        assert refused(outcome).code == "not_found"


def test_a_period_beyond_the_calendar_is_refused_and_names_the_range() -> None:
    late = datetime(2026, 10, 15, tzinfo=UTC)
    request = changed(
        FILED, self_assessed_on=date(2026, 10, 1), valid_until=datetime(2027, 10, 1, tzinfo=UTC)
    )
    state = registered()
    state.policy = Policy(declarations="statutory")
    before = copy.deepcopy(state)

    refusal = refused(declaration.submit(state, "reg-1", request, late, sign))

    assert refusal.code == "calendar_exhausted"
    assert "from 2022-01-01 to 2026-12-31" in refusal.detail
    assert state == before
    state.policy = Policy(declarations="manual")
    fold(state, declaration.submit(state, "reg-1", request, late, sign))
    assert held(state).status == "received"


def test_a_step_whose_next_period_is_not_known_is_refused() -> None:
    state = assessing("statutory")

    for outcome in (
        step(state, "extend_assessment", working_days=1_000),
        step(state, "ask_supplement", items=("contract",), working_days=1_000),
    ):
        assert refused(outcome).code == "calendar_exhausted"


def test_a_policy_of_a_time_still_decides_after_that_time() -> None:
    state = registered()
    state.policy = Policy(declarations="after", after_s=60)
    fold(state, declaration.submit(state, "reg-1", FILED, NOW, sign))
    soon = NOW + timedelta(seconds=60)
    take(state, "forward")

    assert timers.due(state, soon) == [Due(soon, "decide", "dcl-1")]
    assert [event for _, event in walk(state, soon)] == [
        "declaration_accepted",
        "authorization_granted",
    ]
