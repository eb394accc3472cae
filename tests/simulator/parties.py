"""A served simulator, and those who speak with it over HTTP: a small platform, and whoever holds
the control token."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.messages.signature import sign

TOKEN = "let-me-in"
PASSCODE = "open sesame"


@dataclass
class Served:
    """A running simulator, and the client of whoever speaks with it."""

    announcement: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=120, trust_env=False))

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return self.announcement.split()[2].partition("/{sandbox}")[0]


@dataclass
class Platform:
    """The least platform: registered once, it signs what it sends."""

    at: Served
    key: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    )
    key_id: str = ""
    sent: int = 0

    def register(self) -> None:
        """As `reg-1`, without a callback."""
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        answer = self.at.http.post(
            f"{self.at.base}/sb/v1/registrations",
            json={
                "passcode": PASSCODE,
                "uscc": "91310000MA1FL0B92L",
                "name": "Example Pay",
                "key": {"algorithm": "ed25519", "public_key": public},
            },
        )
        assert answer.status_code == 201, answer.text
        self.key_id = answer.json()["key_id"]

    def request(
        self, method: str, path: str, body: Any = None, *, idempotency_key: str | None = None
    ) -> httpx.Request:
        """One signed request to the regulator."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        if idempotency_key is not None:
            headers["idempotency-key"] = idempotency_key
        self.sent += 1
        url = f"{self.at.base}/sb/v1{path}"
        now = datetime.now(UTC)
        signed = sign(
            method=method,
            url=url,
            headers=headers,
            body=content,
            key=self.key,
            key_id=self.key_id,
            nonce=f"{now.timestamp()}-{self.sent}",
            created=now,
        )
        return httpx.Request(method, url, content=content, headers=signed)

    def call(
        self, method: str, path: str, body: Any = None, *, idempotency_key: str | None = None
    ) -> httpx.Response:
        """What the regulator answers to it."""
        return self.at.http.send(self.request(method, path, body, idempotency_key=idempotency_key))

    def pay(self, payload: bytes, path: str = "/settlements") -> httpx.Response:
        """One payload to the recipient abroad."""
        return self.at.http.post(f"{self.at.base}/sb/recipients/acquirer-sg{path}", content=payload)


def declaration(records: int = 100_000) -> dict[str, Any]:
    """What the platform wants to send."""
    return {
        "purpose": "settlement of cross-border payments",
        "legal_basis": "performance of a contract",
        "recipient": "acquirer-sg",
        "country": "SG",
        "fields": [{"name": "amount", "category": "M02", "desensitisation": "none"}],
        "records": records,
        "persons": 100,
        "valid_from": "2023-06-01T00:00:00Z",
        "valid_until": "2023-12-01T00:00:00Z",
    }


def announcement(**other: Any) -> dict[str, Any]:
    """What the platform says before it sends one record."""
    return {
        "authorization": "aut-1",
        "authorization_version": 1,
        "categories": ["M02"],
        "purpose": "settlement of cross-border payments",
        "recipient": "acquirer-sg",
        "country": "SG",
        "records": 1,
        **other,
    }


@dataclass
class Control:
    """Whoever holds the control token."""

    at: Served

    def post(self, path: str, body: Any = None) -> Any:
        """What a change answers."""
        return self._send("POST", path, body).json()

    def put(self, path: str, body: Any) -> Any:
        """What a setting answers."""
        return self._send("PUT", path, body).json()

    def get(self, path: str) -> Any:
        """What a reading answers."""
        return self._send("GET", path).json()

    def delete(self, path: str) -> None:
        """It is gone."""
        self._send("DELETE", path)

    def journal(self, after: int = 0) -> list[str]:
        """The export, a line an entry."""
        return self._send("GET", f"/sb/journal?after={after}").text.split("\n")[:-1]

    def _send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        url = f"{self.at.base}/control/sandboxes{path}"
        headers = {"authorization": f"Bearer {TOKEN}"}
        answer = self.at.http.request(method, url, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer
