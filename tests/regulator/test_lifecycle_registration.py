"""A platform registers once, with the right passcode, and acts when its callback has answered."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.journal.events.registration import CallbackConfirmed, PlatformRegistered
from simulator.messages.problem import ProblemError
from simulator.messages.registration import Registration, RegistrationRequest, SigningKey
from simulator.regulator import views
from simulator.regulator.lifecycle import declaration, registration
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    DECLARED,
    NOW,
    PUBLIC_KEY,
    REGISTERED,
    USCC,
    changed,
    complaints,
    fold,
    refused,
    registered,
    sign,
)

CALLBACK = "http://127.0.0.1:9/notices"
REQUEST = RegistrationRequest(
    passcode="open sesame",
    uscc=USCC,
    name="Platform",
    key=SigningKey(public_key=PUBLIC_KEY),
    callback_url=CALLBACK,
)
ANSWERED = PlatformRegistered(
    id="reg-1",
    uscc=USCC,
    name="Platform",
    key_id="key-56475aa75463474c",
    public_key=PUBLIC_KEY,
    callback_url=CALLBACK,
    at=NOW,
)


def test_a_right_request_registers() -> None:
    outcome = registration.register(RegulatorState(), REQUEST, NOW, "open sesame")

    assert outcome == (ANSWERED,)


def test_a_wrong_passcode_is_refused_without_repeating_it() -> None:
    outcome = registration.register(RegulatorState(), REQUEST, NOW, "another")

    assert outcome == Refusal(
        code="passcode_wrong",
        status=403,
        detail="the passcode is not the one of this sandbox",
        errors=(
            ProblemError(
                pointer="/passcode",
                code="passcode_wrong",
                detail="the passcode is not the one of this sandbox",
                value="11 characters that are not repeated here",
                expected="be the one of this sandbox",
            ),
        ),
    )


def test_the_passcode_is_good_for_one_registration() -> None:
    outcome = registration.register(registered(), REQUEST, NOW, "open sesame")

    assert refused(outcome).code == "passcode_used"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"uscc": "91310000MA1FL0000X"}, [("uscc_invalid", "/uscc")]),
        ({"callback_url": "notices"}, [("body_invalid", "/callback_url")]),
        ({"callback_url": "http://[::1/"}, [("body_invalid", "/callback_url")]),
        ({"callback_url": "http://a:99999/"}, [("body_invalid", "/callback_url")]),
        (
            {"uscc": "91310000MA1FL0000Y", "callback_url": "ftp://a/b"},
            [("uscc_invalid", "/uscc"), ("body_invalid", "/callback_url")],
        ),
    ],
)
def test_everything_wrong_is_named_at_once(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    outcome = registration.register(
        RegulatorState(), changed(REQUEST, **fields), NOW, "open sesame"
    )

    assert complaints(outcome) == expected


def test_who_has_a_callback_acts_only_after_it_answered() -> None:
    state = RegulatorState()
    state.fold(ANSWERED)
    early = declaration.submit(state, "reg-1", DECLARED, NOW, sign)
    confirmed = fold(state, registration.confirm_callback(state, "reg-1", CALLBACK, NOW))

    assert refused(early).code == "callback_unconfirmed"
    assert confirmed == (CallbackConfirmed("reg-1", NOW),)
    assert registration.confirm_callback(state, "reg-1", CALLBACK, NOW) == ()
    assert not isinstance(declaration.submit(state, "reg-1", DECLARED, NOW, sign), Refusal)


def test_who_polls_is_active_at_once() -> None:
    assert registration.must_be_active(registered(), "reg-1") is None
    assert refused(registration.must_be_active(registered(), "reg-9")).code == "not_found"


def test_an_unknown_registration_cannot_be_confirmed() -> None:
    assert (
        refused(registration.confirm_callback(registered(), "reg-9", None, NOW)).code == "not_found"
    )


def test_the_wire_tells_the_registration_and_the_regulators_key() -> None:
    told = views.registration(
        registration.Registration(replace(REGISTERED, callback_url="http://a/b")),
        regulator_key_id="regulator",
        regulator_public_key="B",
    )

    assert told == Registration(
        id="reg-1",
        uscc=USCC,
        name="Platform",
        key_id="key-1",
        status="challenged",
        callback_url="http://a/b",
        regulator_key_id="regulator",
        regulator_public_key="B",
        registered_at=NOW,
    )
