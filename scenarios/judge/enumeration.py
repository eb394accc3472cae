"""The attack that makes an unkeyed hash no protection: with the last four digits beside it, a
mobile number is found by trying every number there is, in less time than it takes to say so.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SM3, Hash

ALGORITHMS = (
    "md5",
    "sha1",
    "sha256",
    "sm3",
    "sha224",
    "sha384",
    "sha512",
    "sha3_256",
    "sha3_512",
    "blake2b",
)
"""Hash functions that need no key, so that anyone can try every value."""

SEGMENTS = (
    *(f"13{digit}" for digit in "0123456789"),
    *(f"14{digit}" for digit in "5679"),
    *(f"15{digit}" for digit in "012356789"),
    "154",  # Never allotted: where invented numbers live.
    *(f"16{digit}" for digit in "567"),
    *(f"17{digit}" for digit in "012345678"),
    *(f"18{digit}" for digit in "0123456789"),
    *(f"19{digit}" for digit in "189"),
)
"""The first three digits of every mainland mobile number."""

_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Recovered:
    """The number behind a hash, and how many candidates it took."""

    number: str
    tried: int
    algorithm: str


def recover_mobile(digest_hex: str, last_four: str, algorithm: str) -> Recovered | None:
    """The mobile number that has this digest and ends in `last_four`; None if no mainland number
    does.

    None is what a keyed token earns. An unknown algorithm, or a `last_four` that is not four
    digits, is our own mistake and raises ValueError.
    """
    if not re.fullmatch(r"[0-9]{4}", last_four):
        raise ValueError(f"last_four must be four digits, but was {last_four!r}")
    digest = _digester(algorithm)
    sought_hex = digest_hex.strip().lower()
    if not _HEX.fullmatch(sought_hex) or len(sought_hex) != 2 * len(digest(b"")):
        return None
    sought = bytes.fromhex(sought_hex)
    endings = [f"{middle:04d}{last_four}".encode() for middle in range(10_000)]
    for place, segment in enumerate(SEGMENTS):
        start = segment.encode()
        for middle, ending in enumerate(endings):
            if digest(start + ending) == sought:
                number = (start + ending).decode()
                return Recovered(number, place * len(endings) + middle + 1, algorithm)
    return None


def digest_of(value: str, algorithm: str) -> str:
    """The unkeyed digest of the value's UTF-8, in hex."""
    return _digester(algorithm)(value.encode()).hex()


def digests_of(value: bytes) -> tuple[tuple[str, bytes], ...]:
    """The value's digest under every algorithm, by name."""
    return tuple((algorithm, digest(value)) for algorithm, digest in _DIGESTERS.items())


def _digester(algorithm: str) -> Callable[[bytes], bytes]:
    if algorithm not in _DIGESTERS:
        raise ValueError(f"algorithm must be one of {', '.join(ALGORITHMS)}, but was {algorithm!r}")
    return _DIGESTERS[algorithm]


_FRESH_SM3 = Hash(SM3())  # Copying it is much cheaper than making another.


def _sm3(data: bytes) -> bytes:
    state = _FRESH_SM3.copy()
    state.update(data)
    return state.finalize()


_DIGESTERS: dict[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sm3": _sm3,
    "sha224": lambda data: hashlib.sha224(data).digest(),
    "sha384": lambda data: hashlib.sha384(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "sha3_256": lambda data: hashlib.sha3_256(data).digest(),
    "sha3_512": lambda data: hashlib.sha3_512(data).digest(),
    "blake2b": lambda data: hashlib.blake2b(data).digest(),
}
