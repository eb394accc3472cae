"""Lineage is recorded whole, for one's own accepted transmissions, and found by payload."""

from typing import Any

import pytest

from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.messages.lineage import LineageList, LineageRequest
from simulator.regulator import views
from simulator.regulator.lifecycle import lineage, transmission
from simulator.regulator.lifecycle.policy import Policy
from tests.regulator.lawful import (
    ANNOUNCED,
    LINEAGE,
    NOW,
    PAYLOAD,
    authorized,
    changed,
    complaints,
    fold,
    sending,
)

ITEM = LineageItem(
    payload=PAYLOAD,
    source="pay-1",
    rule_version="rules-1",
    transmission="trm-1",
    recipient="acquirer-sg",
    country="SG",
    categories=("E03", "M02"),
    sent_at=NOW,
)


def test_every_record_of_a_payload_is_found_again() -> None:
    state = sending()
    second = changed(LINEAGE, source="pay-2")
    outcome = fold(state, lineage.record(state, "reg-1", LineageRequest(items=(LINEAGE,)), NOW))
    fold(state, lineage.record(state, "reg-1", LineageRequest(items=(second,)), NOW))

    assert outcome == (LineageRecorded("reg-1", (ITEM,), NOW),)
    assert views.lineage(state.lineage["reg-1", PAYLOAD]) == LineageList(items=(LINEAGE, second))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"transmission": "trm-9"}, [("transmission_unknown", "/items/1/transmission")]),
        (
            {"recipient": "acquirer-th", "country": "TH", "categories": ("M02", "E99")},
            [
                ("recipient_mismatch", "/items/1/recipient"),
                ("country_mismatch", "/items/1/country"),
                ("category_unknown", "/items/1/categories/1"),
            ],
        ),
    ],
)
def test_one_wrong_item_refuses_all_and_is_named(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    request = LineageRequest(items=(LINEAGE, changed(LINEAGE, **fields)))

    assert complaints(lineage.record(sending(), "reg-1", request, NOW)) == expected


def test_nothing_left_under_a_transmission_that_was_not_accepted() -> None:
    state = authorized()
    state.policy = Policy(transmissions="manual")
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    outcome = lineage.record(state, "reg-1", LineageRequest(items=(LINEAGE,)), NOW)

    assert complaints(outcome) == [("transmission_not_accepted", "/items/0/transmission")]


def test_a_transmission_of_another_platform_is_unknown() -> None:
    outcome = lineage.record(sending(), "reg-2", LineageRequest(items=(LINEAGE,)), NOW)

    assert complaints(outcome) == [("transmission_unknown", "/items/0/transmission")]
