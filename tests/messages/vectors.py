"""The published vectors of docs/signatures.md: what any other implementation must make too.

Every private key is the 32 bytes 00 01 … 1f, every time 2023-06-01T08:00:00Z.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

AT = datetime(2023, 6, 1, 8, 0, 0, tzinfo=UTC)
PRIVATE_KEY = bytes(range(32))
NOTICE = (
    '{"specversion":"1.0","id":"ntc-1","source":"/demo/v1","type":"export.stopped"'
    ',"subject":"reg-1","time":"2023-06-01T08:00:00Z","sequence":1,"data":{"authorization":null}}'
)


@dataclass(frozen=True, slots=True)
class Vector:
    """One message, and the lines that sign it."""

    suite: str
    method: str
    path: str
    query: str
    idempotency_key: str | None
    body: str
    key_id: str
    nonce: str
    base: str
    """What is signed, without a line break at its end."""
    signature: str
    """Base64 of 64 bytes."""

    @property
    def name(self) -> str:
        return f"{self.suite}: {self.method} {self.path}"

    @property
    def headers(self) -> list[str]:
        """The header lines that signing adds, in their order."""
        *covered, last = self.base.splitlines()
        parameters = last.removeprefix('"@signature-params": ')
        digests = [line for line in covered if line.startswith('"content-digest"')]
        return [
            *(line.replace('"content-digest"', "Content-Digest") for line in digests),
            f"Signature-Input: reinspect={parameters}",
            f"Signature: reinspect=:{self.signature}:",
        ]


VECTORS = (
    Vector(
        suite="ed25519",
        method="GET",
        path="/demo/v1/notices",
        query="",
        idempotency_key=None,
        body="",
        key_id="key-1",
        nonce="nonce-0001",
        base=(
            '"@method": GET\n'
            '"@path": /demo/v1/notices\n'
            '"@query": ?\n'
            '"@signature-params": ("@method" "@path" "@query")'
            ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
        ),
        signature=(
            "emX9BncNu2+vfx4BU8w+m2680dYvTteyaTgzXxgEm3pJ"
            "tHDKPz8JkLnPJ8+4szij7K9/lilp31di3GMg3gI6DA=="
        ),
    ),
    Vector(
        suite="ed25519",
        method="POST",
        path="/demo/v1/transmissions",
        query="a=1&b=%20",
        idempotency_key="pay-1",
        body='{"records":3}',
        key_id="key-1",
        nonce="nonce-0001",
        base=(
            '"@method": POST\n'
            '"@path": /demo/v1/transmissions\n'
            '"@query": ?a=1&b=%20\n'
            '"content-digest": sha-256=:5uc8eb9HIZe/F+1JvODNGMQHV0nORCdV1vl62qcPj9w=:\n'
            '"idempotency-key": pay-1\n'
            '"@signature-params": ("@method" "@path" "@query" "content-digest" "idempotency-key")'
            ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
        ),
        signature=(
            "mX+SXZnjaI5+9Oe5UpBY7uhiGUiTvypL83g8yjrom8x6"
            "0+r+1ulwlPYwriAly1IHxwvhZyPOvyUOmu3kO87vBw=="
        ),
    ),
    Vector(
        suite="ed25519",
        method="POST",
        path="/notices",
        query="",
        idempotency_key=None,
        body=NOTICE,
        key_id="regulator",
        nonce="ntc-1-1-1685606400.000000",
        base=(
            '"@method": POST\n'
            '"@path": /notices\n'
            '"@query": ?\n'
            '"content-digest": sha-256=:Essd8KwRPo7ED3anVLBId3Hu63zqD3ay/QEAnMDlooI=:\n'
            '"@signature-params": ("@method" "@path" "@query" "content-digest")'
            ';created=1685606400;keyid="regulator";nonce="ntc-1-1-1685606400.000000"'
        ),
        signature=(
            "Cwrma3YYOvUs3xEVvqh/1Gh/Ay89Y4RBHUWA4janYCE6"
            "j4TZFQZjMjFEAj61x+yjib+c2kCZNU5Rzyn4XDyRBQ=="
        ),
    ),
    Vector(
        suite="sm2",
        method="GET",
        path="/demo/v1/notices",
        query="",
        idempotency_key=None,
        body="",
        key_id="key-1",
        nonce="nonce-0001",
        base=(
            '"@method": GET\n'
            '"@path": /demo/v1/notices\n'
            '"@query": ?\n'
            '"@signature-params": ("@method" "@path" "@query")'
            ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
        ),
        signature=(
            "LsNQbKxOq3MupapOowehI0TxOLULEVl9pCVJSEzE4f36"
            "BFFQTl9AVLOmVcBFHqivPo4ZHzXo3YE+dd3JO3K3Tg=="
        ),
    ),
    Vector(
        suite="sm2",
        method="POST",
        path="/demo/v1/transmissions",
        query="a=1&b=%20",
        idempotency_key="pay-1",
        body='{"records":3}',
        key_id="key-1",
        nonce="nonce-0001",
        base=(
            '"@method": POST\n'
            '"@path": /demo/v1/transmissions\n'
            '"@query": ?a=1&b=%20\n'
            '"content-digest": sm3=:j6vXWJ2RD5SvfqZolMwFZyy+wlpkYLqI4rOpONdP73E=:\n'
            '"idempotency-key": pay-1\n'
            '"@signature-params": ("@method" "@path" "@query" "content-digest" "idempotency-key")'
            ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
        ),
        signature=(
            "5sTt041v8hG2N//EU+mrLPPOa68dnJ+PvA84FJ1HL1je"
            "tcZk5UX8YVqMwVu5yEUEZjRVOFpvyKSEu/4+qzZwag=="
        ),
    ),
    Vector(
        suite="sm2",
        method="POST",
        path="/notices",
        query="",
        idempotency_key=None,
        body=NOTICE,
        key_id="regulator",
        nonce="ntc-1-1-1685606400.000000",
        base=(
            '"@method": POST\n'
            '"@path": /notices\n'
            '"@query": ?\n'
            '"content-digest": sm3=:Sb8QwnPRt62wPtjWlVXJqJJIJodG8dOXgVu7Tb+ma1c=:\n'
            '"@signature-params": ("@method" "@path" "@query" "content-digest")'
            ';created=1685606400;keyid="regulator";nonce="ntc-1-1-1685606400.000000"'
        ),
        signature=(
            "emCckUcZ5t+Tye5zl14DdA+C1Q9o7DLVbxDYwN5FNzFc"
            "Pkp7gVYlU6gqVk0yZHWFsrjQINq7K7RDh4aCSFwRSQ=="
        ),
    ),
)
