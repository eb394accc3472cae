"""Over a real socket: who sends too much is told so, and takes nothing from others."""

import gzip
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.messages.signature import sign
from simulator.regulator.limits import BODY, HEAD, HEADERS, TARGET
from tests.simulator.forked import served
from tests.simulator.parties import Control, Platform, Served


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("limits")) as simulator:
        Control(simulator).post("", {"id": "sb", "passcode": "open sesame"})
        yield simulator


@pytest.fixture(scope="module")
def platform(simulator: Served) -> Platform:
    registered = Platform(simulator)
    registered.register()
    return registered


def exchanged(simulator: Served, request: bytes) -> tuple[int, dict[str, Any]]:
    """Status and problem that answer some bytes, whole or in part."""
    host, port = simulator.base.removeprefix("http://").rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=120) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or not _is_whole(answer):
            part = connection.recv(65_536)
            if not part:
                break
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), dict(json.loads(body))


def _is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    [length] = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")]
    return len(body) >= length


def test_a_megabyte_of_headers_is_refused(simulator: Served) -> None:
    many = b"".join(b"x-%d: %s\r\n" % (number, b"y" * 1000) for number in range(1000))

    status, problem = exchanged(simulator, b"GET /sb/v1/time HTTP/1.1\r\nhost: h\r\n" + many)

    assert (status, problem["code"]) == (431, "headers_too_large")
    assert f"{HEAD.value:,} bytes" in problem["detail"]


def test_one_endless_header_is_refused_while_it_comes(simulator: Served) -> None:
    status, problem = exchanged(
        simulator, b"GET /sb/v1/time HTTP/1.1\r\nx: " + b"y" * (2 * HEAD.value)
    )

    assert (status, problem["code"]) == (431, "headers_too_large")


@pytest.mark.parametrize(("lines", "refused"), [(HEADERS.value, False), (HEADERS.value + 1, True)])
def test_so_many_header_lines_and_no_more(simulator: Served, lines: int, refused: bool) -> None:
    head = b"".join(b"x-%d: y\r\n" % number for number in range(lines))

    status, problem = exchanged(simulator, b"GET /sb/v1/time HTTP/1.1\r\n" + head + b"\r\n")

    expected = (431, "headers_too_large") if refused else (401, "signature_missing")
    assert (status, problem["code"]) == expected


@pytest.mark.parametrize(("bytes", "refused"), [(TARGET.value, False), (TARGET.value + 1, True)])
def test_a_target_so_long_and_no_longer(simulator: Served, bytes: int, refused: bool) -> None:
    target = b"/sb/v1/time?" + b"a" * (bytes - len(b"/sb/v1/time?"))

    status, problem = exchanged(simulator, b"GET " + target + b" HTTP/1.1\r\nhost: h\r\n\r\n")

    expected = (414, "target_too_long") if refused else (401, "signature_missing")
    assert (status, problem["code"]) == expected


def test_a_connection_goes_on_after_a_right_request(simulator: Served) -> None:
    """Heads are counted one by one: many small ones are not one large one."""
    for _ in range(200):
        answer = simulator.http.get(f"{simulator.base}/sb/v1/time", headers={"x": "y" * 1000})
        assert answer.status_code == 401


def test_a_body_above_the_limit_is_refused_with_what_was_seen(platform: Platform) -> None:
    size_bytes = BODY.value + 1
    answer = platform.at.http.post(
        f"{platform.at.base}/sb/v1/feed", content=b" " * size_bytes, timeout=120
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    [error] = answer.json()["errors"]
    assert (error["value"], error["expected"]) == (size_bytes, f"be at most {BODY.value:,} bytes")


def test_a_compressed_message_is_taken_and_its_digest_is_of_what_was_sent(
    platform: Platform,
) -> None:
    body = gzip.compress(b"\n")
    url = f"{platform.at.base}/sb/v1/feed"
    headers = sign(
        method="POST",
        url=url,
        headers={"content-type": "application/x-ndjson", "content-encoding": "gzip"},
        body=body,
        key=platform.key,
        key_id=platform.key_id,
        nonce="compressed",
        created=datetime.now(UTC),
    )

    answer = platform.at.http.post(url, content=body, headers=headers)

    assert (answer.status_code, answer.json()["accepted"]) == (200, 0)
