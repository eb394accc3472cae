"""A platform becomes known: once, by passcode, USCC and key; it acts when its callback answered."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from simulator.journal.events import Event
from simulator.journal.events.registration import (
    CallbackChanged,
    CallbackConfirmed,
    PlatformRegistered,
    RegistrationEvent,
)
from simulator.law import identifiers
from simulator.messages.problem import ProblemError
from simulator.messages.registration import RegistrationRequest
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping
from simulator.regulator.lifecycle import key
from simulator.regulator.refusal import (
    Refusal,
    not_found,
    refuse_all,
    refuse_plainly,
    veiled,
    wrong,
)

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered platform."""

    registered: PlatformRegistered
    """With the callback that is in force by now."""
    confirmed_at: datetime | None = None
    callback_pending: str | None = None
    """The address that replaces the other one once it has answered."""
    changes: int = 0
    """How often the platform named another address."""

    @property
    def id(self) -> str:
        return self.registered.id

    @property
    def callback_url(self) -> str | None:
        """Where notices go; of a `challenged` platform, where they will go; `None`: it polls."""
        return self.registered.callback_url

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @property
    def status(self) -> Literal["active", "challenged"]:
        """A platform that polls has no callback to confirm."""
        challenged = self.callback_url is not None and self.confirmed_at is None
        return "challenged" if challenged else "active"

    @property
    def to_be_challenged(self) -> str | None:
        """The address that has yet to answer; `None` where there is none."""
        return self.callback_url if self.status == "challenged" else self.callback_pending


def register(
    state: "RegulatorState", request: RegistrationRequest, now: datetime, passcode: str
) -> tuple[Event, ...] | Refusal:
    """`passcode` is the sandbox's, good for one registration; the value seen is never told back.

    The same registration again, key and all, changes nothing: the first answer may have been lost.
    A passcode that was issued anew lets the registered platform come back with another key.
    """
    if not hmac.compare_digest(request.passcode.encode(), passcode.encode()):
        return refuse_plainly(
            "passcode_wrong",
            "the passcode is not the one of this sandbox",
            veiled(request.passcode),
        )
    if state.passcode_reissued and state.registrations:
        return _come_back(state, request, now)
    if registered_as(state, request) is not None:
        return ()
    if state.registrations:
        return refuse_plainly(
            "passcode_used",
            "a platform has registered with this passcode",
            veiled(request.passcode),
        )
    errors = _errors(request, state.suite)
    if errors:
        return refuse_all(errors)
    return (
        PlatformRegistered(
            id=state.next_id("reg"),
            uscc=request.uscc,
            name=request.name,
            key_id=key.id_of(request.key.public_key),
            public_key=request.key.public_key,
            callback_url=request.callback_url,
            at=now,
        ),
    )


def _come_back(
    state: "RegulatorState", request: RegistrationRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A platform that lost its keys registers again, as the same company."""
    errors = _errors(request, state.suite)
    if errors:
        return refuse_all(errors)
    id = _of_company(state, request)
    if id is None:
        return refuse_plainly(
            "passcode_used",
            "the passcode was issued anew for the platform that is registered",
            veiled(request.passcode),
        )
    admitted = key.readmit(state, id, request.key, now)
    if isinstance(admitted, Refusal):
        return admitted
    if request.callback_url == state.registrations[id].callback_url:
        return admitted
    return (*admitted, CallbackChanged(id, request.callback_url, now))


def _of_company(state: "RegulatorState", request: RegistrationRequest) -> str | None:
    return next(
        (
            id
            for id, held in state.registrations.items()
            if (held.registered.uscc, held.registered.name) == (request.uscc, request.name)
        ),
        None,
    )


def registered_as(state: "RegulatorState", request: RegistrationRequest) -> str | None:
    """Id of the registration that this very request has made before, or that it comes back to."""
    if state.passcode_reissued and state.registrations:
        return _of_company(state, request)
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


def change_callback(
    state: "RegulatorState", id: str, callback_url: str | None, now: datetime
) -> tuple[Event, ...]:
    """The platform wants its notices elsewhere; what it wants already changes nothing. The address
    in force goes on until the new one has answered its challenge."""
    held = state.registrations[id]
    wanted = held.callback_pending or held.callback_url
    return () if callback_url == wanted else (CallbackChanged(id, callback_url, now),)


def confirm_callback(
    state: "RegulatorState", id: str, callback_url: str | None, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The address answered its challenge; a second answer, or one of an address that was changed
    meanwhile, changes nothing."""
    registration = state.registrations.get(id)
    if registration is None:
        return not_found("registration", id)
    if callback_url is None or registration.to_be_challenged != callback_url:
        return ()
    first = registration.changes == 0
    return (CallbackConfirmed(id, now, callback_url=None if first else callback_url),)


def must_be_active(state: "RegulatorState", platform: str) -> Refusal | None:
    """Why this platform may not act yet; `None` when it may."""
    registration = state.registrations.get(platform)
    if registration is None:
        return not_found("registration", platform, "/platform")
    if registration.is_active:
        return None
    return refuse_plainly(
        "callback_unconfirmed",
        f"{registration.callback_url} must answer its challenge before {platform} acts",
        registration.status,
    )


def evolve(
    registration: Registration | None,
    event: RegistrationEvent,
) -> Registration:
    """The registration after `event`; `None` before the first."""
    if isinstance(event, PlatformRegistered):
        return Registration(event)
    assert registration is not None, "confirmed before it was registered"
    if isinstance(event, CallbackChanged):
        return _with_callback(registration, event.callback_url)
    if event.callback_url is not None and event.callback_url == registration.callback_pending:
        return replace(
            registration,
            registered=replace(registration.registered, callback_url=event.callback_url),
            callback_pending=None,
            confirmed_at=event.at,
        )
    return replace(registration, confirmed_at=event.at)


def _with_callback(registration: Registration, callback_url: str | None) -> Registration:
    changes = registration.changes + 1
    if callback_url is None or registration.status == "challenged":
        registered = replace(registration.registered, callback_url=callback_url)
        return replace(registration, registered=registered, callback_pending=None, changes=changes)
    pending = None if callback_url == registration.callback_url else callback_url
    return replace(registration, callback_pending=pending, changes=changes)


DRAWN = Drawing(
    id="registration",
    title="A platform that polls has no callback to confirm and is active at once; one that changes"
    " its callback stays active, and the former address in force until the new one has answered.",
    evolve=evolve,
    state_of=lambda registration: registration.status,
    steps=(
        Step(BEGIN, PlatformRegistered, "challenged"),
        Step(BEGIN, PlatformRegistered, "active"),
        Step("challenged", CallbackConfirmed, "active"),
        Step("challenged", CallbackChanged, "active"),
    ),
)


def _keep(state: "RegulatorState", event: RegistrationEvent) -> None:
    state.registrations[event.id] = evolve(state.registrations.get(event.id), event)
    if isinstance(event, PlatformRegistered):
        state.platform_of_key[event.key_id] = event.id
        state.keys[event.key_id] = key.evolve(None, event)


KEPT = Keeping(
    kept_in="registrations", prefix="reg", folds=dict.fromkeys(get_args(RegistrationEvent), _keep)
)


def _errors(request: RegistrationRequest, suite: str) -> list[ProblemError]:
    errors = key.errors_of(request.key, suite)
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
