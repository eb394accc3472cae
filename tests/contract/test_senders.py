"""The regulator hears nobody whom it does not know, and shows nobody what is another's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.journal.events.registration import PlatformRegistered
from simulator.messages.signature import sign
from simulator.regulator.api import Operation, operations
from simulator.regulator.api.feed import EXAMPLE as FEED_EVENT
from simulator.regulator.api.lineage import ENTRY as LINEAGE
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from simulator.regulator.reading import JSON
from tests.contract.world import OWN, PAYLOAD, SANDBOX, World
from tests.simulator.parties import Platform

SIGNED = [one for one in operations() if one.is_signed and not one.is_stream]
NAMING = [
    operation for operation in SIGNED if "{" in operation.path and operation.id != "rule_pack"
]
"""Whatever names something of a platform in its path; the law belongs to everybody."""
STRANGER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def another_platform(world: World) -> Platform:
    """A second platform of the same sandbox; a passcode lets in one."""
    world.let_happen(
        PlatformRegistered(
            id="reg-2",
            uscc="91310000MA1FL0000N",
            name="Another Pay",
            key_id="key-other",
            public_key="/sFChnP2r+iSZLOAc0SuiyadElpQOFUgJofbWnEoV58=",
            callback_url=None,
            at=datetime(2023, 6, 1, tzinfo=UTC),
        )
    )
    return Platform(world.at, key=STRANGER, key_id="key-other")


@pytest.fixture(scope="module")
def other(world: World) -> Platform:
    return another_platform(world)


def lawful(operation: Operation) -> tuple[str, Any, str | None]:
    """Path, message and idempotency key of a request that the regulator would take."""
    path = operation.path.format(id=OWN.get(operation.id, "trm-1"), number=1, digest=PAYLOAD)
    body = operation.body and operation.body.content[JSON]["example"]
    return path, body, None if operation.idempotency == "none" else f"lawful-{operation.id}"


def what_there_is(world: World) -> dict[str, Any]:
    """The state of the sandbox, apart from what any request changes."""
    state = world.control.get(f"/{SANDBOX}")
    return {name: value for name, value in state.items() if name not in ("now", "sequence")}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json()["code"]


def test_nobody_is_heard_who_does_not_sign(world: World) -> None:
    before = what_there_is(world)

    refused = {}
    for operation in SIGNED:
        path, message, key = lawful(operation)
        answer = world.at.http.request(
            operation.method,
            f"{world.at.base}/{SANDBOX}/v1{path}",
            json=message,
            headers={} if key is None else {"idempotency-key": key},
        )
        refused[operation.id] = refusal(answer)

    assert refused == {one.id: (401, "signature_missing") for one in SIGNED}
    assert what_there_is(world) == before


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"key": STRANGER}, "signature_invalid"),
        ({"key_id": "key-nobody"}, "key_unknown"),
        ({"url": f"http://127.0.0.1/{SANDBOX}/v1/elsewhere"}, "signature_invalid"),
        ({"created": datetime.now(UTC) - timedelta(hours=1)}, "signature_stale"),
        ({"created": datetime.now(UTC) + timedelta(hours=1)}, "signature_stale"),
        ({"nonce": ""}, "signature_malformed"),
    ],
    ids=["key", "key_id", "path", "old", "early", "nonce"],
)
def test_nobody_is_heard_whose_signature_is_wrong(
    world: World, claims: dict[str, Any], code: str
) -> None:
    before = what_there_is(world)

    refused = {}
    for operation in SIGNED:
        path, message, key = lawful(operation)
        request = world.platform.request(operation.method, path, message, idempotency_key=key)
        claimed: dict[str, Any] = {
            "method": operation.method,
            "url": str(request.url),
            "headers": dict(request.headers),
            "body": request.content,
            "key": world.platform.key,
            "key_id": world.platform.key_id,
            "nonce": f"wrong-{next(world.numbers)}",
            "created": datetime.now(UTC),
        }
        request.headers.update(sign(**(claimed | claims)))
        refused[operation.id] = refusal(world.at.http.send(request))

    assert refused == {one.id: (401, code) for one in SIGNED}
    assert what_there_is(world) == before


def test_a_platform_cannot_read_what_another_has(world: World, other: Platform) -> None:
    paths = (
        "/declarations/dcl-1",
        "/authorizations/aut-1",
        "/transmissions/trm-1",
        "/cases/cas-1",
        f"/lineage/{PAYLOAD}",
    )

    own = [world.platform.call("GET", path).status_code for path in paths]
    foreign = [refusal(other.call("GET", path)) for path in paths]

    assert own == [200] * 5
    assert foreign == [(404, "not_found")] * 5


def test_a_platform_cannot_tell_what_is_anothers_from_what_is_not_there(other: Platform) -> None:
    foreign = other.call("GET", "/declarations/dcl-1").text
    nobodys = other.call("GET", "/declarations/dcl-9").text

    assert foreign == nobodys.replace("dcl-9", "dcl-1")


def test_a_platform_sees_nothing_of_another_in_any_list(world: World, other: Platform) -> None:
    lists = [one.path for one in SIGNED if one.lists != "no" and "{" not in one.path]

    own = {path: len(world.platform.call("GET", path).json()["items"]) for path in lists}
    foreign = {path: other.call("GET", path).json()["items"] for path in lists}

    assert min(own.values()) >= 1
    assert foreign == {path: [] for path in lists}


def test_a_platform_cannot_act_on_what_another_has(world: World, other: Platform) -> None:
    before = what_there_is(world)

    refused = {
        operation.id: refusal(other.call(operation.method, path, message, idempotency_key=key))
        for operation in NAMING
        for path, message, key in [lawful(operation)]
    }
    announced = other.call("POST", "/transmissions", ANNOUNCEMENT, idempotency_key="a")
    traced = other.call("POST", "/lineage", {"items": [LINEAGE]}, idempotency_key="l")
    fed = other.call("POST", "/feed", [FEED_EVENT]).json()

    assert {"close", "acknowledge", "redeliver", "hand_in", "reinspect", "revoke_key"} <= set(
        refused
    )
    assert refused == dict.fromkeys(refused, (404, "not_found"))
    assert refusal(announced) == (409, "authorization_unknown")
    assert refusal(traced) == (409, "transmission_unknown")
    assert (fed["accepted"], fed["refused"][0]["code"]) == (0, "transmission_unknown")
    assert what_there_is(world) == before
