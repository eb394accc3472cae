"""Any method, any path, any body: what arrived is on disk, byte for byte, before the recipient says
a word.

A payload that a fault cuts off is kept as well, with the fault's id, and so is the part of one
whose sender broke off, with status 0: it had left the platform all the same.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.faults import Blow
from simulator.journal.records import Arrival, Body
from simulator.journal.writer import RETRY_AFTER_S, StoreFailed
from simulator.recipient.replies import Replies, Reply
from simulator.sandbox import Sandbox, SandboxClosed
from simulator.transport import TRAILERS, Struck

BODY_BYTES_MAX = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Payload:
    """What came in: its bytes, or only its digest where it was too large to keep."""

    kept: bytes | None
    body: Body
    whole: bool
    """False where the client went away before it had sent everything."""


class Recipients:
    """The recipients abroad of one sandbox; any name is one."""

    def __init__(self, sandbox: Sandbox, known: dict[str, Reply] | None = None) -> None:
        self._sandbox = sandbox
        self.replies = Replies(sandbox.seed, known)
        sandbox.follow(self.replies.fold)

    async def take(self, recipient: str, path: str, scope: Scope, receive: Receive) -> Response:
        """Keeps what arrives and says what is answered."""
        faults = self._sandbox.faults
        blow = await faults.strike("recipient", recipient, "before")
        if blow is not None:
            await blow.wait()
        payload = await read_payload(receive)
        if blow is None and not payload.whole and not payload.body.size_bytes:
            return Response(status_code=400)  # Nothing had left, and nobody is left to be answered.
        if blow is None:
            blow = await faults.strike("recipient", recipient, "after")

        answer = self._answer(recipient, path, scope, payload)
        status = answer.status_code if payload.whole else 0
        arrival = self._arrival(recipient, path, scope, payload, status, blow)
        await self._sandbox.write(arrival)
        return answer if blow is None else Struck(blow, answer)

    def _answer(self, recipient: str, path: str, scope: Scope, payload: Payload) -> Response:
        if payload.kept is None:
            return JSONResponse({"error": f"a body may have {BODY_BYTES_MAX} bytes at most"}, 413)
        sequence = self._sandbox.next_sequence()
        return self.replies.answer(recipient, scope["method"], path, payload.kept, sequence)

    def _arrival(
        self,
        recipient: str,
        path: str,
        scope: Scope,
        payload: Payload,
        status: int,
        blow: Blow | None,
    ) -> Arrival:
        struck_status = None if blow is None else blow.status
        return Arrival(
            recipient=recipient,
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers=headers_of(scope),
            body=payload.body,
            received_at=self._sandbox.clock.wall(),
            status=status if struck_status is None else struck_status,
            fault=None if blow is None else blow.fault,
        )


def build(recipients: Callable[[str], Recipients | None]) -> ASGIApp:
    """The application for `/{sandbox}/recipients/{recipient}/{any path}`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        _, sandbox, *_ = scope["path"].split("/")
        recipient, path = _below(f"/{sandbox}/recipients/", scope["raw_path"].decode("latin-1"))
        house = recipients(sandbox)
        if house is None or not recipient:
            answer: Response = JSONResponse({"error": f"nobody lives at {scope['path']}"}, 404)
        else:
            try:
                answer = await house.take(recipient, path, scope, receive)
            except (StoreFailed, SandboxClosed) as failure:
                patience = {"retry-after": str(RETRY_AFTER_S)}
                answer = JSONResponse({"error": str(failure)}, 503, headers=patience)
        await answer(scope, receive, send)

    return app


def _below(base: str, raw_path: str) -> tuple[str, str]:
    """The recipient, decoded, and the path below it, as sent; `base` may be sent with escapes."""
    length = next((at for at in range(len(raw_path) + 1) if unquote(raw_path[:at]) == base), None)
    if length is None:
        return "", "/"
    recipient, _, path = raw_path[length:].partition("/")
    return unquote(recipient), "/" + path


async def read_payload(receive: Receive, bytes_max: int = BODY_BYTES_MAX) -> Payload:
    """Everything that the client sends; beyond `bytes_max` only size and digest are kept."""
    digest, kept, size_bytes = hashlib.sha256(), bytearray(), 0
    more, whole = True, True
    while more and whole:
        message = await receive()
        part = message.get("body", b"")
        more = message.get("more_body", False)
        whole = message["type"] == "http.request"
        digest.update(part)
        size_bytes += len(part)
        if size_bytes <= bytes_max:
            kept += part

    if size_bytes > bytes_max:
        return Payload(None, Body(digest.hexdigest(), size_bytes), whole)
    return Payload(bytes(kept), body_of(bytes(kept)), whole)


def body_of(raw: bytes) -> Body:
    """The bytes as the journal keeps them: as text where they are UTF-8, otherwise in base64."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        return Body(digest, len(raw), text=raw.decode())
    except UnicodeDecodeError:
        return Body(digest, len(raw), base64=b64encode(raw).decode())


def headers_of(scope: Scope) -> dict[str, str]:
    """Names in lower case; a header that came twice holds both values, in order, as RFC 9110 joins
    them. What came after the body had left the platform like any header, and stands among them."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in [*scope["headers"], *scope.get("extensions", {}).get(TRAILERS, ())]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
