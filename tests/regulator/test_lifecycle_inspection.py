"""A sample is drawn from the day by the seed, and its answer is held against the lineage."""

from datetime import timedelta

import pytest

from simulator.journal.events.inspection import (
    SampleMistake,
    SampleOverdue,
    SampleRequested,
    SampleVoided,
)
from simulator.messages.inspection import SampleAnswerRequest
from simulator.messages.lineage import LineageEntry, LineageRequest
from simulator.regulator.lifecycle import inspection, lineage, timers, transmission
from simulator.regulator.lifecycle.notice import issue_for
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    ANNOUNCED,
    CLOSING,
    LINEAGE,
    NOW,
    authorized,
    changed,
    complaints,
    fold,
    refused,
    registered,
    sign,
)

WALL = NOW + timedelta(days=1000)
DAY = timedelta(days=1)


def payload(number: int) -> str:
    return f"{number:064x}"


def sent(count: int) -> RegulatorState:
    """As many transmissions of one payload each were closed and traced today."""
    state = authorized()
    state.seed = 7
    for number in range(1, count + 1):
        fold(state, transmission.announce(state, "reg-1", changed(ANNOUNCED, records=1), NOW))
        closing = changed(CLOSING, records=1, payloads=(payload(number),))
        fold(state, transmission.close(state, "reg-1", f"trm-{number}", closing, NOW))
        entries = LineageRequest(items=(told(number),))
        fold(state, lineage.record(state, "reg-1", entries, NOW))
    return state


def told(number: int, **other: object) -> LineageEntry:
    """What the platform says of one payload."""
    entry: LineageEntry = changed(
        LINEAGE,
        payload=payload(number),
        source=f"pay-{number}",
        transmission=f"trm-{number}",
        **other,
    )
    return entry


def requested(state: RegulatorState, size: int = 2) -> SampleRequested:
    [event] = fold(state, inspection.request(state, "reg-1", size, "a test", NOW, WALL))
    assert isinstance(event, SampleRequested)
    return event


def answers(*entries: LineageEntry) -> SampleAnswerRequest:
    return SampleAnswerRequest(items=entries)


def right(drawn: SampleRequested) -> list[LineageEntry]:
    return [told(int(item.payload, 16)) for item in drawn.items]


def test_a_sample_is_drawn_from_the_day_by_the_seed_and_limited_by_wall_time() -> None:
    first, second = requested(sent(20), 5), requested(sent(20), 5)
    elsewhere = sent(20)
    elsewhere.seed = 8

    assert first == second
    assert len({item.payload for item in first.items}) == 5
    assert first.items != requested(elsewhere, 5).items
    assert first.answer_by == WALL + timedelta(seconds=60)


def test_where_less_left_than_is_asked_for_all_of_it_is_drawn() -> None:
    assert len(requested(sent(2), 50).items) == 2


def test_what_left_twice_is_drawn_once() -> None:
    state = sent(1)
    fold(state, transmission.announce(state, "reg-1", changed(ANNOUNCED, records=1), NOW))
    closing = changed(CLOSING, records=1, payloads=(payload(1),))
    fold(state, transmission.close(state, "reg-1", "trm-2", closing, NOW))

    assert [item.payload for item in requested(state, 2).items] == [payload(1)]


@pytest.mark.parametrize("later", [DAY, timedelta(hours=7)], ids=["next day", "midnight in China"])
def test_what_left_on_another_day_is_not_drawn(later: timedelta) -> None:
    state = sent(2)

    [event] = fold(state, inspection.request(state, "reg-1", 2, "", NOW + later, WALL))

    assert isinstance(event, SampleVoided)
    assert (state.inspections["ins-1"].status, state.unanswered) == ("void", {})


def test_the_platform_is_told_what_was_drawn() -> None:
    state = sent(1)
    event = requested(state, 1)

    [notice] = issue_for(state, (event,), NOW)

    assert (notice.type, notice.subject) == ("sample.requested", "ins-1")
    assert notice.data == {
        "inspection": "ins-1",
        "payloads": [payload(1)],
        "answer_by": "2026-02-25T09:01:00Z",
    }


def test_an_answer_like_the_lineage_on_record_is_right() -> None:
    state = sent(5)
    drawn = requested(state)

    fold(state, inspection.answer(state, "reg-1", "ins-1", answers(*right(drawn)), NOW))

    held = state.inspections["ins-1"]
    assert (held.status, held.answered and held.answered.mistakes) == ("right", ())
    assert (state.unanswered, state.consequences) == ({}, {})


