"""The one place where a blow becomes what a client sees on its connection.

ASGI has no word for closing a connection without an answer, so the protocol offers one, as an
extension of the request's scope. Where a server does not offer it (an in-process client), the loss
is raised as ConnectionResetError.
"""

from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.faults import Answer, Blow, Drop, Hang, Truncate

CLOSE = "reinspect.close"
"""Key of the scope's extension: a function that closes the connection once what was written is
sent."""


class ClosableProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, and the connection's end within reach of the application."""

    def on_headers_complete(self) -> None:
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {CLOSE: self.transport.close}
        super().on_headers_complete()


class Struck(Response):
    """What is sent in place of `answer` when a blow strikes; a Delay was waited for before and
    changes nothing."""

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
                await _close(scope, receive)
            case Drop():
                await _close(scope, receive)
            case Truncate(kept=kept) if self._answer is not None:
                await _send_part(self._answer, kept, send)
                await _close(scope, receive)
            case _ if self._answer is not None:
                await self._answer(scope, receive, send)
            case act:
                raise AssertionError(f"{act} leaves nothing to answer")


async def _send_part(answer: Response, kept: float, send: Send) -> None:
    body = bytes(answer.body)
    await send(
        {
            "type": "http.response.start",
            "status": answer.status_code,
            "headers": answer.raw_headers,
        }
    )
    await send(
        {
            "type": "http.response.body",
            "body": body[: int(len(body) * kept)],
            "more_body": True,
        }
    )


async def _close(scope: Scope, receive: Receive) -> None:
    """Closes the connection and returns when the server has noticed, so that it adds nothing of its
    own."""
    close = scope.get("extensions", {}).get(CLOSE)
    if close is None:
        raise ConnectionResetError("the connection was closed without an answer")
    close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Returns when the client's connection is at its end."""
    while (await receive())["type"] != "http.disconnect":
        pass
