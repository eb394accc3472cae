"""How the platform speaks to the regulator: every request signed, every answer an answer or a named
hindrance.

A request that failed is repeated by whoever made it, later and later, and always under the same
idempotency key. A regulator that gave no answer is left alone for a moment, by all payments, and
each time for longer.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.clock import wall_now
from simulator.messages import signature
from simulator.reference_platform.journey import Hindrance, Outlook

T = TypeVar("T")

FIRST_DELAY_S = 0.05
LONGEST_DELAY_S = 0.5
PATIENCE_S = 2.0
"""A regulator that takes longer counts as unreachable: what is not permitted in time is not
permitted.
"""
JSON = "application/json"

WORTH_ANOTHER_LOOK = frozenset(
    {"authorization_unknown", "authorization_stale", "authorization_not_yet_valid"}
    | {"authorization_stopped", "authorization_suspended"}
    | {"authorization_revoked", "authorization_expired"}
    | {"transmission_unknown", "transmission_not_accepted", "transmission_closed", "not_found"}
    | {"idempotency_conflict"}
)
"""Refusals that may rest on what the platform did not know yet: it looks again before it gives up.
"""


def back_off_s(tries: int, retry_after_s: float | None = None) -> float:
    """How long to wait after the n-th try that failed; a Retry-After is honoured, however long."""
    delay: float = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(tries - 1, 10))
    return max(delay, retry_after_s or 0.0)


async def persist(ask: Callable[[], Awaitable[T]], *, tries: int) -> T:
    """The answer of `ask`, repeated with back-off while the hindrance is one that passes."""
    for failed in range(1, tries):
        try:
            return await ask()
        except Hindrance as hindrance:
            if hindrance.outlook is not Outlook.PASSES:
                raise
            await asyncio.sleep(back_off_s(failed, hindrance.retry_after_s))
    return await ask()


@dataclass(frozen=True, slots=True)
class Wire:
    """The steps of the platform that decide how a request looks on the wire."""

    sign: Callable[..., dict[str, str]]
    nonce: Callable[[], str]
    key_to_send: Callable[[str], str]


class RegulatorClient:
    """One regulator, under `base` (`http://host:port/sandbox/v1`)."""

    def __init__(
        self, http: httpx.AsyncClient, base: str, key: Ed25519PrivateKey, wire: Wire
    ) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._key = key
        self._wire = wire
        self.key_id: str | None = None
        """Given by the registration; without it requests go out unsigned."""
        self.heard_at = float("-inf")
        """Loop time of the last answer."""
        self._failures = 0
        self._quiet_until = float("-inf")
        self._read_at: tuple[datetime, datetime, float] | None = None

    async def get(self, path: str, query: str = "") -> dict[str, Any]:
        return await self._ask("GET", f"{path}?{query}" if query else path, b"", {})

    async def post(
        self, path: str, body: bytes = b"", *, key: str | None = None, content_type: str = JSON
    ) -> dict[str, Any]:
        """`key` is the idempotency key: whoever repeats the request gives the same one."""
        headers = {"Idempotency-Key": self._wire.key_to_send(key)} if key else {}
        if body:
            headers["Content-Type"] = content_type
        return await self._ask("POST", path, body, headers)

    async def put(self, path: str, body: bytes) -> dict[str, Any]:
        return await self._ask("PUT", path, body, {"Content-Type": JSON})

    async def read_time(self) -> None:
        """Learns the sandbox's clock: authorizations expire by it, and it may run fast or jump."""
        asked_at = wall_now()
        told = await self.get("/time")
        middle = asked_at + (wall_now() - asked_at) / 2
        self._read_at = (middle, datetime.fromisoformat(told["sandbox"]), float(told["rate"]))

    def sandbox_now(self, *, ahead_s: float = 0.0) -> datetime:
        """The sandbox's time as far as known, `ahead_s` seconds of wall time from now."""
        wall = wall_now() + timedelta(seconds=ahead_s)
        if self._read_at is None:
            return wall
        read_at, sandbox, rate = self._read_at
        return sandbox + (wall - read_at) * rate

    def check_not_quiet(self) -> None:
        """Raises the hindrance while the regulator is left alone: nothing would be sent."""
        if asyncio.get_running_loop().time() < self._quiet_until:
            raise _unreachable("the regulator did not answer a moment ago")

    async def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> dict[str, Any]:
        self.check_not_quiet()
        try:
            async with asyncio.timeout(PATIENCE_S):
                response = await self._send(method, self._base + path, body, headers)
        except (httpx.HTTPError, TimeoutError) as failure:
            self._leave_alone()
            raise _unreachable(f"{method} {path}: {type(failure).__name__}") from failure
        self._failures = 0
        answer = _answer_in(response)
        self.heard_at = asyncio.get_running_loop().time()
        return answer

    async def _send(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        if self.key_id is not None:
            headers = self._wire.sign(
                method=method,
                url=url,
                headers=headers,
                body=body,
                key=self._key,
                key_id=self.key_id,
                nonce=self._wire.nonce(),
                created=wall_now(),
            )
        return await self._http.request(method, url, content=body, headers=headers)

    def _leave_alone(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._quiet_until:  # Requests that fail together count once.
            self._failures += 1
            self._quiet_until = now + back_off_s(self._failures)


def sign(**request: Any) -> dict[str, str]:
    """Signs every request; see simulator.messages.signature.sign."""
    return signature.sign(**request)


def key_to_send(key: str) -> str:
    """The same key for every try, so that the regulator can tell a repetition from a second
    message.
    """
    return key


def _answer_in(response: httpx.Response) -> dict[str, Any]:
    """The JSON of an answer; raises the hindrance that the regulator names."""
    status = response.status_code
    retry_after_s = _retry_after(response.headers)
    try:
        told = json.loads(response.content)
    except ValueError:
        told = None
    if response.is_success and isinstance(told, dict):
        return told
    if status >= 500 or not isinstance(told, dict) or "code" not in told:
        raise _unreachable(f"the regulator answered {status}", retry_after_s)
    code = str(told["code"])
    detail = str(told.get("detail", ""))
    raise Hindrance(code, detail, _outlook(status, code), retry_after_s=retry_after_s)


def _outlook(status: int, code: str) -> Outlook:
    """A signature is made anew for every try, so that one that was refused may well be taken next
    time.
    """
    if status in (401, 429) or code == "callback_unconfirmed":
        return Outlook.PASSES
    return Outlook.CHANGES if code in WORTH_ANOTHER_LOOK else Outlook.FINAL


def _unreachable(detail: str, retry_after_s: float | None = None) -> Hindrance:
    return Hindrance("regulator_unreachable", detail, Outlook.PASSES, retry_after_s=retry_after_s)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; a date in this header is rare and answered by the usual back-off."""
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None