@pytest.mark.parametrize(
    ("other", "field", "expected", "seen"),
    [
        ({"rule_version": "rules-2"}, "rule_version", "rules-1", "rules-2"),
        ({"recipient": "acquirer-th"}, "recipient", "acquirer-sg", "acquirer-th"),
        ({"country": "TH"}, "country", "SG", "TH"),
        ({"categories": ("M02",)}, "categories", "E03, M02", "M02"),
        (
            {"sent_at": NOW + DAY},
            "sent_at",
            "2023-06-01T09:00:00Z",
            "2023-06-02T09:00:00Z",
        ),
    ],
)
def test_whatever_differs_from_the_lineage_is_named(
    other: dict[str, object], field: str, expected: str, seen: str
) -> None:
    state = sent(1)
    requested(state, 1)

    fold(state, inspection.answer(state, "reg-1", "ins-1", answers(told(1, **other)), NOW))

    held = state.inspections["ins-1"]
    assert held.status == "wrong"
    assert held.answered is not None
    assert held.answered.mistakes == (SampleMistake(payload(1), "pay-1", field, expected, seen),)
    assert state.consequences["ins-1"].terms.order == "inspect"


def test_a_record_too_many_one_too_few_and_a_payload_left_out_are_named() -> None:
    state = sent(3)
    fold(state, lineage.record(state, "reg-1", LineageRequest(items=(other_source(),)), NOW))
    requested(state, 3)
    given = answers(told(1), told(2), changed(told(2), source="pay-x"))

    fold(state, inspection.answer(state, "reg-1", "ins-1", given, NOW))

    held = state.inspections["ins-1"]
    assert held.answered is not None
    assert set(held.answered.mistakes) == {
        SampleMistake(payload(1), "pay-1b", "source", "pay-1b", "nothing"),
        SampleMistake(payload(2), "pay-x", "source", "nothing", "pay-x"),
        SampleMistake(payload(3), None, "answer", "1 records", "nothing"),
    }


def other_source() -> LineageEntry:
    """The first payload carried a second record."""
    entry: LineageEntry = changed(told(1), source="pay-1b")
    return entry


def test_what_was_never_traced_cannot_be_answered_right() -> None:
    state = authorized()
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    fold(state, transmission.close(state, "reg-1", "trm-1", CLOSING, NOW))
    requested(state, 1)

    fold(state, inspection.answer(state, "reg-1", "ins-1", answers(LINEAGE), NOW))

    held = state.inspections["ins-1"]
    assert held.answered is not None
    assert held.answered.mistakes == (
        SampleMistake(LINEAGE.payload, None, "lineage", "on record", "nothing"),
    )


def test_more_mistakes_than_anybody_reads_are_counted() -> None:
    state = sent(1)
    requested(state, 1)
    many = [changed(told(1), source=f"pay-x{number}") for number in range(150)]

    fold(state, inspection.answer(state, "reg-1", "ins-1", answers(told(1), *many), NOW))

    answered = state.inspections["ins-1"].answered
    assert answered is not None
    assert (len(answered.mistakes), answered.mistakes_left_out) == (100, 50)


def test_an_answer_that_speaks_of_something_else_is_refused_and_may_be_mended() -> None:
    state = sent(3)
    drawn = requested(state, 1)
    [item] = drawn.items
    outside = next(number for number in (1, 2, 3) if payload(number) != item.payload)
    wrong = answers(*right(drawn), told(outside))

    outcome = inspection.answer(state, "reg-1", "ins-1", wrong, NOW)

    assert complaints(outcome) == [("sample_outside", "/items/1/payload")]
    fold(state, inspection.answer(state, "reg-1", "ins-1", answers(*right(drawn)), NOW))


def test_only_the_first_answer_of_the_platform_asked_counts() -> None:
    state = sent(1)
    drawn = requested(state, 1)
    given = answers(*right(drawn))

    assert refused(inspection.answer(state, "reg-2", "ins-1", given, NOW)).code == "not_found"
    assert refused(inspection.answer(state, "reg-1", "ins-2", given, NOW)).code == "not_found"
    fold(state, inspection.answer(state, "reg-1", "ins-1", given, NOW))
    again = inspection.answer(state, "reg-1", "ins-1", given, NOW)
    assert complaints(again) == [("sample_closed", "path:id")]


def test_silence_is_overdue_by_wall_time_and_has_the_consequence_of_the_policy() -> None:
    state = sent(1)
    drawn = requested(state, 1)
    assert timers.overdue(state, NOW, drawn.answer_by - timedelta(microseconds=1)) == []

    [due] = timers.overdue(state, NOW, drawn.answer_by)
    assert fold(state, timers.run(state, due, NOW, sign)) == (SampleOverdue("ins-1", NOW),)

    [follows] = timers.due(state, NOW)
    events = fold(state, timers.run(state, follows, NOW, sign, WALL))
    assert [event.event for event in events] == [
        "order_planned",
        "order_carried_out",
        "inspection_opened",
    ]
    assert state.cases["cas-1"].opened.reason == "sample_overdue: ins-1"
    assert timers.due(state, NOW) == []
    late = inspection.answer(state, "reg-1", "ins-1", answers(*right(drawn)), NOW)
    assert refused(late).code == "sample_closed"


def test_nobody_is_asked_who_is_not_registered() -> None:
    state = registered()

    assert refused(inspection.request(state, "reg-9", 1, "", NOW, WALL)).code == "not_found"
