"""What a client sees of a blow, over a real socket: TCP says what a mocked transport would only
promise."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import pytest
import uvicorn
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from simulator.clock import wall_now
from simulator.faults import (
    Act,
    Answer,
    Arming,
    Blow,
    Delay,
    Drop,
    Hang,
    Moment,
    Relabel,
    Reset,
    Skew,
    Trickle,
    Truncate,
)
from simulator.transport import ClosableProtocol, Struck

R = TypeVar("R")

GET = b"GET /x HTTP/1.1\r\nhost: here\r\n\r\n"
POST = b"POST /x HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n\r\nhello"


CLOSING = GET.replace(b"host", b"connection: close\r\nhost")


def a_blow(act: Act, settle: Callable[[], None] = lambda: None, moment: Moment = "before") -> Blow:
    arming = Arming(
        id="flt-1",
        name="a_fault",
        scope="regulator",
        operations=(),
        probability=1.0,
        times=1,
        ttl_s=None,
        parameters={},
        armed_at=datetime(2023, 6, 1, tzinfo=UTC),
        moment=moment,
        hanging=1,
    )
    return Blow("flt-1", "a_fault", act, arming, settle)


async def with_server(
    blow: Blow, talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[R]]
) -> R:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response = Struck(blow, JSONResponse({"status": "accepted"}))
        await answer(scope, receive, send)

    config = uvicorn.Config(
        app, port=0, http=ClosableProtocol, lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await talk(reader, writer)
    finally:
        writer.close()
        await server.shutdown()


def what_comes_back(act: Act, request: bytes) -> bytes:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request)
        try:
            return await asyncio.wait_for(reader.read(), 120)
        except ConnectionResetError:
            return b""

    return asyncio.run(with_server(a_blow(act), talk))


@pytest.mark.parametrize("request_bytes", [GET, POST], ids=["get", "post"])
def test_a_dropped_connection_ends_without_a_byte(
    request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert what_comes_back(Drop(), request_bytes) == b""
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_reset_connection_is_torn_down_where_a_dropped_one_is_closed() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(POST)
        try:
            return f"{await asyncio.wait_for(reader.read(), 120)!r}"
        except ConnectionResetError:
            return "reset"

    assert asyncio.run(with_server(a_blow(Reset()), talk)) == "reset"
    assert asyncio.run(with_server(a_blow(Drop()), talk)) == "b''"


def test_a_trickling_answer_comes_part_by_part_until_it_is_whole() -> None:
    act = Trickle(over_s=0.02, parts=4)

    head, _, body = what_comes_back(act, CLOSING).partition(b"\r\n\r\n")

    assert b"content-length: 21" in head
    assert body == b'{"status":"accepted"}'


def test_what_trickles_comes_at_once_when_the_fault_is_reverted() -> None:
    blow = a_blow(Trickle(over_s=3600, parts=4))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(CLOSING)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 120)
        assert head.startswith(b"HTTP/1.1 200 OK")
        blow.arming.over.set()
        return await asyncio.wait_for(reader.read(), 120)

    assert asyncio.run(with_server(blow, talk)) == b'{"status":"accepted"}'
    assert blow.arming.hanging == 0


def test_a_wrong_content_type_leaves_the_answer_as_it_is() -> None:
    head, _, body = what_comes_back(Relabel("text/html"), CLOSING).partition(b"\r\n\r\n")

    assert head.count(b"content-type: ") == 1
    assert b"content-type: text/html" in head
    assert body == b'{"status":"accepted"}'


def test_a_skewed_date_is_the_only_one() -> None:
    head, _, body = what_comes_back(Skew(-86_400.0), CLOSING).partition(b"\r\n\r\n")

    [date] = [line[6:].decode() for line in head.split(b"\r\n") if line.startswith(b"date: ")]
    off_by_s = (parsedate_to_datetime(date) - wall_now()).total_seconds()
    assert -86_410 < off_by_s < -86_390
    assert body == b'{"status":"accepted"}'


def test_a_delay_after_the_message_was_processed_is_waited_for_before_the_answer() -> None:
    waited: list[float] = []

    class Watched(Blow):
        async def wait(self) -> None:
            waited.append(1.0)

    def delayed(moment: Moment) -> Blow:
        blow = a_blow(Delay(1.0), moment=moment)
        return Watched(blow.fault, blow.name, blow.act, blow.arming, blow.settle)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(CLOSING)
        return await asyncio.wait_for(reader.read(), 120)

    assert asyncio.run(with_server(delayed("before"), talk)).endswith(b'{"status":"accepted"}')
    assert waited == []
    assert asyncio.run(with_server(delayed("after"), talk)).endswith(b'{"status":"accepted"}')
    assert waited == [1.0]


def test_a_truncated_answer_promises_more_than_it_sends(caplog: pytest.LogCaptureFixture) -> None:
    head, _, body = what_comes_back(Truncate(0.5), POST).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"content-length: 21" in head
    assert body == b'{"status":'
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_an_error_answer_carries_its_own_status_headers_and_body() -> None:
    act = Answer(503, (("retry-after", "7"),), b"out of order\n")
    request = GET.replace(b"host", b"connection: close\r\nhost")

    head, _, body = what_comes_back(act, request).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 503 Service Unavailable")
    assert b"retry-after: 7" in head
    assert body == b"out of order\n"


def test_a_delay_leaves_the_true_answer_as_it_is() -> None:
    request = GET.replace(b"host", b"connection: close\r\nhost")

    head, _, body = what_comes_back(Delay(0.0), request).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b'{"status":"accepted"}'


def test_a_blackhole_keeps_silent_until_the_fault_is_reverted_and_then_closes() -> None:
    blow = a_blow(Hang())

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(GET)
        reading = asyncio.create_task(reader.read())
        for _ in range(50):
            await asyncio.sleep(0)
        assert not reading.done()
        blow.arming.over.set()
        return await asyncio.wait_for(reading, 120)

    assert asyncio.run(with_server(blow, talk)) == b""


def test_a_blackhole_ends_for_a_client_that_gives_up() -> None:
    async def until_the_server_notices() -> int:
        noticed = asyncio.Event()
        blow = a_blow(Hang(), noticed.set)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
            writer.write(GET)
            await writer.drain()
            writer.close()
            await asyncio.wait_for(noticed.wait(), 120)
            return blow.arming.hanging

        return await with_server(blow, talk)

    assert asyncio.run(until_the_server_notices()) == 0


def test_a_server_that_cannot_close_says_so_instead_of_answering() -> None:
    async def call() -> None:
        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def send(message: object) -> None:
            raise AssertionError(f"{message} was sent")

        await Struck(a_blow(Drop()))({"type": "http"}, receive, send)

    with pytest.raises(ConnectionResetError):
        asyncio.run(call())
