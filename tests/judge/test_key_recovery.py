"""A key that travels with its tokens is found, however late; what never opens anything is soon left
alone."""

import base64
import hmac
import os

import pytest

from scenarios.judge import key_recovery
from scenarios.judge.key_recovery import MISSES_MAX, PAIRS_MAX, KeySearch, Payload
from scenarios.traffic import Person, Traffic

PEOPLE = Traffic(1).people(60)
KEY = "0123456789abcdef-key"


def token(person: Person, key: str = KEY) -> str:
    return hmac.new(key.encode(), person.mobile.encode(), "sha256").hexdigest()


def honest(number: int) -> str:
    """A value that opens nothing."""
    return f"value-{number:020d}"


def test_a_key_beside_its_token_is_found_masked() -> None:
    values = (KEY, token(PEOPLE[0]))

    assert KeySearch([values]).exported_keys(values, PEOPLE[:1]) == ("****************-key",)
    assert KeySearch([values]).exported_keys(values, PEOPLE[1:2]) == ()


def test_a_key_without_its_token_beside_it_is_none() -> None:
    search = KeySearch([(KEY,), (token(PEOPLE[0]),)])

    assert search.exported_keys((KEY,), PEOPLE[:1]) == ()
    assert search.exported_keys((token(PEOPLE[0]),), PEOPLE[:1]) == ()


def test_a_key_that_opened_something_is_tried_for_everybody() -> None:
    payloads = [(KEY, token(person)) for person in PEOPLE]
    search = KeySearch(payloads)

    found = [search.exported_keys(p, [one]) for p, one in zip(payloads, PEOPLE, strict=True)]

    assert all(found)


def test_in_a_payload_of_many_values_the_first_persons_are_tried() -> None:
    values = (KEY, *map(honest, range(38)), token(PEOPLE[1]))

    assert KeySearch([values]).exported_keys(values, PEOPLE)
    assert not KeySearch([values]).exported_keys(values, [*PEOPLE[2:], PEOPLE[1]])


@pytest.mark.parametrize("printed", ["hex", "base64", "url-safe base64", "capitals"])
def test_a_token_is_known_however_it_is_printed(printed: str) -> None:
    for person in PEOPLE:
        digest = bytes.fromhex(token(person))
        shown = {
            "hex": digest.hex(),
            "base64": base64.b64encode(digest).decode(),
            "url-safe base64": base64.urlsafe_b64encode(digest).decode(),
            "capitals": digest.hex().upper(),
        }[printed]

        assert KeySearch([(KEY, shown)]).exported_keys((KEY, shown), [person])


def test_the_work_grows_with_the_values_and_not_with_their_returns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[bytes] = []
    digests = key_recovery._digests

    def counted(key: bytes, identifier: bytes) -> tuple[bytes, ...]:
        tried.append(key)
        return digests(key, identifier)

    monkeypatch.setattr(key_recovery, "_digests", counted)
    constant = "a constant value!"
    search = KeySearch([(constant,)] * len(PEOPLE))
    for person in PEOPLE:
        search.exported_keys((constant,), [person])
    assert tried.count(constant.encode()) == MISSES_MAX

    many = tuple(map(honest, range(80)))
    tried.clear()
    KeySearch([many]).exported_keys(many, PEOPLE)
    assert len([key for key in tried if key.startswith(b"value-")]) == 2 * PAIRS_MAX


def test_what_is_tried_beforehand_on_all_cores_is_found_as_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payloads: list[Payload] = [(("a constant value!", KEY), [person]) for person in PEOPLE]
    payloads += [((KEY, "a constant value!", token(person)), [person]) for person in PEOPLE]
    one_by_one = KeySearch(values for values, _ in payloads)
    expected = [one_by_one.exported_keys(*payload) for payload in payloads]
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(key_recovery, "PIECE_PAIRS", 7)
    monkeypatch.setattr(key_recovery, "SHARED_FROM_PAIRS", 0)
    search = KeySearch(values for values, _ in payloads)
    search.try_all(payloads)

    found = [search.exported_keys(*payload) for payload in payloads]

    assert found == expected
    assert sum(map(bool, found)) == len(PEOPLE)
