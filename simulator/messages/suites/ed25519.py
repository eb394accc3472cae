"""Ed25519 (RFC 8032) over SHA-256: what a sandbox speaks unless it chooses otherwise."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from simulator.messages.suites import Suite

PRIME = 2**255 - 19
_EIGHTH = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_OF_SMALL_ORDER = (0, 1, PRIME - 1, _EIGHTH, PRIME - _EIGHTH)
"""The y of each point that eight times itself is nothing: for such a key anybody can make a
signature that holds."""


def public_key_of(raw: bytes) -> Ed25519PublicKey:
    """ValueError unless it is a point, written the one right way, whose signatures prove
    something."""
    key = Ed25519PublicKey.from_public_bytes(raw)
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= PRIME:
        raise ValueError("the point is not written in its one right form")
    if y in _OF_SMALL_ORDER:
        raise ValueError("the point has a small order: anybody could sign for it")
    return key


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


ED25519 = Suite(
    id="ed25519",
    title="Ed25519 with SHA-256",
    private_type=Ed25519PrivateKey,
    public_type=Ed25519PublicKey,
    generate=Ed25519PrivateKey.generate,
    private_key=Ed25519PrivateKey.from_private_bytes,
    public_key=public_key_of,
    public_size_bytes=32,
    digests={"sha-256": _sha256, "sha-512": _sha512},
    example_public_key="A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
)
