"""Whether a payload carries the key to its own tokens.

The judge knows no platform's key. It tries what anyone abroad could try: take every long value that
arrived as a key or salt, and see whether it turns a known identifier into a token that arrived
beside it (PIPL art. 73: what can be restored with exported information is not de-identified).
"""

import base64
import binascii
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash
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

PIECE_VALUES = 2_500
"""So many values are tried in one go."""
SHARED_FROM_VALUES = 10_000
"""Fewer than this are tried sooner than other processes are at work."""

_START_BYTES = 3
"""Of a digest, looked up before it is printed: one in thousands goes further."""
_SHOWN = 16
"""Characters of a token that are compared."""
_BYTES_IN_BASE64 = 12
"""Bytes of a digest that make up so many characters of base64; in hexadecimal it is fewer."""

Payload = tuple[Sequence[str], Iterable[Person]]
"""The values of one, and the persons whom it is about."""
Trial = tuple[str, Sequence[str]]
"""A value, and the identifiers with which it is tried."""
Opened = dict[str, frozenset[str]]
"""What of all that arrived a value makes of identifiers, where it makes anything."""


class KeySearch:
    """Tries each value of a run as a key once for each identifier, however often both arrive, until
    it is plain that it is none."""

    def __init__(self, values: Iterable[Sequence[str]], payloads: Iterable[Payload]) -> None:
        """`values` are those of every payload (`Contents.values`): what a key may have made.
        `payloads` are those that will be asked about, in journal order."""
        self._tokens = {_shown(value) for some in values for value in some}
        self._starts = frozenset(_starts(self._tokens))
        """What a digest that is one of the tokens begins with."""
        self._keys: dict[str, Opened] = self._tried(_trials(payloads))
        """Values that opened something."""

    def _tried(self, trials: Sequence[Trial]) -> dict[str, Opened]:
        """Those of the values that open something, and what; on all cores where it is much."""
        starts = range(0, len(trials), PIECE_VALUES)
        pieces = [trials[start : start + PIECE_VALUES] for start in starts]
        is_large = len(trials) >= SHARED_FROM_VALUES
        keys: dict[str, Opened] = {}
        for found in in_forks(self._opening, pieces, is_large=is_large):
            keys |= found
        return keys

    def _opening(self, trials: Sequence[Trial]) -> dict[str, Opened]:
        made = ((value, self._opened(value, identifiers)) for value, identifiers in trials)
        return {value: opened for value, opened in made if opened}

    def _opened(self, value: str, identifiers: Sequence[str]) -> Opened:
        starts, tokens = self._starts, self._tokens
        made: dict[str, set[str]] = {}
        for key in filter(None, _readings(value)):
            for identifier, digests in _digests(key, identifiers):
                for digest in digests:
                    if digest[:_START_BYTES] in starts:
                        opened = tokens.intersection(_printed(digest))
                        if opened:
                            made.setdefault(identifier, set()).update(opened)
        return {identifier: frozenset(opened) for identifier, opened in made.items()}

    def exported_keys(self, values: Sequence[str], persons: Iterable[Person]) -> tuple[str, ...]:
        """Masked values, of those of one payload, that recompute another of them from an
        identifier of the persons it is about."""
        keys = [value for value in values if value in self._keys]
        if not keys:
            return ()
        tokens = {_shown(value) for value in values}
        identifiers = _identifiers(values, persons)
        found: dict[str, None] = {}
        for key in keys:
            for identifier in identifiers:
                if not tokens.isdisjoint(self._made_of(key, identifier)):
                    found[mask_value(key)] = None
        return tuple(found)

    def _made_of(self, key: str, identifier: str) -> frozenset[str]:
        """What of all that arrived the key makes of the identifier: what has opened something is
        tried for everybody."""
        made = self._keys[key]
        if identifier not in made:
            made[identifier] = self._opened(key, [identifier]).get(identifier, frozenset())
        return made[identifier]


def _trials(payloads: Iterable[Payload]) -> list[Trial]:
    """Every value with the first identifiers that arrive with it, after which it is known whether
    it is a key."""
    trials: dict[str, tuple[str, ...]] = {}
    for values, persons in payloads:
        identifiers = _identifiers(values, persons)
        for value in values:
            tried = trials.get(value, ())
            if len(tried) < MISSES_MAX:
                untried = [one for one in identifiers if one not in tried] if tried else identifiers
                trials[value] = (*tried, *untried)[:MISSES_MAX]
    return list(trials.items())


def _identifiers(values: Sequence[str], persons: Iterable[Person]) -> tuple[str, ...]:
    """Those that are tried for a payload with so many values."""
    most = min(PERSONS_MAX, max(1, PAIRS_MAX // max(1, len(values))))
    found: dict[str, None] = {}
    for person in map(plain, _first(persons, most)):
        found[person.resident_id] = found[person.mobile] = None
    return tuple(found)


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


def _starts(tokens: Iterable[str]) -> Iterator[bytes]:
    """The first three bytes of every digest that may be printed like one of these, in either
    alphabet and whatever its case was."""
    for start in {token[: 2 * _START_BYTES] for token in tokens}:
        with suppress(ValueError):
            yield bytes.fromhex(start)
    for start in {token[:4] for token in tokens}:
        written = start.replace("-", "+").replace("_", "/")
        for letters in itertools.product(*({letter, letter.upper()} for letter in written)):
            with suppress(binascii.Error, ValueError):
                yield binascii.a2b_base64("".join(letters))


def _readings(value: str) -> Iterator[bytes]:
    """The bytes that a printed value can stand for: itself, and hexadecimal or base64. A key in
    base64 is not written in hexadecimal digits alone."""
    yield value.encode()
    with suppress(ValueError):
        yield bytes.fromhex(value)
        return
    with suppress(binascii.Error):
        yield base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=False)


def _digests(key: bytes, identifiers: Iterable[str]) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """What common keyed and salted constructions make of each identifier."""
    keyed_sha256, keyed_sm3, salted_sm3 = HMAC(key, _SHA256), HMAC(key, _SM3), _FRESH_SM3.copy()
    salted_sm3.update(key)
    for identifier in identifiers:
        known = identifier.encode()
        yield (
            identifier,
            (
                _finished(keyed_sha256, known),
                _finished(keyed_sm3, known),
                hashlib.sha256(key + known).digest(),
                _finished(salted_sm3, known),
                hashlib.sha256(known + key).digest(),
                _finished(_FRESH_SM3, known + key),
            ),
        )


def _finished(begun: Hash | HMAC, data: bytes) -> bytes:
    """The digest with the data at the end; of what was begun, a copy is finished."""
    state = begun.copy()
    state.update(data)
    return state.finalize()


_SHA256, _SM3 = SHA256(), SM3()
_FRESH_SM3 = Hash(_SM3)  # Copying it is much cheaper than making another.


def _printed(digest: bytes) -> tuple[str, ...]:
    """The first characters of the digest as it is printed, in either alphabet."""
    shown = digest[: _SHOWN // 2].hex()
    standard = binascii.b2a_base64(digest[:_BYTES_IN_BASE64], newline=False).decode().lower()
    if "+" in standard or "/" in standard:
        return shown, standard, standard.replace("+", "-").replace("/", "_")
    return shown, standard
