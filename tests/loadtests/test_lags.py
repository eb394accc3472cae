"""How far feed and lineage lag behind the payload, read from a journal."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loadtests.lags import Lags, of, recoveries

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def entry(kind: str, seconds: float, **body: Any) -> dict[str, Any]:
    """An entry as a line of the journal holds it."""
    at = (START + timedelta(seconds=seconds)).isoformat()
    return {"kind": kind, "content": json.dumps({"wall_at": at, "body": body})}


def arrival(seconds: float, payload: str) -> dict[str, Any]:
    return entry("arrival", seconds, body={"sha256": payload})


def fed(seconds: float, payload: str | None) -> dict[str, Any]:
    event = {"event": "feed_taken", "payload": payload}
    return entry("exchange", seconds, events=[event])


def traced(seconds: float, *payloads: str) -> dict[str, Any]:
    items = [{"payload": payload} for payload in payloads]
    return entry("exchange", seconds, events=[{"event": "lineage_recorded", "items": items}])


def asked(seconds: float, outcome: str = "accepted") -> dict[str, Any]:
    at = (START + timedelta(seconds=seconds)).isoformat()
    return entry("asked", 99, outcome=outcome, answered_at=at)


def fault(seconds: float, state: str) -> dict[str, Any]:
    return entry("fault", seconds, fault="flt-1", name="unreachable", state=state)


def test_lags_count_from_the_first_arrival_of_the_payload() -> None:
    lags = of(
        [
            fed(0.5, None),  # It started; of no payload yet.
            arrival(1.0, "a"),
            arrival(1.1, "a"),  # Sent again.
            fed(1.25, "a"),
            traced(3.0, "a", "b"),
            arrival(2.0, "b"),
        ]
    )

    assert (lags.payloads, lags.unfed, lags.untraced) == (2, 1, 0)
    assert lags.feed.max_us == 250_000
    assert (lags.lineage.count, lags.lineage.max_us) == (2, 2_000_000)


def test_what_is_under_way_was_accepted_and_not_yet_traced() -> None:
    lags = of([asked(1), asked(2), asked(2.5, "refused"), traced(3, "a"), traced(5, "b")])
    start = START.timestamp()

    seen = [lags.under_way(start + seconds) for seconds in (0, 1, 2, 3, 4, 5)]

    assert seen == [0, 1, 2, 1, 1, 0]


def test_recovery_is_the_time_until_no_more_is_under_way_than_before_the_fault() -> None:
    accepted = [asked(seconds) for seconds in range(10)]
    quick = [traced(seconds + 0.5, f"p{seconds}") for seconds in range(4)]
    held = [traced(8 + number / 2, f"p{number + 4}") for number in range(6)]  # From 8.0 to 10.5.
    lags = of([*accepted, *quick, *held, fault(4, "armed"), fault(7.5, "reverted")])

    (seen,) = recoveries(lags)

    assert (seen.fault, seen.before, seen.most) == ("unreachable", 1, 4)
    assert seen.lasted_s == pytest.approx(3.5)
    assert seen.after_s == pytest.approx(2.5)


def test_work_that_is_never_done_never_recovers() -> None:
    lags = of([asked(1), asked(2), asked(3), fault(1.5, "armed"), fault(2.5, "reverted")])

    (seen,) = recoveries(lags)

    assert seen.after_s is None


def test_a_fault_that_is_not_over_has_no_recovery() -> None:
    assert list(recoveries(of([asked(1), fault(2, "armed")]))) == []


def test_an_empty_journal_has_no_lags() -> None:
    assert of([]) == Lags()
