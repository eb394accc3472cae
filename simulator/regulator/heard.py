"""One request as it arrived whole: its bytes, read once, and what signature and journal need."""

import asyncio
import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request

from simulator.clock import WallClock
from simulator.journal.records import Body
from simulator.regulator.limits import BODY, BODY_S, passed
from simulator.regulator.refusal import Refusal
from simulator.transport import CERTIFICATE


@dataclass(frozen=True, slots=True)
class Heard:
    """A request; `path` and `query` are percent-encoded, as sent; header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    path_values: dict[str, str]
    """The parts of the path that name something, decoded."""
    body: bytes | None
    """As sent, perhaps compressed; `None` where it passed a limit."""
    sha256: str
    size_bytes: int
    received_at: datetime
    """Wall time when the last byte was here."""
    certificate: str | None = None
    """The common name of the sender's certificate; `None` where TLS is not mutual."""
    unread: Refusal | None = None
    """Why there is no body."""

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("idempotency-key")

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def as_evidence(self, *, whole: bool) -> Body:
        """The body as the journal keeps it; of a sender whom nobody knows only size and digest."""
        if not whole or self.body is None:
            return Body(self.sha256, self.size_bytes)
        try:
            return Body(self.sha256, self.size_bytes, text=self.body.decode())
        except UnicodeDecodeError:
            encoded = b64encode(self.body).decode()
            return Body(self.sha256, self.size_bytes, base64=encoded)


async def hear(request: Request, wall: WallClock, *, body_s_max: float = BODY_S.value) -> Heard:
    """Reads the request to its end or to the end of its time; raises ClientDisconnect if the sender
    has gone."""
    digest, kept, size_bytes, unread = hashlib.sha256(), bytearray(), 0, None
    try:
        async with asyncio.timeout(body_s_max):
            async for part in request.stream():
                digest.update(part)
                size_bytes += len(part)
                if size_bytes <= BODY.value:
                    kept += part
    except TimeoutError:
        unread = passed(BODY_S, f"{size_bytes} bytes of the body after {body_s_max:g} seconds")
    if size_bytes > BODY.value:
        unread, kept = passed(BODY, size_bytes), bytearray()
    return Heard(
        method=request.method,
        path=_path_as_sent(request),
        query=request.scope["query_string"].decode("latin-1"),
        headers=_headers(request),
        path_values=dict(request.path_params),
        body=None if unread is not None else bytes(kept),
        certificate=request.scope.get("extensions", {}).get(CERTIFICATE),
        unread=unread,
        sha256=digest.hexdigest(),
        size_bytes=size_bytes,
        received_at=wall(),
    )


def _path_as_sent(request: Request) -> str:
    raw: bytes | None = request.scope.get("raw_path")
    return quote(request.scope["path"]) if raw is None else raw.decode("latin-1")


def _headers(request: Request) -> dict[str, str]:
    """A header that came twice holds both values, in order, joined as RFC 9110 says."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in request.scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
