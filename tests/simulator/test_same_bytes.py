"""The same requests to the same sandbox, made again elsewhere, get the same bytes."""

from pathlib import Path

from simulator.regulator.api.declarations import REQUEST as DECLARATION
from tests.worlds import Party, in_a_world

OF_THIS_ANSWER = ("date", "server-timing", "traceparent")
"""Headers that tell one answer from all others: its own time, and the name of its own trace."""


async def a_day(party: Party) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    """Registration, declarations, transmissions, a refusal, a suspension, notices, a fault."""
    await party.create("shop")
    await party.begin("shop")
    await party.ask(
        "shop", "POST", "/declarations", DECLARATION | {"country": "Atlantis"}, key="wrong"
    )
    await party.ask("shop", "GET", "/authorizations")
    await party.control("POST", "/sandboxes/shop/orders", json={"order": "suspend"})
    latency = {"name": "error_status", "scope": "regulator", "probability": 0.5, "times": 4}
    await party.control("POST", "/sandboxes/shop/faults", json=latency)
    for _ in range(8):
        await party.ask("shop", "GET", "/notices")
    await party.control("POST", "/sandboxes/shop/clock/advance", json={"by_s": 86_400})
    await party.ask("shop", "GET", "/cases/cas-1")
    return [
        (
            answer.status_code,
            [each for each in answer.headers.multi_items() if each[0] not in OF_THIS_ANSWER],
            answer.content,
        )
        for answer in party.answers
    ]


def test_two_worlds_of_one_seed_answer_byte_for_byte_the_same(tmp_path: Path) -> None:
    one = in_a_world(tmp_path / "one", a_day)
    other = in_a_world(tmp_path / "other", a_day)

    assert len(one) == 15
    assert {status for status, _, _ in one} == {200, 201, 422, 503}
    assert one == other


def test_the_regulators_key_comes_from_id_seed_and_passcode(tmp_path: Path) -> None:
    async def keys(party: Party) -> list[str]:
        await party.create("one")
        await party.create("two")
        await party.create("three", seed=8)
        await party.create("four", passcode="another")
        return [str((await party.state(id))["regulator_public_key"]) for id in party.world.ids()]

    drawn = in_a_world(tmp_path / "here", keys)

    assert len(set(drawn)) == 4
    assert drawn == in_a_world(tmp_path / "there", keys)


def test_salts_and_drawn_passcodes_stay_secret(tmp_path: Path) -> None:
    """A salt that could be computed would protect no redacted content."""

    async def secrets(party: Party) -> tuple[list[str], str]:
        await party.create("shop")
        drawn = await party.control("POST", "/sandboxes", json={"id": "other"})
        return await party.journal("shop"), drawn.json()["passcode"]

    (one, drawn), (other, drawn_there) = (
        in_a_world(tmp_path / place, secrets) for place in ("here", "there")
    )

    assert one != other
    assert drawn != drawn_there
