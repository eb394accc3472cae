"""The regulator's word is taken only as it was given: signed, and to a platform that it knows."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.other_platform.regulator import Refused, Regulator, public_half
from tests.other_platform.wire import NoAnswer, NotConnected

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@contextmanager
def a_regulator(status: int, told: dict[str, Any]) -> Iterator[tuple[Regulator, list[str]]]:
    """One that answers everything alike, and the paths that it was asked for."""
    asked: list[str] = []

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        regulator = Regulator(f"http://127.0.0.1:{server.server_port}/main/v1", KEY)
        regulator.key_id = "key-1"
        yield regulator, asked
        server.shutdown()


def test_a_refusal_is_final() -> None:
    with (
        a_regulator(409, {"code": "quota_exceeded"}) as (regulator, _),
        pytest.raises(Refused, match="quota_exceeded"),
    ):
        regulator.get("/time")


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_an_answer_that_says_nothing_of_the_message_is_none(status: int) -> None:
    with (
        a_regulator(status, {"code": "nonce_replayed"}) as (regulator, _),
        pytest.raises(NoAnswer),
    ):
        regulator.get("/time")


def test_a_regulator_that_does_not_know_us_any_more_hears_nothing_unsigned() -> None:
    with a_regulator(401, {"code": "key_unknown"}) as (regulator, asked):
        for _ in range(2):
            with pytest.raises(NoAnswer):
                regulator.get("/time")

    assert asked == ["/main/v1/time"]


def test_where_nobody_listens_nothing_was_sent() -> None:
    regulator = Regulator("http://127.0.0.1:1/main/v1", KEY)
    regulator.key_id = "key-1"

    with pytest.raises(NotConnected):
        regulator.get("/time")


def test_an_authorization_that_was_altered_is_not_the_regulators() -> None:
    signed = {"id": "aut-1", "fields": [{"category": "M02"}], "version": 1}
    text = b'{"fields":[{"category":"M02"}],"id":"aut-1","version":1}'
    told = signed | {"status": "active", "signature": b64encode(KEY.sign(text)).decode()}
    regulator = Regulator("http://127.0.0.1:1/main/v1", KEY)
    regulator.public_key = public_half(KEY)

    assert regulator.has_signed(told)
    assert not regulator.has_signed(told | {"fields": [{"category": "M03"}]})
    assert not regulator.has_signed(signed)
