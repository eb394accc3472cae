"""Forks: a world goes on from a copy of a journal, as after a restart."""

import json
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.copying import copy_of
from simulator.journal.verify import Broken, verify
from simulator.regulator.office import Known
from simulator.regulator.state import RegulatorState
from simulator.world import Site, World
from tests.regulator.test_api_flow import event
from tests.worlds import ANNOUNCEMENT, Party, in_a_world


def state_of(world: World, id: str) -> RegulatorState:
    site = world.site(id)
    assert site is not None
    return site.office.state


def contents(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(json.loads(line)["content"]) for line in lines]


async def forked(party: Party, id: str, **body: Any) -> None:
    answer = await party.control("POST", "/sandboxes/shop/fork", json={"id": id, **body})
    assert (answer.status_code, answer.json()) == (201, {"id": id})


def test_a_fork_goes_on_from_the_present_with_keys_registrations_and_state(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await party.create("shop")
        await party.begin("shop")
        await party.control("POST", "/sandboxes/shop/clock/advance", json={"by_s": 86_400})

        await forked(party, "twin")

        assert state_of(party.world, "twin") == state_of(party.world, "shop")
        there, here = await party.state("shop"), await party.state("twin")
        assert here == there | {"id": "twin", "sequence": there["sequence"] + 1}
        answer = await party.ask("twin", "POST", "/transmissions", ANNOUNCEMENT, key="announce-3")
        assert (answer.status_code, answer.json()["id"]) == (201, "trm-3")
        assert answer.headers["location"] == "/twin/v1/transmissions/trm-3"

    in_a_world(tmp_path, talk)


def test_origin_and_fork_go_separate_ways(tmp_path: Path) -> None:
    async def talk(party: Party) -> tuple[dict[str, Any], dict[str, Any]]:
        await party.create("shop")
        await party.begin("shop")
        await forked(party, "twin")
        await party.control("POST", "/sandboxes/twin/orders", json={"order": "suspend"})
        await party.control("DELETE", "/sandboxes/shop")
        refused = await party.ask("twin", "POST", "/transmissions", ANNOUNCEMENT, key="announce-3")
        return await party.state("twin"), refused.json()

    state, refused = in_a_world(tmp_path, talk)
    again = in_a_world(tmp_path, lambda party: party.state("twin"))

    assert refused["code"] == "authorization_suspended"
    assert again == state


async def lived(party: Party) -> None:
    """A sandbox in which much has happened, so that much is known."""
    await party.create("shop")
    await party.begin("shop")
    post = party.control
    await post("PUT", "/sandboxes/shop/recipients/acquirer-sg", json={"status": 500})
    await post("PUT", "/sandboxes/shop/rates", json={"platform": {"per_s": 100, "burst": 100}})
    await post("PUT", "/sandboxes/shop/script", json={"samples_per_day": 1})
    fault = {"name": "error_status", "scope": "regulator", "operations": ["time"], "times": 9}
    await post("POST", "/sandboxes/shop/faults", json=fault)
    await party.ask("shop", "GET", "/time", nonce="struck")
    await party.ask("shop", "GET", "/authorizations", nonce="used")
    await party.http.get("/shop/v1/time", headers={"signature": "x"})
    await party.ask("shop", "POST", "/transmissions", ANNOUNCEMENT | {"country": "US"}, key="us")
    await party.ask("shop", "POST", "/feed", [event(7)])
    await post("POST", "/sandboxes/shop/orders", json={"order": "stop", "when": "manual"})
    await post("POST", "/sandboxes/shop/clock/advance", json={"by_s": 86_400})
    shop = party.world.site("shop")
    assert shop is not None
    assert shop.office.state.alerts
    assert shop.office.state.orders
    assert shop.office.door.kept == 1
    assert [each.struck for each in shop.sandbox.faults] == [2]


def known_of(world: World, id: str) -> list[object]:
    """All that the parties of a sandbox know by its journal."""
    site = world.site(id)
    assert site is not None
    faults = [(each.id, each.struck, each.recorded) for each in site.sandbox.faults]
    return [site.office.known(), site.recipients.replies.known, faults, site.sandbox.head]


def test_what_a_fork_knows_is_what_its_journal_tells(tmp_path: Path) -> None:
    """Nobody reads it while the process lives; after a restart everybody does."""

    async def talk(party: Party) -> list[object]:
        await lived(party)
        await forked(party, "twin")
        there, here = known_of(party.world, "shop"), known_of(party.world, "twin")
        assert here[:-1] == there[:-1]
        return here

    async def read(party: Party) -> list[object]:
        return known_of(party.world, "twin")

    assert in_a_world(tmp_path, talk) == in_a_world(tmp_path, read)


def containers_of(value: object) -> Iterator[int]:
    """The identity of everything that can change, however deep."""
    if isinstance(value, dict | list | set | deque):
        yield id(value)
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers_of(item)
    elif is_dataclass(value) and not value.__dataclass_params__.frozen:  # type: ignore[union-attr]
        yield id(value)
        for field in fields(value):
            yield from containers_of(getattr(value, field.name))


def test_origin_and_fork_share_nothing_that_can_change(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await lived(party)
        await forked(party, "twin")
        shop, twin = party.world.site("shop"), party.world.site("twin")
        assert shop is not None
        assert twin is not None
        for part in ("state", "nonces", "former", "attempts", "traces"):
            known = [getattr(_unshared(site), part) for site in (shop, twin)]
            there, here = (set(containers_of(each)) for each in known)
            assert there, part
            assert not there & here, part
        assert shop.recipients.replies.known is not twin.recipients.replies.known

    in_a_world(tmp_path, talk)


def _unshared(site: Site) -> Known:
    """What an office holds itself, and not a copy."""
    office = site.office
    courier = office.courier
    return Known(
        office.state,
        office._senders.nonces,
        office._former,
        office.door.kept,
        courier.log.known,
        courier.traces.known,
    )


def test_neither_sees_what_the_other_does_after_the_fork(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await lived(party)
        await forked(party, "twin")
        before = known_of(party.world, "twin")

        await party.ask("shop", "POST", "/transmissions", ANNOUNCEMENT, key="only-here")
        await party.control("DELETE", "/sandboxes/shop/faults/flt-1")
        await party.control("PUT", "/sandboxes/shop/recipients/acquirer-sg", json={"status": 201})
        assert known_of(party.world, "twin") == before
        after = known_of(party.world, "shop")

        await party.ask("twin", "POST", "/transmissions", ANNOUNCEMENT, key="only-there")
        await party.control("POST", "/sandboxes/twin/orders", json={"order": "suspend"})
        await party.control("POST", "/sandboxes/twin/fork", json={"id": "third"})
        assert known_of(party.world, "shop") == after

        assert known_of(party.world, "third")[:-1] == known_of(party.world, "twin")[:-1]
        assert (await party.state("shop"))["cases"] == []
        assert len((await party.state("twin"))["cases"]) == 1

    in_a_world(tmp_path, talk)


def test_a_fork_that_nobody_has_spoken_of_can_be_forked_reset_and_deleted(tmp_path: Path) -> None:
    async def talk(party: Party) -> list[str]:
        await party.create("shop")
        await party.begin("shop")
        for id in ("one", "two", "three"):
            await forked(party, id)
        await party.control("POST", "/sandboxes/one/fork", json={"id": "four"})
        assert (await party.control("POST", "/sandboxes/two/reset")).status_code == 200
        assert (await party.control("DELETE", "/sandboxes/three")).status_code == 204
        assert state_of(party.world, "four") == state_of(party.world, "shop")
        await forked(party, "three")
        return party.world.ids()

    assert in_a_world(tmp_path, talk) == ["four", "one", "shop", "three", "two"]


def rows_of(folder: Path) -> dict[str, int]:
    """How many entries stand on disk under which name, a name without an owner as `/`."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as reader:
        rows = reader.execute("SELECT sandbox, count(*) FROM entries GROUP BY 1").fetchall()
    return {"/" if "/" in name else name: count for name, count in rows}


def test_copies_hold_their_origins_entries_together_and_outlive_it(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await lived(party)
        entries = len(await party.journal("shop"))
        await forked(party, "one")
        await party.ask("one", "GET", "/authorizations")
        answer = await party.control("POST", "/sandboxes/one/fork", json={"id": "two"})
        assert answer.status_code == 201
        await party.ask("shop", "GET", "/authorizations")
        two = await party.journal("two")
        assert rows_of(tmp_path) == {"shop": entries + 1, "one": 3, "two": 2}

        await party.control("POST", "/sandboxes/shop/reset")
        await party.control("DELETE", "/sandboxes/one")

        assert await party.journal("two") == two
        assert verify(two).entries == entries + 3
        assert rows_of(tmp_path).keys() == {"shop", "/", "two"}

    async def end(party: Party) -> None:
        two = await party.journal("two")
        for after in range(len(two)):
            answer = await party.control("GET", f"/sandboxes/two/journal?after={after}")
            assert answer.text.splitlines() == two[after:]
        await party.control("DELETE", "/sandboxes/two")
        assert rows_of(tmp_path) == {"shop": 1}

    in_a_world(tmp_path, talk)
    in_a_world(tmp_path, end)


@pytest.mark.parametrize(
    ("meddling", "told"),
    [
        ("UPDATE entries SET content = content || ' '", "entry 3 is broken: its content"),
        ("DELETE FROM entries", "entry 3 is broken: "),
        (
            "UPDATE entries SET content_digest = (SELECT content_digest FROM entries"
            " WHERE sandbox = 'shop' AND sequence = 4)",
            "entry 3 is broken: its content",
        ),
    ],
)
def test_who_alters_the_entries_of_an_origin_is_noticed_in_its_copies(
    meddling: str, told: str, tmp_path: Path
) -> None:
    async def talk(party: Party) -> None:
        await party.create("shop")
        await party.begin("shop")
        await forked(party, "twin")
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as other:
            other.execute(f"{meddling} WHERE sandbox = 'shop' AND sequence = 3")
            other.commit()
        with pytest.raises(Broken, match=told):
            list(party.world.journal("twin"))

    in_a_world(tmp_path, talk)


def test_a_journal_that_was_altered_on_disk_is_not_forked(tmp_path: Path) -> None:
    """Its chain no longer comes to what the sandbox wrote."""

    async def talk(party: Party) -> list[str]:
        await party.create("shop")
        await party.begin("shop")
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as other:
            other.execute(
                "UPDATE entries SET content_digest = ? WHERE sandbox = 'shop' AND sequence = 3",
                ("ab" * 32,),
            )
            other.commit()
        shop = party.world.site("shop")
        assert shop is not None
        with pytest.raises(Broken, match="is not the one that was written"):
            await party.world.fork(shop, "twin")
        return party.world.ids()

    assert in_a_world(tmp_path, talk) == ["shop"]


def test_a_message_sent_again_to_the_fork_gets_the_origins_answer(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await party.create("shop")
        await party.begin("shop")
        await forked(party, "twin")

        again = await party.ask("twin", "POST", "/transmissions", ANNOUNCEMENT, key="announce-2")
        other = await party.ask("twin", "POST", "/lineage", {"items": []}, key="announce-2")

        assert again.headers["idempotency-replayed"] == "true"
        assert again.json() == party.answers[3].json()
        assert other.json()["code"] == "idempotency_conflict"

    in_a_world(tmp_path, talk)


def test_a_nonce_of_the_origin_counts_in_the_fork_and_its_signatures_do_not(tmp_path: Path) -> None:
    """The path is covered, so that nothing signed for one world is taken in another."""

    async def talk(party: Party) -> list[str]:
        await party.create("shop")
        await party.begin("shop")
        await party.ask("shop", "GET", "/time", nonce="used")
        await forked(party, "twin")
        replayed = await party.ask("twin", "GET", "/time", nonce="used")
        signed = party.answers[-2].request
        headers = dict(signed.headers) | {"host": "127.0.0.1"}
        carried = await party.http.get("/twin/v1/time", headers=headers)
        return [replayed.json()["code"], carried.json()["code"]]

    assert in_a_world(tmp_path, talk) == ["nonce_replayed", "signature_invalid"]


def test_a_fork_of_a_named_entry_knows_nothing_of_what_came_later(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await party.create("shop")
        await party.begin("shop")
        await party.control("POST", "/sandboxes/shop/clock/advance", json={"by_s": 86_400})
        await party.ask("shop", "GET", "/authorizations")

        await forked(party, "past", at=4)

        assert list(state_of(party.world, "past").transmissions) == ["trm-1"]
        past = await party.state("past")
        assert (past["sequence"], past["now"]) == (5, "2023-06-01T00:00:00Z")

    in_a_world(tmp_path, talk)


def test_the_journal_of_a_fork_is_the_origins_chained_anew(tmp_path: Path) -> None:
    async def talk(party: Party) -> tuple[list[str], list[str]]:
        await party.create("shop")
        await party.begin("shop")
        await forked(party, "twin")
        return await party.journal("shop"), await party.journal("twin")

    origin, fork = in_a_world(tmp_path, talk)

    assert verify(fork).entries == 6
    assert contents(fork)[1:5] == contents(origin)[1:]
    assert [json.loads(line)["content_digest"] for line in fork[1:5]] == [
        json.loads(line)["content_digest"] for line in origin[1:]
    ]
    assert contents(fork)[0]["body"] == contents(origin)[0]["body"] | {"sandbox": "twin"}
    assert (contents(fork)[5]["kind"], contents(fork)[5]["body"]) == (
        "copied",
        {"by": "fork", "origin": "shop", "entries": 5, "head": verify(origin).head},
    )


def test_a_fork_of_a_fork_and_a_restart_of_both(tmp_path: Path) -> None:
    async def talk(party: Party) -> dict[str, Any]:
        await party.create("shop")
        await party.begin("shop")
        await forked(party, "one")
        answer = await party.control("POST", "/sandboxes/one/fork", json={"id": "two"})
        assert answer.status_code == 201
        return await party.state("two")

    assert in_a_world(tmp_path, talk) == in_a_world(tmp_path, lambda party: party.state("two"))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": "shop"}, 409, "sandbox_exists"),
        ({"id": "control"}, 422, "body_invalid"),
        ({"id": "Twin"}, 422, "body_invalid"),
        ({"id": "twin", "at": 99}, 422, "body_invalid"),
        ({"id": "twin", "at": 0}, 422, "body_invalid"),
    ],
)
def test_a_fork_that_cannot_be_is_refused(
    body: dict[str, Any], status: int, code: str, tmp_path: Path
) -> None:
    async def talk(party: Party) -> tuple[int, str, list[str]]:
        await party.create("shop")
        answer = await party.control("POST", "/sandboxes/shop/fork", json=body)
        return answer.status_code, answer.json()["code"], party.world.ids()

    assert in_a_world(tmp_path, talk) == (status, code, ["shop"])


def test_a_journal_that_was_altered_on_disk_is_not_copied(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await party.create("shop")
        await party.begin("shop")
        lines = list(party.world._store.lines("shop", 99))
        lines[1], lines[2] = lines[2], lines[1]
        with pytest.raises(Broken, match="entry 2 is broken: entry 3 stands in its place"):
            copy_of(
                lines,
                id="twin",
                by="fork",
                wall_at=party.wall(),
                sandbox_at=None,
                salt=lambda sequence: "00" * 16,
            )

    in_a_world(tmp_path, talk)
