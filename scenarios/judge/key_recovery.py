"""Whether a payload carries the key to its own tokens.

The judge knows no platform's key. It tries what anyone abroad could try: take every long value that
arrived as a key or salt, and see whether it turns a known identifier into a token that arrived
beside it (PIPL art. 73: what can be restored with exported information is not de-identified).
"""

import base64
import binascii
import hashlib
import hmac
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from scenarios.judge.forks import in_forks
from scenarios.judge.masking import mask_value
from scenarios.traffic import Person, plain

PERSONS_MAX = 8
"""Persons of one payload whose identifiers are tried: a key that opens one token opens all."""
PAIRS_MAX = 80
"""Values, each with each of those persons, that are tried for one payload: where it has many
values, fewer persons are, but always one."""
MISSES_MAX = 32
"""Identifiers after which a value is no key: it arrives again and again, and never opened
anything."""

PIECE_PAIRS = 5_000
"""About as many values with an identifier are tried in one go."""
SHARED_FROM_PAIRS = 20_000
"""Fewer than this are tried sooner than other processes are at work."""

_NOTHING: frozenset[str] = frozenset()
_START_BYTES = 3
"""Of a digest, looked up before it is printed: one in thousands goes further."""
_SHOWN = 16
"""Characters of a token that are compared."""
_BYTES_IN_BASE64 = 12
"""Bytes of a digest that make up so many characters of base64; in hexadecimal it is fewer."""

Payload = tuple[Sequence[str], Iterable[Person]]
"""The values of one, and the persons whom it is about."""
Pair = tuple[str, str]
"""A value and an identifier."""


class KeySearch:
    """Tries each value of a run as a key once for each identifier, however often both arrive, until
    it is plain that it is none. Is to be asked in journal order."""

    def __init__(self, values: Iterable[Sequence[str]]) -> None:
        """`values` are those of each payload (`Contents.values`)."""
        self._tokens = {_shown(value) for some in values for value in some}
        self._starts = frozenset(start for token in self._tokens for start in _starts(token))
        """What a digest that is one of the tokens begins with."""
        self._made: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        self._keys: set[str] = set()
        """Values that opened something."""

    def try_all(self, payloads: Iterable[Payload]) -> None:
        """Tries beforehand, on all cores where it is much, what will be tried for these payloads:
        of each value the first identifiers, after which it is known whether it is a key."""
        pairs: list[Pair] = []
        for values, persons in payloads:
            for value, identifier in itertools.product(values, _identifiers(values, persons)):
                made = self._made[value]
                if identifier not in made and len(made) < MISSES_MAX:
                    made[identifier] = _NOTHING
                    pairs.append((value, identifier))
        starts = range(0, len(pairs), PIECE_PAIRS)
        pieces = [pairs[start : start + PIECE_PAIRS] for start in starts]
        is_large = len(pairs) >= SHARED_FROM_PAIRS
        for opened in in_forks(self._opening, pieces, is_large=is_large):
            for (value, identifier), made_of in opened:
                self._made[value][identifier] = made_of
                self._keys.add(value)

    def _opening(self, pairs: Sequence[Pair]) -> list[tuple[Pair, frozenset[str]]]:
        """Those of the pairs whose value opens something with the identifier, and what."""
        made = ((pair, self._opened(pair[0], pair[1].encode())) for pair in pairs)
        return [(pair, opened) for pair, opened in made if opened]

    def exported_keys(self, values: Sequence[str], persons: Iterable[Person]) -> tuple[str, ...]:
        """Masked values, of those of one payload, that recompute another of them from an
        identifier of the persons it is about."""
        tokens = {_shown(value) for value in values}
        identifiers = _identifiers(values, persons)
        found: dict[str, None] = {}
        for value in values:
            for identifier in identifiers:
                made = self._made_of(value, identifier)
                if made and not tokens.isdisjoint(made):
                    found[mask_value(value)] = None
        return tuple(found)

    def _made_of(self, value: str, identifier: str) -> frozenset[str]:
        """What of all that arrived the value makes of the identifier; nothing once it is known to
        be no key."""
        made = self._made[value]
        if identifier not in made:
            if len(made) >= MISSES_MAX and value not in self._keys:
                return _NOTHING
            made[identifier] = self._opened(value, identifier.encode())
            if made[identifier]:
                self._keys.add(value)
        return made[identifier]

    def _opened(self, value: str, identifier: bytes) -> frozenset[str]:
        """What of all that arrived the value makes of the identifier."""
        starts, tokens = self._starts, self._tokens
        made = [
            shown
            for key in _readings(value)
            if key
            for digest in _digests(key, identifier)
            if digest[:_START_BYTES] in starts
            for shown in _printed(digest)
            if shown in tokens
        ]
        return frozenset(made) if made else _NOTHING


def _identifiers(values: Sequence[str], persons: Iterable[Person]) -> list[str]:
    """Those that are tried for a payload with so many values."""
    most = min(PERSONS_MAX, max(1, PAIRS_MAX // max(1, len(values))))
    return [
        identifier
        for person in map(plain, _first(persons, most))
        for identifier in (person.resident_id, person.mobile)
    ]


def _first(persons: Iterable[Person], most: int) -> list[Person]:
    """The first different ones."""
    found: dict[Person, None] = {}
    for person in persons:
        found[person] = None
        if len(found) == most:
            break
    return list(found)


def _shown(value: str) -> str:
    return value[:_SHOWN].casefold()


def _starts(token: str) -> Iterator[bytes]:
    """The first three bytes of every digest that may be printed like this, in either alphabet and
    whatever its case was."""
    with suppress(ValueError):
        yield bytes.fromhex(token[: 2 * _START_BYTES])
    written = token[:4].replace("-", "+").replace("_", "/")
    for letters in itertools.product(*({letter, letter.upper()} for letter in written)):
        with suppress(binascii.Error, ValueError):
            yield binascii.a2b_base64("".join(letters))


def _readings(value: str) -> Iterator[bytes]:
    """The bytes that a printed value can stand for: itself, hexadecimal, base64."""
    yield value.encode()
    with suppress(ValueError):
        yield bytes.fromhex(value)
    with suppress(binascii.Error):
        yield base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=False)


def _digests(key: bytes, identifier: bytes) -> tuple[bytes, ...]:
    """What common keyed and salted constructions make of the identifier."""
    keyed = HMAC(key, _SM3)
    keyed.update(identifier)
    before, behind = key + identifier, identifier + key
    return (
        hmac.digest(key, identifier, "sha256"),
        keyed.finalize(),
        hashlib.sha256(before).digest(),
        _sm3(before),
        hashlib.sha256(behind).digest(),
        _sm3(behind),
    )


def _sm3(data: bytes) -> bytes:
    state = _FRESH_SM3.copy()
    state.update(data)
    return state.finalize()


_SM3 = hashes.SM3()
_FRESH_SM3 = hashes.Hash(_SM3)  # Copying it is much cheaper than making another.


def _printed(digest: bytes) -> tuple[str, ...]:
    """The first characters of the digest as it is printed, in either alphabet."""
    shown = digest[: _SHOWN // 2].hex()
    standard = binascii.b2a_base64(digest[:_BYTES_IN_BASE64], newline=False).decode().lower()
    if "+" in standard or "/" in standard:
        return shown, standard, standard.replace("+", "-").replace("/", "_")
    return shown, standard
