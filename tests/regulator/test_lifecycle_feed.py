"""Every feed event is taken once, in an open transmission of one's own; others are refused."""

from simulator.journal.events.alert import AlertRaised
from simulator.journal.events.feed import FeedTaken
from simulator.messages.feed import RefusedLine
from simulator.regulator import views
from simulator.regulator.columns import FeedColumns
from simulator.regulator.intervals import Intervals
from simulator.regulator.lifecycle import feed, transmission
from simulator.regulator.lifecycle.policy import Policy
from tests.regulator.lawful import (
    ANNOUNCED,
    CLOSING,
    NOW,
    PAYLOAD,
    authorized,
    event,
    feed_to,
    fold,
    sending,
)

PROGRESSED = FeedTaken(
    transmission="trm-1",
    sequence=2,
    type="transmission.progressed",
    records=10,
    bytes=500,
    payload=PAYLOAD,
    categories=("E03", "M02"),
    recipient="acquirer-sg",
    country="SG",
    at=NOW,
)


def test_columns_keep_the_rows_of_the_body_together() -> None:
    assert FeedColumns.of([(3, event("progressed", 2))]) == FeedColumns(
        line=(3,),
        type=("transmission.progressed",),
        transmission=("trm-1",),
        sequence=(2,),
        records=(10,),
        bytes=(500,),
        payload=(PAYLOAD,),
        categories=(("E03", "M02"),),
        recipient=("acquirer-sg",),
        country=("SG",),
    )
    assert len(FeedColumns.of([])) == 0


def test_a_right_feed_is_taken_whole_and_added_up() -> None:
    state = sending()
    outcome = feed_to(state, event("started", 1), event("progressed", 2), event("ended", 3))

    assert outcome.refused == ()
    assert len(outcome.events) == 3
    assert outcome.events[1] == PROGRESSED
    assert state.fed_of("trm-1") == feed.Fed(
        seen=Intervals(((1, 3),)),
        records=10,
        bytes=500,
        payloads=1,
        payloads_sum=int(PAYLOAD, 16),
        ended=(10, 500),
    )


def test_wrong_lines_are_refused_and_the_others_taken() -> None:
    state = sending()
    outcome = feed_to(
        state,
        event("started", 1),
        event("started", 1),
        event("progressed", 2, subject="trm-9"),
        event("progressed", 2, payload=None),
        event("progressed", 2),
    )

    assert outcome.refused == (
        RefusedLine(
            line=2, code="sequence_duplicate", detail="sequence must be new in trm-1, but was 1"
        ),
        RefusedLine(
            line=3,
            code="transmission_unknown",
            detail="subject must be a transmission that the platform announced, but was 'trm-9'",
        ),
        RefusedLine(
            line=4,
            code="body_invalid",
            detail="data.payload must be the SHA-256 of the payload that left, but was missing",
        ),
    )
    assert [type(taken) for taken in outcome.events] == [
        FeedTaken,
        FeedTaken,
        AlertRaised,
        AlertRaised,
    ]


def test_a_transmission_of_another_platform_is_unknown() -> None:
    outcome = feed_to(sending(), event("started", 1), platform="reg-2")

    assert [line.code for line in outcome.refused] == ["transmission_unknown"]


def test_what_is_not_accepted_or_closed_takes_no_feed() -> None:
    waiting = authorized()
    waiting.policy = Policy(transmissions="manual")
    fold(waiting, transmission.announce(waiting, "reg-1", ANNOUNCED, NOW))
    closed = sending()
    fold(closed, transmission.close(closed, "reg-1", "trm-1", CLOSING, NOW))

    assert feed_to(waiting, event("started", 1)).refused == (
        RefusedLine(
            line=1,
            code="transmission_not_accepted",
            detail="subject must be an accepted transmission, but trm-1 is received",
        ),
    )
    assert feed_to(closed, event("started", 1)).refused == (
        RefusedLine(
            line=1,
            code="transmission_closed",
            detail="subject must be an accepted transmission, but trm-1 is closed",
        ),
    )


def test_an_empty_body_comes_to_nothing() -> None:
    assert feed_to(sending()) == feed.FeedOutcome((), ())


def test_the_order_within_a_body_does_not_matter() -> None:
    state = sending()
    outcome = feed_to(state, event("ended", 3), event("progressed", 2), event("started", 1))

    assert outcome.refused == ()
    assert state.alerts == {}


def test_alerts_travel_to_the_wire() -> None:
    state = sending()
    feed_to(state, event("started", 3))

    told = views.alert(state.alerts["alr-1"])
    assert told.model_dump() == {
        "id": "alr-1",
        "rule": "sequence_gap",
        "transmission": "trm-1",
        "authorization": "aut-1",
        "detail": "sequence numbers 1 to 2 are missing",
        "raised_at": NOW,
        "status": "raised",
        "explanation": None,
        "acknowledged_at": None,
        "reason": None,
        "ended_at": None,
    }
