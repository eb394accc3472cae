"""RFC 9421 signatures by hand, with Ed25519, over RFC 9530 digests."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DIGEST, KEY = "Content-Digest", "Idempotency-Key"


def signed(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    key: Ed25519PrivateKey,
    key_id: str,
    nonce: str,
    created: int,
) -> dict[str, str]:
    """The headers with those that say who sent the request and that nobody altered it."""
    sent = dict(headers)
    covered = [("@method", method), ("@path", path), ("@query", f"?{query}")]
    if body:
        sent[DIGEST] = f"sha-256=:{_base64(sha256(body).digest())}:"
        covered.append((DIGEST.lower(), sent[DIGEST]))
    if KEY in sent:
        covered.append((KEY.lower(), sent[KEY]))
    names = " ".join(f'"{name}"' for name, _ in covered)
    parameters = f'({names});created={created};keyid="{key_id}";nonce="{nonce}"'
    covered.append(("@signature-params", parameters))
    base = "\n".join(f'"{name}": {value}' for name, value in covered)
    sent["Signature-Input"] = f"reinspect={parameters}"
    sent["Signature"] = f"reinspect=:{_base64(key.sign(base.encode()))}:"
    return sent


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
