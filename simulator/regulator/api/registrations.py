"""How a platform connects: it registers once, unsigned, and reads afterwards what is registered."""

import ipaddress
import re
from typing import Any

import httpx

from simulator.messages.registration import Registration, RegistrationRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.courier import REGULATOR_KEY_ID
from simulator.regulator.lifecycle import registration
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, refuse_all, wrong

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

EXAMPLE: dict[str, Any] = {
    "id": "reg-1",
    "uscc": "91310000MA1FL0000N",
    "name": "Example Pay",
    "key_id": "key-56475aa75463474c",
    "status": "challenged",
    "callback_url": "http://127.0.0.1:9000/notices",
    "regulator_key_id": "regulator",
    "regulator_public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    "registered_at": "2023-06-01T00:00:00Z",
}


def _register(call: Call, request: RegistrationRequest) -> Outcome:
    id = registration.registered_as(call.state, request) or call.state.next_id("reg")
    outcome = registration.register(call.state, request, call.now, call.sandbox.passcode)
    must = _must(request.callback_url, call.callbacks_anywhere)
    if must is not None and (not isinstance(outcome, Refusal) or outcome.errors):
        errors = outcome.errors if isinstance(outcome, Refusal) else ()
        error = wrong("body_invalid", "/callback_url", request.callback_url, must)
        return refuse_all((*errors, error))
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: _told(call, id))


def _must(callback_url: str | None, anywhere: bool) -> str | None:
    """What a callback must be and is not; `None` where the regulator can and may call it."""
    if callback_url is None:
        return None
    try:
        host = httpx.URL(callback_url).host
    except httpx.InvalidURL as error:
        return f"be an address that can be called ({error})"
    if _BAD_ESCAPE.search(callback_url):
        return "have two hexadecimal digits after every %"
    if not anywhere and not _is_this_host(host):
        return "be on this host (localhost, 127.0.0.0/8, ::1), unless the operator allows others"
    return None


def _is_this_host(host: str) -> bool:
    """A name that a resolver answers for cannot be known to mean this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read(call: Call, _: None) -> Outcome:
    return Taken((), lambda: _told(call, call.platform))


def _told(call: Call, id: str) -> Registration:
    return views.registration(
        call.state.registrations[id],
        regulator_key_id=REGULATOR_KEY_ID,
        regulator_public_key=call.sandbox.opened.regulator_public_key,
    )


REGISTRATIONS = Resource(
    id="registrations",
    title="Connecting a platform",
    operations=(
        Operation(
            id="register",
            method="POST",
            path="/registrations",
            title="Register with the one-time passcode; the callback is then challenged",
            body=JsonMessage(
                RegistrationRequest,
                {
                    "passcode": "open-sesame",
                    "uscc": "91310000MA1FL0000N",
                    "name": "Example Pay",
                    "key": {
                        "algorithm": "ed25519",
                        "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
                    },
                    "callback_url": "http://127.0.0.1:9000/notices",
                },
            ),
            answers=Registration,
            example=EXAMPLE,
            status=201,
            ask=_register,
            is_signed=False,
            located="self",
            refuses=("passcode_wrong", "passcode_used", "uscc_invalid"),
            links={"read_registration": {}, "declare": {}},
        ),
        Operation(
            id="read_registration",
            method="GET",
            path="/registrations/self",
            title="Read the own registration",
            answers=Registration,
            example=EXAMPLE | {"status": "active"},
            ask=_read,
        ),
    ),
)
