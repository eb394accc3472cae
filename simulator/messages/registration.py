"""How a platform connects: one-time passcode, USCC, signing key, and where it wants its notices."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from simulator.messages.base import Message, Name, Time, canonical

PUBLIC_KEY = r"^([A-Za-z0-9+/]{43}=|B[A-P][A-Za-z0-9+/]{85}=)$"


class SigningKey(Message):
    """A public key of the sandbox's suite, in base64: of Ed25519 the raw 32 bytes (RFC 8032), of
    SM2 the 65 bytes 04, x and y."""

    algorithm: Literal["ed25519", "sm2"] = "ed25519"
    public_key: Annotated[str, StringConstraints(pattern=PUBLIC_KEY)]


class KeyRequest(Message):
    """Body of `POST /registrations/self/keys`, signed by a key that is in force."""

    key: SigningKey
    proof: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{86}==$")]
    """The new key's signature over `possession`, in base64: who adds a key must hold it."""
    overlap_s: Annotated[int, Field(ge=0, le=31 * 86_400)] = 7 * 86_400
    """For how many seconds of sandbox time the former keys may go on signing."""


class RevocationRequest(Message):
    """Body of `POST /registrations/self/keys/{id}/revocation`."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RegisteredKey(Message):
    """One key of a platform, and for how long it may sign, in sandbox time."""

    id: str
    """The `keyid` of its signatures."""
    public_key: str
    status: Literal["active", "retiring", "retired", "revoked"]
    valid_from: Time
    valid_until: Time | None
    """When it ends or ended; `None` while it has no successor."""
    reason: str | None = None
    """Why it was revoked."""


class CallbackRequest(Message):
    """Body of `PUT /registrations/self/callback`."""

    callback_url: Annotated[str, StringConstraints(max_length=500)] | None
    """In force once it has answered its challenge; `None`, at once, means polling."""


def possession(sandbox: str, registration: str, public_key: str) -> bytes:
    """What a new key signs to show that its sender holds it; it fits no other place."""
    return canonical({"public_key": public_key, "registration": registration, "sandbox": sandbox})


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
    """The `keyid` of the platform's signatures; of several keys in force, the newest."""
    status: Literal["active", "challenged"]
    """`challenged` until the callback has answered its challenge; only `active` may declare."""
    callback_url: str | None
    regulator_key_id: str
    regulator_public_key: str
    """The key that signs notices and authorizations, in base64."""
    suite: Literal["ed25519", "sm2"] = "ed25519"
    """What everybody in this sandbox signs with."""
    keys: tuple[RegisteredKey, ...] = ()
    """Every key that the platform ever had, the newest last."""
    callback_pending: str | None = None
    """A new address that has not answered its challenge yet."""
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
