"""Every monitoring rule is silent about a lawful feed, and names the one thing that is wrong."""

from datetime import datetime
from typing import Any

import pytest

from simulator.messages.feed import FeedEvent
from simulator.regulator import rules
from simulator.regulator.lifecycle import authorization, order, transmission
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    CLOSING,
    END,
    NOW,
    changed,
    event,
    feed_to,
    fold,
    sending,
)

LAWFUL = (event("started", 1), event("progressed", 2), event("ended", 3))


def raised(state: RegulatorState) -> list[tuple[str, str | None, str | None, str]]:
    """Rule, transmission, authorization and detail of every alert."""
    return [
        (alert.rule, alert.transmission, alert.authorization, alert.detail)
        for alert in (held.raised for held in state.alerts.values())
    ]


def test_the_folder_is_the_list() -> None:
    assert set(rules.catalogued()) >= {
        "authorization_dead",
        "authorization_unknown",
        "country_outside",
        "mechanism_outgrown",
        "quota_exceeded",
        "recipient_outside",
        "sequence_duplicate",
        "sequence_gap",
        "totals_mismatch",
        "undeclared_category",
    }


@pytest.mark.parametrize("rule", rules.catalogued().values(), ids=lambda rule: rule.id)
def test_every_rule_says_what_must_hold_and_why(rule: rules.Rule) -> None:
    assert rule.title
    assert rule.clause
    assert rule.text.endswith(".")


def test_a_lawful_transmission_raises_nothing() -> None:
    state = sending()
    feed_to(state, *LAWFUL)
    fold(state, transmission.close(state, "reg-1", "trm-1", CLOSING, NOW))

    assert raised(state) == []


@pytest.mark.parametrize(
    ("events", "rule", "transmission", "authorization", "detail"),
    [
        (
            [event("progressed", 1, categories=("E12", "M03", "M02", "X01", "E99"))],
            "undeclared_category",
            "trm-1",
            "aut-1",
            "fed E99, M03, X01, announced E03, M02",
        ),
        (
            [event("started", 1, subject="trm-8"), event("ended", 1, subject="trm-9")],
            "authorization_unknown",
            "trm-8",
            None,
            "2 events of transmissions that the platform did not announce, the first of 'trm-8'",
        ),
        (
            [event("started", 1), event("progressed", 2, recipient="acquirer-th")],
            "recipient_outside",
            "trm-1",
            "aut-1",
            "fed for acquirer-th, announced for acquirer-sg",
        ),
        (
            [event("started", 1), event("progressed", 2, country="TH")],
            "country_outside",
            "trm-1",
            "aut-1",
            "fed for TH, announced for SG",
        ),
        (
            [event("progressed", 1, records=6), event("progressed", 2, records=5)],
            "quota_exceeded",
            "trm-1",
            "aut-1",
            "fed 11 records, announced 10",
        ),
        (
            [event("started", 2), event("progressed", 5)],
            "sequence_gap",
            "trm-1",
            "aut-1",
            "sequence numbers 1 to 1, 3 to 4 are missing",
        ),
        (
            [event("started", 1), event("started", 1), event("started", 1)],
            "sequence_duplicate",
            "trm-1",
            "aut-1",
            "2 sequence numbers were taken before, the first 1",
        ),
    ],
)
def test_one_wrong_is_one_alert(
    events: list[FeedEvent],
    rule: str,
    transmission: str,
    authorization: str | None,
    detail: str,
) -> None:
    state = sending()
    feed_to(state, *events)

    assert raised(state) == [(rule, transmission, authorization, detail)]


def test_many_events_with_one_wrong_are_one_alert_a_body() -> None:
    state = sending()
    for first in (1, 11):
        feed_to(
            state,
            *(event("progressed", first + n, records=0, country="TH") for n in range(10)),
        )

    assert (
        raised(state) == [("country_outside", "trm-1", "aut-1", "fed for TH, announced for SG")] * 2
    )


def test_a_gap_is_told_once_and_a_later_one_again() -> None:
    state = sending()
    feed_to(state, event("started", 2))
    feed_to(state, event("started", 3))
    feed_to(state, event("started", 1))
    feed_to(state, event("started", 6))

    assert [detail for *_, detail in raised(state)] == [
        "sequence numbers 1 to 1 are missing",
        "sequence numbers 4 to 5 are missing",
    ]


def _expired(state: RegulatorState) -> datetime:
    return END


def _revoked(state: RegulatorState) -> datetime:
    fold(state, authorization.revoke(state, "aut-1", "", NOW))
    return NOW


def _suspended(state: RegulatorState) -> datetime:
    fold(state, order.suspend(state, "reg-1", None, "", NOW))
    return NOW


def _stopped(state: RegulatorState) -> datetime:
    fold(state, order.stop(state, "reg-1", None, "", NOW))
    return NOW


@pytest.mark.parametrize(
    ("happen", "status"),
    [
        (_expired, "expired"),
        (_revoked, "revoked"),
        (_suspended, "suspended"),
        (_stopped, "stopped"),
    ],
)
def test_a_payload_under_a_dead_authorization_is_an_alert(happen: Any, status: str) -> None:
    state = sending()
    now = happen(state)
    feed_to(state, *LAWFUL, now=now)

    detail = f"a payload was fed while aut-1 is {status}"
    assert raised(state) == [("authorization_dead", "trm-1", "aut-1", detail)]


def test_a_halted_platform_may_report_the_end() -> None:
    state = sending()
    _suspended(state)
    feed_to(state, event("started", 1), event("ended", 2, records=0, bytes=0))

    assert raised(state) == []


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"records": 9}, "closed with 9 records, fed 10; 9 records, the feed ended with 10"),
        ({"bytes": 1}, "closed with 1 bytes, fed 500; 1 bytes, the feed ended with 500"),
        ({"payloads": ()}, "closed with 0 payloads, fed 1"),
        ({"payloads": ("2" * 64,)}, "closed with other payloads than were fed"),
    ],
)
def test_a_closing_that_contradicts_the_feed_is_an_alert(
    fields: dict[str, Any], detail: str
) -> None:
    state = sending()
    feed_to(state, *LAWFUL)
    closing = changed(CLOSING, **fields)
    fold(state, transmission.close(state, "reg-1", "trm-1", closing, NOW))

    assert raised(state) == [("totals_mismatch", "trm-1", "aut-1", detail)]


def test_a_closing_without_any_feed_is_an_alert() -> None:
    state = sending()
    fold(state, transmission.close(state, "reg-1", "trm-1", CLOSING, NOW))

    detail = "closed with 10 records, fed 0; 500 bytes, fed 0; 1 payloads, fed 0"
    assert raised(state) == [("totals_mismatch", "trm-1", "aut-1", detail)]
