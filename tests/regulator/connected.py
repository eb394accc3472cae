"""A regulator in this process and a platform that speaks to it: a test is a conversation."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.journal.records import Record
from simulator.journal.sqlite import SqliteStore
from simulator.messages.signature import sign
from simulator.messages.suites import DEFAULT, PrivateKey, suites
from simulator.regulator import app
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.office import Office
from simulator.sandbox import Sandbox

HOST = "http://127.0.0.1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = "key-56475aa75463474c"
PASSCODE = "open-sesame"
OPENED_AT = datetime(2023, 6, 1, tzinfo=UTC)
WALL_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REGISTRATION: dict[str, Any] = {
    "passcode": PASSCODE,
    "uscc": "91310000MA1FL0000N",
    "name": "Example Pay",
    "key": {"algorithm": "ed25519", "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="},
}


@dataclass
class Wall:
    """A wall clock that a test moves."""

    now: datetime = WALL_AT

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Callback:
    """The platform's callback: keeps what it gets, answers `statuses` in turn, then 200."""

    statuses: list[int] = field(default_factory=list)
    answers_challenge: bool = True
    got: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    """Of `got`, byte for byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.bodies.append(body)
        self.got.append((dict(request.headers), json.loads(body)))
        is_challenge = self.got[-1][1].get("type") == "challenge"
        content = body if is_challenge and self.answers_challenge else b"{}"
        status = 200 if is_challenge or not self.statuses else self.statuses.pop(0)
        await Response(content, status)(scope, receive, send)


class Connected:
    """One sandbox's regulator, spoken to over HTTP without a network."""

    def __init__(self, folder: Path, runner: asyncio.Runner, suite: str = DEFAULT) -> None:
        self.key: PrivateKey = suites()[suite].private_key(bytes(range(32)))
        self.key_id = KEY_ID
        self.folder = folder
        self.wall = Wall()
        self.callback = Callback()
        self.runner = runner
        self.nonces = 0
        self.store = SqliteStore(folder / "journal.sqlite")
        self.open(
            Sandbox.create(
                self.store,
                id="demo",
                passcode=PASSCODE,
                seed=1,
                starts_at=OPENED_AT,
                rule_pack="r2022",
                policy={},
                suite=suite,
                wall=self.wall,
            )
        )

    def open(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        http = httpx.AsyncClient(transport=httpx.ASGITransport(self.callback))
        self.office = Office(sandbox, http=http)
        application = app.build({"demo": self.office}.get)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(application, raise_app_exceptions=True), base_url=HOST
        )

    def restart(self) -> None:
        """The process ends and another one reads the journal."""
        self.close()
        self.store = SqliteStore(self.folder / "journal.sqlite")
        self.open(Sandbox.recover(self.store, "demo", wall=self.wall))

    def close(self) -> None:
        self.runner.run(self.office.close())
        self.runner.run(self.client.aclose())
        self.store.close()

    def signed(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        claims: dict[str, Any] | None = None,
    ) -> httpx.Request:
        """A request of the platform; `claims` is signed instead of what is sent."""
        self.nonces += 1
        request = self.client.build_request(method, f"/demo/v1{path}", content=body)
        values: dict[str, Any] = {
            "method": method,
            "url": str(request.url),
            "headers": ({"content-type": "application/json"} if body else {}) | (headers or {}),
            "body": body,
            "key": self.key,
            "key_id": self.key_id,
            "nonce": f"nonce-{self.nonces}",
            "created": self.wall(),
        }
        request.headers.update(values["headers"])
        request.headers.update(sign(**(values | (claims or {}))))
        return request

    def send(self, request: httpx.Request) -> httpx.Response:
        return self.runner.run(self.client.send(request))

    def ask(
        self,
        method: str,
        path: str,
        message: Any = None,
        *,
        key: str | None = None,
        claims: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """One signed request; `key` is its idempotency key."""
        body = b"" if message is None else json.dumps(message).encode()
        headers = {} if key is None else {"idempotency-key": key}
        return self.send(self.signed(method, path, body, headers, claims))

    def register(self, **changes: Any) -> httpx.Response:
        return self.runner.run(
            self.client.post("/demo/v1/registrations", json=REGISTRATION | changes)
        )

    def declare(self, **changes: Any) -> httpx.Response:
        return self.ask("POST", "/declarations", DECLARATION | changes, key="declare-1")

    def settle(self) -> None:
        """Lets every delivery come to its end."""
        self.runner.run(self.office.courier.settled())

    def records(self, *, after: int = 0) -> list[Record]:
        """The journal behind this sequence number."""
        return [entry.record for entry in self.store.read("demo", after=after)]


@contextmanager
def connected(folder: Path, suite: str = DEFAULT) -> Iterator[Connected]:
    """A regulator for the time of one test."""
    with asyncio.Runner() as runner:
        regulator = Connected(folder, runner, suite)
        try:
            yield regulator
        finally:
            regulator.close()
