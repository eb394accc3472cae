"""A tester sees what has become of every notice, and brings a dead letter back to life."""

from typing import Any

import httpx

from simulator.journal.events.notice import NoticeGivenUp
from simulator.journal.events.registration import CallbackConfirmed, PlatformRegistered
from simulator.world import World

from .conftest import START, AtControl, create, register

Json = dict[str, Any]
NOWHERE = "http://127.0.0.1:1/"
REGISTERED = PlatformRegistered(
    "reg-1",
    "91310000MA1FL0B92L",
    "P",
    "key-1",
    "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    NOWHERE,
    START,
)


async def with_a_dead_letter(client: httpx.AsyncClient, world: World) -> None:
    """`reg-1` has a callback where nobody listens; `ntc-1` is given up, whatever was tried."""
    await create(client)
    site = world.site("sb")
    assert site is not None
    site.office.courier._backoff_s = 3600.0
    await site.office.decide("tester", "register", (REGISTERED, CallbackConfirmed("reg-1", START)))
    assert (await client.post("/sandboxes/sb/orders", json={"order": "stop"})).status_code == 200
    await site.office.decide("tester", "give up", (NoticeGivenUp("ntc-1", 8, "nobody", START),))


def test_a_dead_letter_is_listed_and_redelivered_once(at_control: AtControl[list[Json]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[Json]:
        await with_a_dead_letter(client, world)
        path = "/sandboxes/sb/notices"
        answers = [
            await client.get(f"{path}?status=dead"),
            await client.post(f"{path}/ntc-1/redelivery"),
            await client.get(f"{path}?status=dead"),
            await client.get(path),
            await client.post(f"{path}/ntc-1/redelivery"),
            await client.post(f"{path}/ntc-9/redelivery"),
        ]
        return [answer.json() for answer in answers]

    dead, redelivered, none, all, again, unknown = at_control(talk)

    assert [(one["id"], one["status"], one["reason"]) for one in dead["items"]] == [
        ("ntc-1", "dead", "nobody")
    ]
    assert [event["event"] for event in redelivered["events"]] == ["notice_redelivered"]
    assert none == {"items": [], "next_cursor": None}
    [held] = all["items"]
    assert (held["status"], held["platform"], held["sequence"], held["type"]) == (
        "redelivering",
        "reg-1",
        1,
        "export.stopped",
    )
    assert (again["status"], again["code"]) == (409, "delivery_under_way")
    assert (unknown["status"], unknown["code"]) == (404, "not_found")


def test_every_attempt_is_listed_page_by_page(at_control: AtControl[list[Json]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[Json]:
        await create(client)
        site = world.site("sb")
        assert site is not None
        site.office.courier._backoff_s = 0.0
        await site.office.decide(
            "tester", "register", (REGISTERED, CallbackConfirmed("reg-1", START))
        )
        for order in ("stop", "lift"):
            await client.post("/sandboxes/sb/orders", json={"order": order})
        await site.office.courier.settled()
        answers = [
            await client.get("/sandboxes/sb/deliveries?limit=10"),
            await client.get("/sandboxes/sb/deliveries?cursor=10&limit=10"),
            await client.get("/sandboxes/sb/deliveries?notice=ntc-2"),
        ]
        return [answer.json() for answer in answers]

    first, rest, second_notice = at_control(talk)

    assert (first["next_cursor"], rest["next_cursor"]) == ("10", None)
    made = first["items"] + rest["items"]
    assert sorted((one["notice"], one["attempt"]) for one in made) == [
        (id, attempt) for id in ("ntc-1", "ntc-2") for attempt in range(1, 9)
    ]
    assert {(one["status"], one["fault"], one["url"]) for one in made} == {(0, None, NOWHERE)}
    assert [one["attempt"] for one in second_notice["items"]] == list(range(1, 9))


def test_a_platform_that_polls_has_no_attempts(at_control: AtControl[Json]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        await create(client)
        await register(world)
        await client.post("/sandboxes/sb/orders", json={"order": "stop"})
        return dict((await client.get("/sandboxes/sb/deliveries")).json())

    assert at_control(talk) == {"items": [], "next_cursor": None}
