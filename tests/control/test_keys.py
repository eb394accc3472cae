"""Passcodes, keys and rates in a tester's hands, over HTTP: and a restart, a reset, a fork and a
snapshot lose none of them."""

import base64
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from simulator.messages.base import canonical
from simulator.messages.suites import PrivateKey, suite_of, suites
from tests.regulator.added import adding, key_id, private_key, public_of
from tests.regulator.connected import KEY
from tests.worlds import Party, in_a_world

Json = dict[str, Any]
OTHER = private_key(b"o")
RATES: Json = {"platform": {"per_s": 0.5, "burst": 2}, "sandbox": None}


async def command(party: Party, method: str, path: str, body: Json | None = None) -> Any:
    answer = await party.control(method, f"/sandboxes/shop{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def code_of(party: Party, sandbox: str, key: PrivateKey) -> str | None:
    """What a reading that this key signs is refused as; `None` where it is taken."""
    party.key = key
    answer = await party.ask(sandbox, "GET", "/time")
    return None if answer.status_code == 200 else str(answer.json()["code"])


async def come_back(party: Party, sandbox: str, passcode: str, key: PrivateKey) -> tuple[int, str]:
    """What a platform that lost its keys is told when it registers again with another."""
    told = {"algorithm": suite_of(key).id, "public_key": public_of(key)}
    answer = await party.register(sandbox, passcode=passcode, key=told)
    return answer.status_code, answer.json().get("code", "")


def vouched(keys: list[Json]) -> list[str]:
    """The ids of the regulator's keys; each but the first is vouched for by the one before."""
    for former, key in pairwise(keys):
        stated = canonical({name: key[name] for name in ("id", "public_key", "valid_from")})
        held = suites()[former["algorithm"]].public_key(base64.b64decode(former["public_key"]))
        held.verify(base64.b64decode(key["vouched"]), stated)
    return [str(key["id"]) for key in keys]


def test_a_passcode_is_issued_anew_and_lets_the_platform_back_once_after_a_restart(
    tmp_path: Path,
) -> None:
    async def issue(party: Party) -> tuple[str, str]:
        await party.create("shop")
        await party.register("shop")
        given = await command(party, "POST", "/passcode", {"passcode": "second"})
        drawn = await command(party, "POST", "/passcode", {})
        return given["passcode"], drawn["passcode"]

    async def use(party: Party) -> list[Any]:
        former = await come_back(party, "shop", "open-sesame", OTHER)
        replaced = await come_back(party, "shop", "second", OTHER)
        right = await come_back(party, "shop", drawn, OTHER)
        again = await come_back(party, "shop", drawn, private_key(b"p"))
        held = [await code_of(party, "shop", key) for key in (KEY, OTHER)]
        return [former, replaced, right, again, held, (await party.state("shop"))["passcode"]]

    given, drawn = in_a_world(tmp_path, issue)
    former, replaced, right, again, held, told = in_a_world(tmp_path, use)

    assert (given, told) == ("second", drawn)
    assert drawn not in ("second", "open-sesame")
    assert former == replaced == (403, "passcode_wrong")
    assert (right, again) == ((201, ""), (409, "passcode_used"))
    assert held == ["key_revoked", None]


def test_a_reset_leaves_a_new_passcode_good(tmp_path: Path) -> None:
    async def talk(party: Party) -> list[Any]:
        await party.create("shop")
        await party.register("shop")
        await command(party, "POST", "/passcode", {"passcode": "second"})
        await command(party, "POST", "/reset")
        first = await come_back(party, "shop", "second", OTHER)
        return [first, await come_back(party, "shop", "second", private_key(b"p"))]

    assert in_a_world(tmp_path, talk) == [(201, ""), (409, "passcode_used")]


def test_a_tester_ends_a_platforms_key_at_once(tmp_path: Path) -> None:
    async def talk(party: Party) -> list[Any]:
        await party.create("shop")
        await party.register("shop")
        path = f"/keys/{key_id(KEY)}/revocation"
        strange = await party.control(
            "POST", "/sandboxes/shop/keys/key-0/revocation", json={"reason": "lost"}
        )
        told = await command(party, "POST", path, {"reason": "lost"})
        twice = await command(party, "POST", path, {"reason": "lost"})
        return [strange.status_code, strange.json()["code"], told, twice]

    status, code, told, twice = in_a_world(tmp_path, talk)
    refused = in_a_world(tmp_path, lambda party: code_of(party, "shop", KEY))

    assert (status, code) == (404, "subject_unknown")
    assert told["events"][0]["event"] == "key_revoked"
    assert twice == {"events": [], "notices": []}
    assert refused == "key_revoked"


def test_the_regulators_next_key_waits_for_its_time_and_outlives_a_reset(tmp_path: Path) -> None:
    async def talk(party: Party) -> list[Any]:
        await party.create("shop")
        await party.register("shop")
        told = await command(party, "POST", "/regulator-key", {"in_s": 60})
        early = await party.control("POST", "/sandboxes/shop/regulator-key", json={})
        await command(party, "POST", "/clock/advance", {"by_s": 60})
        await command(party, "POST", "/regulator-key", {})
        before = (await party.ask("shop", "GET", "/keys")).json()["items"]
        await command(party, "POST", "/reset")
        after = (await party.ask("shop", "GET", "/keys")).json()["items"]
        return [told, early, before, after]

    told, early, before, after = in_a_world(tmp_path, talk)

    assert told["events"][0]["event"] == "regulator_key_announced"
    assert (early.status_code, early.json()["code"]) == (409, "already_decided")
    assert vouched(before) == vouched(after) == ["regulator", "regulator-2", "regulator-3"]
    assert [key["public_key"] for key in before] == [key["public_key"] for key in after]


def test_rates_are_set_told_kept_over_a_restart_and_taken_away(tmp_path: Path) -> None:
    async def limit(party: Party) -> list[Json]:
        await party.create("shop")
        await party.register("shop")
        return [
            await command(party, "GET", "/rates"),
            await command(party, "PUT", "/rates", RATES),
        ]

    async def ask(party: Party) -> list[Any]:
        answers = [await party.ask("shop", "GET", "/time") for _ in range(3)]
        told = await command(party, "GET", "/rates")
        await command(party, "PUT", "/rates", {})
        return [answers, told, (await party.ask("shop", "GET", "/time")).status_code]

    assert in_a_world(tmp_path, limit) == [{"platform": None, "sandbox": None}, RATES]
    answers, told, free = in_a_world(tmp_path, ask)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "2"
    assert (told, free) == (RATES, 200)


@pytest.mark.parametrize("rate", [{"per_s": 0, "burst": 1}, {"per_s": 1, "burst": 0}, 7])
def test_an_impossible_rate_is_refused(tmp_path: Path, rate: Any) -> None:
    async def talk(party: Party) -> Any:
        await party.create("shop")
        return await party.control("PUT", "/sandboxes/shop/rates", json={"platform": rate})

    refused = in_a_world(tmp_path, talk)

    assert (refused.status_code, refused.json()["code"]) == (422, "body_invalid")
    assert refused.json()["errors"][0]["pointer"].startswith("/platform")


Copying = Callable[[Party], Awaitable[None]]


async def fork(party: Party) -> None:
    await command(party, "POST", "/fork", {"id": "twin"})


async def fork_at_the_end(party: Party) -> None:
    at = (await party.state("shop"))["sequence"]
    await command(party, "POST", "/fork", {"id": "twin", "at": at})


async def restore(party: Party) -> None:
    file = (await party.control("GET", "/sandboxes/shop/snapshot")).content
    answer = await party.control("POST", "/snapshots?id=twin", content=file)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("copying", [fork, fork_at_the_end, restore])
@pytest.mark.parametrize("suite", ["ed25519", "sm2"])
def test_a_copy_keeps_suite_keys_passcode_and_rates_and_a_restart_of_it_too(
    tmp_path: Path, suite: str, copying: Copying
) -> None:
    first, second = private_key(b"f", suite), private_key(b"s", suite)

    async def make(party: Party) -> list[Json]:
        await party.create("shop", suite=suite)
        told = {"algorithm": suite, "public_key": public_of(first)}
        assert (await party.register("shop", key=told)).status_code == 201
        party.key = first
        added = await party.ask(
            "shop",
            "POST",
            "/registrations/self/keys",
            adding(second, sandbox="shop"),
            key="add",
        )
        assert added.status_code == 201, added.text
        await command(party, "POST", "/regulator-key", {})
        await command(party, "POST", "/passcode", {"passcode": "second"})
        await command(party, "PUT", "/rates", RATES)
        keys = (await party.ask("shop", "GET", "/keys")).json()["items"]
        await copying(party)
        return list(keys)

    async def look(party: Party) -> list[Any]:
        replayed = await code_of(party, "twin", first)
        party.nonces = 100  # Those that were spent in the origin are spent here as well.
        held = [replayed] + [await code_of(party, "twin", key) for key in (first, second)]
        beyond = await party.ask("twin", "GET", "/time")
        rates = (await party.control("GET", "/sandboxes/twin/rates")).json()
        await party.control("PUT", "/sandboxes/twin/rates", json={})
        keys = (await party.ask("twin", "GET", "/keys")).json()["items"]
        state = await party.state("twin")
        back = await come_back(party, "twin", "second", private_key(b"t", suite))
        return [held, beyond.status_code, rates, keys, state["suite"], back]

    keys = in_a_world(tmp_path, make)
    looked = in_a_world(tmp_path, look)

    assert vouched(keys) == ["regulator", "regulator-2"]
    assert looked == [["nonce_replayed", None, None], 429, RATES, keys, suite, (201, "")]
