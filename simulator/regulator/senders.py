"""Whose signature it is: the platforms' keys, and the nonces that count once.

Both come from the journal, so that a restart forgets neither.
"""

from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from simulator.journal.records import Exchange
from simulator.messages import signature
from simulator.messages.suites import PublicKey
from simulator.regulator.folding import Folding
from simulator.regulator.heard import Heard
from simulator.regulator.lifecycle.key import must_be_in_force
from simulator.regulator.memory import Nonces
from simulator.regulator.rates import RATE
from simulator.regulator.refusal import Refusal, refuse_plainly


@dataclass(frozen=True, slots=True)
class Sender:
    """The registered platform whose signature held."""

    platform: str
    nonce: str
    created: datetime


def not_of(name: str, certificate: str | None) -> Refusal:
    """The refusal of a sender who shows another's certificate."""
    return refuse_plainly(
        "certificate_mismatch",
        f"{name!r} must show a certificate of that common name, but showed {certificate!r}",
        certificate,
    )


@dataclass(slots=True)
class Senders:
    """Everyone who may speak in one sandbox, and what each has spent of its nonces."""

    folding: Folding
    _public_keys: dict[str, PublicKey] = field(default_factory=dict)
    """By key id; a key never changes."""
    nonces: Nonces = field(default_factory=Nonces)

    def of(self, heard: Heard) -> Sender | Refusal:
        """Who signed the request, whether the nonce was spent or not."""
        try:
            signed = signature.verify(
                method=heard.method,
                path=heard.path,
                query=heard.query,
                headers=heard.headers,
                body=heard.body or b"",
                key_of=self._key_of,
                now=heard.received_at,
            )
        except signature.BadSignature as bad:
            pointer = None if bad.header is None else f"header:{bad.header}"
            return refuse_plainly(bad.code, bad.detail, bad.value, pointer=pointer)
        key = self.folding.state.keys[signed.key_id]
        name = self.folding.state.registrations[key.platform].registered.name
        if heard.certificate not in (None, name):
            return not_of(name, heard.certificate)
        ended = must_be_in_force(key, self.folding.sandbox.clock.at(heard.received_at))
        return ended or Sender(key.platform, signed.nonce, signed.created)

    def of_fresh(self, heard: Heard) -> Sender | Refusal:
        """Who signed the request with a nonce that was never used before."""
        sender = self.of(heard)
        if isinstance(sender, Sender) and self.nonces.has_seen(sender.platform, sender.nonce):
            detail = f"the nonce {sender.nonce!r} was used before"
            return refuse_plainly("nonce_replayed", detail, sender.nonce)
        if isinstance(sender, Sender) and self.nonces.may_have_forgotten(sender.created):
            return refuse_plainly(
                "signature_stale",
                f"{sender.created.isoformat()} is too long ago, by what the clock said before",
                sender.created,
            )
        return sender

    def _key_of(self, key_id: str) -> PublicKey | None:
        """Whatever has become of the key: only who holds it is told."""
        held = self.folding.state.keys.get(key_id)
        if held is not None and key_id not in self._public_keys:
            raw = b64decode(held.public_key)
            with suppress(ValueError):  # A former version took a key that opens nothing today.
                self._public_keys[key_id] = self.folding.sandbox.suite.public_key(raw)
        return self._public_keys.get(key_id)

    def remember(self, exchange: Exchange, at: datetime) -> None:
        """Spends the nonce of an exchange that was heard, at wall time `at`."""
        was_heard = exchange.taken or exchange.replayed or exchange.refusal not in (None, RATE)
        if exchange.platform is not None and was_heard:
            nonce = signature.nonce_of(exchange.headers["signature-input"])
            self.nonces.remember(exchange.platform, nonce, at)
