"""The connection itself: where a blow becomes what a client sees, and where a head that is too long
or too slow is cut off.

ASGI has no word for closing a connection without an answer, nor for the `Date` that the server adds
by itself, so the protocol offers both, as extensions of the request's scope. Where a server does
not offer them (an in-process client), the loss is raised as ConnectionResetError, and the `Date` is
the only one.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from simulator.clock import wall_now
from simulator.faults import (
    Answer,
    Blow,
    Delay,
    Drop,
    Hang,
    Relabel,
    Reset,
    Skew,
    Trickle,
    Truncate,
)
from simulator.messages.problem import Problem, ProblemError
from simulator.tls import common_name_of

CERTIFICATE = "reinspect.certificate"
"""Key of the scope's extension: the common name of the certificate that the client showed."""
CLOSE = "reinspect.close"
"""Key of the scope's extension: a function that closes the connection once what was written is
sent."""
RESET = "reinspect.reset"
"""Key of the scope's extension: a function that tears the connection down at once."""
TRAILERS = "reinspect.trailers"
"""Key of the scope's extension: the list of what came as headers after the body, in the same form;
whole once the body is."""
OWN_DATE = "reinspect.own_date"
"""Key of the scope's extension: a function that keeps the server from adding a `Date`."""
LINGER_FOR_NOTHING = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends RST, and what is not sent yet is thrown away."""


LINGER_S = 1.0
"""How long a sender whose head was refused may go on sending into the void."""


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """What the head of a request may be: the request line and the headers."""

    head_bytes_max: int = 64 * 1024
    headers_max: int = 100
    target_bytes_max: int = 8 * 1024
    head_s_max: float = 30.0
    """From the first byte, or from the connection, to the last header."""


@dataclass(frozen=True, slots=True)
class Excess:
    """What is wrong with a head: where it passes which limit, and what was seen."""

    status: int
    code: str
    pointer: str
    seen: int
    must: str

    def problem(self) -> Problem:
        """As it is told to the sender."""
        detail = f"{self.pointer} must {self.must}, but was {self.seen:,}"
        error = ProblemError(
            pointer=self.pointer,
            code=self.code,
            detail=detail,
            value=self.seen,
            expected=self.must,
        )
        return Problem(
            type=f"urn:reinspect:problem:{self.code}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            code=self.code,
            detail=detail,
            errors=(error,),
        )


class ClosableProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, with the connection's end within reach of the application, and a
    limit to heads: the parser would collect headers until the memory is full.

    What is refused here was no request yet, so no journal knows of it.
    """

    limits = HeadLimits()

    def connection_made(self, transport: Any) -> None:
        self._head_bytes = 0
        self._in_head = True
        self._since_body_bytes = 0
        self._trailers: list[tuple[bytes, bytes]] = []
        self._is_over = False
        self._patience: asyncio.TimerHandle | None = None
        secured = transport.get_extra_info("ssl_object")
        self._shown_name = common_name_of(None if secured is None else secured.getpeercert())
        super().connection_made(transport)
        self._be_patient()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        if self._in_head:
            self._head_bytes += len(data)
        self._since_body_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > self.limits.head_bytes_max:
            self._refuse(self._too_large(self._head_bytes))
        elif self._since_body_bytes > self.limits.head_bytes_max + len(data):
            self._refuse(self._too_large(self._since_body_bytes))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._trailers = []
        self._be_patient()

    def on_header(self, name: bytes, value: bytes) -> None:
        """What comes after the body is no header (RFC 9110 section 6.5.1): a sender could have its
        headers read otherwise than they were sent, and send them without end."""
        if self._in_head:
            super().on_header(name, value)
        elif not self._is_over:
            self._trailers.append((name.lower(), value))
            wrong = self._wrong_with(self._trailers, 0)
            if wrong is not None:
                self._refuse(wrong)

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes, self._since_body_bytes = False, 0, 0
        self._stop_waiting()
        wrong = self._wrong_with_head()
        if wrong is not None:
            self._refuse(wrong)
            return
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        extensions: dict[str, Any] = {
            CLOSE: self.transport.close,
            RESET: self._reset,
            CERTIFICATE: self._shown_name,
            TRAILERS: self._trailers,
        }
        scope["extensions"] = extensions
        super().on_headers_complete()
        if self.cycle is not None and self.cycle.scope is self.scope:
            extensions[OWN_DATE] = _leaving_out_date(self.cycle)
            self.cycle.__class__ = WitnessedCycle

    def _reset(self) -> None:
        connection: Any = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_FOR_NOTHING)
        self.transport.abort()

    def on_body(self, body: bytes) -> None:
        self._since_body_bytes = 0
        if not self._is_over:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._is_over:
            super().on_message_complete()

    def _wrong_with_head(self) -> Excess | None:
        target_bytes = len(self.url)
        most = self.limits.target_bytes_max
        if target_bytes > most:
            must = f"be at most {most:,} bytes, with the query"
            return Excess(414, "target_too_long", "path", target_bytes, must)
        return self._wrong_with(self.headers, target_bytes)

    def _wrong_with(self, headers: list[tuple[bytes, bytes]], target_bytes: int) -> Excess | None:
        head_bytes = target_bytes + sum(len(name) + len(value) + 4 for name, value in headers)
        if len(headers) > self.limits.headers_max:
            must = f"be at most {self.limits.headers_max} lines"
            return Excess(431, "headers_too_large", "header", len(headers), must)
        return self._too_large(head_bytes) if head_bytes > self.limits.head_bytes_max else None

    def _too_large(self, seen_bytes: int) -> Excess:
        must = f"be at most {self.limits.head_bytes_max:,} bytes, with the request line"
        return Excess(431, "headers_too_large", "header", seen_bytes, must)

    def _be_patient(self) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(self.limits.head_s_max, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        """A connection on which nothing was sent is closed without a word."""
        if self._head_bytes == 0:
            self.transport.close()
            return
        must = f"be whole within {self.limits.head_s_max:g} seconds"
        self._refuse(Excess(408, "request_too_slow", "header", self._head_bytes, must))

    def _refuse(self, excess: Excess) -> None:
        """A problem, and the end of the connection: what follows cannot be told from the head. For
        a moment it is thrown away, or the sender would see a reset instead of the problem."""
        if self._is_over or self.transport.is_closing():
            return
        self._is_over = True
        cycle = self.cycle
        if cycle is not None and cycle.scope is self.scope and cycle.response_started:
            self.transport.close()  # It was answered before its end; nothing fits behind that.
            return
        problem = excess.problem()
        body = json.dumps(problem.model_dump(mode="json")).encode()
        head = (
            f"HTTP/1.1 {problem.status} {problem.title}\r\n"
            "content-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self._stop_waiting()
        self._patience = self.loop.call_later(LINGER_S, self.transport.close)


class WitnessedCycle(RequestResponseCycle):
    """uvicorn's own cycle, but for a sender who has gone when its request is read: what has come is
    handed on before the end is told.

    A server that is slow would otherwise forget messages that had come whole, and whose senders
    rightly say that they sent them.
    """

    was_read = False
    """Everything that came until the sender went has been handed on."""

    async def receive(self) -> Any:
        message: Any = await super().receive()
        if message["type"] == "http.request":
            self.was_read = not message["more_body"]
        elif not self.response_complete and not self.was_read and self._has_more():
            part, self.body, self.was_read = bytes(self.body), bytearray(), True
            return {"type": "http.request", "body": part, "more_body": self.more_body}
        return message

    def _has_more(self) -> bool:
        """Whether something came that nobody has read: a part of the body, or its end."""
        return bool(self.body) or not self.more_body


def _leaving_out_date(cycle: RequestResponseCycle) -> Callable[[], None]:
    def leave_out() -> None:
        cycle.default_headers = [one for one in cycle.default_headers if one[0] != b"date"]

    return leave_out


class Struck(Response):
    """What is sent in place of `answer` when a blow strikes; a Delay that struck before was waited
    for by whoever heard the request."""

    def __init__(self, blow: Blow, answer: Response | None = None) -> None:
        super().__init__(status_code=blow.status or 200)
        self._blow = blow
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self._blow.act:
            case Answer() as act:
                answer = Response(
                    act.body, act.status, dict(act.headers), media_type=act.content_type
                )
                await answer(scope, receive, send)
            case Hang():
                await self._blow.hang(_gone(receive))
                await _end(scope, receive, CLOSE)
            case Drop():
                await _end(scope, receive, CLOSE)
            case Reset():
                await _end(scope, receive, RESET)
            case _ if self._answer is not None:
                await self._send(self._answer, scope, receive, send)
            case act:
                raise AssertionError(f"{act} leaves nothing to answer")

    async def _send(self, answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
        """The true answer, or what is left of it."""
        match self._blow.act:
            case Truncate(kept=kept):
                await _send_part(answer, kept, send)
                await _end(scope, receive, CLOSE)
                return
            case Trickle() as act:
                await _trickle(answer, act, self._blow, send)
                return
            case Delay() if self._blow.arming.moment == "after":
                await self._blow.wait()
            case Relabel(content_type=content_type):
                answer.headers["content-type"] = content_type
            case Skew(seconds=seconds):
                scope.get("extensions", {}).get(OWN_DATE, lambda: None)()
                shown = wall_now() + timedelta(seconds=seconds)
                answer.headers["date"] = format_datetime(shown, usegmt=True)
        await answer(scope, receive, send)


async def _send_part(answer: Response, kept: float, send: Send) -> None:
    body = bytes(answer.body)
    await _start(answer, send)
    await send(
        {
            "type": "http.response.body",
            "body": body[: int(len(body) * kept)],
            "more_body": True,
        }
    )


async def _trickle(answer: Response, act: Trickle, blow: Blow, send: Send) -> None:
    """The body in parts, with a pause before each; once the fault is reverted, what is left comes
    at once."""
    body = bytes(answer.body)
    try:
        await _start(answer, send)
        for part in range(act.parts):
            with_pause = asyncio.timeout(act.over_s / act.parts)
            try:
                async with with_pause:
                    await blow.over()
            except TimeoutError:
                pass
            first, last = (len(body) * edge // act.parts for edge in (part, part + 1))
            more = part + 1 < act.parts
            await send({"type": "http.response.body", "body": body[first:last], "more_body": more})
    finally:
        blow.let_go()


async def _start(answer: Response, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": answer.status_code,
            "headers": answer.raw_headers,
        }
    )


async def _end(scope: Scope, receive: Receive, how: str) -> None:
    """Ends the connection and returns when the server has noticed, so that it adds nothing of its
    own."""
    end = scope.get("extensions", {}).get(how)
    if end is None:
        raise ConnectionResetError("the connection was closed without an answer")
    end()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Returns when the client's connection is at its end."""
    while (await receive())["type"] != "http.disconnect":
        pass
