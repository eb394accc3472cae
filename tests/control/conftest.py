"""A tester at the control door of a world on disk; one loop holds world and tester."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from simulator.control.app import build
from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationReceived,
    DeclaredFieldSeen,
)
from simulator.journal.events.registration import PlatformRegistered
from simulator.world import World

R = TypeVar("R")

TOKEN = "let-me-in"
START = datetime(2023, 6, 1, tzinfo=UTC)

Talk = Callable[[httpx.AsyncClient, World], Awaitable[R]]
AtControl = Callable[[Talk[R]], R]


def client_of(world: World) -> httpx.AsyncClient:
    """A tester who knows the token."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(build(world, TOKEN)),
        base_url="http://here",
        headers={"authorization": f"Bearer {TOKEN}"},
    )


@pytest.fixture
def at_control(tmp_path: Path) -> AtControl[R]:
    """Runs a talk in a fresh world, which is closed afterwards."""

    def run(talk: Talk[R]) -> R:
        async def opened() -> R:
            world = World(tmp_path)
            try:
                async with client_of(world) as client:
                    return await talk(client, world)
            finally:
                await world.close()

        return asyncio.run(opened())

    return run


async def create(client: httpx.AsyncClient, **more: object) -> httpx.Response:
    """The sandbox `sb`, whose clock stands still."""
    body = {"id": "sb", "passcode": "open sesame", "seed": 7, "rate": 0, **more}
    return await client.post("/sandboxes", json=body)


async def register(world: World) -> None:
    """A platform that polls, with one accepted declaration for a recipient in Singapore."""
    fields = (DeclaredFieldSeen("amount", "M02", "none"),)
    until = START + timedelta(days=90)
    key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    site = world.site("sb")
    assert site is not None
    await site.office.decide(
        "tester",
        "register",
        (
            PlatformRegistered("reg-1", "91310000MA1FL0B92L", "P", "key-1", key, None, START),
            DeclarationReceived(
                "dcl-1", "reg-1", fields, "settlement", "contract", "acquirer-sg", "SG",
                1000, 10, START, until, START, None,
            ),
            DeclarationAccepted("dcl-1", "aut-1", START),
            AuthorizationGranted(
                "aut-1", 1, "reg-1", "dcl-1", fields, "settlement", "acquirer-sg", "SG",
                1000, START, until, "", START,
            ),
        ),
    )  # fmt: skip
