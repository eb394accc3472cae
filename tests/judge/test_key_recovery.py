"""A key that travels with its tokens is found, however late; what never opens anything is soon left
alone."""

import base64
import hashlib
import hmac
import os
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC

from scenarios.judge import key_recovery
from scenarios.judge.key_recovery import MISSES_MAX, PAIRS_MAX, KeySearch, Payload
from scenarios.traffic import Person, Traffic

PEOPLE = Traffic(1).people(60)
KEY = "0123456789abcdef-key"


def search_of(*payloads: Payload) -> KeySearch:
    """For a run in which these arrived."""
    return KeySearch([values for values, _ in payloads], payloads)


def token(person: Person, key: str = KEY) -> str:
    return hmac.new(key.encode(), person.mobile.encode(), "sha256").hexdigest()


def honest(number: int) -> str:
    """A value that opens nothing."""
    return f"value-{number:020d}"


def test_a_key_beside_its_token_is_found_masked() -> None:
    values = (KEY, token(PEOPLE[0]))

    found = [search_of((values, some)).exported_keys(values, some) for some in (PEOPLE[:1], [])]

    assert found == [("****************-key",), ()]


def test_a_key_without_its_token_beside_it_is_none() -> None:
    alone, without = ((KEY,), PEOPLE[:1]), ((token(PEOPLE[0]),), PEOPLE[:1])
    search = search_of(alone, without)

    assert search.exported_keys(*alone) == ()
    assert search.exported_keys(*without) == ()


def test_a_key_opens_nothing_for_another_than_whom_its_payload_is_about() -> None:
    values = (KEY, token(PEOPLE[0]))
    theirs, anothers = (values, PEOPLE[:1]), (values, PEOPLE[1:2])
    search = search_of(theirs, anothers)

    assert search.exported_keys(*theirs) != ()
    assert search.exported_keys(*anothers) == ()


def test_a_key_that_opened_something_is_tried_for_everybody() -> None:
    payloads: list[Payload] = [((KEY, token(person)), [person]) for person in PEOPLE]
    search = search_of(*payloads)

    assert all(search.exported_keys(*payload) for payload in payloads)


def test_in_a_payload_of_many_values_the_first_persons_are_tried() -> None:
    values = (KEY, *map(honest, range(38)), token(PEOPLE[1]))
    first, last = (values, PEOPLE), (values, [*PEOPLE[2:], PEOPLE[1]])

    assert search_of(first).exported_keys(*first)
    assert not search_of(last).exported_keys(*last)


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
        payload = ((KEY, shown), [person])

        assert search_of(payload).exported_keys(*payload)


@pytest.mark.parametrize("key", [b"k" * 16, b"k" * 64, b"k" * 65], ids=len)
def test_every_common_construction_is_tried(key: bytes) -> None:
    known = b"13912345678"
    keyed = HMAC(key, SM3())
    keyed.update(known)

    ((identifier, digests),) = key_recovery._digests(key, [known.decode()])

    assert identifier == known.decode()
    assert digests == (
        hmac.digest(key, known, "sha256"),
        keyed.finalize(),
        hashlib.sha256(key + known).digest(),
        sm3(key + known),
        hashlib.sha256(known + key).digest(),
        sm3(known + key),
    )


def sm3(data: bytes) -> bytes:
    state = Hash(SM3())
    state.update(data)
    return state.finalize()


def test_the_work_grows_with_the_values_and_not_with_their_returns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: Counter[bytes] = Counter()
    digests = key_recovery._digests

    def counted(key: bytes, identifiers: Sequence[str]) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        tried[key] += len(identifiers)
        return digests(key, identifiers)

    monkeypatch.setattr(key_recovery, "_digests", counted)
    constant = "a constant value!"
    payloads: list[Payload] = [((constant,), [person]) for person in PEOPLE]
    search = search_of(*payloads)
    for payload in payloads:
        search.exported_keys(*payload)
    assert tried[constant.encode()] == MISSES_MAX

    many = tuple(map(honest, range(80)))
    tried.clear()
    search_of((many, PEOPLE))
    assert sum(tried[value.encode()] for value in many) == 2 * PAIRS_MAX


def test_on_all_cores_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    payloads: list[Payload] = [(("a constant value!", KEY), [person]) for person in PEOPLE]
    payloads += [((KEY, "a constant value!", token(person)), [person]) for person in PEOPLE]
    alone = search_of(*payloads)
    expected = [alone.exported_keys(*payload) for payload in payloads]
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(key_recovery, "PIECE_VALUES", 7)
    monkeypatch.setattr(key_recovery, "SHARED_FROM_VALUES", 0)
    search = search_of(*payloads)

    found = [search.exported_keys(*payload) for payload in payloads]

    assert found == expected
    assert sum(map(bool, found)) == len(PEOPLE)
