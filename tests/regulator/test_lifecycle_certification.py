"""A certification is open within its band, goes step by step, and is lost outside its scope."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.journal.events.certification import (
    CertificationExpired,
    CertificationFaulted,
    CertificationGranted,
    CertificationRectified,
    CertificationRequested,
    CertificationRestored,
    CertificationRevoked,
    CertificationSuspended,
    CertificationTerminated,
    CertificationVerified,
)
from simulator.messages.certification import (
    CertificationRequest,
    CertifiedRecipient,
    RectificationRequest,
)
from simulator.messages.headcount import HandlerRequest
from simulator.regulator.lifecycle import certification, headcount, notice, timers
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import PURPOSE, changed, complaints, fold, refused, registered, sign
from tests.regulator.test_lifecycle_headcount import of, told

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
BY = NOW + timedelta(days=30)
UNTIL = datetime(2029, 3, 2, 16, tzinfo=UTC)
REQUEST = CertificationRequest(
    recipients=(CertifiedRecipient(recipient="acquirer-sg", country="SG"),),
    purpose=PURPOSE,
    categories=("M01", "M02"),
    persons=500,
    sensitive_persons=500,
)
RECTIFIED = RectificationRequest(statement="the key is rotated")


def under(manner: str, rule_pack: str = "r2026") -> RegulatorState:
    state = registered()
    state.open({"certifications": manner, "after_s": 60}, rule_pack=rule_pack, starts_at=NOW)
    return state


def ask(state: RegulatorState, now: datetime = NOW, **fields: Any) -> tuple[Any, ...]:
    request = changed(REQUEST, **fields)
    return fold(state, certification.request(state, "reg-1", request, now))


def decide(state: RegulatorState, accept: bool, now: datetime = NOW) -> tuple[Any, ...]:
    return fold(state, certification.decide(state, "cer-1", accept, "a hole", now))


def status(state: RegulatorState) -> str:
    return state.certifications["cer-1"].status


def run_timers(state: RegulatorState, until: datetime) -> list[Any]:
    """What falls due up to then, each at its own time."""
    happened: list[Any] = []
    while due := timers.due(state, until):
        happened += fold(state, timers.run(state, due[0], due[0].at, sign))
    return happened


def test_all_steps_are_taken_at_once_where_the_policy_says_so() -> None:
    state = under("immediate")
    events = ask(state)

    assert [type(event) for event in events] == [
        CertificationRequested,
        CertificationVerified,
        CertificationGranted,
    ]
    assert events[-1] == CertificationGranted("cer-1", "PIC2026000001", UNTIL, NOW)
    assert status(state) == "certified"


def test_each_step_waits_for_its_own_time_under_after() -> None:
    state = under("after")
    ask(state)
    happened = run_timers(state, NOW + timedelta(seconds=119))
    assert happened == [
        CertificationVerified("cer-1", NOW + timedelta(seconds=60), NOW + timedelta(seconds=120))
    ]
    run_timers(state, NOW + timedelta(seconds=120))

    assert status(state) == "certified"


@pytest.mark.parametrize("rule_pack", ["r2022", "r2024"])
def test_before_2026_the_refusal_names_the_day_from_which_it_exists(rule_pack: str) -> None:
    state = under("immediate", rule_pack)

    outcome = certification.request(state, "reg-1", REQUEST, NOW)
    assert refused(outcome).code == "route_not_open"
    assert refused(outcome).errors[0].expected == (
        "wait until 2026-01-01, from when exports are certified (Order 20)"
    )


@pytest.mark.parametrize(
    ("persons", "sensitive", "is_open"),
    [
        (99_999, 0, False),
        (100_000, 0, True),
        (999_999, 0, True),
        (1_000_000, 0, False),
        (1, 1, True),
        (9_999, 9_999, True),
        (10_000, 10_000, False),
    ],
)
def test_it_is_open_within_the_band_only(persons: int, sensitive: int, is_open: bool) -> None:
    state = under("immediate")
    request = changed(REQUEST, persons=persons, sensitive_persons=sensitive)
    outcome = certification.request(state, "reg-1", request, NOW)

    if is_open:
        fold(state, outcome)
    else:
        assert complaints(outcome) == [("certification_excluded", "/persons")]


def test_persons_counted_before_leave_less_room() -> None:
    """No splitting: what was counted and what is stated lie in the band together."""
    state = under("immediate")
    fold(state, headcount.count(state, "reg-1", told(sensitive=of(range(9_500))), NOW))

    ask(state, persons=499, sensitive_persons=499)
    outcome = certification.request(state, "reg-1", REQUEST, NOW)
    assert complaints(outcome) == [("certification_excluded", "/persons")]


@pytest.mark.parametrize("fact", ["critical_operator", "important_data"])
def test_critical_operators_and_important_data_are_excluded(fact: str) -> None:
    state = under("immediate")
    handler = HandlerRequest.model_validate({fact: True})
    fold(state, headcount.describe(state, "reg-1", handler, NOW))

    outcome = certification.request(state, "reg-1", REQUEST, NOW)
    assert complaints(outcome) == [("certification_excluded", "/persons")]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    state = under("immediate", "r2024")
    request = changed(REQUEST, sensitive_persons=501, categories=("E99", "X01"))

    assert complaints(certification.request(state, "reg-1", request, NOW)) == [
        ("route_not_open", ""),
        ("persons_inconsistent", "/sensitive_persons"),
        ("category_unknown", "/categories/0"),
        ("category_forbidden", "/categories/1"),
    ]


@pytest.mark.parametrize("steps", [0, 1])
def test_a_non_conformity_leads_back_to_the_step_that_found_it(steps: int) -> None:
    state = under("manual")
    ask(state)
    for _ in range(steps):
        decide(state, True)
    former = status(state)
    [faulted] = decide(state, False)
    assert faulted == CertificationFaulted("cer-1", ("a hole",), BY, NOW)
    assert refused(certification.decide(state, "cer-1", True, "", NOW)).code == "already_decided"
    fold(state, certification.rectify(state, "reg-1", "cer-1", RECTIFIED, BY - timedelta(1)))

    assert status(state) == former


def test_what_is_not_rectified_in_time_is_terminated() -> None:
    state = under("manual")
    ask(state)
    decide(state, False)

    late = certification.rectify(state, "reg-1", "cer-1", RECTIFIED, BY)
    assert complaints(late) == [("certification_closed", "path:id")]
    assert run_timers(state, BY - timedelta(seconds=1)) == []
    assert run_timers(state, BY) == [
        CertificationTerminated("cer-1", "not rectified by 2026-04-01T04:00:00Z", BY)
    ]
    assert run_timers(state, UNTIL) == []


def test_outside_its_scope_it_is_suspended_then_restored_or_revoked() -> None:
    state = under("manual")
    ask(state)
    decide(state, True)
    decide(state, True)
    assert decide(state, False) == (CertificationSuspended("cer-1", "a hole", BY, NOW),)
    fold(state, certification.rectify(state, "reg-1", "cer-1", RECTIFIED, NOW))
    assert status(state) == "reviewing"
    assert decide(state, True) == (CertificationRestored("cer-1", NOW),)

    decide(state, False)
    reason = "not rectified by 2026-04-01T04:00:00Z"
    assert run_timers(state, BY) == [CertificationRevoked("cer-1", reason, BY)]
    assert run_timers(state, UNTIL) == []


def test_a_certificate_holds_three_years() -> None:
    state = under("immediate")
    ask(state)

    assert run_timers(state, UNTIL - timedelta(seconds=1)) == []
    assert run_timers(state, UNTIL) == [CertificationExpired("cer-1", UNTIL)]


def test_a_certificate_of_a_leap_day_ends_in_february() -> None:
    state = under("immediate")
    state.begun_on = NOW.date()
    *_, granted = ask(state, datetime(2028, 2, 29, 4, tzinfo=UTC))

    assert granted.valid_until == datetime(2031, 2, 28, 16, tzinfo=UTC)


def test_a_certification_of_another_platform_is_not_there() -> None:
    state = under("manual")
    ask(state)

    outcome = certification.rectify(state, "reg-2", "cer-1", RECTIFIED, NOW)
    assert refused(outcome).code == "not_found"


def test_the_platform_is_told_of_what_it_did_not_read_in_an_answer() -> None:
    state = under("manual")
    assert notice.issue_for(state, ask(state), NOW) == ()
    told_of = [
        notice.issue_for(state, decide(state, accept), NOW)[0].data["status"]
        for accept in (True, True, False, True, False, False)
    ]

    assert told_of == ["auditing", "certified", "suspended", "certified", "suspended", "revoked"]


def test_the_fold_of_what_was_recorded_is_the_live_state() -> None:
    state = under("manual")
    recorded = [*ask(state), *decide(state, False)]
    rectified = certification.rectify(state, "reg-1", "cer-1", RECTIFIED, NOW)
    recorded += fold(state, rectified)
    assert any(isinstance(event, CertificationRectified) for event in recorded)
    recorded += [*decide(state, True), *decide(state, True), *decide(state, False)]

    anew = under("manual")
    anew.fold_all(recorded)
    assert anew == state
