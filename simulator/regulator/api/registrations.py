"""How a platform connects: it registers once, unsigned, and reads afterwards what is registered."""

from typing import Any

from simulator.messages.registration import (
    CallbackRequest,
    Registration,
    RegistrationRequest,
)
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.callbacks import what_it_must
from simulator.regulator.lifecycle import key, registration, regulator_key
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, refuse, refuse_all, wrong

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
    "suite": "ed25519",
    "keys": [
        {
            "id": "key-56475aa75463474c",
            "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
            "status": "active",
            "valid_from": "2023-06-01T00:00:00Z",
            "valid_until": None,
            "reason": None,
        }
    ],
    "callback_pending": None,
}


def _register(call: Call, request: RegistrationRequest) -> Outcome:
    if call.certificate not in (None, request.name):
        shown = f"be the common name of the connection's certificate, {call.certificate!r}"
        return refuse("certificate_mismatch", "/name", request.name, shown)
    id = registration.registered_as(call.state, request) or call.state.next_id("reg")
    outcome = registration.register(call.state, request, call.now, call.sandbox.passcode)
    must = what_it_must(request.callback_url, anywhere=call.callbacks_anywhere)
    if must is not None and (not isinstance(outcome, Refusal) or outcome.errors):
        errors = outcome.errors if isinstance(outcome, Refusal) else ()
        others = [error for error in errors if error.pointer != "/callback_url"]
        error = wrong("callback_forbidden", "/callback_url", request.callback_url, must)
        return refuse_all((*others, error))
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: _told(call, id))


def _change_callback(call: Call, request: CallbackRequest) -> Outcome:
    must = what_it_must(request.callback_url, anywhere=call.callbacks_anywhere)
    if must is not None:
        return refuse("callback_forbidden", "/callback_url", request.callback_url, must)
    outcome = registration.change_callback(
        call.state, call.platform, request.callback_url, call.now
    )
    return Taken(outcome, lambda: _told(call, call.platform))


def _read(call: Call, _: None) -> Outcome:
    return Taken((), lambda: _told(call, call.platform))


def _told(call: Call, id: str) -> Registration:
    signing = regulator_key.in_force(call.state, call.now)
    return views.registration(
        call.state.registrations[id],
        regulator_key_id=signing.id,
        regulator_public_key=signing.public_key,
        suite=call.sandbox.suite.id,
        keys=key.of_platform(call.state, id),
        key_id=key.current(call.state, id).id,
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
            idempotency="optional",
            is_signed=False,
            located="self",
            refuses=(
                "passcode_wrong",
                "passcode_used",
                "certificate_mismatch",
                "key_unfit",
                "key_known",
                "uscc_invalid",
                "callback_forbidden",
            ),
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
        Operation(
            id="change_callback",
            method="PUT",
            path="/registrations/self/callback",
            title="Have the notices brought elsewhere, once that address answers its challenge",
            body=JsonMessage(CallbackRequest, {"callback_url": None}),
            answers=Registration,
            example=EXAMPLE | {"status": "active", "callback_url": None},
            ask=_change_callback,
            changes="read_registration",
            refuses=("callback_forbidden",),
        ),
    ),
)
