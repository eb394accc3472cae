"""What a story may do: pay, give orders, break things, let time pass, and watch a reaction to its
end.

A stage waits for what it can see in the journal rather than sleeping, and gives up after a bounded
time: a platform that never answers must not hold up its own examination. On a machine that is
behind, that time is longer.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any

import httpx

from scenarios import acting
from scenarios.control import Control, ControlRefused
from scenarios.merchants import AT_ONCE, Merchants, Paid
from scenarios.notebook import Notebook
from scenarios.sight import Sight
from scenarios.target import Recipient, Target
from scenarios.traffic import Merchant, Payment, Person, Route, Traffic
from scenarios.traffic.placeholders import values_of
from scenarios.trust import trust

LOOK_EVERY_S = 0.04
LOOK_EVERY_S_MAX = 0.12
"""What takes long is looked at less often."""
QUIET_S = 1.0
"""A world in which nothing stirred for so long is at rest, even where payments are still
pending."""
DRAIN_S = 8.0
"""The longest that a stage waits for payments to become final."""
HEARD_S = 2.0
"""The longest that it waits for notices to be acknowledged."""
PROBE_S = 6.0
"""The longest that a probe payment may take before the baseline is called unsound, on a machine
that keeps pace."""
READY_S = 15.0
"""The longest that a platform may take to come back after a restart."""
MERCHANTS = 200
MERCHANTS_AT_HOME = 20
GENEROUS_QUOTA = 1_000_000
THIRTY_DAYS_S = 30 * 24 * 3600.0
ANSWER_KEPT = 4000


@dataclass(slots=True)
class Stage:
    """One run's stage; stories play on it one after the other."""

    target: Target
    control: Control
    merchants: Merchants
    notebook: Notebook
    sight: Sight
    traffic: Traffic
    scale: float = 1.0
    tag: str = ""
    """Ends the id of every payment; see `run.Plan`."""
    story: str = "before the stories"
    tell: Callable[[str], None] = lambda text: None
    stretch: Callable[[], float] = lambda: 1.0
    """By how much every patience is stretched now; see `pace.Pace`."""
    longer_s: Callable[[], float] = lambda: 0.0
    """By how much a window is watched longer now; see `pace.Pace`."""
    unfinished: list[Paid] = field(default_factory=list)
    """Accepted payments that are not yet known to be final."""
    armed: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)
    """Transmissions and notices that nobody waits for any more."""
    abroad: Iterator[Merchant] = field(init=False)
    at_home: Iterator[Merchant] = field(init=False)
    """The merchants, each in turn, so that no two payments in a row come from one."""

    def __post_init__(self) -> None:
        self.abroad = cycle(self.traffic.merchants(MERCHANTS))
        self.at_home = cycle(self.traffic.domestic_merchants(MERCHANTS_AT_HOME))

    def many(self, n: int) -> int:
        """So many payments at full scale, fewer where the run is a small one."""
        return max(4, round(n * self.scale))

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """The recipients that the platform holds authorizations for."""
        return self.target.recipients

    # Merchants

    async def pay(
        self,
        n: int,
        *,
        to: Recipient | None = None,
        domestic: bool = False,
        form: str | None = None,
        payers: Sequence[Person] = (),
    ) -> list[Paid]:
        """Has `n` merchants pay: to one recipient, or to all of the target's in turn."""
        if domestic and not self.target.capabilities.domestic:
            return []
        return await self.submit(
            self.payments(n, to=to, domestic=domestic, form=form, payers=payers)
        )

    def payments(
        self,
        n: int,
        *,
        to: Recipient | None = None,
        domestic: bool = False,
        form: str | None = None,
        payers: Sequence[Person] = (),
    ) -> list[Payment]:
        """The next `n` payments; with a `form`, their identifiers are written awkwardly in that
        way."""
        made = []
        for number, recipient in enumerate(self._in_turn(n, to)):
            payment = self.traffic.payment(
                merchant=next(self.at_home if domestic else self.abroad),
                route=None if domestic else Route(recipient.id, recipient.country),
                domestic=domestic,
                payer=payers[number % len(payers)] if payers else None,
            )
            if self.tag:
                payment = replace(payment, id=f"{payment.id}-{self.tag}")
            made.append(self.traffic.awkward(payment, form) if form else payment)
        return made

    async def submit(self, payments: Sequence[Payment]) -> list[Paid]:
        """Has merchants submit these payments, many at a time."""
        self.tell(f"{len(payments)} merchants pay")
        paid = await asyncio.gather(*(self.merchants.ask(each, self.story) for each in payments))
        self.unfinished.extend(each for each in paid if each.is_open)
        await self.notebook.flush()
        return list(paid)

    def _in_turn(self, n: int, to: Recipient | None) -> list[Recipient]:
        return [to or self.recipients[number % len(self.recipients)] for number in range(n)]

    async def follow(self, payments: Sequence[Paid], *, within_s: float = 2.0) -> None:
        """Asks until all of them are final or the time is up."""

        async def all_final() -> bool:
            await self.merchants.follow(payments)
            return not any(paid.is_open for paid in payments)

        await self._until(all_final, within_s)
        await self.notebook.flush()

    async def drain(self) -> bool:
        """Waits until every payment is final and every transmission closed, or the world is at rest
        without that."""

        async def at_rest() -> bool:
            await self._follow_unfinished()
            await self.sight.refresh()
            return self._nothing_is_under_way() or self._is_quiet(since)

        since = time.monotonic()
        await self._until(at_rest, DRAIN_S)
        drained = self._nothing_is_under_way()
        await self.merchants.follow(self.unfinished)
        self.merchants.leave_behind(self.unfinished)
        self.unfinished.clear()
        self.given_up |= self.sight.open | self.sight.undecided
        await self.notebook.flush()
        return drained

    async def _follow_unfinished(self) -> None:
        """Asks after some payments, and goes on for as long as the answers bring news.

        Asking after all of them every time would be most of what the platform has to do.
        """
        for _ in range(0, len(self.unfinished), AT_ONCE):
            asked, others = self.unfinished[:AT_ONCE], self.unfinished[AT_ONCE:]
            await self.merchants.follow(asked)
            still_open = [paid for paid in asked if paid.is_open]
            self.unfinished = others + still_open
            if len(still_open) == len(asked):
                return

    def _nothing_is_under_way(self) -> bool:
        return not self.unfinished and not (self.sight.open | self.sight.undecided) - self.given_up

    def _is_quiet(self, since: float) -> bool:
        quiet_s = time.monotonic() - max(since, self.sight.stirred_at)
        return quiet_s > QUIET_S * self.stretch()

    # The regulator

    async def order(self, order: str, **details: Any) -> dict[str, Any]:
        """Gives an order by the regulator; see `Control.order`."""
        self.tell(f"the regulator orders: {order}")
        return await self.control.order(order, **details)

    async def grant(
        self,
        recipient: Recipient,
        *,
        without: Sequence[str] = (),
        quota_records: int = GENEROUS_QUOTA,
        valid_for_s: float = THIRTY_DAYS_S,
    ) -> None:
        """Grants a new version of the recipient's authorization, `without` some of its
        categories."""
        known = self.sight.categories.get((recipient.id, recipient.country), set())
        await self.control.order(
            "grant",
            authorization=None,
            recipient=recipient.id,
            country=recipient.country,
            categories=sorted(known - set(without)) if without else None,
            quota_records=quota_records,
            valid_for_s=valid_for_s,
        )

    async def grant_all(self) -> None:
        """Grants a generous new version to every recipient of the target."""
        for recipient in self.recipients:
            await self.grant(recipient)

    async def authorization_of(self, recipient: Recipient) -> str:
        """The id of the recipient's authorization; LookupError if there is none."""
        for each in (await self.control.state()).authorizations:
            if (each.recipient, each.country) == (recipient.id, recipient.country):
                return each.id
        raise LookupError(f"the platform holds no authorization for {recipient.id}")

    async def policy(self, **policy: Any) -> None:
        """Sets how the regulator decides; what is not named is immediate."""
        await self.control.policy(**policy)

    async def decide_all(self, *, accept: bool, reason: str) -> None:
        """Decides every transmission that waits for the tester."""
        await self.sight.refresh()
        for transmission in sorted(self.sight.undecided):
            with suppress(ControlRefused):  # Its authorization may have ended meanwhile.
                await self.control.decide(transmission, accept=accept, reason=reason)

    async def advance(self, by_s: float) -> None:
        """Lets time pass at once."""
        self.tell(f"{by_s / 86400:.0f} days pass")
        await self.control.advance(by_s)

    # Faults

    @asynccontextmanager
    async def fault(
        self,
        name: str,
        scope: str,
        *,
        operations: Sequence[str] = (),
        probability: float = 1.0,
        times: int | None = None,
        **parameters: Any,
    ) -> AsyncIterator[None]:
        """Breaks something for as long as the block lasts."""
        self.tell(f"fault: {name}")
        armed = await self.control.arm(
            {
                "name": name,
                "scope": scope,
                "operations": list(operations),
                "probability": probability,
                "times": times,
                "parameters": parameters,
            }
        )
        self.armed.add(armed)
        try:
            yield
        finally:
            await self.control.revert(armed)
            self.armed.discard(armed)

    # Seeing

    async def until(self, seen: Callable[[Sight], bool], *, within_s: float = 2.0) -> bool:
        """Waits until the journal shows it; whether it did in time."""

        async def shown() -> bool:
            await self.sight.refresh()
            return seen(self.sight)

        return await self._until(shown, within_s)

    async def until_more_arrive(self, n: int = 1) -> bool:
        """Waits until `n` more payloads have reached a recipient."""
        have = len(self.sight.arrivals)
        return await self.until(lambda sight: len(sight.arrivals) >= have + n)

    async def wait_for_notices(self) -> bool:
        """Waits until the platform has acknowledged every notice; whether it did in time."""
        heard = await self.until(
            lambda sight: not sight.pending_notices - self.given_up, within_s=HEARD_S
        )
        self.given_up |= self.sight.pending_notices
        return heard

    async def watch(self, seconds: float, what: str) -> None:
        """Looks on until the reaction's window has passed, and marks that it was watched to its
        end. How much longer a starved machine needs is asked at the end, for it may have fallen
        behind meanwhile."""
        self.tell(f"watching for {seconds:g} s")
        await asyncio.sleep(seconds)
        longer_s = self.longer_s()
        if longer_s:
            await asyncio.sleep(longer_s)
        await self.notebook.mark("watched", self.story, what=what, seconds=seconds + longer_s)

    async def _until(self, seen: Callable[[], Any], within_s: float) -> bool:
        began = time.monotonic()
        pause = LOOK_EVERY_S
        while not await seen():
            if time.monotonic() - began > within_s * self.stretch():
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, LOOK_EVERY_S_MAX)
        return True

    # Actions

    async def action(self, name: str, paid: Paid | None = None, **values: Any) -> bool:
        """Takes one of the target's actions; whether it went well. What was answered goes into the
        journal."""
        action = self.target.actions[name]
        self.tell(f"action: {name}")
        if paid:
            own = {"platform_payment": paid.platform_payment}
            values = {**values_of(paid.payment), **own, **values}
        await self.notebook.mark("action", self.story, action=name, how=action.how)
        went_well, status, answer = await acting.take(action, values, self.target.platform.ca)
        await self.notebook.mark(
            "action",
            self.story,
            taken=name,
            how=action.how,
            ok=went_well,
            status=status,
            answer=answer[:ANSWER_KEPT],
            person=paid.payment.payer.id if paid else None,
            payment=paid.payment.id if paid else None,
        )
        return went_well

    async def platform_is_ready(self, *, within_s: float = READY_S) -> bool:
        """Waits until the platform's own health check, where it has one, says that it is ready."""
        healthz = self.target.platform.healthz
        if healthz is None:
            return True
        trusted = trust(self.target.platform.ca)
        async with httpx.AsyncClient(timeout=2.0, trust_env=False, verify=trusted) as client:

            async def healthy() -> bool:
                try:
                    return (await client.get(healthz)).is_success
                except httpx.HTTPError:
                    return False

            return await self._until(healthy, within_s)

    # Between stories

    async def set_right(self) -> None:
        """Undoes what a story did to the world, and waits until the platform has heard of it and is
        at rest."""
        for fault in sorted(self.armed):
            await self.control.revert(fault)
        self.armed.clear()
        await self.policy()
        await self.decide_all(accept=True, reason="the story is over")
        await self.control.order("lift", authorization=None)
        await self.grant_all()
        await self.wait_for_notices()
        await self.drain()

    async def baseline(self) -> str | None:
        """Sends a probe payment; why the platform cannot be examined now, or `None` if it can."""
        await self.sight.refresh()
        arrived, closed = len(self.sight.arrivals), self.sight.closed
        [probe] = await self.pay(1)
        if probe.outcome != "accepted":
            return f"the probe payment was not accepted but {probe.outcome}: {probe.answer[:200]}"

        async def sound() -> bool:
            await self.merchants.follow([probe])
            await self.sight.refresh()
            seen = self.sight
            return len(seen.arrivals) > arrived and seen.closed > closed and not probe.is_open

        began = time.monotonic()
        if await self._until(sound, PROBE_S):
            return None
        waited_s = time.monotonic() - began
        missing = [
            what
            for what, lacks in (
                ("its payload did not arrive", len(self.sight.arrivals) <= arrived),
                ("its transmission was not closed", self.sight.closed <= closed),
                ("it did not become final", probe.is_open),
            )
            if lacks
        ]
        return f"the probe payment was accepted, but {', '.join(missing)} within {waited_s:.0f} s"
