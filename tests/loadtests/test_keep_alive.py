"""A client over plain sockets: it reads whatever HTTP/1.1 a platform speaks."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import gevent
import pytest

from loadtests.keep_alive import KeepAlive, waited_for
from loadtests.outgoing import Answer, Request


@contextmanager
def server(*connections: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Answers the requests of one connection after the other with these bytes, then closes it;
    the address, and what was heard."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        for answers in connections:
            accepted, _ = listener.accept()
            with accepted:
                for answer in answers:
                    heard.append(_request(accepted))
                    accepted.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/pay?x=1", heard
        thread.join(5)
    finally:
        listener.close()


def _request(accepted: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"body"):
        more = accepted.recv(1_000_000)
        if not more:
            break
        data += more
    return data


def request(url: str) -> Request:
    return Request("POST", url, {"Content-Type": "text/plain"}, b"body")


def asked(url: str, *, times: int = 1) -> list[Answer]:
    with closing(KeepAlive(5.0)) as client:
        return [waited_for(client.send, request(url)) for _ in range(times)]


WITH_LENGTH = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"


def test_requests_follow_one_another_on_one_connection() -> None:
    with server([WITH_LENGTH, WITH_LENGTH]) as (url, heard):
        answers = asked(url, times=2)

    assert answers == [Answer(202, b"ok")] * 2
    head, body = heard[0].split(b"\r\n\r\n")
    assert head.splitlines()[0] == b"POST /pay?x=1 HTTP/1.1"
    assert b"Content-Length: 4" in head
    assert body == b"body"


@pytest.mark.parametrize(
    ("written", "status", "body"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n"
            b"T: 1\r\n\r\n",
            200,
            b"abcde",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall until the end",
            200,
            b"all until the end",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + WITH_LENGTH, 202, b"ok"),
        (b"HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n", 503, b""),
    ],
)
def test_every_way_to_end_an_answer_is_read(written: bytes, status: int, body: bytes) -> None:
    with server([written]) as (url, _):
        assert asked(url) == [Answer(status, body)]


def test_a_connection_that_was_closed_while_idle_is_opened_anew() -> None:
    with server([WITH_LENGTH], [WITH_LENGTH]) as (url, heard):
        answers = asked(url, times=2)

    assert [answer.status for answer in answers] == [202, 202]
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "Closed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "Unreadable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "Unreadable"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nlong\r\n", "Unreadable"),
        (b"", "Closed"),
    ],
)
def test_what_is_no_answer_is_an_error_and_never_raised(written: bytes, error: str) -> None:
    with server([written]) as (url, _):
        assert asked(url) == [Answer(0, error=error)]


def test_nobody_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    (answer,) = asked(f"http://127.0.0.1:{port}/")
    assert answer.error == "ConnectionRefusedError"


def test_what_the_server_says_that_it_needed_is_read() -> None:
    timing = b"Server-Timing: hear;dur=0.500, decide;dur=1.25, commit;dur=10\r\n"
    with server([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + timing + b"\r\n"]) as (url, _):
        (answer,) = asked(url)

    assert answer.served_s == pytest.approx(0.01175)


def test_many_wait_at_the_same_time_and_each_has_its_own_answer() -> None:
    """Whoever is answered first is heard first, and nobody needed a thread or a greenlet."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    heard: list[tuple[int, bytes]] = []

    def serve() -> None:
        waiting = [listener.accept()[0] for _ in range(3)]
        said = {_request(accepted)[-5:-4]: accepted for accepted in waiting}
        for name in (b"2", b"0", b"1"):
            with said[name] as accepted:
                accepted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + name)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with closing(listener), closing(KeepAlive(5.0)) as client:
        for number in range(3):
            asked_for = Request("POST", url, {}, b"%dbody" % number)

            def hear(answer: Answer, number: int = number) -> None:
                heard.append((number, answer.body))

            client.send(asked_for.written(), hear)
        while len(heard) < 3:
            gevent.sleep(0.001)
    thread.join(5)

    assert sorted(heard) == [(0, b"0"), (1, b"1"), (2, b"2")]


def test_who_does_not_answer_is_waited_for_no_longer_than_patience_lasts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, closing(KeepAlive(0.01)) as client:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        assert waited_for(client.send, request(url)) == Answer(0, error="no answer in 0.01 s")


def test_a_message_that_is_too_long_for_the_socket_leaves_in_parts() -> None:
    body = bytes(4_000_000) + b"body"
    with server([WITH_LENGTH]) as (url, heard), closing(KeepAlive(5.0)) as client:
        answer = waited_for(client.send, Request("POST", url, {}, body))

    assert answer == Answer(202, b"ok")
    assert heard[0].endswith(body)
