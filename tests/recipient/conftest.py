"""The recipients of one sandbox, called through ASGI."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from simulator.journal.records import Arrival
from simulator.journal.sqlite import SqliteStore
from simulator.recipient.app import Recipients, build
from simulator.sandbox import Sandbox

Call = Callable[..., httpx.Response]

NOW = datetime(2023, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def sandbox(store: SqliteStore) -> Sandbox:
    return Sandbox.create(
        store,
        id="sb",
        passcode="open sesame",
        seed=7,
        starts_at=datetime(2023, 6, 1, tzinfo=UTC),
        rule_pack="r2022",
        policy={},
        wall=lambda: NOW,
    )


@pytest.fixture
def call(sandbox: Sandbox) -> Call:
    recipients = Recipients(sandbox)
    app = build(lambda id: recipients if id == "sb" else None)

    def send(method: str, path: str, **rest: object) -> httpx.Response:
        async def talk() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.request(method, path, **rest)  # type: ignore[arg-type]

        return asyncio.run(talk())

    return send


@pytest.fixture
def arrivals(store: SqliteStore) -> Callable[[], list[Arrival]]:
    def on_disk() -> list[Arrival]:
        return [entry.record for entry in store.read("sb") if isinstance(entry.record, Arrival)]

    return on_disk
