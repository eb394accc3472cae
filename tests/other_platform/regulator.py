"""How the platform asks the regulator: signed, repeatable, and with every answer taken at its
word."""

import json
import secrets
import time
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from tests.other_platform.signing import signed
from tests.other_platform.wire import NoAnswer, Wire

JSON = "application/json"
REGISTER = "/registrations"
NOT_OF_THE_MESSAGE = ("sandbox_unknown", "callback_unconfirmed")
"""Refusals that say nothing of what was asked; it may be asked again."""
NOT_SIGNED = ("signature", "status", "used_records")


class Refused(Exception):
    """The regulator said no, and why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


class Regulator:
    """One regulator; whoever registered with it signs with `key` under `key_id`."""

    def __init__(self, base: str, key: Ed25519PrivateKey) -> None:
        self._wire = Wire(base)
        self._key = key
        self.key_id = ""
        self.public_key = ""
        """The regulator's own, by which its authorizations are known."""

    def get(self, path: str, query: str = "") -> dict[str, Any]:
        return self._ask("GET", path, query, b"", None)

    def post(self, path: str, message: Any = None, *, key: str | None = None) -> dict[str, Any]:
        """`key` names what is created; a repetition with the same message has no second effect."""
        return self._ask("POST", path, "", _bytes(message), key)

    def put(self, path: str, message: Any) -> dict[str, Any]:
        return self._ask("PUT", path, "", _bytes(message), None)

    def has_signed(self, authorization: dict[str, Any]) -> bool:
        """Whether this version of an authorization is the regulator's own word."""
        told = {name: value for name, value in authorization.items() if name not in NOT_SIGNED}
        try:
            key = Ed25519PublicKey.from_public_bytes(b64decode(self.public_key))
            key.verify(b64decode(authorization["signature"]), _bytes(told))
        except (InvalidSignature, ValueError, KeyError):
            return False
        return True

    def _ask(
        self, method: str, path: str, query: str, body: bytes, key: str | None
    ) -> dict[str, Any]:
        path = self._wire.path + path
        headers = {"Content-Type": JSON} if body else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        if not path.endswith(REGISTER):
            headers = self._signed(method, path, query, headers, body)
        target = f"{path}?{query}" if query else path
        answer = self._wire.exchange(method, target, headers, body)
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if answer.status < 300 and isinstance(told, dict):
            return told
        code = str(told.get("code")) if isinstance(told, dict) else f"status {answer.status}"
        if code == "key_unknown":  # The regulator has begun anew: the watch registers again.
            self.key_id = ""
        if answer.status >= 500 or answer.status in (401, 429) or code in NOT_OF_THE_MESSAGE:
            raise NoAnswer(f"{method} {path}: {code}", answer.retry_after_s)
        raise Refused(code, str(told))

    def _signed(
        self, method: str, path: str, query: str, headers: dict[str, str], body: bytes
    ) -> dict[str, str]:
        if not self.key_id:
            raise NoAnswer("the platform is not registered, and sends nothing unsigned")
        return signed(
            method,
            path,
            query,
            headers,
            body,
            key=self._key,
            key_id=self.key_id,
            nonce=secrets.token_hex(16),
            created=int(time.time()),
        )


def public_half(key: Ed25519PrivateKey) -> str:
    """The 32 bytes by which others know the key, in base64."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def _bytes(message: Any) -> bytes:
    """The same bytes for the same message, always: a repetition must not look like another."""
    if message is None:
        return b""
    return json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
