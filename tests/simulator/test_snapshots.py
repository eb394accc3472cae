"""Snapshot and restore: a sandbox in one file, and the same sandbox made of it anywhere."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.verify import main
from tests.worlds import Party, in_a_world

from .test_copies import contents, state_of


async def snapshot(party: Party, id: str) -> bytes:
    answer = await party.control("GET", f"/sandboxes/{id}/snapshot")
    assert answer.status_code == 200, answer.text
    return answer.content


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
