"""One payment from the merchant to the end of its lineage."""

import asyncio
import hashlib
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from simulator.reference_platform.journey import Journey, Stage
from simulator.reference_platform.platform import OrderReused
from tests.reference_platform.world import World, order, running

CROSSING = [
    "announce trm-1",
    "feed started",
    "payload acquirer-sg",
    "feed progressed ended",
    "close trm-1 completed 1",
    "lineage",
]


def carried(state: Path, world: World, *orders: dict[str, object]) -> list[Journey]:
    """The payments of these orders when all are settled or refused."""

    async def story() -> list[Journey]:
        async with running(world, state) as platform:
            taken = [platform.take(one) for one in orders]
            await platform.drained()
            found = [platform.outbox.read(journey.id) for journey in taken]
            return [journey for journey in found if journey is not None]

    return asyncio.run(story())


def test_a_payment_is_announced_fed_sent_reported_closed_and_traced(tmp_path: Path) -> None:
    world = World()

    (journey,) = carried(tmp_path, world, order())

    assert journey.stage is Stage.SETTLED
    assert world.story == CROSSING


def test_what_the_regulator_is_told_equals_what_left(tmp_path: Path) -> None:
    world = World()

    (journey,) = carried(tmp_path, world, order())

    told = {seen.what: seen.body for seen in world.seen}
    payload = told["payload acquirer-sg"]
    digest = hashlib.sha256(payload).hexdigest()
    progressed, ended = (
        json.loads(line)["data"] for line in told["feed progressed ended"].splitlines()
    )
    categories = ["E02", "E03", "E04", "E05", "E07", "M01", "M02", "M03"]
    where = {"recipient": "acquirer-sg", "country": "SG", "categories": categories}
    assert progressed == {"records": 1, "bytes": len(payload), "payload": digest, **where}
    assert ended == {"records": 1, "bytes": len(payload), "payload": None, **where}
    assert json.loads(told["close trm-1 completed 1"]) == {
        "outcome": "completed",
        "records": 1,
        "bytes": len(payload),
        "payloads": [digest],
    }
    (lineage,) = json.loads(told["lineage"])["items"]
    assert (lineage["payload"], lineage["source"]) == (digest, journey.id)


def test_a_domestic_payment_settles_without_anyone_abroad_or_above(tmp_path: Path) -> None:
    world = World()

    (journey,) = carried(tmp_path, world, order(domestic=True, recipient=None, country=None))

    assert journey.stage is Stage.SETTLED
    assert world.story == []


@pytest.mark.parametrize(
    ("recipient", "country"), [("acquirer-xx", "LA"), ("acquirer-sg", "TH"), ("acquirer-th", "SG")]
)
def test_a_recipient_without_contract_in_that_country_is_refused(
    recipient: str, country: str, tmp_path: Path
) -> None:
    world = World()

    (journey,) = carried(tmp_path, world, order(recipient=recipient, country=country))

    assert journey.stage is Stage.REFUSED
    assert world.story == []


def test_the_same_order_again_is_the_same_payment(tmp_path: Path) -> None:
    world = World()

    first, second = carried(tmp_path, world, order(), order())

    assert first == second
    assert len(world.arrivals) == 1


def test_an_order_id_for_another_payment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OrderReused, match="order-1"):
        carried(tmp_path, World(), order(), order(amount_minor=999999))


def test_a_body_with_wrong_fields_is_refused_with_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        carried(tmp_path, World(), order(amount_minor="12", currency="sgd", country="Laos"))

    wrong = {error["loc"] for error in refused.value.errors()}
    assert wrong == {("amount_minor",), ("currency",), ("country",)}


def test_a_category_that_is_not_authorized_is_dropped(tmp_path: Path) -> None:
    world = World()

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            world.narrow("aut-1", "M03", "E02")
            platform.authorizations.outdate()
            platform.take(order())
            await platform.drained()

    asyncio.run(story())

    (arrival,) = world.arrivals
    assert set(json.loads(arrival.body)["payer"]) == {"id_token", "id_last4"}


def test_without_the_amount_a_payment_is_refused(tmp_path: Path) -> None:
    world = World()

    async def story() -> Journey | None:
        async with running(world, tmp_path) as platform:
            world.narrow("aut-1", "M02")
            platform.authorizations.outdate()
            taken = platform.take(order())
            await platform.drained()
            return platform.outbox.read(taken.id)

    journey = asyncio.run(story())

    assert journey is not None
    assert (journey.stage, journey.reason) == (
        Stage.REFUSED,
        "category_outside: aut-1 does not permit M02",
    )
    assert world.story == []


def test_a_payment_beyond_the_quota_is_refused(tmp_path: Path) -> None:
    world = World(refuse_announcement="quota_exceeded")

    (journey,) = carried(tmp_path, world, order())

    assert (journey.stage, journey.reason) == (Stage.REFUSED, "quota_exceeded: no")
    assert world.arrivals == []


def test_an_authorization_that_the_regulator_did_not_sign_is_not_held(tmp_path: Path) -> None:
    world = World()

    async def story() -> str | None:
        async with running(world, tmp_path) as platform:
            world.authorizations["aut-1"]["quota_records"] = 1_000_000_000
            platform.authorizations.outdate()
            taken = platform.take(order())
            await world.until(lambda: _reason(platform.outbox.read(taken.id)) is not None)
            return _reason(platform.outbox.read(taken.id))

    assert asyncio.run(story()) == "authorization_missing: none is held for acquirer-sg"
    assert world.arrivals == []


def _reason(journey: Journey | None) -> str | None:
    return None if journey is None else journey.reason
