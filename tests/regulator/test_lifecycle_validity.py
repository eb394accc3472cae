"""A result holds as long as the law of its day says, and what changes ends it."""

import copy
from datetime import UTC, date, datetime, timedelta

import pytest

from simulator.journal.events import Event
from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.declaration import DeclarationAccepted
from simulator.messages.declaration import ChangeReport
from simulator.regulator.lifecycle import (
    assessment,
    authorization,
    declaration,
    notice,
    timers,
    transmission,
    validity,
)
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import ANNOUNCED, NOW, changed, complaints, fold, refused, sign
from tests.regulator.procedure import FILED, filed, held, walk

HOLDS_UNTIL = datetime(2025, 6, 1, 16, tzinfo=UTC)
"""Midnight in China after 1 June 2025, two years after the result."""
LAST_CALL = datetime(2025, 3, 4, 16, tzinfo=UTC)
"""Midnight in China before 5 March 2025, 60 working days before 1 June 2025."""
MOVED = ChangeReport(changes=("retention", "recipient"), description="kept for five years")


def accepted() -> RegulatorState:
    return filed("immediate")


def ask(state: RegulatorState, now: datetime) -> tuple[Event, ...] | Refusal:
    return validity.ask_extension(state, "reg-1", "dcl-1", now, sign)


def grant(state: RegulatorState, now: datetime, *, days: float) -> tuple[Event, ...] | Refusal:
    """A tester's order."""
    return authorization.grant(
        state,
        "reg-1",
        authorization="aut-1",
        recipient=None,
        country=None,
        categories=None,
        quota_records=10,
        valid_for_s=days * 86_400,
        now=now,
        sign=sign,
    )


@pytest.mark.parametrize(
    ("decided", "holds_until"),
    [
        (datetime(2023, 6, 1, 9, tzinfo=UTC), HOLDS_UNTIL),
        (datetime(2024, 3, 21, 15, tzinfo=UTC), datetime(2026, 3, 21, 16, tzinfo=UTC)),
        (datetime(2024, 3, 21, 16, tzinfo=UTC), datetime(2027, 3, 22, 16, tzinfo=UTC)),
    ],
)
def test_the_law_of_the_day_in_china_says_how_long_a_result_holds(
    decided: datetime, holds_until: datetime
) -> None:
    state = filed("manual")
    fold(state, assessment.decide(state, "dcl-1", True, "", decided, sign))

    assert held(state).valid_until == holds_until


def test_what_is_granted_never_outlives_the_result() -> None:
    state = accepted()
    assert state.authorizations["aut-1"].granted.valid_until == HOLDS_UNTIL

    fold(state, grant(state, NOW, days=10_000))
    assert state.authorizations["aut-1"].granted.valid_until == HOLDS_UNTIL
    fold(state, grant(state, NOW, days=1))
    assert state.authorizations["aut-1"].granted.valid_until == NOW + timedelta(days=1)


def test_an_expiry_is_told_60_working_days_before_and_then_comes() -> None:
    state = accepted()

    assert walk(state) == [
        ("2025-03-05", "declaration_expiring"),
        ("2025-06-02", "authorization_expired"),
        ("2025-06-02", "declaration_expired"),
    ]
    assert refused(grant(state, HOLDS_UNTIL, days=1)).code == "declaration_not_in_force"


def test_the_law_of_2022_knows_no_extension_and_names_the_remedy() -> None:
    state = accepted()
    before = copy.deepcopy(state)

    refusal = refused(ask(state, NOW))

    assert (refusal.code, refusal.clause) == ("extension_unknown_to_law", "Order 11 art. 14")
    assert "be declared again, with replaces dcl-1" in refusal.detail
    assert state == before


