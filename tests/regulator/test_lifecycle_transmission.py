"""A transmission is announced within its authorization or not at all; then it is closed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from simulator.journal.events.alert import AlertRaised
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
    TransmissionRefused,
)
from simulator.messages.transmission import Transmission
from simulator.regulator import views
from simulator.regulator.lifecycle import authorization, order, transmission
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    ANNOUNCED,
    CLOSING,
    END,
    FOREIGN,
    NOW,
    PAYLOAD,
    PURPOSE,
    authorized,
    changed,
    complaints,
    event,
    feed_to,
    fold,
    refused,
    sending,
)

RECORDED = TransmissionAnnounced(
    id="trm-1",
    platform="reg-1",
    authorization="aut-1",
    authorization_version=1,
    categories=("E03", "M02"),
    purpose=PURPOSE,
    recipient="acquirer-sg",
    country="SG",
    records=10,
    at=NOW,
    decide_at=NOW,
)


def test_what_the_authorization_covers_is_accepted_at_once() -> None:
    outcome = transmission.announce(authorized(), "reg-1", ANNOUNCED, NOW)

    assert outcome == (RECORDED, TransmissionAccepted("trm-1", NOW))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"authorization_version": 2}, [("authorization_stale", "/authorization_version")]),
        ({"recipient": "acquirer-th"}, [("recipient_mismatch", "/recipient")]),
        ({"country": "TH"}, [("country_mismatch", "/country")]),
        ({"purpose": "marketing"}, [("purpose_mismatch", "/purpose")]),
        ({"categories": ("E12", "M03")}, [("category_outside", "/categories/1")]),
        ({"categories": ("X01",)}, [("category_forbidden", "/categories/0")]),
        ({"categories": ("E99",)}, [("category_unknown", "/categories/0")]),
        ({"records": 101}, [("quota_exceeded", "/records")]),
        (
            {
                "authorization_version": 3,
                "recipient": "acquirer-th",
                "country": "TH",
                "purpose": "marketing",
                "categories": ("M03", "M02", "X02"),
                "records": 1_000,
            },
            [
                ("authorization_stale", "/authorization_version"),
                ("recipient_mismatch", "/recipient"),
                ("country_mismatch", "/country"),
                ("purpose_mismatch", "/purpose"),
                ("category_outside", "/categories/0"),
                ("category_forbidden", "/categories/2"),
                ("quota_exceeded", "/records"),
            ],
        ),
    ],
)
def test_everything_that_the_authorization_does_not_cover_is_named_at_once(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    outcome = transmission.announce(authorized(), "reg-1", changed(ANNOUNCED, **fields), NOW)

    assert complaints(outcome) == expected
    assert refused(outcome).alerts == ()


def test_exempt_categories_may_leave_under_any_authorization() -> None:
    state = authorized()
    request = changed(ANNOUNCED, categories=("E12", "M01"))
    fold(state, transmission.announce(state, "reg-1", request, NOW))

    assert state.transmissions["trm-1"].status == "accepted"


def _expire(state: RegulatorState) -> None:
    """The clock does it; no event is needed."""


def _revoke(state: RegulatorState) -> None:
    fold(state, authorization.revoke(state, "aut-1", "", NOW))


def _suspend(state: RegulatorState) -> None:
    fold(state, order.suspend(state, "reg-1", None, "", NOW))


def _stop(state: RegulatorState) -> None:
    fold(state, order.stop(state, "reg-1", "aut-1", "", NOW))


@pytest.mark.parametrize(
    ("happened", "now", "code"),
    [
        (_expire, END, "authorization_expired"),
        (_expire, NOW - timedelta(seconds=1), "authorization_not_yet_valid"),
        (_revoke, NOW, "authorization_revoked"),
        (_suspend, NOW, "authorization_suspended"),
        (_stop, NOW, "authorization_stopped"),
    ],
)
def test_nothing_is_accepted_under_an_authorization_that_does_not_stand(
    happened: Callable[[RegulatorState], None], now: Any, code: str
) -> None:
    state = authorized()
    happened(state)

    outcome = transmission.announce(state, "reg-1", ANNOUNCED, now)
    assert complaints(outcome) == [(code, "/authorization")]
    assert refused(outcome).status == 409


def test_an_authorization_of_others_is_unknown_and_raises_an_alert() -> None:
    state = authorized()
    state.fold(FOREIGN)
    outcome = transmission.announce(state, "reg-2", ANNOUNCED, NOW)

    assert complaints(outcome) == [("authorization_unknown", "/authorization")]
    assert refused(outcome).alerts == (
        AlertRaised(
            id="alr-1",
            rule="authorization_unknown",
            platform="reg-2",
            transmission=None,
            authorization="aut-1",
            detail="announced under 'aut-1', which the platform does not hold",
            at=NOW,
        ),
    )


def test_announced_records_use_the_quota_up() -> None:
    state = authorized()
    whole = changed(ANNOUNCED, records=100)
    fold(state, transmission.announce(state, "reg-1", whole, NOW))
    outcome = transmission.announce(state, "reg-1", changed(ANNOUNCED, records=1), NOW)

    assert state.authorizations["aut-1"].used_records == 100
    assert refused(outcome).detail == "/records must be at most 0 of 100 records, but was 1"


def test_a_refusal_gives_its_records_back() -> None:
    state = waiting()
    assert state.authorizations["aut-1"].used_records == 10
    outcome = fold(state, transmission.decide(state, "trm-1", False, "not today", NOW))

    assert outcome == (TransmissionRefused("trm-1", "not today", NOW),)
    assert state.authorizations["aut-1"].used_records == 0
    again = transmission.decide(state, "trm-1", True, "", NOW)
    assert refused(again).code == "already_decided"
    assert refused(transmission.decide(state, "trm-9", True, "", NOW)).code == "not_found"


def test_a_late_decision_accepts_what_is_still_covered() -> None:
    state = waiting()
    outcome = fold(state, transmission.decide(state, "trm-1", True, "", NOW))

    assert outcome == (TransmissionAccepted("trm-1", NOW),)
    assert list(state.open_transmissions) == ["trm-1"]


def test_a_late_decision_refuses_what_is_no_longer_covered() -> None:
    state = waiting()
    _suspend(state)
    outcome = transmission.decide(state, "trm-1", True, "", NOW)

    reason = "/authorization must be active (it is suspended), but was 'aut-1'"
    assert outcome == (TransmissionRefused("trm-1", reason, NOW),)


def test_a_closing_that_agrees_with_the_feed_raises_nothing() -> None:
    state = sending()
    feed_to(state, event("started", 1), event("progressed", 2), event("ended", 3))
    outcome = fold(state, transmission.close(state, "reg-1", "trm-1", CLOSING, NOW))

    assert outcome == (TransmissionClosed("trm-1", "completed", 10, 500, (PAYLOAD,), NOW),)
    assert state.open_transmissions == {}
    assert state.authorizations["aut-1"].used_records == 10


def test_an_abort_gives_back_what_did_not_leave() -> None:
    state = sending()
    feed_to(state, event("progressed", 1, records=4))
    aborted = changed(CLOSING, outcome="aborted", records=4)
    fold(state, transmission.close(state, "reg-1", "trm-1", aborted, NOW))

    assert state.authorizations["aut-1"].used_records == 4
    assert state.alerts == {}


def test_an_abort_of_more_than_was_announced_gives_nothing_back() -> None:
    state = sending()
    aborted = changed(CLOSING, outcome="aborted", records=11)
    fold(state, transmission.close(state, "reg-1", "trm-1", aborted, NOW))

    assert state.authorizations["aut-1"].used_records == 10


def test_a_suspended_platform_may_close() -> None:
    state = sending()
    _suspend(state)
    aborted = changed(CLOSING, outcome="aborted", records=0, bytes=0, payloads=())

    assert len(fold(state, transmission.close(state, "reg-1", "trm-1", aborted, NOW))) == 1


def test_only_an_open_transmission_of_ones_own_can_be_closed() -> None:
    closed = sending()
    fold(closed, transmission.close(closed, "reg-1", "trm-1", CLOSING, NOW))
    again = transmission.close(closed, "reg-1", "trm-1", CLOSING, NOW)
    early = transmission.close(waiting(), "reg-1", "trm-1", CLOSING, NOW)
    foreign = transmission.close(closed, "reg-2", "trm-1", CLOSING, NOW)

    assert complaints(again) == [("transmission_closed", "path:id")]
    assert complaints(early) == [("transmission_not_accepted", "path:id")]
    assert refused(foreign).code == "not_found"


def test_the_wire_tells_the_transmission_and_what_became_of_it() -> None:
    state = sending()
    later = NOW + timedelta(minutes=1)
    fold(state, transmission.close(state, "reg-1", "trm-1", CLOSING, later))

    assert views.transmission(state.transmissions["trm-1"]) == Transmission(
        id="trm-1",
        status="closed",
        authorization="aut-1",
        authorization_version=1,
        categories=("E03", "M02"),
        purpose=PURPOSE,
        recipient="acquirer-sg",
        country="SG",
        records=10,
        announced_at=NOW,
        decided_at=NOW,
        closed_at=later,
    )


def waiting() -> RegulatorState:
    """Transmission trm-1 waits for a tester."""
    state = authorized()
    state.policy = Policy(transmissions="manual")
    outcome = fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    assert outcome == (replace(RECORDED, decide_at=None),)
    return state
