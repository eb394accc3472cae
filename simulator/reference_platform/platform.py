"""The flow of one payment, top to bottom: taken, announced, permitted, monitored, sent, reported,
closed, traced.

Each step is tried until it is done; what stands in its way makes the payment wait, start anew or
end refused, and never leave without leave. As many payments as there are places are under way at
once; one that waits holds no place.
"""

import asyncio
import logging
import secrets
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport

from simulator.clock import wall_now
from simulator.reference_platform.authorizations import Authorizations
from simulator.reference_platform.connection import Connection
from simulator.reference_platform.crossing import about_to_announce
from simulator.reference_platform.desensitise import token
from simulator.reference_platform.home import Home
from simulator.reference_platform.journey import Hindrance, Journey, Outlook, Stage
from simulator.reference_platform.notices import Notices
from simulator.reference_platform.orders import Gate, Orders
from simulator.reference_platform.recipient_client import RecipientClient
from simulator.reference_platform.regulator_client import RegulatorClient, Wire, back_off_s
from simulator.reference_platform.regulator_keys import RegulatorKeys
from simulator.reference_platform.samples import Samples
from simulator.reference_platform.steps import HONEST, Steps
from simulator.tls import trusting

log = logging.getLogger(__name__)

PLACES = 16
PAUSES = httpx.Timeout(2.0, pool=5.0)
POOL = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=2.0)
"""Idle connections are dropped before a server drops them, so that none breaks just as a payload
leaves.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator configures."""

    regulator: str
    """Base URL, `http://host:port/sandbox/v1`."""
    recipient: str
    """Base URL below which each recipient has its id, `http://host:port/sandbox/recipients`."""
    passcode: str
    state: Path
    callback_url: str | None
    """Where the regulator brings notices; `None` polls only."""
    ca: Path | None = None
    """Authority that their https is believed by, beside those that the machine knows."""


class OrderReused(Exception):
    """A merchant used an order id for a second, different payment."""


