"""Who asks too often waits as long as is said; a flood of strangers does not fill the journal."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.journal.events.rates import RatesSet
from simulator.journal.records import Exchange, TurnedAway
from simulator.regulator.rates import Bucket, Rate, Rates
from tests.regulator.connected import HOST, Connected, connected

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def limit(regulator: Connected, **rates: float | int | None) -> None:
    """Sets rates as a tester would."""
    set = {"platform_per_s": None, "platform_burst": 1, "sandbox_per_s": None, "sandbox_burst": 1}
    event = RatesSet(**(set | rates), at=regulator.sandbox.clock.now())  # type: ignore[arg-type]
    regulator.runner.run(regulator.office.decide("tester", "rates", (event,)))


def test_without_a_rate_nobody_waits_and_nothing_is_said_of_it(regulator: Connected) -> None:
    answers = [regulator.ask("GET", "/time") for _ in range(50)]

    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


def test_who_passes_the_rate_is_told_how_long_to_wait_and_that_is_enough(
    regulator: Connected,
) -> None:
    limit(regulator, platform_per_s=0.4, platform_burst=2)
    statuses = [regulator.ask("GET", "/time").status_code for _ in range(2)]
    refused = regulator.ask("GET", "/time")

    assert statuses == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "3"
    assert refused.headers["ratelimit-policy"] == '"platform";q=2;w=5'
    assert refused.headers["ratelimit"] == '"platform";r=0;t=5'
    regulator.wall.go_on(2.4)
    assert regulator.ask("GET", "/time").status_code == 429
    regulator.wall.go_on(0.6)
    assert regulator.ask("GET", "/time").status_code == 200


def test_a_request_that_must_wait_changes_nothing_and_leaves_its_nonce_unspent(
    regulator: Connected,
) -> None:
    limit(regulator, platform_per_s=1.0, platform_burst=1)
    regulator.ask("GET", "/time")
    request = regulator.signed("GET", "/time")
    refused = regulator.send(request)
    regulator.wall.go_on(1)

    again = regulator.send(request)

    assert (refused.status_code, again.status_code) == (429, 200)


def test_one_platform_does_not_use_up_the_rate_of_another() -> None:
    rates, limited = Rates(), RatesSet(1.0, 1, None, 1, NOW)

    assert rates.take(limited, "reg-1", NOW)[0] == 0
    assert rates.take(limited, "reg-1", NOW)[0] == 1
    assert rates.take(limited, "reg-2", NOW)[0] == 0


def test_the_sandbox_as_a_whole_has_a_rate_too_and_strangers_count(regulator: Connected) -> None:
    limit(regulator, sandbox_per_s=1.0, sandbox_burst=2)
    unsigned = regulator.client.build_request("GET", f"{HOST}/demo/v1/time")

    assert regulator.send(unsigned).status_code == 401
    assert regulator.ask("GET", "/time").status_code == 200
    assert regulator.send(unsigned).status_code == 429


def test_a_bucket_fills_to_its_brim_and_time_that_goes_back_adds_nothing() -> None:
    bucket = Bucket(Rate(per_s=10.0, burst=5))
    bucket.fill(NOW)
    bucket.tokens = 0.0

    bucket.fill(NOW - timedelta(hours=1))
    backwards = bucket.tokens
    bucket.fill(NOW + timedelta(hours=1))

    assert (backwards, bucket.tokens) == (0.0, 5.0)


def test_a_flood_of_strangers_is_counted_and_not_kept(regulator: Connected) -> None:
    regulator.office.door._kept_max = 3
    for number in range(10):
        body = b"%d" % number
        request = regulator.client.build_request("POST", f"{HOST}/demo/v1/feed", content=body)
        assert regulator.send(request).status_code == 401
    regulator.wall.go_on(10)
    unknown = regulator.client.build_request("GET", f"{HOST}/demo/v1/nothing")
    assert regulator.send(unknown).status_code == 404

    kept = [one for one in regulator.records() if isinstance(one, Exchange) and one.refusal]
    told = [one for one in regulator.records() if isinstance(one, TurnedAway)]
    assert [one.refusal for one in kept] == ["signature_missing"] * 3
    assert [(one.requests, one.refusals) for one in told] == [
        (1, {"signature_missing": 1}),
        (7, {"not_found": 1, "signature_missing": 6}),
    ]
    assert regulator.office.door.turned_away == 11
    assert regulator.ask("GET", "/time").status_code == 200


def test_a_restart_does_not_open_the_journal_to_a_flood_again(regulator: Connected) -> None:
    unsigned = regulator.client.build_request("GET", f"{HOST}/demo/v1/time")
    for _ in range(3):
        regulator.send(unsigned)

    regulator.restart()
    regulator.office.door._kept_max = 3
    regulator.send(unsigned)

    kept = [one for one in regulator.records() if isinstance(one, Exchange) and one.refusal]
    assert len(kept) == 3


def test_what_is_counted_is_told_before_the_end(regulator: Connected) -> None:
    regulator.office.door._kept_max = 0
    unsigned = regulator.client.build_request("GET", f"{HOST}/demo/v1/time")
    for _ in range(5):
        regulator.send(unsigned)

    regulator.restart()

    told = [one for one in regulator.records() if isinstance(one, TurnedAway)]
    assert sum(one.requests for one in told) == 5


def test_long_headers_of_strangers_are_not_kept_whole(regulator: Connected) -> None:
    request = regulator.client.build_request(
        "GET", f"{HOST}/demo/v1/time", headers={"x-long": "y" * 5000}
    )
    regulator.send(request)

    record = [one for one in regulator.records() if isinstance(one, Exchange)][-1]
    assert record.headers["x-long"] == "y" * 500


def test_a_flood_of_strangers_into_a_fault_is_counted_and_the_platforms_requests_are_kept(
    regulator: Connected,
) -> None:
    regulator.office.door._kept_max = 2
    regulator.sandbox.faults.arm("error_status", scope="regulator", times=7)
    unsigned = regulator.client.build_request(
        "GET", f"{HOST}/demo/v1/time", headers={"x-long": "y" * 5000}
    )
    strangers = [regulator.send(unsigned).status_code for _ in range(6)]
    own = regulator.ask("GET", "/time").status_code
    after = regulator.ask("GET", "/time").status_code
    regulator.restart()

    assert (strangers, own, after) == ([503] * 6, 503, 200)
    cut_off = [one for one in regulator.records() if isinstance(one, Exchange) and one.fault]
    assert [one.platform for one in cut_off] == [None, None, "reg-1"]
    assert cut_off[0].headers["x-long"] == "y" * 500
    told = [one for one in regulator.records() if isinstance(one, TurnedAway)]
    assert [(one.requests, one.refusals) for one in told] == [
        (1, {"signature_missing": 1}),
        (3, {"signature_missing": 3}),
    ]


def test_whoever_hangs_uncounted_is_let_go_and_the_fault_ends(regulator: Connected) -> None:
    regulator.office.door._kept_max = 0
    faults = regulator.sandbox.faults
    faults.arm("blackhole", scope="regulator", times=1)
    unsigned = regulator.client.build_request("GET", f"{HOST}/demo/v1/time")

    async def hang() -> None:
        hanging = asyncio.ensure_future(regulator.client.send(unsigned))
        while not (held := list(faults)) or not held[0].missed:
            await asyncio.sleep(0)
        assert (held[0].hanging, len(faults)) == (1, 1)
        faults.revert(held[0].id)
        with pytest.raises(ConnectionResetError):
            await hanging
        assert held[0].hanging == 0

    regulator.runner.run(hang())
