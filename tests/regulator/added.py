"""A request that adds a key, by one who holds it."""

import base64
from typing import Any

from simulator.messages.registration import possession
from simulator.messages.suites import DEFAULT, PrivateKey, suite_of, suites
from simulator.regulator.lifecycle.key import id_of

WEEK_S = 7 * 86_400


def private_key(of: bytes, suite: str = DEFAULT) -> PrivateKey:
    """A key that is told apart by one byte."""
    key: PrivateKey = suites()[suite].private_key(of * 32)
    return key


def public_of(key: PrivateKey) -> str:
    """The public half in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def key_id(key: PrivateKey) -> str:
    """The name under which it signs."""
    return id_of(public_of(key))


def adding(
    key: PrivateKey,
    *,
    sandbox: str = "demo",
    registration: str = "reg-1",
    overlap_s: int = WEEK_S,
    signer: PrivateKey | None = None,
) -> dict[str, Any]:
    """The body of the request; `signer` signs the proof where it is another key."""
    public = public_of(key)
    proof = (signer or key).sign(possession(sandbox, registration, public))
    return {
        "key": {"algorithm": suite_of(key).id, "public_key": public},
        "proof": base64.b64encode(proof).decode(),
        "overlap_s": overlap_s,
    }
