"""Fork, snapshot and restore: a world goes on from a copy of a journal, as after a restart."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.copying import copy_of
from simulator.journal.verify import Broken, main, verify
from simulator.regulator.state import RegulatorState
from simulator.world import World
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


async def snapshot(party: Party, id: str) -> bytes:
    answer = await party.control("GET", f"/sandboxes/{id}/snapshot")
    assert answer.status_code == 200, answer.text
    return answer.content


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


def test_a_snapshot_is_restored_elsewhere_as_the_sandbox_that_it_was(tmp_path: Path) -> None:
    async def take(party: Party) -> tuple[bytes, dict[str, Any], list[str]]:
        await party.create("shop")
        await party.begin("shop")
        await party.control("POST", "/sandboxes/shop/clock/advance", json={"by_s": 86_400})
        return await snapshot(party, "shop"), await party.state("shop"), await party.journal("shop")

    async def restore(party: Party) -> tuple[dict[str, Any], list[str]]:
        party.wall.go_on(90 * 86_400)  # Much later; the world was not there meanwhile.
        answer = await party.control("POST", "/snapshots", content=file)
        assert (answer.status_code, answer.json()) == (201, {"id": "shop"})
        asked = await party.ask("shop", "GET", "/time", nonce="fresh")
        assert asked.status_code == 200, asked.text
        return await party.state("shop"), await party.journal("shop")

    file, there, origin = in_a_world(tmp_path / "here", take)
    here, journal = in_a_world(tmp_path / "elsewhere", restore)

    assert here == there | {"sequence": there["sequence"] + 2}
    assert journal[: len(origin)] == origin  # Under its own name nothing is written anew.
    assert contents(journal)[len(origin)]["body"]["by"] == "snapshot"


def test_a_snapshot_is_restored_under_another_name_beside_the_first(tmp_path: Path) -> None:
    async def talk(party: Party) -> None:
        await party.create("shop")
        await party.begin("shop")
        file = await snapshot(party, "shop")
        taken = await party.control("POST", "/snapshots", content=file)
        assert (taken.status_code, taken.json()["code"]) == (409, "sandbox_exists")
        answer = await party.control("POST", "/snapshots?id=twin", content=file)
        assert answer.json() == {"id": "twin"}
        assert state_of(party.world, "twin") == state_of(party.world, "shop")
        assert (await party.ask("twin", "GET", "/time")).status_code == 200

    in_a_world(tmp_path, talk)


def test_the_verifier_proves_a_snapshot_and_names_its_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def talk(party: Party) -> bytes:
        await party.create("shop")
        await party.begin("shop")
        return await snapshot(party, "shop")

    whole, cut = tmp_path / "shop.snapshot", tmp_path / "cut.snapshot"
    whole.write_bytes(in_a_world(tmp_path / "state", talk))
    cut.write_bytes(b"".join(whole.read_bytes().splitlines(keepends=True)[:-1]))

    assert (main([str(whole)]), main([str(cut)])) == (0, 1)
    said = capsys.readouterr()
    assert "whole, 5 entries, head" in said.out
    assert "holds secrets: passcode, regulator_key" in said.out
    assert "entry 5 is broken: it is missing" in said.err


def spoilt(file: bytes, how: str) -> bytes:
    """The snapshot with one thing wrong."""
    head, *lines = file.splitlines(keepends=True)
    told = json.loads(head)
    if how == "another key":
        told["secrets"]["regulator_key"] = b64encode(b"k" * 32).decode()
        head = json.dumps(told).encode() + b"\n"
    if how == "newer":
        told["snapshot"] = 2
        head = json.dumps(told).encode() + b"\n"
    if how == "cut off":
        lines = lines[:-1]
    if how == "altered":
        lines[2] = lines[2].replace(b"acquirer-sg", b"acquirer-us")
    if how == "a journal":
        head = b""
    if how == "half a line":
        lines[-1] = lines[-1][:40]
    return head + b"".join(lines) if how != "nothing" else b""


@pytest.mark.parametrize(
    ("how", "code", "names"),
    [
        ("another key", "snapshot_broken", "the head of the snapshot is broken"),
        ("newer", "snapshot_newer", "has format 2, but this version reads up to 1"),
        ("cut off", "snapshot_broken", "entry 5 is broken: the head of the snapshot tells of 5"),
        ("altered", "snapshot_broken", "entry 3 is broken: its content was altered"),
        ("a journal", "snapshot_broken", "is no snapshot"),
        ("half a line", "snapshot_broken", "entry 5 is broken: the line is not JSON"),
        ("nothing", "snapshot_broken", "is no snapshot"),
    ],
)
def test_a_damaged_or_newer_snapshot_is_refused_by_name_and_makes_nothing(
    how: str, code: str, names: str, tmp_path: Path
) -> None:
    async def talk(party: Party) -> tuple[int, dict[str, Any], list[str]]:
        await party.create("shop")
        await party.begin("shop")
        file = spoilt(await snapshot(party, "shop"), how)
        answer = await party.control("POST", "/snapshots?id=twin", content=file)
        return answer.status_code, answer.json(), party.world.ids()

    status, problem, ids = in_a_world(tmp_path, talk)

    assert (status, problem["code"], ids) == (422, code, ["shop"])
    assert names in problem["detail"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "journal.sqlite",
        "journal.sqlite.lock",
    ]


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
