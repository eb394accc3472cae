"""A head that does not come to its end is given up, whatever its sender hopes for."""

import asyncio
from collections.abc import Callable

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from simulator.transport import ClosableProtocol, HeadLimits


class Impatient(ClosableProtocol):
    limits = HeadLimits(head_s_max=0.05)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("heard")(scope, receive, send)


def answered(sent: bytes) -> bytes:
    """Everything that a server of little patience answers until it closes the connection."""

    async def talk() -> bytes:
        config = uvicorn.Config(application, http=Impatient, ws="none", lifespan="off")
        config.load()
        state = uvicorn.server.ServerState()
        make: Callable[[], Impatient] = lambda: Impatient(config, state, {})  # noqa: E731
        server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            return answer

    return asyncio.run(talk())


def test_a_head_that_comes_too_slowly_is_refused() -> None:
    answer = answered(b"GET / HTTP/1.1\r\nhost: h\r\nx: never")

    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b'"code": "request_too_slow"' in answer
    assert b"after 0.05 seconds 33 bytes had come" in answer


def test_a_connection_on_which_nothing_is_said_is_closed() -> None:
    assert answered(b"") == b""


def test_a_whole_head_is_not_hurried() -> None:
    answer = answered(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"heard")
