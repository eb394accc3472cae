"""Orders hold from the moment that they are acknowledged, and only until they are lifted."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from simulator.reference_platform.journey import Hindrance, Journey, Outlook, Stage
from simulator.reference_platform.orders import Orders
from simulator.reference_platform.platform import Platform
from tests.reference_platform.test_payment_flow import CROSSING
from tests.reference_platform.world import World, order, running


def waits_for(platform: Platform, id: str, code: str) -> bool:
    journey = platform.outbox.read(id)
    return journey is not None and (journey.reason or "").startswith(code)


def at_stage(platform: Platform, id: str) -> Stage:
    journey = platform.outbox.read(id)
    assert journey is not None
    return journey.stage


@pytest.mark.parametrize(
    ("type", "data", "code"),
    [
        ("export.suspended", {"case": "cas-1"}, "authorization_suspended"),
        ("export.stopped", {"authorization": None}, "authorization_stopped"),
        ("export.stopped", {"authorization": "aut-1"}, "authorization_stopped"),
    ],
)
def test_payments_wait_from_the_order_to_its_lift(
    type: str, data: dict[str, Any], code: str, tmp_path: Path
) -> None:
    world = World()

    async def story() -> list[str]:
        async with running(world, tmp_path) as platform:
            await platform.notices.receive(world.tell(type, **data))
            taken = platform.take(order())
            await world.until(lambda: waits_for(platform, taken.id, code))
            before = world.story
            lift = {"authorization": data.get("authorization"), "case": None}
            await platform.notices.receive(world.tell("export.lifted", **lift))
            await platform.drained()
            return before

    assert asyncio.run(story()) == []
    assert world.story == CROSSING


def test_a_stop_of_one_authorization_leaves_the_others_alone(tmp_path: Path) -> None:
    world = World()

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            await platform.notices.receive(world.tell("export.stopped", authorization="aut-1"))
            stopped = platform.take(order("stopped"))
            other = platform.take(order("other", recipient="acquirer-th", country="TH"))
            await world.until(lambda: at_stage(platform, other.id) is Stage.SETTLED)
            assert waits_for(platform, stopped.id, "authorization_stopped")

    asyncio.run(story())

    assert [seen.what for seen in world.arrivals] == ["payload acquirer-th"]


def test_an_order_between_permit_and_payload_closes_the_transmission_with_nothing_in_it(
    tmp_path: Path,
) -> None:
    world = World()

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            world.cut_off = lambda path: path.endswith("/feed")
            taken = platform.take(order())
            await world.until(lambda: waits_for(platform, taken.id, "regulator_unreachable"))
            await platform.notices.receive(world.tell("export.stopped", authorization=None))
            world.cut_off = lambda path: False
            await world.until(lambda: waits_for(platform, taken.id, "authorization_stopped"))
            await world.until(lambda: at_stage(platform, taken.id) is Stage.TAKEN)

    asyncio.run(story())

    assert world.story == ["announce trm-1", "feed started", "feed ended", "close trm-1 aborted 0"]


def test_an_order_is_obeyed_only_when_the_payload_under_way_has_arrived(tmp_path: Path) -> None:
    world = World()
    obeyed: list[int] = []

    async def story() -> None:
        async with running(world, tmp_path) as platform:

            async def obey() -> None:
                await platform.notices.receive(stop)
                obeyed.append(len(world.arrivals))

            stop = world.tell("export.stopped", authorization=None)
            asking: list[asyncio.Task[None]] = []

            def on_arrival(recipient: str) -> None:
                asking.append(asyncio.get_running_loop().create_task(obey()))

            world.on_arrival = on_arrival
            platform.take(order())
            await world.until(lambda: "lineage" in world.story)
            await asyncio.gather(*asking)
            blocked = platform.take(order("later"))
            await world.until(lambda: waits_for(platform, blocked.id, "authorization_stopped"))

    asyncio.run(story())

    assert obeyed == [1]
    assert len(world.arrivals) == 1


def test_notices_are_handled_in_order_however_the_post_brings_them(tmp_path: Path) -> None:
    world = World()

    async def story() -> Orders:
        async with running(world, tmp_path) as platform:
            suspended = world.tell("export.suspended", case="cas-1")
            lifted = world.tell("export.lifted", authorization=None, case="cas-1")
            await platform.notices.receive(lifted)
            await platform.notices.receive(suspended)
            await platform.notices.receive(lifted)
            return platform.orders

    assert asyncio.run(story()) == Orders()
    assert world.acknowledged == ["ntc-1", "ntc-2"]


def test_a_notice_is_not_acknowledged_while_its_predecessor_cannot_be_had(tmp_path: Path) -> None:
    world = World()

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            world.tell("export.stopped", authorization=None)
            lifted = world.tell("export.lifted", authorization=None, case=None)
            world.cut_off = lambda path: True
            with pytest.raises(Hindrance, match="regulator_unreachable"):
                await platform.notices.receive(lifted)

    asyncio.run(story())


def test_a_lost_notice_is_fetched_and_acknowledged(tmp_path: Path) -> None:
    world = World()

    async def story() -> Orders:
        async with running(world, tmp_path) as platform:
            world.tell("export.suspended", case="cas-1")
            await platform.connection.attend(read=False)
            return platform.orders

    assert asyncio.run(story()) == Orders(suspended=True)
    assert world.acknowledged == ["ntc-1"]


def test_orders_survive_a_restart(tmp_path: Path) -> None:
    world = World()

    async def story() -> Orders:
        async with running(world, tmp_path) as platform:
            await platform.notices.receive(world.tell("export.suspended", case="cas-1"))
        async with running(world, tmp_path) as platform:
            return platform.orders

    assert asyncio.run(story()) == Orders(suspended=True)


def test_a_regulator_that_begins_anew_is_believed(tmp_path: Path) -> None:
    world = World()

    async def story() -> Orders:
        async with running(world, tmp_path) as platform:
            await platform.notices.receive(world.tell("export.suspended", case="cas-1"))
            world.notices.clear()
            fresh = world.tell("authorization.granted", authorization="aut-1", version=1)
            renamed = fresh.model_copy(update={"id": "ntc-another"})
            await platform.notices.receive(renamed)
            return platform.orders

    assert asyncio.run(story()) == Orders(newest={"aut-1": 1})


def test_a_grant_after_a_revocation_permits_again() -> None:
    world = World()
    orders = Orders()
    for notice in (
        world.tell("authorization.revoked", authorization="aut-1", version=1),
        world.tell("authorization.granted", authorization="aut-1", version=2),
    ):
        orders = orders.after(notice)

    revoked = orders.forbid("aut-1", 1)
    assert revoked is not None
    assert revoked.code == "authorization_revoked"
    assert orders.forbid("aut-1", 2) is None
    assert orders.forbid("aut-2", 1) is None


def test_orders_are_remembered_as_they_were() -> None:
    orders = Orders(frozenset({"aut-1", "*"}), True, {"aut-2": 3}, {"aut-2": 4})

    assert Orders.from_json(orders.to_json()) == orders


def test_a_payload_in_doubt_is_accounted_for_when_it_may_not_be_sent_again(tmp_path: Path) -> None:
    world = World()
    world.lose_answer = lambda path: path.endswith("/settlements")

    async def story() -> Journey:
        async with running(world, tmp_path) as platform:
            taken = platform.take(order())
            await world.until(lambda: waits_for(platform, taken.id, "recipient_silent"))
            revoked = world.tell("authorization.revoked", authorization="aut-1", version=1)
            world.authorizations["aut-1"]["status"] = "revoked"
            await platform.notices.receive(revoked)
            await platform.drained()
            journey = platform.outbox.read(taken.id)
            assert journey is not None
            return journey

    journey = asyncio.run(story())

    assert journey.stage is Stage.REFUSED
    assert list(dict.fromkeys(world.story)) == CROSSING


def test_a_version_that_was_superseded_while_the_regulator_was_away_is_not_announced(
    tmp_path: Path,
) -> None:
    world = World()
    away = Hindrance("regulator_unreachable", "it is away", Outlook.PASSES)

    async def story() -> Journey:
        async with running(world, tmp_path) as platform:
            await platform.authorizations.read()
            with patch.object(platform.regulator, "check_not_quiet", side_effect=away):
                taken = platform.take(order())
                await world.until(lambda: waits_for(platform, taken.id, "regulator_unreachable"))
                assert at_stage(platform, taken.id) is Stage.CHOSEN
                world.narrow("aut-1")
                news = world.tell("authorization.granted", authorization="aut-1", version=2)
                await platform.notices.receive(news)
            await platform.drained()
            journey = platform.outbox.read(taken.id)
            assert journey is not None
            return journey

    journey = asyncio.run(story())

    assert (journey.stage, journey.authorization_version) == (Stage.SETTLED, 2)
    assert world.story == CROSSING


def test_a_sample_is_answered_with_what_was_said_when_the_payload_left(tmp_path: Path) -> None:
    """Once, also after a restart; of what is not in the books nothing is said."""
    world = World()

    def sampled() -> list[str]:
        return [seen.what for seen in world.seen if seen.what.startswith("sample")]

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            platform.take(order())
            await platform.drained()
            [arrival] = world.arrivals
            digest = hashlib.sha256(arrival.body).hexdigest()
            asked = {"answer_by": "2023-06-01T09:31:00Z"}
            strange = world.tell(
                "sample.requested", inspection="ins-1", payloads=("0" * 64,), **asked
            )
            await platform.notices.receive(strange)
            await platform.notices.receive(
                world.tell("sample.requested", inspection="ins-2", payloads=(digest,), **asked)
            )
            for _ in range(2):
                await platform.samples.answer()
        assert sampled() == ["sample ins-2"]
        async with running(world, tmp_path) as platform:
            await platform.samples.answer()
            late = world.tell("sample.overdue", inspection="ins-1")
            await platform.notices.receive(late)
            assert list(platform.orders.samples) == ["ins-2"]

    asyncio.run(story())

    [lineage] = [seen for seen in world.seen if seen.what == "lineage"]
    [answered] = [seen for seen in world.seen if seen.what == "sample ins-2"]
    assert json.loads(answered.body) == json.loads(lineage.body)
    assert answered.key == "sample-ins-2"
