"""A front in this process that signs: a request that names a peer arrives as that platform's own.

So a tool that knows identities only as headers can be two platforms, and the application is reached
without a socket.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.messages.signature import ANY_ORIGIN, sign

PEER = "x-peer"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature a peer's requests get."""

    key: Ed25519PrivateKey
    key_id: str


class Front:
    """Hands requests to `app` on the loop on which that lives; who names no peer stays unsigned."""

    def __init__(
        self,
        app: ASGIApp,
        loop: asyncio.AbstractEventLoop,
        peers: Mapping[str, Signer] | None = None,
    ) -> None:
        self._app = app
        self._loop = loop
        self._peers = peers or {}
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        body = await _whole(receive)
        asked = {**scope, "headers": self._headers(scope, body), "extensions": {}, "state": {}}
        answering = asyncio.run_coroutine_threadsafe(self._ask(asked, body), self._loop)
        for message in await asyncio.wrap_future(answering):
            await send(message)

    async def _ask(self, scope: Scope, body: bytes) -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent

    def _headers(self, scope: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        signer = self._peers.get(headers.pop(PEER, ""))
        if signer is not None:
            path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode()
            headers = sign(
                method=scope["method"],
                url=f"{ANY_ORIGIN}{path}" + (f"?{query}" if query else ""),
                headers=headers,
                body=body,
                key=signer.key,
                key_id=signer.key_id,
                nonce=f"front-{next(self._numbers)}",
                created=datetime.now(UTC),
            )
        return [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers.items()
        ]


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message: dict[str, Any] = dict(await receive())
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
