"""A declaration's whole life over HTTP, from one deadline to the next, with days counted by hand.

57 working days from Thursday 2023-06-01: 5 to 8 June, 7 more to 19 June, and 45 more to 22 August
(22 to 24 June is the Dragon Boat Festival, and Sunday 25 June is worked). Two years end with
22 August 2025. 60 working days before it is 29 May 2025 (31 May to 2 June is the festival again),
which begins on the 28th at 16:00 UTC. From there 57 working days lead to 19 August 2025. Offices
close at 17:00 in China, which is 09:00 UTC.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from simulator.journal import verify
from simulator.regulator.api.declarations import REQUEST
from tests.worlds import Party, in_a_world

Json = dict[str, Any]
FILED = REQUEST | {"self_assessed_on": "2023-05-20", "valid_until": "2030-01-01T00:00:00Z"}
TO_THE_RESULT = [
    ("2023-06-08T09:00:00Z", ["declaration_forwarded"]),
    ("2023-06-19T09:00:00Z", ["declaration_admitted"]),
    ("2023-08-22T09:00:00Z", ["declaration_accepted", "authorization_granted"]),
    ("2025-05-28T16:00:00Z", ["declaration_expiring"]),
]


async def declare(party: Party) -> None:
    """dcl-1 is received on 1 June 2023, and every step takes its legal period."""
    await party.create("life", starts_at="2023-06-01T01:00:00Z")
    await party.control("PUT", "/sandboxes/life/policy", json={"declarations": "statutory"})
    await party.register("life", callback_url=None)
    answer = await party.ask("life", "POST", "/declarations", FILED, key="declare")
    assert (answer.status_code, answer.json()["status"]) == (201, "received"), answer.text


async def go_on(party: Party) -> tuple[str, list[str]]:
    """To the next deadline: when it was, and what happened besides notices."""
    advance = {"to_next": True}
    answer = await party.control("POST", "/sandboxes/life/clock/advance", json=advance)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    events = [event["event"] for one in told["happened"] for event in one["events"]]
    return told["now"], [event for event in events if event != "notice_issued"]


async def read(party: Party) -> Json:
    answer = await party.ask("life", "GET", "/declarations/dcl-1")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_result_is_found_told_of_and_expires(tmp_path: Path) -> None:
    async def talk(party: Party) -> tuple[list[tuple[str, list[str]]], Json]:
        await declare(party)
        return [await go_on(party) for _ in range(5)], await read(party)

    happened, told = in_a_world(tmp_path, talk)

    assert happened == [
        *TO_THE_RESULT,
        ("2025-08-22T16:00:00Z", ["authorization_expired", "declaration_expired"]),
    ]
    assert (told["status"], told["holds_until"]) == ("expired", "2025-08-22T16:00:00Z")


def test_an_extension_under_the_later_law_holds_three_years_and_lives_on_elsewhere(
    tmp_path: Path,
) -> None:
    async def talk(party: Party) -> tuple[list[tuple[str, list[str]]], Json, Json, str, bytes]:
        await declare(party)
        happened = [await go_on(party) for _ in range(4)]
        asked = await party.ask("life", "POST", "/declarations/dcl-1/extension", key="extend")
        assert asked.status_code in (200, 201, 202), asked.text
        happened += [await go_on(party) for _ in range(2)]
        taken = await party.control("GET", "/sandboxes/life/snapshot")
        journal = await party.control("GET", "/sandboxes/life/journal")
        return happened, await read(party), await party.state("life"), journal.text, taken.content

    async def restore(party: Party) -> tuple[Json, Json, str]:
        answer = await party.control("POST", "/snapshots", content=snapshot)
        assert answer.status_code == 201, answer.text
        state = await party.state("life")
        journal = await party.control("GET", "/sandboxes/life/journal")
        party.nonces = 1_000  # The restored sandbox remembers the former ones.
        return await read(party), state, journal.text

    happened, told, state, journal, snapshot = in_a_world(tmp_path / "here", talk)
    told_there, state_there, journal_there = in_a_world(tmp_path / "elsewhere", restore)

    assert happened == [
        *TO_THE_RESULT,
        ("2025-08-19T09:00:00Z", ["declaration_extended", "authorization_granted"]),
        ("2028-08-22T16:00:00Z", ["authorization_expired", "declaration_expired"]),
    ]
    assert told["holds_until"] == "2028-08-22T16:00:00Z"
    assert verified(tmp_path, journal).endswith(f"head {head_of(journal)}")
    assert told_there == told
    assert {**state_there, "sequence": None} == {**state, "sequence": None}
    assert journal_there.startswith(journal)


def verified(folder: Path, journal: str) -> str:
    """What the verifier says of it, as a program of its own."""
    file = folder / "journal.ndjson"
    file.write_text(journal, encoding="utf-8")
    command = [sys.executable, verify.__file__, str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def head_of(journal: str) -> str:
    return verify.verify(journal.encode().splitlines(keepends=True)).head


def test_persons_are_counted_anew_from_new_year_as_the_law_of_the_day_says(tmp_path: Path) -> None:
    """The law of 2022 counts from the previous year on, that of 2024 only the current one."""

    async def talk(party: Party) -> list[tuple[int, str, str]]:
        await party.create("life", starts_at="2023-12-30T04:00:00Z")
        await party.register("life", callback_url=None)
        await count(party, 3)
        new_year = ("2023-12-31T15:59:59Z", "2023-12-31T16:00:00Z", "2024-03-21T16:00:00Z")
        seen = [await standing(party, to) for to in new_year]
        await count(party, 2)
        next_year = ("2024-12-31T15:59:59Z", "2024-12-31T16:00:00Z")
        return [*seen, *[await standing(party, to) for to in next_year]]

    assert in_a_world(tmp_path, talk) == [
        (3, "2022-01-01", "r2022"),
        (3, "2023-01-01", "r2022"),
        (0, "2024-01-01", "r2024"),
        (2, "2024-01-01", "r2024"),
        (0, "2025-01-01", "r2024"),
    ]


async def count(party: Party, many: int) -> None:
    tokens = [f"{number:032x}" for number in range(many)]
    message = {"recipient": "acquirer-sg", "ordinary": tokens}
    answer = await party.ask("life", "POST", "/headcounts", message, key=f"count-{many}")
    assert answer.status_code in (200, 201), answer.text


async def standing(party: Party, to: str) -> tuple[int, str, str]:
    """Persons in the window, since when they count, and the law, at this time."""
    answer = await party.control("POST", "/sandboxes/life/clock/advance", json={"to": to})
    assert answer.status_code == 200, answer.text
    told = (await party.ask("life", "GET", "/headcounts")).json()
    return told["persons"], told["counted_since"], told["rule_pack"]
