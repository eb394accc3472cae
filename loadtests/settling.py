"""What became of the payments that were accepted. A platform that says yes to every payment and
settles half of them carried half the load.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import httpx
from httpx_aiohttp import AiohttpTransport

from loadtests.open_loop import Clock
from loadtests.outgoing import Answer
from loadtests.target import Poll

WAIT_S_MAX = 30.0
"""How long after the load a platform may take to settle everything."""
AT_ONCE = 32
SILENCES_MAX = 64
"""A platform that does not answer so many questions in a row is asked no more, once patience has
ended."""
LOOK_EVERY_S = 0.2

Fate = Literal["settled", "refused", "pending", "silent"]
"""`silent`: the platform did not answer when it was asked."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the payments that were accepted; each of them was asked about."""

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


def follow(
    accepted: Sequence[dict[str, str]],
    poll: Poll,
    *,
    began: float | None = None,
    wait_s_max: float = WAIT_S_MAX,
    clock: Clock = time.monotonic,
    trusted: ssl.SSLContext | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Settled:
    """Asks about all payments, again and again, until each is final or patience ends. Patience
    began when the clock showed `began` (now, if nothing is said). `trusted` tells whom to believe
    over https besides those whom the machine knows; `transport` replaces the network."""
    following = _Following(accepted, clock() if began is None else began, wait_s_max, clock)
    asyncio.run(
        _ask_until_final(following, poll, transport or AiohttpTransport(verify=trusted or True))
    )
    return following.settled


async def _ask_until_final(
    following: "_Following", poll: Poll, transport: httpx.AsyncBaseTransport
) -> None:
    async with httpx.AsyncClient(timeout=5.0, trust_env=False, transport=transport) as client:
        while following.open:
            await following.ask_all(lambda names: _fate(client, poll, names))


class _Following:
    """Who is still to be asked about. Patience is the platform's: how long it takes to ask about
    them all is not held against it, so each that is not final is asked about once more after the
    end of patience, and then no more."""

    def __init__(
        self, accepted: Sequence[dict[str, str]], began: float, wait_s_max: float, clock: Clock
    ) -> None:
        self._accepted = accepted
        self._fates: list[Fate] = ["silent"] * len(accepted)
        self._wait_s_max = wait_s_max
        self._clock = clock
        self._began = began
        self._silences = 0
        """Questions in a row that were not answered."""
        self._rounds = 0
        self.open = list(range(len(accepted)))
        """The numbers of the payments to ask about in the next round."""

    @property
    def _impatient(self) -> bool:
        return self._clock() - self._began >= self._wait_s_max

    async def ask_all(self, fate_of: Callable[[dict[str, str]], Awaitable[Fate]]) -> None:
        """One round over all that are open."""
        if self._rounds:
            await asyncio.sleep(LOOK_EVERY_S)
        self._rounds += 1
        numbers, self.open = iter(self.open), []

        async def work() -> None:
            for number in numbers:
                last = self._impatient
                if last and self._silences >= SILENCES_MAX:
                    return
                fate = self._fates[number] = await fate_of(self._accepted[number])
                self._silences = self._silences + 1 if fate == "silent" else 0
                if fate in ("pending", "silent") and not last:
                    self.open.append(number)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    @property
    def settled(self) -> Settled:
        """What became of them."""
        fates = self._fates
        names = (one["payment.id"] for one in self._accepted)
        return Settled(
            settled=fates.count("settled"),
            refused=fates.count("refused"),
            pending=fates.count("pending"),
            silent=fates.count("silent"),
            after_s=self._clock() - self._began,
            fates=tuple(zip(names, fates, strict=True)),
        )


async def _fate(client: httpx.AsyncClient, poll: Poll, names: dict[str, str]) -> Fate:
    address = poll.address(names)
    if address is None:
        return "silent"  # The platform did not tell the id that it wants to be asked with.
    try:
        answer = await client.get(address)
    except httpx.HTTPError:
        return "silent"
    return poll.final(Answer(answer.status_code, answer.content)) or "pending"
