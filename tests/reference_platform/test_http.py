"""What merchants, the regulator and operators see over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.clock import wall_now
from simulator.messages import signature
from simulator.reference_platform.__main__ import main
from simulator.reference_platform.app import build
from simulator.reference_platform.platform import Platform
from tests.reference_platform.world import World, order, settings

Talk = Callable[[httpx.AsyncClient, Platform], Awaitable[Any]]


@asynccontextmanager
async def connected(world: World, state: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Platform]]:
    """A client of a platform that is ready."""
    app = build(settings(state), transport=world.transport)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://platform") as http,
    ):
        platform: Platform = app.state.platform
        await platform.connection.attend(read=True)
        yield http, platform


def told(world: World, state: Path, talk: Talk) -> Any:
    """What came of talking to the platform."""

    async def story() -> Any:
        async with connected(world, state) as (http, platform):
            return await talk(http, platform)

    return asyncio.run(story())


def signed(body: bytes, key: Ed25519PrivateKey) -> dict[str, str]:
    """The headers of a notice."""
    return signature.sign(
        method="POST",
        url="http://platform/notices",
        headers={"Content-Type": "application/json"},
        body=body,
        key=key,
        key_id="regulator",
        nonce="nonce-1",
        created=wall_now(),
    )


def test_a_payment_is_accepted_and_can_be_followed_to_its_end(tmp_path: Path) -> None:
    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        accepted = await http.post("/payments", json=order())
        await platform.drained()
        id = accepted.json()["payment_id"]
        followed = await http.get(f"/payments/{id}")
        return (
            accepted.status_code,
            accepted.json()["status"],
            followed.json() | {"payment_id": "x"},
        )

    assert told(World(), tmp_path, talk) == (
        202,
        "accepted",
        {"payment_id": "x", "status": "settled", "reason": None},
    )


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"{", 422, "the body is not JSON"),
        (b"[]", 422, "body: Input should be a valid dictionary or instance of PaymentBody"),
    ],
)
def test_a_body_that_is_no_payment_is_refused(
    content: bytes, status: int, reason: str, tmp_path: Path
) -> None:
    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        answer = await http.post("/payments", content=content)
        return answer.status_code, answer.json()

    assert told(World(), tmp_path, talk) == (status, {"status": "refused", "reason": reason})


def test_a_refusal_names_wrong_fields_without_repeating_what_stood_in_them(tmp_path: Path) -> None:
    wrong = order(amount_minor=0)
    wrong["payer"]["resident_id"] = "11010519491231002X" * 9

    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        answer = await http.post("/payments", json=wrong)
        return answer.status_code, answer.text

    status, text = told(World(), tmp_path, talk)
    assert status == 422
    assert "amount_minor" in text
    assert "payer.resident_id" in text
    assert "1101" not in text


def test_an_order_id_in_use_answers_409(tmp_path: Path) -> None:
    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        await http.post("/payments", json=order())
        return (await http.post("/payments", json=order(amount_minor=1))).status_code

    assert told(World(), tmp_path, talk) == 409


def test_a_challenge_is_answered_with_itself(tmp_path: Path) -> None:
    challenge = {"type": "challenge", "token": "t-1"}

    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        answer = await http.post("/notices", json=challenge)
        return answer.status_code, answer.json()

    assert told(World(), tmp_path, talk) == (200, challenge)


def test_a_signed_notice_is_obeyed(tmp_path: Path) -> None:
    world = World()
    body = world.tell("export.suspended", case="cas-1").model_dump_json().encode()

    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        answer = await http.post("/notices", content=body, headers=signed(body, world.key))
        return answer.status_code, platform.orders.suspended

    assert told(world, tmp_path, talk) == (200, True)


def test_a_notice_that_the_regulator_did_not_sign_is_not_obeyed(tmp_path: Path) -> None:
    world = World()
    body = World().tell("export.suspended", case="cas-1").model_dump_json().encode()
    forger = Ed25519PrivateKey.from_private_bytes(b"f" * 32)

    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        unsigned = await http.post("/notices", content=body)
        forged = await http.post("/notices", content=body, headers=signed(body, forger))
        return unsigned.json()["code"], forged.json()["code"], platform.orders.suspended

    assert told(world, tmp_path, talk) == ("signature_missing", "signature_invalid", False)


def test_seventeen_materials_are_handed_in_before_reinspection_is_asked_for(tmp_path: Path) -> None:
    world = World()

    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        return (await http.post("/rectification", json={})).json()

    assert told(world, tmp_path, talk) == {"case": "cas-1", "status": "lifted", "findings": []}
    assert sorted(world.materials) == list(range(1, 18))
    assert {one["document_date"] for one in world.materials.values()} == {"2023-06-01"}
    assert world.story[-2:] == ["reinspect", "case"]


def test_a_person_learns_which_recipients_received_what(tmp_path: Path) -> None:
    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        await http.post("/payments", json=order())
        await platform.drained()
        asked = await http.get("/persons", params={"resident_id": "11010519491231002x"})
        other = await http.get("/persons", params={"resident_id": "110101200001010010"})
        return asked.json()["recipients"], other.json()

    (received,), other = told(World(), tmp_path, talk)
    assert received["recipient"] == "acquirer-sg"
    assert received["categories"] == ["E02", "E03", "E04", "E05", "E07", "M01", "M02", "M03"]
    assert received["payments"] == 1
    assert other == {"recipients": []}


def test_health_tells_when_the_platform_is_ready(tmp_path: Path) -> None:
    async def talk(http: httpx.AsyncClient, platform: Platform) -> Any:
        return (await http.get("/healthz")).json()

    assert told(World(), tmp_path, talk) == {"ready": True}


@pytest.mark.parametrize(
    ("arguments", "told_of"),
    [
        ([], "missing: --port, --regulator, --recipient, --passcode, --state"),
        (["--port", "http"], "missing: --regulator"),
        (["--flavour", "mint"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_ends_with_64(
    arguments: list[str], told_of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 64
    assert told_of in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "told_of"),
    [
        (
            {"--defect": "ignore_stop"},
            "there is no defect 'ignore_stop'; did you mean 'ignores_stop'",
        ),
        ({"--port": "65536"}, "--port must be a number from 0 to 65535, but was '65536'"),
        ({"--host": "192.0.2.1"}, "cannot listen on 192.0.2.1:0"),
        ({"--ca": "nowhere.pem"}, "there is no nowhere.pem"),
    ],
)
def test_what_the_operator_got_wrong_is_named(
    changes: dict[str, str], told_of: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {
        "--port": "0",
        "--regulator": "http://127.0.0.1:9/main/v1",
        "--recipient": "http://127.0.0.1:9/main/recipients",
        "--passcode": "open sesame",
        "--state": str(tmp_path),
    } | changes
    with pytest.raises(SystemExit) as ended:
        main([part for option in options.items() for part in option])

    assert ended.value.code == 64
    assert told_of in capsys.readouterr().err
