"""A platform's signing key: added, put beside its successor for a while, retired, or revoked.

Validity moves with the sandbox's clock. A retired key was replaced in good order; a revoked one is
in strange hands, so its end is at once. Neither ever comes back.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from cryptography.exceptions import InvalidSignature

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.key import (
    KeyAdded,
    KeyLimited,
    KeyRetired,
    KeyRevoked,
    PasscodeReissued,
)
from simulator.journal.events.registration import PlatformRegistered
from simulator.messages.problem import ProblemError
from simulator.messages.registration import KeyRequest, SigningKey, possession
from simulator.messages.suites import suites
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer
from simulator.regulator.refusal import (
    Refusal,
    not_found,
    refuse,
    refuse_all,
    refuse_plainly,
    wrong,
)

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

IN_FORCE_MAX = 4
"""Keys of one platform that may sign at the same time."""

Decided = tuple[Event, ...] | Refusal
Status = Literal["active", "retiring", "retired", "revoked"]


@dataclass(frozen=True, slots=True)
class Key:
    """One public key of a platform, and for how long it may sign."""

    id: str
    platform: str
    public_key: str
    added_at: datetime
    valid_until: datetime | None = None
    """When its overlap with a successor ends, or when it ended; `None` while it has no end."""
    ended: Literal["retired", "revoked"] | None = None
    reason: str | None = None
    """Why it was revoked."""

    @property
    def status(self) -> Status:
        """`retiring` while a successor is there and its overlap lasts."""
        if self.ended is not None:
            return self.ended
        return "active" if self.valid_until is None else "retiring"

    def is_in_force(self, now: datetime) -> bool:
        """Whether what it signs is taken at sandbox time `now`, whether a timer has run or not."""
        return self.ended is None and (self.valid_until is None or now < self.valid_until)


def in_force(state: "RegulatorState", platform: str, now: datetime) -> list[Key]:
    """The keys that the platform may sign with, the newest last."""
    return [key for key in of_platform(state, platform) if key.is_in_force(now)]


def of_platform(state: "RegulatorState", platform: str) -> list[Key]:
    """Every key that the platform ever had, the newest last."""
    return [key for key in state.keys.values() if key.platform == platform]


def current(state: "RegulatorState", platform: str) -> Key:
    """The newest key that has not ended; where all have ended, the last."""
    held = of_platform(state, platform)
    return next((key for key in reversed(held) if key.ended is None), held[-1])


def add(
    state: "RegulatorState", platform: str, sandbox: str, request: KeyRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A new key beside the others, which end after the overlap. Who asks has signed with one of
    them; the proof shows that the new one is theirs too. A key that is in force changes nothing."""
    errors = errors_of(request.key, state.suite)
    if errors:
        return refuse_all(errors)
    message = possession(sandbox, platform, request.key.public_key)
    if not _holds(state.suite, request, message):
        must = "be the new key's signature over the canonical JSON that names sandbox,"
        return refuse(
            "key_proof_wrong", "/proof", request.proof, f"{must} registration and public key"
        )
    known = state.keys.get(id_of(request.key.public_key))
    if known is not None and known.platform == platform and known.is_in_force(now):
        return ()
    if known is not None:
        must = "be a key that was never registered here"
        return refuse("key_known", "/key/public_key", request.key.public_key, must)
    others = in_force(state, platform, now)
    if len(others) >= IN_FORCE_MAX:
        return refuse_plainly(
            "keys_too_many",
            f"{len(others)} keys are in force, and {IN_FORCE_MAX} may be; retire one first",
            len(others),
        )
    until = now + timedelta(seconds=request.overlap_s)
    return (
        _added(platform, request.key, now, "signature"),
        *(
            KeyLimited(platform, other.id, until, now)
            for other in others
            if other.valid_until is None or until < other.valid_until
        ),
    )


