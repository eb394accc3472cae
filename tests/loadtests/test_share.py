"""How several processes share one load, and how what they saw is put together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loadtests.account import Asked
from loadtests.assignment import Assignment, Load, Part
from loadtests.outgoing import Answer, Request
from loadtests.registered import Standing
from loadtests.share import Gathering, Share
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient
from simulator.clock import wall_now

CHECKOUT = Checkout(
    "POST",
    "http://p.invalid/payments",
    "json",
    {},
    {"order": "{payment.id}"},
    (202,),
    None,
    (),
    (),
    None,
)
LOAD = Load(seed=3, seconds=10.0, rate=5.0, feed_rate=0.0, senders=10, schedule="constant")


def assignment(standing: Standing | None = None, feed_rate: float = 0.0) -> Assignment:
    load = Load(
        seed=3,
        seconds=10.0,
        rate=5.0,
        feed_rate=feed_rate,
        senders=10,
        schedule="constant",
        batch=2,
    )
    recipients = (Recipient("acquirer-sg", "SG"),)
    return Assignment(load, CHECKOUT, recipients, standing, Path("results.json"))


class World:
    """Time moves only by sleeping; senders answer at once."""

    def __init__(self) -> None:
        self.now = 50.0
        self.sent: list[tuple[float, bytes]] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def full(self) -> bool:
        return False

    def spawn(self, begin: Callable[..., None], *arguments: Any) -> None:
        begin(*arguments)

    def ask(self, operation: str, request: Request) -> Answer:
        self.sent.append((self.now, request.body))
        return Answer(202)


def sent_by(index: int, count: int) -> list[tuple[float, bytes]]:
    world = World()
    share = Share(assignment(), index, count, clock=world.clock)
    share.begin()
    share.pay(world.ask, world, world.sleep)
    return world.sent


@pytest.mark.parametrize("count", [2, 3, 7])
def test_all_parts_together_are_exactly_the_load(count: int) -> None:
    """The same payments at the same moments, however many processes there are."""
    parts = [message for index in range(count) for message in sent_by(index, count)]

    rounded = [(round(moment, 6), body) for moment, body in sorted(parts)]
    assert rounded == [(round(moment, 6), body) for moment, body in sorted(sent_by(0, 1))]
    assert len(rounded) == 50


def test_those_who_may_wait_are_shared_too() -> None:
    assert Share(assignment(), 0, 1).senders == 10
    assert Share(assignment(), 0, 3).senders == 4


def test_a_part_is_complete_when_each_of_its_schedules_is() -> None:
    standing = Standing("http://r.invalid/v1", "key-1", "aut-1", 1)
    share = Share(assignment(standing, feed_rate=1.0), 0, 1)

    assert share.sends_directly
    share.end_one()
    assert not share.is_complete
    share.end_one()
    assert share.is_complete
    assert not Share(assignment(), 0, 1).sends_directly


def test_the_account_is_told_once_and_the_tallies_whole() -> None:
    world = World()
    share = Share(assignment(), 0, 1, clock=world.clock)
    share.begin()
    share.pay(world.ask, world, world.sleep)

    first, second = share.told_since(), share.told_since()

    assert (len(first.asked), len(second.asked)) == (50, 0)
    assert second.tallies["payment"].answered == 50


def part(payments: int, *, complete: bool, numbers: tuple[int, ...] = ()) -> Part:
    tally = Tally()
    for _ in range(payments):
        tally.intend(1.0)
        tally.end(1.0, 1.5, None)
    now = wall_now()
    asked = [Asked(number, now, now, 202, "", "accepted", None) for number in numbers]
    return Part({"payment": tally}, asked, 9.0, 0.25, complete)


def test_what_is_told_last_counts_and_the_account_is_gathered() -> None:
    gathering = Gathering({"a": "generator 1", "b": "generator 2"})
    gathering.take("a", part(3, complete=False, numbers=(1, 2)))
    gathering.take("b", part(4, complete=True, numbers=(7,)))
    assert not gathering.is_over
    gathering.take("a", part(5, complete=True, numbers=(3,)))

    seen = gathering.generated(warned=False)

    assert gathering.is_over
    assert seen.tallies["payment"].answered == 9
    assert sorted(one.number for one in seen.asked) == [1, 2, 3, 7]
    assert (seen.complete, seen.vanished) == (True, ())
    assert seen.busy == {"generator 1": 0.25, "generator 2": 0.25}


def test_a_process_that_vanishes_is_named_and_what_it_told_is_kept() -> None:
    gathering = Gathering({"a": "generator 1", "b": "generator 2"})
    gathering.take("a", part(3, complete=False))
    gathering.take("b", part(4, complete=True))

    gathering.miss("a")
    gathering.miss("b")  # It had told everything before it went.
    seen = gathering.generated(warned=False)

    assert gathering.is_over
    assert seen.tallies["payment"].answered == 7
    assert (seen.complete, seen.vanished) == (False, ("generator 1",))


def test_a_process_that_comes_back_is_missed_no_more() -> None:
    gathering = Gathering({"a": "generator"})
    gathering.take("a", part(1, complete=False))
    gathering.miss("a")
    gathering.take("a", part(2, complete=True))

    assert gathering.generated(warned=False).vanished == ()


def test_who_was_told_no_part_is_not_heard() -> None:
    gathering = Gathering({"a": "generator"})
    gathering.take("stranger", part(3, complete=True))

    assert gathering.generated(warned=False).tallies == {}
