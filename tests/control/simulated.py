"""A tester and a platform that polls, in one process on simulated time: months pass in a moment."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx

from simulator.messages.signature import sign
from simulator.regulator import app
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.world import World
from tests.control.conftest import client_of
from tests.regulator.connected import KEY, KEY_ID, REGISTRATION, Wall

R = TypeVar("R")
Json = dict[str, Any]
NUMBERS = count(1)
"""Of requests: no nonce and no key comes twice, in whatever world."""


@dataclass
class Simulated:
    """One sandbox `sb` and everybody in it; `wall` moves only when it is told to."""

    world: World
    tester: httpx.AsyncClient
    platform: httpx.AsyncClient
    wall: Wall

    async def open(self, **more: object) -> None:
        """The sandbox, and the platform registered in it."""
        body = {"id": "sb", "passcode": REGISTRATION["passcode"], "seed": 7, "rate": 0, **more}
        assert (await self.tester.post("/sandboxes", json=body)).status_code == 201
        assert (await self.platform.post("/registrations", json=REGISTRATION)).status_code == 201

    async def control(self, method: str, path: str, body: object = None) -> Json:
        """What a tester's request that must be taken is answered."""
        answer = await self.tester.request(method, f"/sandboxes/sb{path}", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    async def refused(self, method: str, path: str, body: object = None) -> str:
        """The code with which a tester's request is refused."""
        answer = await self.tester.request(method, f"/sandboxes/sb{path}", json=body)
        assert answer.is_client_error, answer.text
        return str(answer.json()["code"])

    async def advance(self, **how: object) -> Json:
        """What happens while the clock moves."""
        return await self.control("POST", "/clock/advance", how)

    async def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """One signed request of the platform, under a key of its own."""
        number = next(NUMBERS)
        content = b"" if body is None else json.dumps(body).encode()
        request = self.platform.build_request(method, path, content=content)
        headers = {} if body is None else {"content-type": "application/json"}
        if method != "GET":
            headers["idempotency-key"] = f"key-{number}"
        signed = sign(
            method=method,
            url=str(request.url),
            headers=headers,
            body=content,
            key=KEY,
            key_id=KEY_ID,
            nonce=f"nonce-{number}",
            created=self.wall(),
        )
        request.headers.update(signed)
        return await self.platform.send(request)

    async def tell(self, method: str, path: str, body: object = None) -> Json:
        """What a request of the platform that must be taken is answered."""
        answer = await self.ask(method, path, body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def declare(self) -> None:
        """The platform holds aut-1."""
        assert (await self.tell("POST", "/declarations", DECLARATION))["status"] == "accepted"

    async def notices(self) -> list[str]:
        """The types of all notices that the platform was told."""
        told = await self.tell("GET", "/notices")
        return [notice["type"] for notice in told["items"]]


def simulated(folder: Path, talk: Callable[[Simulated], Awaitable[R]], wall: Wall) -> R:
    """Runs a talk in the world of a folder, new or as it was left; it is closed afterwards."""

    async def opened() -> R:
        world = World(folder, wall=wall)
        transport = httpx.ASGITransport(app.build(world.office))
        base = "http://here/sb/v1"
        try:
            async with (
                client_of(world) as tester,
                httpx.AsyncClient(transport=transport, base_url=base) as platform,
            ):
                return await talk(Simulated(world, tester, platform, wall))
        finally:
            await world.close()

    return asyncio.run(opened())
