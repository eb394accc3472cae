"""The signature by hand is the signature that the regulator's library reads."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.clock import wall_now
from simulator.messages import signature
from simulator.messages.signature import BadSignature, Signed
from tests.other_platform.signing import signed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = wall_now().replace(microsecond=0)
BODY = b'{"records":3}'


def headers_of(method: str, query: str, body: bytes, idempotency_key: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    return signed(
        method,
        "/main/v1/feed",
        query,
        headers,
        body,
        key=KEY,
        key_id="key-1",
        nonce="5f0a",
        created=int(NOW.timestamp()),
    )


def verify(method: str, query: str, headers: dict[str, str], body: bytes) -> Signed:
    return signature.verify(
        method=method,
        path="/main/v1/feed",
        query=query,
        headers=headers,
        body=body,
        key_of={"key-1": KEY.public_key()}.get,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("method", "query", "body", "idempotency_key"),
    [
        ("GET", "", b"", None),
        ("GET", "after=7", b"", None),
        ("POST", "", b"", "b-1.close"),
        ("POST", "", BODY, None),
        ("POST", "cursor=2&limit=200", BODY, "b-1.announce"),
    ],
)
def test_what_was_signed_by_hand_verifies(
    method: str, query: str, body: bytes, idempotency_key: str | None
) -> None:
    headers = headers_of(method, query, body, idempotency_key)

    assert verify(method, query, headers, body) == Signed("key-1", "5f0a", NOW)


def test_what_was_altered_afterwards_does_not() -> None:
    headers = headers_of("POST", "after=7", BODY, "b-1.announce")

    with pytest.raises(BadSignature, match="signature_invalid"):
        verify("POST", "after=8", headers, BODY)
    with pytest.raises(BadSignature, match="digest_mismatch"):
        verify("POST", "after=7", headers, BODY + b" ")
    with pytest.raises(BadSignature, match="signature_invalid"):
        verify("POST", "after=7", headers | {"Idempotency-Key": "b-2.announce"}, BODY)