def readmit(
    state: "RegulatorState", platform: str, key: SigningKey, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A platform that lost its keys comes back with one, let in by a passcode that was issued anew;
    whatever it lost is revoked."""
    known = state.keys.get(id_of(key.public_key))
    if known is not None and not known.is_in_force(now):
        must = "be a key that was never registered here"
        return refuse("key_known", "/key/public_key", key.public_key, must)
    lost = [held for held in in_force(state, platform, now) if held is not known]
    reason = "replaced by a passcode that was issued anew"
    revoked = (KeyRevoked(platform, held.id, reason, now) for held in lost)
    return (_added(platform, key, now, "passcode"), *revoked)


def retire(
    state: "RegulatorState", platform: str, id: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Ends a key before its overlap does; the last one in force cannot be retired."""
    key = state.keys.get(id)
    if key is None or key.platform != platform:
        return not_found("key", id)
    if key.ended is not None:
        return ()
    if not any(other.id != id for other in in_force(state, platform, now)):
        detail = f"{id} is the only key in force; add its successor first"
        return refuse_plainly("key_last", detail, id)
    return (KeyRetired(platform, id, now),)


def expire(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """Ends a key whose overlap is over."""
    key = state.keys[id]
    over = key.ended is None and key.valid_until is not None and key.valid_until <= now
    return (KeyRetired(key.platform, id, now),) if over else ()


def revoke(
    state: "RegulatorState", platform: str, id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Ends a key at once, the last one too: better nobody speaks than a thief."""
    key = state.keys.get(id)
    if key is None or key.platform != platform:
        return not_found("key", id)
    return () if key.ended == "revoked" else (KeyRevoked(platform, id, reason, now),)


def must_be_in_force(key: Key, now: datetime) -> Refusal | None:
    """Why what this key has signed is not taken; `None` when it is."""
    if key.is_in_force(now):
        return None
    if key.ended == "revoked":
        return refuse_plainly("key_revoked", f"the key {key.id} was revoked: {key.reason}", key.id)
    assert key.valid_until is not None, "a key ended without its time"
    return refuse_plainly(
        "key_retired", f"the key {key.id} was retired on {rfc3339(key.valid_until)}", key.id
    )


def errors_of(key: SigningKey, suite: str) -> list[ProblemError]:
    """What keeps the sandbox from taking a key."""
    if key.algorithm != suite:
        must = f"be {suite}, as everybody's in this sandbox"
        return [wrong("key_unfit", "/key/algorithm", key.algorithm, must)]
    try:
        suites()[suite].public_key(base64.b64decode(key.public_key))
    except ValueError as error:
        must = f"be a public key of {suites()[suite].title} ({error})"
        return [wrong("key_unfit", "/key/public_key", key.public_key, must)]
    return []


def id_of(public_key: str) -> str:
    """The same key has the same name everywhere."""
    return "key-" + hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def evolve(
    key: Key | None, event: PlatformRegistered | KeyAdded | KeyLimited | KeyRetired | KeyRevoked
) -> Key:
    """The key after `event`; `None` before the first."""
    match event:
        case PlatformRegistered():
            return Key(event.key_id, event.id, event.public_key, event.at)
        case KeyAdded():
            return Key(event.key_id, event.platform, event.public_key, event.at)
    assert key is not None, "ended before it was added"
    match event:
        case KeyLimited():
            return replace(key, valid_until=event.valid_until)
        case KeyRetired():
            return replace(key, valid_until=event.at, ended="retired")
        case KeyRevoked():
            return replace(key, valid_until=event.at, ended="revoked", reason=event.reason)


def carried_over(
    state: "RegulatorState", platform: str, now: datetime, begins_at: datetime
) -> Iterator[Event]:
    """The keys as they would stand had they been made at `begins_at`: first the event that
    registers with the oldest in force, then the others, each with what is left of its time."""
    held = in_force(state, platform, now) or [current(state, platform)]
    registered = state.registrations[platform].registered
    yield replace(registered, key_id=held[0].id, public_key=held[0].public_key, at=begins_at)
    for key in held[1:]:
        yield KeyAdded(platform, key.id, key.public_key, "reset", begins_at)
    for key in held:
        if key.ended == "revoked":
            yield KeyRevoked(platform, key.id, key.reason or "", begins_at)
        elif key.valid_until is not None:
            yield KeyLimited(platform, key.id, begins_at + (key.valid_until - now), begins_at)


def _state_of(key: Key) -> str:
    return key.status


DRAWN = Drawing(
    id="key",
    title="During an overlap a key may sign beside its successor; an end is for ever.",
    evolve=evolve,
    state_of=_state_of,
    steps=(
        Step(BEGIN, PlatformRegistered, "active"),
        Step(BEGIN, KeyAdded, "active"),
        Step("active", KeyLimited, "retiring"),
        Step("retiring", KeyAdded, "active"),
        Step("active", KeyRetired, "retired"),
        Step("active", KeyRevoked, "revoked"),
        Step("retiring", KeyRetired, "retired"),
        Step("retiring", KeyRevoked, "revoked"),
        Step("retired", KeyRevoked, "revoked"),
    ),
)


def _keep(state: "RegulatorState", event: KeyAdded | KeyLimited | KeyRetired | KeyRevoked) -> None:
    if isinstance(event, KeyAdded):
        former = state.keys.pop(event.key_id, None)  # The newest is last.
        state.platform_of_key[event.key_id] = event.platform
        if event.via == "passcode":
            state.passcode_reissued = False
    else:
        former = state.keys[event.key_id]
    state.keys[event.key_id] = evolve(former, event)


def _keep_passcode(state: "RegulatorState", _: PasscodeReissued) -> None:
    state.passcode_reissued = True


def _limited(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for held in state.keys.values():
        if held.ended is None and held.valid_until is not None:
            yield held.valid_until, held.id


def _tell(_: "RegulatorState", event: KeyAdded | KeyRetired | KeyRevoked) -> Iterator[Tidings]:
    """Told even to who asked for it: a thief of a key would not tell its owner."""
    if isinstance(event, KeyAdded):
        if event.via != "reset":
            added = {"key": event.key_id, "via": event.via}
            yield Tidings(event.platform, "key.added", event.key_id, added)
    elif isinstance(event, KeyRetired):
        yield Tidings(event.platform, "key.retired", event.key_id, {"key": event.key_id})
    else:
        revoked = {"key": event.key_id, "reason": event.reason}
        yield Tidings(event.platform, "key.revoked", event.key_id, revoked)


KEPT = Keeping(
    kept_in="keys",
    folds={
        **dict.fromkeys((KeyAdded, KeyLimited, KeyRetired, KeyRevoked), _keep),
        PasscodeReissued: _keep_passcode,
    },
    timers=(Timer("retire", _limited, lambda state, id, at: expire(state, id, at.now)),),
    tells=dict.fromkeys((KeyAdded, KeyRetired, KeyRevoked), _tell),
)


def _added(platform: str, key: SigningKey, now: datetime, by: str) -> KeyAdded:
    return KeyAdded(platform, id_of(key.public_key), key.public_key, by, now)


def _holds(suite: str, request: KeyRequest, message: bytes) -> bool:
    key = suites()[suite].public_key(base64.b64decode(request.key.public_key))
    try:
        key.verify(base64.b64decode(request.proof), message)
    except InvalidSignature:
        return False
    return True
