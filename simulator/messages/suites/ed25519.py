"""Ed25519 (RFC 8032) over SHA-256: what a sandbox speaks unless it chooses otherwise."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from simulator.messages.suites import Suite


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
    public_key=Ed25519PublicKey.from_public_bytes,
    public_size_bytes=32,
    digests={"sha-256": _sha256, "sha-512": _sha512},
    example_public_key="A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
)