@pytest.mark.parametrize(
    ("moment", "in_time"),
    [(LAST_CALL + timedelta(hours=23, minutes=59), True), (LAST_CALL + timedelta(days=1), False)],
)
def test_an_extension_is_asked_for_60_working_days_before_expiry(
    moment: datetime, in_time: bool
) -> None:
    state = accepted()
    walk(state, LAST_CALL)
    assert held(state).status == "expiring"
    outcome = ask(state, moment)

    if in_time:
        assert [event.event for event in fold(state, outcome)] == [
            "extension_requested",
            "declaration_extended",
            "authorization_granted",
        ]
    else:
        assert refused(outcome).code == "extension_late"
        assert "2025-03-05" in refused(outcome).detail


def test_an_extension_adds_three_years_and_grants_anew() -> None:
    state = accepted()
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    fold(state, ask(state, LAST_CALL))

    extended_until = datetime(2028, 6, 1, 16, tzinfo=UTC)
    assert (held(state).status, held(state).valid_until) == ("extended", extended_until)
    now_held = state.authorizations["aut-1"]
    assert (now_held.granted.version, now_held.used_records) == (2, 0)
    assert now_held.granted.valid_until == extended_until
    # The calendar does not reach 2028: when to ask again is not known, and not guessed.
    assert held(state).expiring_at is None
    assert refused(ask(state, LAST_CALL)).code == "calendar_exhausted"
    assert walk(state) == [
        ("2028-06-02", "authorization_expired"),
        ("2028-06-02", "declaration_expired"),
    ]


def test_an_extension_of_what_was_revoked_grants_nothing() -> None:
    state = accepted()
    fold(state, authorization.revoke(state, "aut-1", "", NOW))
    extended = fold(state, ask(state, LAST_CALL))

    assert [event.event for event in extended] == ["extension_requested", "declaration_extended"]


def test_an_extension_left_to_its_period_is_decided_before_the_expiry() -> None:
    state = accepted()
    state.policy = Policy(declarations="statutory")
    walk(state, LAST_CALL)
    fold(state, ask(state, LAST_CALL))
    assert complaints(ask(state, LAST_CALL)) == [("already_decided", "path:id")]

    assert walk(state, HOLDS_UNTIL) == [
        ("2025-05-28", "declaration_extended"),
        ("2025-05-28", "authorization_granted"),
    ]


@pytest.mark.parametrize(
    ("asked_at", "status"), [(LAST_CALL, "expiring"), (LAST_CALL - timedelta(days=90), "accepted")]
)
def test_an_extension_that_is_refused_leaves_the_former_end(
    asked_at: datetime, status: str
) -> None:
    state = accepted()
    state.policy = Policy(declarations="manual")
    fold(state, ask(state, asked_at))
    fold(state, assessment.decide(state, "dcl-1", False, "no need", asked_at, sign))

    assert (held(state).status, held(state).valid_until) == (status, HOLDS_UNTIL)


def test_an_extension_that_nobody_decides_ends_with_the_validity() -> None:
    state = accepted()
    state.policy = Policy(declarations="manual")
    fold(state, ask(state, LAST_CALL))

    assert [event for _, event in walk(state)] == ["authorization_expired", "declaration_expired"]
    assert state.undecided == {}


def test_a_change_closes_the_export_until_it_is_declared_again() -> None:
    state = accepted()
    fold(state, validity.report_change(state, "reg-1", "dcl-1", MOVED, NOW))

    assert (held(state).status, held(state).changes) == ("changed", ("retention", "recipient"))
    announced = transmission.announce(state, "reg-1", ANNOUNCED, NOW)
    assert refused(announced).code == "authorization_revoked"
    assert refused(grant(state, NOW, days=1)).code == "declaration_not_in_force"
    again = validity.report_change(state, "reg-1", "dcl-1", MOVED, NOW)
    assert refused(again).code == "declaration_not_in_force"

    redeclared = changed(FILED, replaces="dcl-1")
    fold(state, declaration.submit(state, "reg-1", redeclared, NOW, sign))
    assert (held(state).status, held(state).replaced_by) == ("replaced", "dcl-2")
    onwards = changed(ANNOUNCED, authorization="aut-2")
    fold(state, transmission.announce(state, "reg-1", onwards, NOW))
    twice = declaration.submit(state, "reg-1", redeclared, NOW, sign)
    assert complaints(twice) == [("declaration_not_replaceable", "/replaces")]


