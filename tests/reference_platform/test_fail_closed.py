"""What is not permitted, or not known to be, does not leave; and what is tried again takes effect
once.
"""

import asyncio
import itertools
from pathlib import Path

import pytest

from simulator.reference_platform.journey import Stage
from simulator.reference_platform.regulator_client import back_off_s
from tests.reference_platform.test_payment_flow import CROSSING
from tests.reference_platform.world import World, order, running

TRIES = 5


@pytest.mark.parametrize("place", ["/transmissions", "/feed", ""])
def test_nothing_leaves_while_the_regulator_cannot_be_reached(place: str, tmp_path: Path) -> None:
    world = World()

    async def story() -> list[str]:
        async with running(world, tmp_path) as platform:
            world.cut_off = lambda path: path.startswith(f"/main/v1{place}")
            before = world.tries
            platform.take(order())
            await world.until(lambda: world.tries >= before + TRIES)
            left = list(world.arrivals)
            world.cut_off = lambda path: False
            await platform.drained()
            return [seen.what for seen in left]

    assert asyncio.run(story()) == []
    assert world.story == CROSSING


@pytest.mark.parametrize(
    "place", ["/transmissions", "/feed", "/closing", "/lineage", "/settlements"]
)
def test_a_lost_answer_is_asked_for_again_under_the_same_key_with_the_same_bytes(
    place: str, tmp_path: Path
) -> None:
    world = World()
    losses = itertools.count()
    world.lose_answer = lambda path: path.endswith(place) and next(losses) < 2

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            platform.take(order())
            await platform.drained()

    asyncio.run(story())

    told = {(seen.what, seen.key, seen.body) for seen in world.seen if seen.what in CROSSING}
    assert sorted(what for what, _, _ in told) == sorted(CROSSING)


def test_received_is_not_accepted(tmp_path: Path) -> None:
    world = World(transmissions_are="received")

    async def story() -> list[str]:
        async with running(world, tmp_path) as platform:
            platform.take(order())
            await world.until(lambda: world.story.count("ask trm-1") >= TRIES)
            before = [seen.what for seen in world.arrivals]
            world.transmissions["trm-1"] = "accepted"
            await platform.drained()
            return before

    assert asyncio.run(story()) == []
    assert [what for what in world.story if what != "ask trm-1"] == CROSSING


def test_a_transmission_that_the_regulator_refuses_ends_the_payment(tmp_path: Path) -> None:
    world = World(transmissions_are="refused")

    async def story() -> tuple[Stage, str | None]:
        async with running(world, tmp_path) as platform:
            taken = platform.take(order())
            await platform.drained()
            journey = platform.outbox.read(taken.id)
            assert journey is not None
            return journey.stage, journey.reason

    assert asyncio.run(story()) == (Stage.REFUSED, "transmission_refused: None")
    assert world.arrivals == []


def test_a_new_version_that_no_notice_told_of_is_fetched_and_used(tmp_path: Path) -> None:
    world = World()

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            world.narrow("aut-1", "M03")
            platform.take(order())
            await platform.drained()

    asyncio.run(story())

    assert world.story == ["refuse authorization_stale", *CROSSING]


def test_a_revoked_authorization_is_looked_up_and_the_payment_refused(tmp_path: Path) -> None:
    world = World()

    async def story() -> str | None:
        async with running(world, tmp_path) as platform:
            world.authorizations["aut-1"]["status"] = "revoked"
            taken = platform.take(order())
            await platform.drained()
            journey = platform.outbox.read(taken.id)
            return None if journey is None else journey.reason

    assert asyncio.run(story()) == "authorization_revoked: aut-1 is revoked"
    assert world.arrivals == []


def test_domestic_payments_settle_while_regulator_and_recipients_are_away(tmp_path: Path) -> None:
    world = World()

    async def story() -> Stage:
        async with running(world, tmp_path) as platform:
            world.cut_off = lambda path: True
            platform.take(order("abroad"))
            taken = platform.take(order("at home", domestic=True, recipient=None, country=None))
            await world.until(lambda: taken.id not in platform.outbox.unfinished())
            journey = platform.outbox.read(taken.id)
            assert journey is not None
            return journey.stage

    assert asyncio.run(story()) is Stage.SETTLED
    assert world.arrivals == []


def test_a_feed_that_was_refused_is_a_new_message_when_it_is_tried_again(tmp_path: Path) -> None:
    """The same key would bring the same refusal for ever."""
    world = World()
    world.on_arrival = lambda recipient: world.refuse_feed.append("transmission_not_accepted")

    async def story() -> None:
        async with running(world, tmp_path) as platform:
            platform.take(order())
            await platform.drained()

    asyncio.run(story())

    refused = world.story.index("refuse feed progressed ended")
    assert [what for what in world.story if what != world.story[refused]] == CROSSING


def test_a_line_that_was_taken_before_is_as_good_as_taken(tmp_path: Path) -> None:
    world = World(refuse_feed=["sequence_duplicate"])

    async def story() -> Stage:
        async with running(world, tmp_path) as platform:
            taken = platform.take(order())
            await platform.drained()
            journey = platform.outbox.read(taken.id)
            assert journey is not None
            return journey.stage

    assert asyncio.run(story()) is Stage.SETTLED


def test_back_off_doubles_up_to_half_a_second_and_honours_retry_after() -> None:
    assert [back_off_s(tries) for tries in range(1, 8)] == [0.05, 0.1, 0.2, 0.4, 0.5, 0.5, 0.5]
    assert back_off_s(1, 3.0) == 3.0
    assert back_off_s(6, 0.2) == 0.5
