"""How messages are signed and digested, one file a suite; a sandbox chooses one for everybody in
it.

A key knows how to sign or to verify, and its suite follows from the key: who holds one needs to be
told nothing else. Signatures are 64 bytes in every suite.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from simulator import catalogue

DEFAULT = "ed25519"
SIGNATURE_SIZE_BYTES = 64


class PublicKey(Protocol):
    """Verifies; the raw bytes are what travels."""

    def verify(self, signature: bytes, data: bytes, /) -> None:
        """Raises cryptography.exceptions.InvalidSignature."""
        ...

    def public_bytes_raw(self) -> bytes: ...


class PrivateKey(Protocol):
    """Signs; the raw bytes are 32."""

    def sign(self, data: bytes, /) -> bytes: ...

    def private_bytes_raw(self) -> bytes: ...

    def public_key(self) -> Any:
        """Its public half, a PublicKey."""
        ...


@dataclass(frozen=True, slots=True)
class Suite:
    """One signature algorithm, and the digests that go with it."""

    id: str
    """As `key.algorithm` of a registration and `suite` of a sandbox say it."""
    title: str
    private_type: type
    public_type: type
    generate: Callable[[], Any]
    private_key: Callable[[bytes], Any]
    """From its raw 32 bytes; ValueError for what can be no key."""
    public_key: Callable[[bytes], Any]
    """From its raw bytes; ValueError for what can be no key."""
    public_size_bytes: int
    digests: Mapping[str, Callable[[bytes], bytes]]
    """By name in `Content-Digest` (RFC 9530); the first is the one that is made."""
    example_public_key: str
    """Base64, of the private key 00 01 … 1f."""

    @property
    def digest_name(self) -> str:
        """The digest that a sender states."""
        return next(iter(self.digests))


@cache
def suites() -> dict[str, Suite]:
    """Every suite by id."""
    return catalogue.entries(sys.modules[__name__], Suite)


def suite_of(key: PrivateKey | PublicKey) -> Suite:
    """The suite that a key belongs to; TypeError for a key of none."""
    for suite in suites().values():
        if isinstance(key, (suite.private_type, suite.public_type)):
            return suite
    raise TypeError(f"{type(key).__name__} belongs to no suite of {', '.join(suites())}")
