"""An authorization is granted anew, used up, revoked, expired; its standing is the gravest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator.journal.events import Event
from simulator.journal.events.authorization import (
    AuthorizationExpired,
    AuthorizationGranted,
    AuthorizationRevoked,
)
from simulator.journal.events.declaration import DeclaredFieldSeen
from simulator.messages.base import canonical
from simulator.messages.transmission import ClosingRequest
from simulator.regulator import views
from simulator.regulator.lifecycle import authorization, order, transmission
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    ANNOUNCED,
    END,
    FOREIGN,
    NOW,
    PURPOSE,
    authorized,
    complaints,
    fold,
    granted_anew,
    refused,
    registered,
    sending,
    sign,
)

LATER = NOW + timedelta(hours=1)


def grant(state: RegulatorState, **command: Any) -> tuple[Event, ...] | Refusal:
    """A grant of 5 records for a minute, with other values where given."""
    values: dict[str, Any] = {
        "authorization": None,
        "recipient": "acquirer-sg",
        "country": "SG",
        "categories": None,
        "quota_records": 5,
        "valid_for_s": 60,
        **command,
    }
    return authorization.grant(state, "reg-1", **values, now=LATER, sign=sign)


def test_a_grant_makes_a_new_version_narrowed_to_the_categories() -> None:
    outcome = grant(authorized(), categories=["M02"])

    assert outcome == (
        AuthorizationGranted(
            id="aut-1",
            version=2,
            platform="reg-1",
            declaration="dcl-1",
            fields=(DeclaredFieldSeen("amount", "M02", "none"),),
            purpose=PURPOSE,
            recipient="acquirer-sg",
            country="SG",
            quota_records=5,
            valid_from=LATER,
            valid_until=LATER + timedelta(seconds=60),
            signature="signed",
            at=LATER,
        ),
    )


def test_without_categories_all_that_was_declared_is_granted_again() -> None:
    state = authorized()
    fold(state, grant(state, categories=["M02"]))
    fold(state, grant(state, authorization="aut-1", recipient=None, country=None))

    granted = state.authorizations["aut-1"].granted
    assert granted.version == 3
    assert [field.category for field in granted.fields] == ["E03", "M01", "M02"]


def test_the_quota_counts_from_zero_under_a_new_version() -> None:
    state = sending()
    assert state.authorizations["aut-1"].used_records == 10

    fold(state, grant(state))
    assert state.authorizations["aut-1"].used_records == 0

    aborted = ClosingRequest(outcome="aborted", records=0, bytes=0, payloads=())
    fold(state, transmission.close(state, "reg-1", "trm-1", aborted, LATER))
    assert state.authorizations["aut-1"].used_records == 0


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ({"country": "TH"}, [("declaration_unknown", "/recipient")]),
        ({"authorization": "aut-1", "country": "TH"}, [("country_mismatch", "/country")]),
        (
            {
                "authorization": "aut-1",
                "recipient": "acquirer-th",
                "categories": ["M02", "M03"],
                "quota_records": -1,
                "valid_for_s": 0,
            },
            [
                ("recipient_mismatch", "/recipient"),
                ("category_outside", "/categories/1"),
                ("body_invalid", "/quota_records"),
                ("body_invalid", "/valid_for_s"),
            ],
        ),
        ({"authorization": "aut-9"}, [("not_found", "/authorization")]),
    ],
)
def test_a_grant_stays_within_what_was_declared(
    command: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert complaints(grant(authorized(), **command)) == expected


def test_nothing_declared_is_nothing_granted() -> None:
    assert refused(grant(registered())).code == "declaration_unknown"


def test_a_revocation_is_final_until_a_new_grant() -> None:
    state = authorized()
    outcome = fold(state, authorization.revoke(state, "aut-1", "art. 17", LATER))
    assert outcome == (AuthorizationRevoked("aut-1", "art. 17", LATER),)
    again = authorization.revoke(state, "aut-1", "art. 17", LATER)
    assert refused(again).code == "authorization_revoked"
    assert refused(authorization.revoke(state, "aut-9", "", LATER)).code == "not_found"
    fold(state, order.lift(state, "reg-1", None, LATER))
    assert standing_of(state) == "revoked"

    fold(state, grant(state))
    assert standing_of(state) == "active"


def test_an_authorization_expires_by_the_clock_and_by_its_timer() -> None:
    state = authorized()
    assert authorization.expire(state, "aut-1", LATER) == ()
    assert standing_of(state, END - timedelta(microseconds=1)) == "active"
    assert standing_of(state, END) == "expired"

    outcome = fold(state, authorization.expire(state, "aut-1", END))
    assert outcome == (AuthorizationExpired("aut-1", END),)
    assert authorization.expire(state, "aut-1", END) == ()
    assert refused(authorization.expire(state, "aut-9", END)).code == "not_found"


def _nothing(state: RegulatorState) -> None:
    """Leaves the authorization as it is."""


def _stop_it(state: RegulatorState) -> None:
    fold(state, order.stop(state, "reg-1", "aut-1", "", NOW))


def _stop_all(state: RegulatorState) -> None:
    fold(state, order.stop(state, "reg-1", None, "", NOW))


def _suspend(state: RegulatorState) -> None:
    _stop_all(state)
    fold(state, order.suspend(state, "reg-1", None, "", NOW))


def _revoke(state: RegulatorState) -> None:
    _suspend(state)
    fold(state, authorization.revoke(state, "aut-1", "", NOW))


@pytest.mark.parametrize(
    ("happened", "now", "expected"),
    [
        (_nothing, NOW, "active"),
        (_stop_it, NOW, "stopped"),
        (_stop_all, NOW, "stopped"),
        (_suspend, NOW, "suspended"),
        (_suspend, END, "expired"),
        (_revoke, END, "revoked"),
    ],
)
def test_the_standing_is_what_is_hardest_to_undo(
    happened: Callable[[RegulatorState], None], now: datetime, expected: str
) -> None:
    state = authorized()
    happened(state)

    assert standing_of(state, now) == expected


def test_the_signature_covers_exactly_what_the_platform_reads() -> None:
    signed: list[bytes] = []

    def remember(content: bytes) -> str:
        signed.append(content)
        return "signature"

    state = authorized()
    granted = replace(state.authorizations["aut-1"].granted, signature="")
    state.fold(authorization.signed(granted, remember))
    fold(state, transmission.announce(state, "reg-1", ANNOUNCED, NOW))
    told = views.authorization(state, state.authorizations["aut-1"], NOW)

    read = told.model_dump(mode="json")
    assert (read.pop("signature"), read.pop("status"), read.pop("used_records")) == (
        "signature",
        "active",
        10,
    )
    assert signed == [canonical(read)]


def test_another_platforms_authorization_cannot_be_granted_anew() -> None:
    state = authorized()
    state.fold(FOREIGN)
    outcome = granted_anew(state, "reg-2")

    assert refused(outcome).code == "not_found"


def standing_of(state: RegulatorState, now: datetime = LATER) -> str:
    """How aut-1 stands."""
    return authorization.standing(state, state.authorizations["aut-1"], now)
