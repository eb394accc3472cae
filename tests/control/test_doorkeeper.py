"""Nobody but the tester comes into control, and the tester is nobody at the regulator."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Message

from simulator.control.app import build
from simulator.world import World
from tests.control.conftest import TOKEN
from tests.regulator.connected import HOST, Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def test_the_token_opens_no_regulator(regulator: Connected) -> None:
    request = regulator.client.build_request(
        "GET", f"{HOST}/demo/v1/declarations", headers={"authorization": f"Bearer {TOKEN}"}
    )

    assert regulator.send(request).json()["code"] == "signature_missing"


def test_a_platforms_signature_opens_no_control(regulator: Connected, tmp_path: Path) -> None:
    signed = regulator.signed("GET", "/time")

    async def talk() -> list[tuple[int, str]]:
        world = World(tmp_path / "other")
        transport = httpx.ASGITransport(build(world, TOKEN))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                answers = [
                    await client.request(method, path, headers=signed.headers, content=b"{}")
                    for method in ("GET", "POST", "DELETE")
                    for path in ("/sandboxes", "/sandboxes/demo/journal", "/openapi.json", "/none")
                ]
                return [(answer.status_code, answer.json()["code"]) for answer in answers]
        finally:
            await world.close()

    assert set(asyncio.run(talk())) == {(401, "token_missing")}


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer wrong", "Basic bGV0", "Bearer é"]
)
def test_not_a_byte_of_a_strangers_body_is_read(tmp_path: Path, authorization: str | None) -> None:
    async def never() -> Message:
        raise AssertionError("the body was read")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def talk() -> None:
        world = World(tmp_path)
        try:
            given = [] if authorization is None else [(b"authorization", authorization.encode())]
            scope = {"type": "http", "method": "POST", "path": "/sandboxes", "headers": given}
            await build(world, TOKEN)(scope, never, send)
        finally:
            await world.close()

    asyncio.run(talk())
    assert sent[0]["status"] in (401, 403)
