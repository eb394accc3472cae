"""A platform of national cryptography goes the whole way, and trusts only what SM2 has signed."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.records import Delivery, Opened
from simulator.messages.base import canonical
from simulator.messages.signature import BadSignature, verify
from simulator.messages.suites import suites
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from simulator.regulator.lifecycle import order
from tests.regulator.connected import REGISTRATION, Connected, connected
from tests.regulator.test_api_flow import CALLBACK, PAYLOAD, event

SM2 = suites()["sm2"]
KEY = {"algorithm": "sm2", "public_key": SM2.example_public_key}


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path, "sm2") as regulator:
        yield regulator


def regulator_key(registered: dict[str, Any]) -> Any:
    """The regulator's key as the registration told it."""
    return SM2.public_key(b64decode(registered["regulator_public_key"]))


def test_from_the_registration_to_a_closed_transmission_and_a_verified_notice(
    regulator: Connected,
) -> None:
    registered = regulator.register(key=KEY, callback_url=CALLBACK).json()
    regulator.key_id = registered["key_id"]
    regulator.settle()
    declared = regulator.declare().json()
    announced = regulator.ask("POST", "/transmissions", ANNOUNCEMENT, key="announce-1").json()
    feed = [
        event(1, "started", records=0, bytes=0, payload=None),
        event(2),
        event(3, "ended", payload=None),
    ]
    fed = regulator.ask("POST", "/feed", feed).json()
    totals = {"outcome": "completed", "records": 1, "bytes": 412, "payloads": [PAYLOAD]}
    closed = regulator.ask("POST", "/transmissions/trm-1/closing", totals, key="close-1").json()

    assert registered["suite"] == "sm2"
    assert (declared["status"], announced["status"]) == ("accepted", "accepted")
    assert (fed["accepted"], closed["status"]) == (3, "closed")

    stop = order.stop(
        regulator.office.state, "reg-1", None, "a test", regulator.sandbox.clock.now()
    )
    assert isinstance(stop, tuple)
    regulator.runner.run(regulator.office.decide("tester", "stop", stop))
    regulator.settle()
    headers, notice = regulator.callback.got[-1]
    message = {
        "method": "POST",
        "path": "/notices",
        "query": "",
        "headers": headers,
        "key_of": {"regulator": regulator_key(registered)}.get,
        "now": regulator.wall(),
    }
    body = json.dumps(notice, separators=(",", ":")).encode()
    assert notice["type"] == "export.stopped"
    assert headers["content-digest"].startswith("sm3=:")
    assert verify(body=body, **message).key_id == "regulator"  # type: ignore[arg-type]
    with pytest.raises(BadSignature, match="digest_mismatch"):
        verify(body=body.replace(b"ntc-1", b"ntc-2"), **message)  # type: ignore[arg-type]
    assert [r.status for r in regulator.records() if isinstance(r, Delivery)] == [200, 200]


def test_an_authorization_is_signed_by_sm2(regulator: Connected) -> None:
    registered = regulator.register(key=KEY).json()
    regulator.key_id = registered["key_id"]
    regulator.declare()

    held = regulator.ask("GET", "/authorizations/aut-1").json()

    unsigned = {"signature", "status", "used_records"}
    signed = canonical({name: value for name, value in held.items() if name not in unsigned})
    regulator_key(registered).verify(b64decode(held["signature"]), signed)


def test_the_suite_outlives_a_restart(regulator: Connected) -> None:
    registered = regulator.register(key=KEY).json()
    regulator.key_id = registered["key_id"]

    regulator.restart()

    opened = regulator.records()[0]
    assert isinstance(opened, Opened)
    assert (opened.suite, regulator.sandbox.suite) == ("sm2", SM2)
    assert regulator.ask("GET", "/registrations/self").json()["suite"] == "sm2"


@pytest.mark.parametrize(
    ("suite", "key", "pointer", "expected"),
    [
        ("sm2", REGISTRATION["key"], "/key/algorithm", "be sm2, as everybody's in this sandbox"),
        ("ed25519", KEY, "/key/algorithm", "be ed25519, as everybody's in this sandbox"),
        (
            "sm2",
            KEY | {"public_key": REGISTRATION["key"]["public_key"]},
            "/key/public_key",
            "be a public key of SM2 with SM3"
            " (an SM2 public key is 04, x and y in 65 bytes, but is 32)",
        ),
        (
            "sm2",
            KEY | {"public_key": "BA" + "A" * 85 + "="},
            "/key/public_key",
            "be a public key of SM2 with SM3 (the point is not on the curve sm2p256v1)",
        ),
        (
            "ed25519",
            REGISTRATION["key"] | {"public_key": SM2.example_public_key},
            "/key/public_key",
            "be a public key of Ed25519 with SHA-256 (An Ed25519 public key is 32 bytes long)",
        ),
    ],
)
def test_a_key_of_another_suite_is_refused(
    tmp_path: Path, suite: str, key: dict[str, str], pointer: str, expected: str
) -> None:
    with connected(tmp_path, suite) as regulator:
        refused = regulator.register(key=key)

    assert (refused.status_code, refused.json()["code"]) == (422, "key_unfit")
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["expected"]) == (pointer, expected)


def test_a_digest_of_the_other_suite_is_refused(regulator: Connected) -> None:
    """The signature fits, but SHA-256 is not what this sandbox speaks."""
    registered = regulator.register(key=KEY).json()
    regulator.key_id = registered["key_id"]
    sha256 = "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"

    request = regulator.signed("GET", "/time", headers={"content-digest": sha256})
    request.headers["content-digest"] = sha256
    refused = regulator.send(request)

    assert (refused.status_code, refused.json()["code"]) == (401, "digest_mismatch")
