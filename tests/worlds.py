"""A whole simulator in this process, on a wall clock that stands still, and a platform that speaks
to any of its sandboxes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from simulator.messages.signature import sign
from simulator.messages.suites import PrivateKey
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.serve import Simulator
from simulator.world import World
from tests.regulator.added import key_id
from tests.regulator.connected import KEY, PASSCODE, REGISTRATION, Wall

R = TypeVar("R")
TOKEN = "let-me-in"
ANNOUNCEMENT: dict[str, Any] = {
    "authorization": "aut-1",
    "authorization_version": 1,
    "categories": ["E03", "M02"],
    "purpose": "settlement of cross-border payments",
    "recipient": "acquirer-sg",
    "country": "SG",
    "records": 1,
}


@dataclass
class Party:
    """Tester and platform in one: both speak over HTTP, without a network."""

    world: World
    http: httpx.AsyncClient
    wall: Wall
    key: PrivateKey = KEY
    """What the platform signs with."""
    nonces: int = 0
    answers: list[httpx.Response] = field(default_factory=list)
    """What the regulator answered, in order."""

    async def control(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A tester's request."""
        headers = {"authorization": f"Bearer {TOKEN}"}
        return await self.http.request(method, f"/control{path}", headers=headers, **more)

    async def create(self, id: str, **more: Any) -> None:
        """A sandbox whose clock stands still."""
        body = {"id": id, "passcode": PASSCODE, "seed": 7, "rate": 0, **more}
        created = await self.control("POST", "/sandboxes", json=body)
        assert created.status_code == 201, created.text

    async def register(self, id: str, **changes: Any) -> httpx.Response:
        """The only unsigned request."""
        answer = await self.http.post(f"/{id}/v1/registrations", json=REGISTRATION | changes)
        self.answers.append(answer)
        return answer

    async def ask(
        self,
        id: str,
        method: str,
        path: str,
        message: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        nonce: str | None = None,
    ) -> httpx.Response:
        """One signed request to the regulator of the sandbox `id`."""
        self.nonces += 1
        body = b"" if message is None else json.dumps(message).encode()
        sent = {} if message is None else {"content-type": "application/json"}
        sent |= ({} if key is None else {"idempotency-key": key}) | (headers or {})
        request = self.http.build_request(method, f"/{id}/v1{path}", content=body)
        signed = sign(
            method=method,
            url=str(request.url),
            headers=sent,
            body=body,
            key=self.key,
            key_id=key_id(self.key),
            nonce=nonce or f"nonce-{self.nonces}",
            created=self.wall(),
        )
        request.headers.update(signed)
        answer = await self.http.send(request)
        self.answers.append(answer)
        return answer

    async def begin(self, id: str) -> None:
        """A platform that is registered, has declared, and has announced twice."""
        await self.register(id)
        await self.ask(id, "POST", "/declarations", DECLARATION, key="declare")
        await self.ask(id, "POST", "/transmissions", ANNOUNCEMENT, key="announce-1")
        await self.ask(id, "POST", "/transmissions", ANNOUNCEMENT, key="announce-2")
        assert [answer.status_code for answer in self.answers[-4:]] == [201] * 4

    async def journal(self, id: str) -> list[str]:
        """Its lines."""
        answer = await self.control("GET", f"/sandboxes/{id}/journal")
        assert answer.status_code == 200, answer.text
        return answer.text.splitlines()

    async def state(self, id: str) -> dict[str, Any]:
        """The sandbox at a glance."""
        answer = await self.control("GET", f"/sandboxes/{id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


Talk = Callable[[Party], Awaitable[R]]


def in_a_world(folder: Path, talk: Talk[R]) -> R:
    """Runs the talk in the world of `folder`, which is closed afterwards."""

    async def opened() -> R:
        wall = Wall()
        world = World(folder, wall=wall)
        transport = httpx.ASGITransport(Simulator(world, TOKEN))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                return await talk(Party(world, http, wall))
        finally:
            await world.close()

    return asyncio.run(opened())
