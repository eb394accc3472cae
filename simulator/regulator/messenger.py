"""Takes one signed message of the regulator to a platform's callback and tells what came back."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from simulator.faults import Forgery
from simulator.messages import signature
from simulator.regulator import callbacks
from simulator.regulator.forgery import altered, created_at, signing_key
from simulator.regulator.lifecycle import regulator_key
from simulator.regulator.state import RegulatorState
from simulator.sandbox import Sandbox

ANSWER_S_MAX = 5.0
ANSWER_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent. `name` tells this attempt from every other one."""

    url: str
    body: bytes
    media_type: str
    name: str
    sent_at: datetime
    trace: Mapping[str, str] = field(default_factory=dict)
    """The headers of its trace context."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a callback; status 0 where nothing did."""

    status: int
    body: bytes = b""
    error: str | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


class Messenger:
    """Speaks for the regulator of one sandbox; `close` it at the end."""

    def __init__(
        self,
        sandbox: Sandbox,
        state: RegulatorState,
        *,
        http: httpx.AsyncClient | None,
        callbacks_anywhere: bool,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._sandbox = sandbox
        self._state = state
        self._http = http
        self._callbacks_anywhere = callbacks_anywhere
        self._tls = tls

    async def send(self, letter: Letter, forgery: Forgery | None = None) -> Reply:
        """Signs and sends, or what an adversary makes of it. No redirect is followed: only the
        registered address is meant."""
        try:
            signed = self._signed(letter, forgery)
            body, headers = altered(letter.body, signed, forgery, suite=self._sandbox.suite)
            return await self._post(letter.url, body, headers)
        except TimeoutError:
            return Reply(0, error=f"no answer within {ANSWER_S_MAX:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
            return Reply(0, error=f"{type(failure).__name__}: {failure}")

    async def close(self) -> None:
        """Lets go of the connections."""
        if self._http is not None:
            await self._http.aclose()

    def _signed(self, letter: Letter, forgery: Forgery | None) -> dict[str, str]:
        signing = regulator_key.in_force(self._state, self._sandbox.clock.now())
        key = self._sandbox.regulator_private_key(signing.number)
        return signature.sign(
            method="POST",
            url=str(httpx.URL(letter.url)),
            headers={"content-type": letter.media_type} | dict(letter.trace),
            body=letter.body,
            key=signing_key(key, forgery),
            key_id=signing.id,
            nonce=f"{letter.name}-{letter.sent_at.timestamp():.6f}",
            created=created_at(letter.sent_at, forgery),
        )

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        client = self._client()
        async with asyncio.timeout(ANSWER_S_MAX):
            async with client.stream("POST", url, content=body, headers=headers) as response:
                return Reply(response.status_code, await _beginning_of(response))

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = callbacks.client(
                anywhere=self._callbacks_anywhere, timeout_s=ANSWER_S_MAX, tls=self._tls
            )
        return self._http


async def _beginning_of(response: httpx.Response) -> bytes:
    """As much of the answer as a reader needs; the sender may never end it."""
    kept = bytearray()
    async for part in response.aiter_bytes():
        kept += part
        if len(kept) > ANSWER_BYTES_MAX:
            break
    return bytes(kept[:ANSWER_BYTES_MAX])
