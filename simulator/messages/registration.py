"""How a platform connects: one-time passcode, USCC, signing key, and where it wants its notices."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from simulator.messages.base import Message, Name, Time


class SigningKey(Message):
    """A public key; `public_key` is the raw 32 bytes of Ed25519 in base64 (RFC 8032)."""

    algorithm: Literal["ed25519"] = "ed25519"
    public_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]


class RegistrationRequest(Message):
    """Body of `POST /registrations`, the only request that is not signed."""

    passcode: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    uscc: Annotated[str, StringConstraints(min_length=18, max_length=18)]
    """Unified social credit code, GB 32100-2015; its check character is verified."""
    name: Name
    key: SigningKey
    callback_url: Annotated[str, StringConstraints(max_length=500)] | None = None
    """Where notices are delivered; `None` means that the platform polls `GET /notices`."""


class Registration(Message):
    """Answer of `POST /registrations` and `GET /registrations/self`."""

    id: str
    uscc: str
    name: str
    key_id: str
    """The `keyid` of the platform's signatures."""
    status: Literal["active", "challenged"]
    """`challenged` until the callback has answered its challenge; only `active` may declare."""
    callback_url: str | None
    regulator_key_id: str
    regulator_public_key: str
    """The key that signs notices and authorizations, base64 of 32 bytes."""
    registered_at: Time


class Challenge(Message):
    """Body that the regulator POSTs to a new callback URL; the platform answers 200 with the same
    body."""

    type: Literal["challenge"] = "challenge"
    token: str


class ServerTime(Message):
    """Answer of `GET /time`."""

    wall: Time
    sandbox: Time
    rate: float
