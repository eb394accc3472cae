"""Whether a payload carries the key to its own tokens.

The judge knows no platform's key. It tries what anyone abroad could try: take every long value that
arrived as a key or salt, and see whether it turns a known identifier into a token that arrived
beside it (PIPL art. 73: what can be restored with exported information is not de-identified).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from cryptography.hazmat.primitives import hashes, hmac

from scenarios.judge.joining import bytes_of
from scenarios.judge.masking import mask_value
from scenarios.judge.peeling import PeelingStopped, peel
from scenarios.traffic import Person
from simulator.journal.records import Arrival

_VALUE = re.compile(r"[0-9A-Za-z_\-+/]{16,}={0,2}")
_ALGORITHMS: tuple[type[hashes.HashAlgorithm], ...] = (hashes.SHA256, hashes.SM3)
_MOST_VALUES = 80


def exported_keys(arrival: Arrival, persons: Iterable[Person]) -> tuple[str, ...]:
    """Masked values in the payload or its headers that recompute one of its tokens."""
    values = list(dict.fromkeys(_values(arrival)))[:_MOST_VALUES]
    tokens = {token[:16].casefold() for token in values}
    found: dict[str, None] = {}
    identifiers = [i.encode() for p in persons for i in (p.resident_id, p.mobile)]
    for value in values:
        for key in _readings(value):
            if any(t[:16] in tokens for i in identifiers for t in _tokens(key, i)):
                found[mask_value(value)] = None
    return tuple(found)


def _values(arrival: Arrival) -> Iterator[str]:
    """Every long value in the headers and in each view of the body."""
    for value in arrival.headers.values():
        yield from _VALUE.findall(value)[:4]
    with suppress(PeelingStopped):
        for view in peel(bytes_of(arrival.body)):
            yield from _VALUE.findall(view.text)


def _readings(value: str) -> Iterator[bytes]:
    """The bytes that a printed value can stand for: itself, hexadecimal, base64."""
    yield value.encode()
    with suppress(ValueError):
        yield bytes.fromhex(value)
    with suppress(binascii.Error):
        yield base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=False)


def _tokens(key: bytes, identifier: bytes) -> Iterator[str]:
    """What common keyed and salted constructions make of the identifier, as printed."""
    if not key:
        return
    for algorithm in _ALGORITHMS:
        keyed = hmac.HMAC(key, algorithm())
        keyed.update(identifier)
        yield from _printed(keyed.finalize())
        for salted in (key + identifier, identifier + key):
            digest = hashes.Hash(algorithm())
            digest.update(salted)
            yield from _printed(digest.finalize())


def _printed(digest: bytes) -> Iterator[str]:
    yield digest.hex()
    yield base64.b64encode(digest).decode().casefold()
    yield base64.urlsafe_b64encode(digest).decode().casefold()
