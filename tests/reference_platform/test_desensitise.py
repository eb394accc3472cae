"""Whatever a person types, abroad it is a token and at most the last four characters."""

import asyncio
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, hmac

from simulator.reference_platform.desensitise import (
    exact_amount,
    last_four,
    normalise,
    token,
    token_key,
)
from tests.reference_platform.world import World, order, running

KEY = bytes(range(32))
MOBILE = "13900001234"
RESIDENT_ID = "11010519491231002X"


@pytest.mark.parametrize(
    "written",
    [
        "13900001234",
        "+8613900001234",
        "+86 139 0000 1234",
        "0086-139-0000-1234",
        "８６ １３９００００１２３４",
        "＋８６１３９００００１２３４",
        "139\u00a00000\u20091234",
    ],
)
def test_every_way_of_writing_a_mobile_gives_one_form(written: str) -> None:
    assert normalise(written) == MOBILE
    assert last_four(written) == "1234"
    assert token(KEY, written) == token(KEY, MOBILE)


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105491231002",
    ],
)
def test_every_way_of_writing_a_resident_id_gives_one_form(written: str) -> None:
    assert normalise(written) == RESIDENT_ID
    assert last_four(written) == "002X"
    assert token(KEY, written) == token(KEY, RESIDENT_ID)


def test_a_short_identifier_is_not_told_by_its_last_four() -> None:
    assert last_four("1234567") == ""
    assert last_four("12345678") == "5678"


def test_a_token_is_hmac_sm3_under_the_key_of_its_recipient() -> None:
    made = hmac.HMAC(KEY, hashes.SM3())
    made.update(MOBILE.encode())

    assert token(KEY, MOBILE) == made.finalize().hex()
    assert token_key(KEY, "acquirer-sg") != token_key(KEY, "acquirer-th")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "told"),
    [
        (123456, "SGD", "1234.56"),
        (100000, "THB", "1000.00"),
        (7, "PHP", "0.07"),
        (123456, "VND", "123456"),
        (10**15 - 1, "IDR", "9999999999999.99"),
    ],
)
def test_amounts_are_exact(amount_minor: int, currency: str, told: str) -> None:
    assert exact_amount(amount_minor, currency) == told


def test_the_payload_holds_the_permitted_fields_and_nothing_else(tmp_path: Path) -> None:
    world = World()

    async def story() -> tuple[bytes, str, str]:
        async with running(world, tmp_path) as platform:
            taken = platform.take(order())
            await platform.drained()
            key = token_key(platform.token_master_key, "acquirer-sg")
            return key, taken.order_token, f"{taken.taken_at:%Y-%m-%dT%H}"

    key, reference, hour = asyncio.run(story())

    (arrival,) = world.arrivals
    assert json.loads(arrival.body) == {
        "reference": reference,
        "merchant": {"id": "m-1", "name": "Lotus Trading", "country": "SG", "mcc": "5311"},
        "amount": "1234.56",
        "currency": "SGD",
        "time_hour": hour,
        "payer": {
            "id_token": token(key, RESIDENT_ID),
            "id_last4": "002X",
            "mobile_token": token(key, MOBILE),
            "mobile_last4": "1234",
            "device_token": token(key, "device-0001"),
        },
    }


def test_credentials_are_not_even_stored(tmp_path: Path) -> None:
    careless = order(extra={"payment_password": "correct horse", "face_template": "0xFACE"})
    careless["payer"] |= {"password": "correct horse", "biometric": "0xFACE"}

    async def story() -> None:
        async with running(World(), tmp_path) as platform:
            platform.take(careless)
            await platform.drained()

    asyncio.run(story())

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"correct horse" not in stored
    assert b"0xFACE" not in stored
