"""Requests in bytes, as fast as answers come."""

import asyncio

import pytest

from loadtests.outgoing import Request
from loadtests.volley import ServerGone, Volley, fire

REQUEST = Request("POST", "http://127.0.0.1:80/a?b=1", {"X-One": "1"}, b"body")


async def fire_at(*answers: bytes, count: int, at_once: int = 1, must_hold: bytes = b"") -> Volley:
    """A volley at a server that gives these answers in turn, and then hangs up."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while left:
            try:
                await reader.readexactly(len(REQUEST.written().data))
            except asyncio.IncompleteReadError:
                break
            writer.write(left.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    requests = [REQUEST.written().data] * count
    async with server:
        return await fire(
            f"http://127.0.0.1:{port}",
            requests,
            at_once=at_once,
            seconds=60.0,
            must_hold=must_hold,
        )


def test_a_request_is_written_as_http_has_it() -> None:
    assert REQUEST.written().data == (
        b"POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX-One: 1\r\nContent-Length: 4\r\n\r\nbody"
    )


def test_right_answers_are_counted_and_wrong_ones_told() -> None:
    right = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nyes"
    other = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno"
    refused = b"HTTP/1.1 409 Conflict\r\ncontent-length: 5\r\n\r\nquota"

    volley = asyncio.run(fire_at(right, refused, other, right, count=4, must_hold=b"yes"))

    assert volley.answered == 2
    assert volley.wrong == ["status 409: quota", "status 200: no"]


def test_a_server_that_hangs_up_is_no_answer() -> None:
    with pytest.raises(ServerGone):
        asyncio.run(fire_at(count=1))
