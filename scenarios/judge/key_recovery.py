"""Whether a payload carries the key to its own tokens.

The judge knows no platform's key. It tries what anyone abroad could try: take every long value that
arrived as a key or salt, and see whether it turns a known identifier into a token that arrived
beside it (PIPL art. 73: what can be restored with exported information is not de-identified).
"""

import base64
import binascii
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from scenarios.judge.masking import mask_value
from scenarios.traffic import Person

PERSONS_MAX = 8
"""Persons of one payload whose identifiers are tried: a key that opens one token opens all."""

_SHOWN = 16
"""Characters of a token that are compared."""
_BYTES_IN_BASE64 = 12
"""Bytes of a digest that make up so many characters of base64; in hexadecimal it is fewer."""


class KeySearch:
    """Tries each value of a run as a key once for each identifier, however often both arrive."""

    def __init__(self, values: Iterable[Sequence[str]]) -> None:
        """`values` are those of each payload (`Contents.values`)."""
        self._tokens = {_shown(value) for some in values for value in some}
        self._made: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)

    def exported_keys(self, values: Sequence[str], persons: Iterable[Person]) -> tuple[str, ...]:
        """Masked values, of those of one payload, that recompute another of them from an
        identifier of the persons it is about."""
        tokens = {_shown(value) for value in values}
        about = list(dict.fromkeys(persons))[:PERSONS_MAX]
        identifiers = [identifier for p in about for identifier in (p.resident_id, p.mobile)]
        found: dict[str, None] = {}
        for value in values:
            made = self._made[value]
            for identifier in identifiers:
                if identifier not in made:
                    made[identifier] = self._opened(value, identifier.encode())
                if made[identifier] and not tokens.isdisjoint(made[identifier]):
                    found[mask_value(value)] = None
        return tuple(found)

    def _opened(self, value: str, identifier: bytes) -> frozenset[str]:
        """What of all that arrived the value makes of the identifier."""
        made = {
            shown
            for key in _readings(value)
            if key
            for digest in _digests(key, identifier)
            for shown in _printed(digest)
        }
        return frozenset(made & self._tokens)


def _shown(value: str) -> str:
    return value[:_SHOWN].casefold()


def _readings(value: str) -> Iterator[bytes]:
    """The bytes that a printed value can stand for: itself, hexadecimal, base64."""
    yield value.encode()
    with suppress(ValueError):
        yield bytes.fromhex(value)
    with suppress(binascii.Error):
        yield base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=False)


def _digests(key: bytes, identifier: bytes) -> Iterator[bytes]:
    """What common keyed and salted constructions make of the identifier."""
    yield hmac.digest(key, identifier, "sha256")
    keyed = HMAC(key, hashes.SM3())
    keyed.update(identifier)
    yield keyed.finalize()
    for salted in (key + identifier, identifier + key):
        yield hashlib.sha256(salted).digest()
        state = _FRESH_SM3.copy()
        state.update(salted)
        yield state.finalize()


_FRESH_SM3 = hashes.Hash(hashes.SM3())  # Copying it is much cheaper than making another.


def _printed(digest: bytes) -> Iterator[str]:
    """The first characters of the digest as it is printed, in either alphabet."""
    yield digest[: _SHOWN // 2].hex()
    standard = binascii.b2a_base64(digest[:_BYTES_IN_BASE64], newline=False).decode().lower()
    yield standard
    if "+" in standard or "/" in standard:
        yield standard.replace("+", "-").replace("/", "_")