def test_a_re_declaration_that_waits_ends_nothing_yet() -> None:
    state = accepted()
    state.policy = Policy(declarations="manual")
    redeclared = changed(FILED, replaces="dcl-1")
    fold(state, declaration.submit(state, "reg-1", redeclared, NOW, sign))
    assert held(state).status == "accepted"

    decided = fold(state, assessment.decide(state, "dcl-2", True, "", NOW, sign))
    assert [event.event for event in decided] == [
        "declaration_accepted",
        "authorization_granted",
        "declaration_replaced",
        "authorization_revoked",
    ]


def test_only_what_was_once_accepted_is_declared_again() -> None:
    state = filed("manual")

    for former in ("dcl-1", "dcl-8"):
        redeclared = changed(FILED, replaces=former)
        outcome = declaration.submit(state, "reg-1", redeclared, NOW, sign)
        assert complaints(outcome) == [("declaration_not_replaceable", "/replaces")]


def test_an_order_ends_an_export_that_no_longer_complies() -> None:
    state = accepted()
    ended = fold(state, validity.terminate_export(state, "dcl-1", "onward transfer", NOW))

    assert [event.event for event in ended] == ["export_terminated", "authorization_revoked"]
    assert held(state).status == "export_terminated"
    again = validity.terminate_export(state, "dcl-1", "", NOW)
    assert complaints(again) == [("declaration_not_in_force", "/declaration")]
    assert refused(validity.terminate_export(state, "dcl-9", "", NOW)).code == "not_found"
    fold(state, declaration.submit(state, "reg-1", changed(FILED, replaces="dcl-1"), NOW, sign))
    assert held(state).status == "replaced"


def test_what_became_void_does_not_happen() -> None:
    state = accepted()
    due = timers.due(state, HOLDS_UNTIL)
    fold(state, validity.report_change(state, "reg-1", "dcl-1", MOVED, NOW))

    assert [timers.run(state, one, one.at, sign) for one in due] == [()] * 3


def test_the_platform_is_told_each_step_but_not_what_it_asked_for() -> None:
    state = accepted()
    assert notice.issue_for(state, state_events(state), NOW) == ()
    ended = fold(state, validity.terminate_export(state, "dcl-1", "leak", NOW))
    told = notice.issue_for(state, ended, NOW)

    assert [(one.type, one.data) for one in told] == [
        ("declaration.ended", {"status": "export_terminated", "reason": "leak"}),
        ("authorization.revoked", {"authorization": "aut-1", "version": 1}),
    ]


def state_events(state: RegulatorState) -> tuple[Event, ...]:
    """What an immediate declaration came to."""
    first = held(state)
    granted = state.authorizations["aut-1"].granted
    assert isinstance(granted, AuthorizationGranted)
    return (first.received, DeclarationAccepted("dcl-1", "aut-1", NOW), granted)


def test_a_journal_without_a_validity_has_none() -> None:
    """As journals were written before results ended."""
    state = filed("manual")
    old = DeclarationAccepted("dcl-1", "aut-1", NOW)
    granted = AuthorizationGranted(
        id="aut-1",
        version=1,
        platform="reg-1",
        declaration="dcl-1",
        fields=held(state).received.fields,
        purpose="p",
        recipient="r",
        country="SG",
        quota_records=1,
        valid_from=NOW,
        valid_until=NOW + timedelta(days=9),
        signature="",
        at=NOW,
    )
    state.fold_all((old, granted))

    assert [event for _, event in walk(state)] == ["authorization_expired"]
    assert complaints(ask(state, datetime(2024, 6, 1, tzinfo=UTC))) == [
        ("declaration_not_in_force", "path:id")
    ]
    fold(state, grant(state, NOW, days=20_000))
    assert state.authorizations["aut-1"].granted.valid_until.date() > date(2070, 1, 1)
