"""The platform is told what it did not ask for in the same breath, in one gapless sequence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from simulator.journal.events import Event
from simulator.journal.events.authorization import AuthorizationRevoked
from simulator.journal.events.case import (
    DeadlineNeared,
    DeadlinePassed,
    InspectionOpened,
    ReinspectionDecided,
)
from simulator.journal.events.notice import (
    NoticeAcknowledged,
    NoticeGivenUp,
    NoticeIssued,
    NoticeOverdue,
    NoticeRedelivered,
)
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from simulator.messages.notice import Acknowledgement, Notice
from simulator.regulator import views
from simulator.regulator.lifecycle import (
    case,
    declaration,
    notice,
    order,
    transmission,
)
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    ANNOUNCED,
    DECLARED,
    FOREIGN,
    NOW,
    REGISTERED,
    authorized,
    fold,
    granted_anew,
    refused,
    registered,
    sign,
)

DEADLINE = NOW + timedelta(days=30)


def told(issued: tuple[NoticeIssued, ...]) -> list[tuple[str, str, dict[str, Any]]]:
    """Type, subject and data of every notice."""
    return [(one.type, one.subject, one.data) for one in issued]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            ExportStopped("reg-1", "aut-1", "leak", NOW),
            ("export.stopped", "aut-1", {"authorization": "aut-1"}),
        ),
        (
            ExportStopped("reg-1", None, "leak", NOW),
            ("export.stopped", "reg-1", {"authorization": None}),
        ),
        (
            ExportSuspended("reg-1", "cas-1", DEADLINE, NOW),
            (
                "export.suspended",
                "reg-1",
                {"case": "cas-1", "deadline": "2023-07-01T09:00:00Z"},
            ),
        ),
        (
            ExportLifted("reg-1", "aut-1", None, NOW),
            ("export.lifted", "aut-1", {"authorization": "aut-1", "case": None}),
        ),
        (
            ExportLifted("reg-1", None, "cas-1", NOW),
            ("export.lifted", "reg-1", {"authorization": None, "case": "cas-1"}),
        ),
        (
            AuthorizationRevoked("aut-1", "leak", NOW),
            ("authorization.revoked", "aut-1", {"authorization": "aut-1", "version": 1}),
        ),
        (
            InspectionOpened("cas-2", "reg-1", "unannounced", NOW),
            ("inspection.opened", "cas-2", {"case": "cas-2", "reason": "unannounced"}),
        ),
        (
            ReinspectionDecided("cas-1", ("material 1 is missing",), NOW),
            (
                "case.decided",
                "cas-1",
                {"status": "suspended", "missing": ["material 1 is missing"]},
            ),
        ),
        (
            ReinspectionDecided("cas-1", (), NOW),
            ("case.decided", "cas-1", {"status": "lifted", "missing": []}),
        ),
        (
            DeadlineNeared("cas-1", NOW),
            ("deadline.near", "cas-1", {"case": "cas-1", "deadline": "2023-07-01T09:00:00Z"}),
        ),
    ],
)
def test_what_the_regulator_does_on_its_own_is_told(
    event: Event, expected: tuple[str, str, dict[str, Any]]
) -> None:
    state = suspended()

    assert told(notice.issue_for(state, (event,), NOW)) == [expected]


def test_a_failed_case_is_told_with_what_was_missing() -> None:
    issued = notice.issue_for(suspended(), (DeadlinePassed("cas-1", DEADLINE),), DEADLINE)

    assert issued[0].data["status"] == "failed"
    assert len(issued[0].data["missing"]) == 17


def test_what_is_decided_at_once_is_read_in_the_answer() -> None:
    state = registered()
    declared = fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))
    announced = fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))

    assert notice.issue_for(state, declared + announced, NOW) == ()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (True, {"status": "accepted", "authorization": "aut-1"}),
        (False, {"status": "refused", "authorization": None}),
    ],
)
def test_a_later_decision_about_a_declaration_is_told(
    accept: bool, expected: dict[str, Any]
) -> None:
    state = registered()
    state.policy = Policy(declarations="manual")
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))
    decided = fold(state, declaration.decide(state, "dcl-1", accept, "", NOW, sign))

    issued = notice.issue_for(state, decided, NOW)
    assert told(issued) == [("declaration.decided", "dcl-1", expected)]


@pytest.mark.parametrize(("accept", "status"), [(True, "accepted"), (False, "refused")])
def test_a_later_decision_about_a_transmission_is_told(accept: bool, status: str) -> None:
    state = authorized()
    state.policy = Policy(transmissions="manual")
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    decided = fold(state, transmission.decide(state, "trm-1", accept, "", NOW))

    issued = notice.issue_for(state, decided, NOW)
    assert told(issued) == [("transmission.decided", "trm-1", {"status": status})]


def test_a_grant_by_order_is_told() -> None:
    state = authorized()
    granted = granted_anew(state)

    assert told(notice.issue_for(state, fold(state, granted), NOW)) == [
        ("authorization.granted", "aut-1", {"authorization": "aut-1", "version": 2})
    ]


def test_it_does_not_matter_whether_the_events_are_folded() -> None:
    state = suspended()
    events = fold(authorized(), case.inspect(authorized(), "reg-1", "", NOW))
    before = notice.issue_for(state, events, NOW)
    state.fold_all(events)

    assert notice.issue_for(state, events, NOW) == before


def test_ids_and_sequence_go_on_without_gaps() -> None:
    state = authorized()
    for _ in range(2):
        stopped = fold(state, order.stop(state, "reg-1", None, "", NOW))
        lifted = fold(state, order.lift(state, "reg-1", None, NOW))
        fold(state, notice.issue_for(state, stopped + lifted, NOW))

    assert state.notices_of("reg-1") == ["ntc-1", "ntc-2", "ntc-3", "ntc-4"]
    assert [state.notices[id].issued.sequence for id in state.notices_of("reg-1")] == [1, 2, 3, 4]
    assert state.notices_of("reg-2") == []


def test_an_acknowledgement_counts_once() -> None:
    state = authorized()
    stopped = fold(state, order.stop(state, "reg-1", None, "", NOW))
    fold(state, notice.issue_for(state, stopped, NOW))
    assert list(state.unacknowledged) == ["ntc-1"]

    outcome = fold(state, notice.acknowledge(state, "reg-1", "ntc-1", "callback", NOW))
    assert outcome == (NoticeAcknowledged("ntc-1", "callback", NOW),)
    assert list(state.unacknowledged) == []
    assert notice.acknowledge(state, "reg-1", "ntc-1", "interface", NOW) == ()
    assert (
        refused(notice.acknowledge(state, "reg-2", "ntc-1", "interface", NOW)).code == "not_found"
    )


def told_by_callback() -> RegulatorState:
    """A platform with a callback was sent ntc-1."""
    state = RegulatorState()
    state.fold(replace(REGISTERED, callback_url="http://127.0.0.1:9000/"))
    stopped = fold(state, order.stop(state, "reg-1", None, "", NOW))
    fold(state, notice.issue_for(state, stopped, NOW))
    return state


def status_of(state: RegulatorState) -> str:
    """Where `ntc-1` stands."""
    return state.notices["ntc-1"].status


def test_a_notice_is_overdue_once_and_stays_so() -> None:
    state = told_by_callback()
    assert status_of(state) == "pending"

    outcome = fold(state, notice.pass_limit(state, "ntc-1", 10.0, NOW))
    assert outcome == (NoticeOverdue("ntc-1", 10.0, NOW),)
    assert status_of(state) == "overdue"
    assert notice.pass_limit(state, "ntc-1", 10.0, NOW) == ()
    fold(state, notice.acknowledge(state, "reg-1", "ntc-1", "callback", NOW))

    assert status_of(state) == "acknowledged"
    assert state.notices["ntc-1"].overdue_at == NOW


def test_what_was_heard_is_neither_overdue_nor_given_up() -> None:
    state = told_by_callback()
    fold(state, notice.acknowledge(state, "reg-1", "ntc-1", "interface", NOW))

    assert notice.pass_limit(state, "ntc-1", 10.0, NOW) == ()
    assert notice.give_up(state, "ntc-1", 8, "no answer", NOW) == ()


def test_a_dead_letter_is_redelivered_on_request_and_dies_again() -> None:
    state = told_by_callback()
    given_up = fold(state, notice.give_up(state, "ntc-1", 8, "no answer", NOW))
    assert given_up == (NoticeGivenUp("ntc-1", 8, "no answer", NOW),)
    assert status_of(state) == "dead"
    assert notice.give_up(state, "ntc-1", 9, "no answer", NOW) == ()

    redelivered = fold(state, notice.redeliver(state, "reg-1", "ntc-1", "platform", NOW))
    assert redelivered == (NoticeRedelivered("ntc-1", "platform", NOW),)
    held = state.notices["ntc-1"]
    assert (held.status, held.round, held.attempts_before) == ("redelivering", 2, 8)
    fold(state, notice.give_up(state, "ntc-1", 16, "no answer", NOW))

    assert status_of(state) == "dead"


def test_a_dead_letter_can_still_be_acknowledged() -> None:
    state = told_by_callback()
    fold(state, notice.give_up(state, "ntc-1", 8, "no answer", NOW))

    fold(state, notice.acknowledge(state, "reg-1", "ntc-1", "interface", NOW))

    assert status_of(state) == "acknowledged"
    assert list(state.unacknowledged) == []


def test_only_a_dead_letter_of_ones_own_is_redelivered() -> None:
    state = told_by_callback()
    state.fold(FOREIGN)

    under_way = notice.redeliver(state, "reg-1", "ntc-1", "platform", NOW)
    foreign = notice.redeliver(state, "reg-2", "ntc-1", "platform", NOW)
    fold(state, notice.acknowledge(state, "reg-1", "ntc-1", "callback", NOW))
    heard = notice.redeliver(state, None, "ntc-1", "tester", NOW)

    codes = [refused(outcome).code for outcome in (under_way, foreign, heard)]
    assert codes == ["delivery_under_way", "not_found", "notice_acknowledged"]


def test_nothing_is_redelivered_to_a_platform_that_polls() -> None:
    state = authorized()
    stopped = fold(state, order.stop(state, "reg-1", None, "", NOW))
    fold(state, notice.issue_for(state, stopped, NOW))

    outcome = notice.redeliver(state, "reg-1", "ntc-1", "platform", NOW)

    assert refused(outcome).code == "callback_missing"


def test_the_wire_tells_the_notice_and_its_acknowledgement() -> None:
    state = authorized()
    stopped = fold(state, order.stop(state, "reg-1", "aut-1", "", NOW))
    fold(state, notice.issue_for(state, stopped, NOW))
    fold(state, notice.acknowledge(state, "reg-1", "ntc-1", "callback", NOW))

    assert views.notice(state.notices["ntc-1"], source="/demo/v1") == Notice(
        id="ntc-1",
        source="/demo/v1",
        type="export.stopped",
        subject="aut-1",
        time=NOW,
        sequence=1,
        data={"authorization": "aut-1"},
    )
    assert views.acknowledgement(state.notices["ntc-1"]) == Acknowledgement(
        id="ntc-1", acknowledged_at=NOW
    )


def suspended() -> RegulatorState:
    """The platform is suspended in cas-1, without having been told."""
    state = authorized()
    fold(state, order.suspend(state, "reg-1", None, "undeclared", NOW))
    return state
