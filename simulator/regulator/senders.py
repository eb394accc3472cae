"""Whose signature it is: the platforms' keys, and the nonces that count once.

Both are folds over the journal, so that a restart forgets neither.
"""

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulator.journal.events import PlatformRegistered
from simulator.journal.records import Exchange
from simulator.messages import signature
from simulator.regulator.heard import Heard
from simulator.regulator.memory import Nonces
from simulator.regulator.refusal import Refusal, refuse_plainly


@dataclass(frozen=True, slots=True)
class Sender:
    """The registered platform whose signature held."""

    platform: str
    nonce: str


@dataclass(slots=True)
class Senders:
    """Everyone who may speak in one sandbox, and what each has spent of its nonces."""

    _keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    _platforms: dict[str, str] = field(default_factory=dict)
    """Registration id by key id."""
    _nonces: Nonces = field(default_factory=Nonces)

    def of(self, heard: Heard) -> Sender | Refusal:
        """Who signed the request, whether the nonce was spent or not."""
        try:
            signed = signature.verify(
                method=heard.method,
                path=heard.path,
                query=heard.query,
                headers=heard.headers,
                body=heard.body or b"",
                key_of=self._keys.get,
                now=heard.received_at,
            )
        except signature.BadSignature as bad:
            return refuse_plainly(bad.code, bad.detail)
        return Sender(self._platforms[signed.key_id], signed.nonce)

    def of_fresh(self, heard: Heard) -> Sender | Refusal:
        """Who signed the request with a nonce that was never used before."""
        sender = self.of(heard)
        if isinstance(sender, Sender) and self._nonces.has_seen(sender.platform, sender.nonce):
            return refuse_plainly("nonce_replayed", f"the nonce {sender.nonce!r} was used before")
        return sender

    def know(self, registered: PlatformRegistered) -> None:
        """Takes in the key of a platform that registered."""
        key = Ed25519PublicKey.from_public_bytes(b64decode(registered.public_key))
        self._keys[registered.key_id] = key
        self._platforms[registered.key_id] = registered.id

    def remember(self, exchange: Exchange, at: datetime) -> None:
        """Spends the nonce of an exchange that was heard, at wall time `at`."""
        was_heard = exchange.taken or exchange.replayed or exchange.refusal is not None
        if exchange.platform is not None and was_heard:
            nonce = signature.nonce_of(exchange.headers["signature-input"])
            self._nonces.remember(exchange.platform, nonce, at)
