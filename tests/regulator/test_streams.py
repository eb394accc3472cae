"""A platform that holds a stream open is told of its alerts, and of nobody else's."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.journal.events.alert import AlertAcknowledged, AlertRaised
from simulator.journal.records import Exchange
from simulator.regulator.streams import HEARTBEAT, Streams
from tests.regulator.connected import OPENED_AT, Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def raised(number: int, platform: str = "reg-1") -> AlertRaised:
    return AlertRaised(f"alr-{number}", "sequence_gap", platform, None, None, "a gap", OPENED_AT)


async def listening(regulator: Connected, count: int = 1) -> None:
    """Returns when so many streams are open."""
    while regulator.office.streams.of("reg-1") < count:
        await asyncio.sleep(0)


def told(answer: httpx.Response) -> list[dict[str, str]]:
    """The events of a stream; comments are left out."""
    blocks = [block for block in answer.text.split("\n\n") if block and block[0] != ":"]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


def test_an_alert_is_told_when_it_is_raised_and_when_something_becomes_of_it(
    regulator: Connected,
) -> None:
    async def story() -> httpx.Response:
        await regulator.office.decide("rule", "gap", [raised(1)])
        asked = asyncio.create_task(
            regulator.client.send(regulator.signed("GET", "/alerts/stream"))
        )
        await listening(regulator)
        await regulator.office.decide("rule", "gap", [raised(2), raised(3, "reg-2")])
        said = AlertAcknowledged("alr-1", "it was lost on the way", OPENED_AT)
        await regulator.office.decide("platform", "explain", [said])
        regulator.office.streams.close()
        return await asked

    answer = regulator.runner.run(story())

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = told(answer)
    assert [(event["event"], event.get("id")) for event in events] == [
        ("raised", "1"),
        ("raised", "2"),
        ("acknowledged", None),
    ]
    alerts: list[dict[str, Any]] = [json.loads(event["data"]) for event in events]
    assert [alert["id"] for alert in alerts] == ["alr-1", "alr-2", "alr-1"]
    assert alerts[2]["explanation"] == "it was lost on the way"
    opened = [one for one in regulator.records() if isinstance(one, Exchange)][1:]
    assert [(one.operation, one.status, one.answer) for one in opened] == [
        ("watch_alerts", 200, None)
    ]


def test_whoever_comes_back_goes_on_after_the_last_event(regulator: Connected) -> None:
    async def story() -> httpx.Response:
        await regulator.office.decide("rule", "gap", [raised(1), raised(2)])
        request = regulator.signed("GET", "/alerts/stream?after=1")
        asked = asyncio.create_task(regulator.client.send(request))
        await listening(regulator)
        regulator.office.streams.close()
        return await asked

    assert [event["id"] for event in told(regulator.runner.run(story()))] == ["2"]


def test_a_stream_without_news_says_that_it_is_open_and_ends_in_its_time(
    regulator: Connected,
) -> None:
    regulator.office.streams = Streams(
        regulator.sandbox, regulator.office.state, heartbeat_s=0.01, lasts_s_max=0.2
    )

    answer = regulator.ask("GET", "/alerts/stream")

    assert answer.content.startswith(HEARTBEAT)
    assert answer.content.replace(HEARTBEAT, b"") == b""
    assert regulator.office.streams.of("reg-1") == 0


def test_only_so_many_streams_are_open_at_once(regulator: Connected) -> None:
    async def story() -> tuple[httpx.Response, list[httpx.Response]]:
        requests = [regulator.signed("GET", "/alerts/stream") for _ in range(5)]
        asked = [asyncio.create_task(regulator.client.send(one)) for one in requests[:4]]
        await listening(regulator, 4)
        refused = await regulator.client.send(requests[4])
        await regulator.office.close()
        return refused, await asyncio.gather(*asked)

    refused, streams = regulator.runner.run(story())

    assert (refused.status_code, refused.json()["code"]) == (429, "streams_too_many")
    assert int(refused.headers["retry-after"]) >= 1
    assert [answer.status_code for answer in streams] == [200] * 4


@pytest.mark.parametrize("query", ["after=x", "after=1&after=2", "limit=1"])
def test_a_query_that_a_stream_does_not_know_opens_none(regulator: Connected, query: str) -> None:
    answer = regulator.ask("GET", f"/alerts/stream?{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, "query_invalid")
    assert regulator.office.streams.of("reg-1") == 0