class Platform:
    """All parts of the platform, held together by the steps."""

    def __init__(
        self,
        settings: Settings,
        steps: Steps = HONEST,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """To be made on a running loop. `transport` replaces the network."""
        self.steps = steps
        settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home = Home(settings.state)
        self.outbox = steps.open_outbox(settings.state)
        self.token_master_key = self.home.token_master_key()
        self.gate = Gate()
        trusted = True if settings.ca is None else trusting(settings.ca)
        self._http = httpx.AsyncClient(
            timeout=PAUSES,
            transport=transport or AiohttpTransport(verify=trusted, limits=POOL),
            trust_env=False,
        )
        wire = Wire(steps.sign, steps.nonce, steps.key_to_send)
        key = self.home.signing_key()
        self.regulator = RegulatorClient(self._http, settings.regulator, key, wire)
        self.recipients = RecipientClient(self._http, settings.recipient)
        self.regulator_keys = RegulatorKeys(self.home, self.regulator)
        self.authorizations = Authorizations(self.regulator, self.regulator_keys)
        self.notices = Notices(
            home=self.home,
            gate=self.gate,
            regulator=self.regulator,
            is_news=steps.is_news,
            then=self.authorizations.outdate,
        )
        self.samples = Samples(self)
        self.connection = Connection(
            self, passcode=settings.passcode, callback_url=settings.callback_url
        )
        self._places = asyncio.Semaphore(PLACES)
        self._connecting: asyncio.Task[None] | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    @property
    def orders(self) -> Orders:
        """What the regulator forbids now."""
        return self.notices.orders

    def start(self) -> None:
        """Connects, and goes on with what was left unfinished."""
        self._connecting = asyncio.get_running_loop().create_task(self.connection.keep())
        self.resume()

    def resume(self) -> None:
        """Takes up every payment that an earlier run left unfinished."""
        for id in self.outbox.unfinished():
            self._begin(id)

    async def drained(self) -> None:
        """Returns when every payment that was taken is settled or refused."""
        while self._carrying:
            await asyncio.wait(self._carrying)

    async def stop(self) -> None:
        """Leaves everything where it is; the next start goes on from there."""
        tasks = (
            {*self._carrying} if self._connecting is None else {*self._carrying, self._connecting}
        )
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()
        self.outbox.close()
        self.home.close()

    def take(self, body: Mapping[str, Any]) -> Journey:
        """Takes a merchant's payment: on disk when this returns. The same order again is the same
        payment.
        """
        payment = self.steps.take_in(body)
        fresh = Journey(f"pay-{uuid.uuid4().hex}", payment, wall_now(), secrets.token_hex(16))
        if not payment.domestic and self.steps.find_contract(payment) is None:
            where = f"{payment.recipient} in {payment.country}"
            fresh = fresh.to(Stage.REFUSED, reason=f"there is no contract for {where}")
        kept = self.outbox.take(fresh, self.person(payment.payer.resident_id))
        if kept.id == fresh.id:
            self._begin(kept.id)
        elif kept.payment != payment:
            raise OrderReused(payment.order_id)
        return kept

    def person(self, resident_id: str) -> str:
        """The token under which a person is known at home."""
        return token(self.token_master_key, resident_id)

    async def _carry(self, id: str) -> None:
        """Carries one payment to its end, however often it has to wait."""
        tries = 0
        while (journey := self.outbox.read(id)) is not None and not journey.is_final:
            begun_at = journey.stage
            retry_after_s = None
            try:
                await self._go_on(journey)
            except Hindrance as hindrance:
                retry_after_s = hindrance.retry_after_s
                await self._hold_back(id, hindrance)
            except Exception as mistake:  # Ours; the payment waits for whoever repairs it.
                where = "".join(traceback.format_tb(mistake.__traceback__))
                name = type(mistake).__name__  # Its message might hold what may not be logged.
                log.error("payment %s met %s\n%s", id, name, where)
                await self._hold_back(id, Hindrance("mistake", name, Outlook.PASSES))
            held = self.outbox.read(id)
            if held is None or held.is_final:
                return
            tries = tries + 1 if held.stage is begun_at else 1
            await asyncio.sleep(back_off_s(tries, retry_after_s))

    async def _go_on(self, journey: Journey) -> None:
        """Takes one step after the other, each on disk before the next begins."""
        if journey.payment.domestic:
            self.outbox.save(await self.steps.settle_domestic(self, journey))
            return
        async with self._places:
            while not journey.is_final:
                journey = await self._next_step(journey)
                self.outbox.save(journey)

    async def _next_step(self, journey: Journey) -> Journey:
        steps = self.steps
        match journey.stage:
            case Stage.TAKEN:
                return await steps.choose(self, journey)
            case Stage.CHOSEN:
                journey = about_to_announce(self, journey)
                self.outbox.save(journey)
                return await steps.announce(self, journey)
            case Stage.ANNOUNCED:
                return await steps.await_decision(self, journey)
            case Stage.PERMITTED:
                return await steps.start_feed(self, journey)
            case Stage.MONITORED:
                return steps.desensitise(self, journey)
            case Stage.PREPARED:
                return await steps.send(self, journey)
            case Stage.LEFT:
                return await steps.report(self, journey)
            case Stage.REPORTED:
                return await steps.close(self, journey)
            case Stage.CLOSED:
                return await steps.record_lineage(self, journey)
            case Stage.ABORTING:
                return await steps.abort(self, journey)
            case _:
                raise AssertionError(f"a payment at {journey.stage} has no next step")

    async def _hold_back(self, id: str, hindrance: Hindrance) -> None:
        journey = self.outbox.read(id)
        if journey is not None and not journey.is_final:
            self.outbox.save(await self.steps.hold_back(self, journey, hindrance))

    def _begin(self, id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._carry(id))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
