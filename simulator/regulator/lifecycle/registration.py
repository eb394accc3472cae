"""A platform becomes known: once, by passcode, USCC and key; it acts when its callback answered."""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from simulator.journal.events import CallbackConfirmed, Event, PlatformRegistered
from simulator.law import identifiers
from simulator.messages.problem import ProblemError
from simulator.messages.registration import RegistrationRequest
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.refusal import Refusal, not_found, refuse_all, refuse_plainly, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered platform."""

    registered: PlatformRegistered
    confirmed_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.registered.id

    @property
    def public_key(self) -> str:
        return self.registered.public_key

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @property
    def status(self) -> Literal["active", "challenged"]:
        """A platform that polls has no callback to confirm."""
        challenged = self.registered.callback_url is not None and self.confirmed_at is None
        return "challenged" if challenged else "active"


def register(
    state: "RegulatorState", request: RegistrationRequest, now: datetime, passcode: str
) -> tuple[Event, ...] | Refusal:
    """`passcode` is the sandbox's, good for one registration; the value seen is never told back.

    The same registration again, key and all, changes nothing: the first answer may have been lost.
    """
    if request.passcode != passcode:
        return refuse_plainly("passcode_wrong", "the passcode is not the one of this sandbox")
    if registered_as(state, request) is not None:
        return ()
    if state.registrations:
        return refuse_plainly("passcode_used", "a platform has registered with this passcode")
    errors = _errors(request)
    if errors:
        return refuse_all(errors)
    return (
        PlatformRegistered(
            id=state.next_id("reg"),
            uscc=request.uscc,
            name=request.name,
            key_id=_key_id(request.key.public_key),
            public_key=request.key.public_key,
            callback_url=request.callback_url,
            at=now,
        ),
    )


def registered_as(state: "RegulatorState", request: RegistrationRequest) -> str | None:
    """Id of the registration that this very request has made before, if any."""
    for id, held in state.registrations.items():
        made = held.registered
        if (made.uscc, made.name, made.public_key, made.callback_url) == (
            request.uscc,
            request.name,
            request.key.public_key,
            request.callback_url,
        ):
            return id
    return None


def confirm_callback(
    state: "RegulatorState", id: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The callback answered its challenge; a second answer changes nothing."""
    registration = state.registrations.get(id)
    if registration is None:
        return not_found("registration", id)
    return () if registration.is_active else (CallbackConfirmed(id, now),)


def must_be_active(state: "RegulatorState", platform: str) -> Refusal | None:
    """Why this platform may not act yet; `None` when it may."""
    registration = state.registrations.get(platform)
    if registration is None:
        return not_found("registration", platform)
    if registration.is_active:
        return None
    return refuse_plainly(
        "callback_unconfirmed",
        f"{registration.registered.callback_url} must answer its challenge before {platform} acts",
    )


def evolve(
    registration: Registration | None, event: PlatformRegistered | CallbackConfirmed
) -> Registration:
    """The registration after `event`; `None` before the first."""
    if isinstance(event, PlatformRegistered):
        return Registration(event)
    assert registration is not None, "confirmed before it was registered"
    return replace(registration, confirmed_at=event.at)


DRAWN = Drawing(
    id="registration",
    title="A platform that polls has no callback to confirm and is active at once.",
    kept_in="registrations",
    evolve=evolve,
    state_of=lambda registration: registration.status,
    steps=(
        Step(BEGIN, PlatformRegistered, "challenged"),
        Step(BEGIN, PlatformRegistered, "active"),
        Step("challenged", CallbackConfirmed, "active"),
    ),
)


def _errors(request: RegistrationRequest) -> list[ProblemError]:
    errors = []
    if not identifiers.is_uscc(request.uscc):
        must = "be 18 characters of GB 32100-2015 with the right check character"
        errors.append(wrong("uscc_invalid", "/uscc", request.uscc, must))
    if request.callback_url is not None and not _is_web_address(request.callback_url):
        must = "be an absolute http or https address"
        errors.append(wrong("body_invalid", "/callback_url", request.callback_url, must))
    return errors


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # A port that is no number, or a bracket that does not close.
        return False


def _key_id(public_key: str) -> str:
    """The same key has the same name everywhere."""
    return "key-" + hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]
