"""What the regulator tells: each notice is handled once, in the regulator's order, however the post
brings it.

Notices come by callback and, because a callback can be lost, by polling. A notice that comes before
its predecessor has the predecessor fetched first; one that comes again is acknowledged and
otherwise ignored. A notice is acknowledged only when it is obeyed: the order holds, and no payload
is on its way any more.
"""

import asyncio
import logging
from collections.abc import Callable

from simulator.messages.notice import Notice
from simulator.reference_platform.home import Home
from simulator.reference_platform.journey import Hindrance, Outlook
from simulator.reference_platform.orders import Gate, Orders
from simulator.reference_platform.regulator_client import RegulatorClient

log = logging.getLogger(__name__)


class Notices:
    """The platform's ear. `orders` is what holds now."""

    def __init__(
        self,
        *,
        home: Home,
        gate: Gate,
        regulator: RegulatorClient,
        is_news: Callable[[int, int], bool],
        then: Callable[[], None],
    ) -> None:
        """`is_news` is the platform's step; `then` is called after every notice."""
        self.orders: Orders = home.orders()
        self._home = home
        self._gate = gate
        self._regulator = regulator
        self._is_news = is_news
        self._then = then
        self._one_at_a_time = asyncio.Lock()

    async def receive(self, notice: Notice) -> None:
        """Handles a notice that came by callback; raises Hindrance while its predecessors cannot be
        had.
        """
        async with self._one_at_a_time:
            self._notice_new_beginning(notice)
            if notice.sequence > self._home.handled() + 1:
                await self._fetch()
            if notice.sequence > self._home.handled() + 1:
                detail = f"notice {self._home.handled() + 1} is missing"
                raise Hindrance("notice_out_of_order", detail, Outlook.PASSES)
            await self._handle(notice)

    async def fetch(self) -> None:
        """Polls for notices that the callback did not bring, and acknowledges them."""
        async with self._one_at_a_time:
            await self._fetch()

    async def _fetch(self) -> None:
        more = True
        while more:
            told = await self._regulator.get("/notices", f"after={self._home.handled()}")
            for item in told["items"]:
                notice = Notice.model_validate(item)
                self._notice_new_beginning(notice)
                await self._handle(notice)
                await self._regulator.post(f"/notices/{notice.id}/acknowledgement")
            more = told.get("next_cursor") is not None

    async def _handle(self, notice: Notice) -> None:
        if not self._is_news(notice.sequence, self._home.handled()):
            return
        orders = self.orders.after(notice)
        self._home.handle(notice, orders)
        self.orders = orders
        self._then()
        await self._gate.empty()

    def _notice_new_beginning(self, notice: Notice) -> None:
        """A known number under another name: the regulator's sandbox was reset, and counts from 1
        again.
        """
        if notice.sequence <= self._home.handled() and not self._home.is_same(notice):
            log.warning("the regulator has begun anew; its former notices no longer hold")
            self._home.forget_notices()
            self.orders = Orders()


def is_news(sequence: int, handled: int) -> bool:
    """Whether a notice is the next to be handled; what was handled before is not handled again."""
    return sequence == handled + 1
