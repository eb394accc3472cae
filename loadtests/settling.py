"""What became of the payments that were accepted. A platform that says yes to every payment and
settles half of them carried half the load.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import httpx

from loadtests.open_loop import Clock
from loadtests.outgoing import Answer
from loadtests.target import Poll

FOLLOWED_MAX = 2000
"""Of more payments so many are asked about, spread evenly over the load."""
WAIT_S_MAX = 30.0
"""How long after the load a platform may take to settle everything."""
AT_ONCE = 8
LOOK_EVERY_S = 0.2

Fate = Literal["settled", "refused", "pending", "silent"]
"""`silent`: the platform did not answer when it was asked."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the payments that were asked about."""

    settled: int
    refused: int
    pending: int
    silent: int
    """Nothing is known of them, as the platform did not answer."""
    after_s: float
    """From the end of the load until nothing was pending any more, or patience ended."""
    fates: tuple[tuple[str, str], ...] = ()
    """Each payment that was asked about, and what became of it."""

    @property
    def lost(self) -> int:
        """Accepted, and not settled."""
        return self.refused + self.pending + self.silent

    @property
    def told(self) -> str:
        """What became of those that were not settled, in words."""
        counts = (
            (self.refused, "accepted and then refused"),
            (self.pending, f"accepted and not settled {self.after_s:.0f} s after the load"),
            (self.silent, "accepted, and the platform does not say what became of them"),
        )
        return "; ".join(f"{count} {what}" for count, what in counts if count)

    @property
    def followed(self) -> int:
        """All that were asked about."""
        return self.settled + self.refused + self.pending + self.silent


def spread(accepted: Sequence[dict[str, str]], most: int) -> list[dict[str, str]]:
    """At most so many of them, evenly, the last among them."""
    if len(accepted) <= most:
        return list(accepted)
    return [accepted[(number + 1) * len(accepted) // most - 1] for number in range(most)]


def follow(
    accepted: Sequence[dict[str, str]],
    poll: Poll,
    *,
    wait_s_max: float = WAIT_S_MAX,
    clock: Clock = time.monotonic,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Settled:
    """Asks about the payments, again and again, until each is final or patience ends. `transport`
    replaces the network."""
    followed = spread(accepted, FOLLOWED_MAX)
    return asyncio.run(_follow(followed, poll, wait_s_max, clock, transport))


async def _follow(
    followed: list[dict[str, str]],
    poll: Poll,
    wait_s_max: float,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None,
) -> Settled:
    began = clock()
    fates: list[Fate] = ["silent"] * len(followed)
    async with httpx.AsyncClient(timeout=5.0, trust_env=False, transport=transport) as client:

        async def ask(number: int) -> None:
            if clock() - began <= wait_s_max:
                fates[number] = await _fate(client, poll, followed[number])

        await _at_once(ask, range(len(followed)))
        while (unsettled := _open(fates)) and clock() - began < wait_s_max:
            await asyncio.sleep(LOOK_EVERY_S)
            await _at_once(ask, unsettled)
    return Settled(
        settled=fates.count("settled"),
        refused=fates.count("refused"),
        pending=fates.count("pending"),
        silent=fates.count("silent"),
        after_s=clock() - began,
        fates=tuple(
            (names["payment.id"], fate) for names, fate in zip(followed, fates, strict=True)
        ),
    )


def _open(fates: Sequence[Fate]) -> list[int]:
    """The numbers of the payments that have to be asked about again."""
    return [number for number, fate in enumerate(fates) if fate in ("pending", "silent")]


async def _at_once(ask: Callable[[int], Awaitable[None]], numbers: Iterable[int]) -> None:
    """Asks about each, a few at the same time."""
    waiting = iter(numbers)

    async def work() -> None:
        for number in waiting:
            await ask(number)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _fate(client: httpx.AsyncClient, poll: Poll, names: dict[str, str]) -> Fate:
    address = poll.address(names)
    if address is None:
        return "silent"  # The platform did not tell the id that it wants to be asked with.
    try:
        answer = await client.get(address)
    except httpx.HTTPError:
        return "silent"
    return poll.final(Answer(answer.status_code, answer.content)) or "pending"
