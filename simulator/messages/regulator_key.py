"""The keys that the regulator signs notices and authorizations with, as it publishes them."""

from typing import Literal

from simulator.messages.base import Message, Time


class RegulatorKey(Message):
    """One public key. What it signed stays verifiable after its end, so it is never taken away."""

    id: str
    """The `keyid` of notices."""
    algorithm: Literal["ed25519", "sm2"]
    public_key: str
    valid_from: Time
    valid_until: Time | None
    """Sandbox time from which its successor signs; `None` for the last. An authorization was signed
    by the key that was in force at its `granted_at`."""
    vouched: str | None
    """The former key's signature, in base64, over the canonical JSON of `id`, `public_key` and
    `valid_from`; `None` for the first key, which the registration told."""


class RegulatorKeyList(Message):
    """Answer of `GET /keys`, the oldest first."""

    items: tuple[RegulatorKey, ...]
