"""A head that does not come to its end is given up, whatever its sender hopes for; a request that
came whole is heard, even if its sender has gone since."""

import asyncio
from collections.abc import Callable

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from simulator.transport import TRAILERS, ClosableProtocol, HeadLimits


class Impatient(ClosableProtocol):
    limits = HeadLimits(head_s_max=0.05, head_bytes_max=16_000)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads to the end, and tells what it takes for headers then."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message["more_body"]
    headers, trailers = dict(scope["headers"]), dict(scope["extensions"][TRAILERS])
    told = f"heard {headers.get(b'x-a')} {trailers.get(b'x-a')}"
    await PlainTextResponse(told)(scope, receive, send)


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
            answer = await asyncio.wait_for(reader.read(), 120)
            writer.close()
            return answer

    return asyncio.run(talk())


def test_a_head_that_comes_too_slowly_is_refused() -> None:
    answer = answered(b"GET / HTTP/1.1\r\nhost: h\r\nx: never")

    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b'"code": "request_too_slow"' in answer
    assert b'"value": 33, "expected": "be whole within 0.05 seconds"' in answer


def test_a_connection_on_which_nothing_is_said_is_closed() -> None:
    assert answered(b"") == b""


def test_a_whole_head_is_not_hurried() -> None:
    answer = answered(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"heard None None")


CHUNKED = (
    b"POST / HTTP/1.1\r\nhost: h\r\nx-a: 1\r\nconnection: close\r\n"
    b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
)


def test_what_comes_after_the_body_is_no_header() -> None:
    answer = answered(CHUNKED + b"X-A: 2\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"heard b'1' b'2'")


@pytest.mark.parametrize(
    "trailers",
    [b"x: y\r\n" * 101 + b"\r\n", b"x: " + b"y" * 16_000 + b"\r\n\r\n", b"x: " + b"y" * 3_000_000],
    ids=["many", "long", "without end"],
)
def test_what_comes_after_the_body_has_the_limits_of_headers(trailers: bytes) -> None:
    answer = answered(CHUNKED + trailers)

    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b'"code": "headers_too_large"' in answer


def test_a_long_body_in_little_chunks_is_no_long_head() -> None:
    head = CHUNKED.partition(b"3\r\n")[0]

    answer = answered(head + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_what_came_whole_is_heard_although_its_sender_has_gone() -> None:
    heard: list[tuple[str, bytes]] = []

    async def forgetful(sent: bytes) -> None:
        gone, done = asyncio.Event(), asyncio.Event()

        class Watched(ClosableProtocol):
            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                gone.set()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await gone.wait()
            for _ in range(2):
                message = await receive()
                heard.append((message["type"], message.get("body", b"")))
            done.set()

        config = uvicorn.Config(slow, http=Watched, ws="none", lifespan="off")
        config.load()
        state = uvicorn.server.ServerState()
        make: Callable[[], Watched] = lambda: Watched(config, state, {})  # noqa: E731
        server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            await writer.drain()
            writer.close()
            await done.wait()

    head = b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 7\r\n\r\n"
    asyncio.run(forgetful(head + b"payload"))
    asyncio.run(forgetful(head + b"pay"))

    assert heard == [
        ("http.request", b"payload"),
        ("http.disconnect", b""),
        ("http.request", b"pay"),
        ("http.disconnect", b""),
    ]
