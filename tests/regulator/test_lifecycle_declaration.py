"""A declaration is refused for all that is wrong with it at once; its acceptance grants."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationReceived,
    DeclarationRefused,
    DeclaredFieldSeen,
)
from simulator.messages.declaration import Declaration
from simulator.regulator import views
from simulator.regulator.lifecycle import declaration
from simulator.regulator.lifecycle.policy import Policy
from tests.regulator.lawful import (
    DECLARED,
    END,
    NOW,
    PURPOSE,
    changed,
    complaints,
    fold,
    refused,
    registered,
    sign,
)

FIELDS = (
    DeclaredFieldSeen("order_token", "E03", "none"),
    DeclaredFieldSeen("id_hash", "M01", "keyed_token"),
    DeclaredFieldSeen("amount", "M02", "none"),
)
RECEIVED = DeclarationReceived(
    id="dcl-1",
    platform="reg-1",
    fields=FIELDS,
    purpose=PURPOSE,
    legal_basis="contract",
    recipient="acquirer-sg",
    country="SG",
    records=100,
    persons=80,
    valid_from=NOW,
    valid_until=END,
    at=NOW,
    decide_at=NOW,
)
HOLDS_UNTIL = datetime(2025, 6, 1, 16, tzinfo=UTC)
"""Two years after the result: midnight in China after its last day."""
LAST_CALL = datetime(2025, 3, 4, 16, tzinfo=UTC)
"""5 March 2025 begins in China, 60 working days before."""
ACCEPTED = DeclarationAccepted("dcl-1", "aut-1", NOW, HOLDS_UNTIL, LAST_CALL)
GRANTED = AuthorizationGranted(
    id="aut-1",
    version=1,
    platform="reg-1",
    declaration="dcl-1",
    fields=FIELDS,
    purpose=PURPOSE,
    recipient="acquirer-sg",
    country="SG",
    quota_records=100,
    valid_from=NOW,
    valid_until=END,
    signature="signed",
    at=NOW,
)


def test_an_immediate_acceptance_grants_in_the_same_step() -> None:
    outcome = declaration.submit(registered(), "reg-1", DECLARED, NOW, sign)

    assert outcome == (RECEIVED, ACCEPTED, GRANTED)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"valid_until": NOW}, [("period_invalid", "/valid_until")] * 2),
        (
            {"valid_from": END, "valid_until": NOW + timedelta(1)},
            [("period_invalid", "/valid_until")],
        ),
        (
            {
                "valid_from": NOW - timedelta(days=2),
                "valid_until": NOW - timedelta(days=1),
                "fields": (
                    {"name": "id", "category": "M01", "desensitisation": "none"},
                    {"name": "id", "category": "M03", "desensitisation": "coarsened"},
                    {"name": "cvn2", "category": "X03", "desensitisation": "dropped"},
                    {"name": "other", "category": "E99", "desensitisation": "none"},
                    {"name": "mobile", "category": "M03", "desensitisation": "last_four"},
                ),
            },
            [
                ("period_invalid", "/valid_until"),
                ("desensitisation_insufficient", "/fields/0/desensitisation"),
                ("field_duplicated", "/fields/1/name"),
                ("desensitisation_insufficient", "/fields/1/desensitisation"),
                ("category_forbidden", "/fields/2/category"),
                ("category_unknown", "/fields/3/category"),
            ],
        ),
    ],
)
def test_everything_wrong_is_named_at_once(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    outcome = declaration.submit(registered(), "reg-1", changed(DECLARED, **fields), NOW, sign)

    assert complaints(outcome) == expected


def test_a_refusal_shows_the_value_and_what_was_expected() -> None:
    weak = {"name": "id", "category": "M01", "desensitisation": "none"}
    outcome = declaration.submit(
        registered(), "reg-1", changed(DECLARED, fields=(weak,)), NOW, sign
    )

    refusal = refused(outcome)
    assert (refusal.status, refusal.clause) == (422, "PIPL art. 51(3)")
    assert refusal.detail == (
        "/fields/0/desensitisation must be dropped or keyed_token or last_four for M01"
        " (hash of resident-ID number), but was 'none'"
    )
    assert refusal.errors[0].value == "none"


def test_received_is_not_accepted() -> None:
    state = registered()
    state.policy = Policy(declarations="after", after_s=60)
    outcome = fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))

    assert len(outcome) == 1
    assert state.undecided == {"dcl-1": NOW + timedelta(seconds=60)}
    assert state.authorizations == {}


def test_a_tester_accepts_or_refuses_once() -> None:
    state = registered()
    state.policy = Policy(declarations="manual")
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))
    assert state.undecided == {"dcl-1": None}

    refusal = fold(state, declaration.decide(state, "dcl-1", False, "too much", NOW, sign))
    again = declaration.decide(state, "dcl-1", True, "", NOW, sign)

    assert refusal == (DeclarationRefused("dcl-1", "too much", NOW),)
    assert state.undecided == {}
    assert refused(again).code == "already_decided"
    assert refused(declaration.decide(state, "dcl-9", True, "", NOW, sign)).code == "not_found"


def test_an_acceptance_after_the_declared_period_refuses() -> None:
    state = registered()
    state.policy = Policy(declarations="manual")
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))

    outcome = declaration.decide(state, "dcl-1", True, "", END, sign)

    reason = "the declared period ended before the decision"
    assert outcome == (DeclarationRefused("dcl-1", reason, END),)


def test_the_wire_tells_the_declaration_and_what_became_of_it() -> None:
    state = registered()
    fold(state, declaration.submit(state, "reg-1", DECLARED, NOW, sign))

    assert views.declaration(state.declarations["dcl-1"]) == Declaration(
        id="dcl-1",
        status="accepted",
        purpose=PURPOSE,
        legal_basis="contract",
        recipient="acquirer-sg",
        country="SG",
        fields=DECLARED.fields,
        records=100,
        persons=80,
        valid_from=NOW,
        valid_until=END,
        received_at=NOW,
        decided_at=NOW,
        authorization="aut-1",
        holds_until=HOLDS_UNTIL,
        extension_until=date(2025, 3, 5),
    )
