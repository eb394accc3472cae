"""A platform takes part in the assessment of its declaration over HTTP; every step is evidence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.events import Event
from simulator.journal.records import Exchange
from simulator.regulator.api.declarations import CHANGES, REASON, SUPPLEMENT
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.lifecycle import assessment, policy, validity
from simulator.regulator.lifecycle.assessment import Taking
from simulator.regulator.refusal import Refusal
from tests.regulator.connected import Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    """One registered platform; declarations wait for a tester."""
    with connected(tmp_path) as regulator:
        regulator.register()
        manners = {"transmissions": "immediate", "reinspections": "immediate"}
        now = regulator.sandbox.clock.now()
        tell(regulator, policy.change(declarations="manual", after_s=0, now=now, **manners))
        yield regulator


def tell(regulator: Connected, outcome: tuple[Event, ...] | Refusal) -> None:
    """What a tester's command came to is recorded and told."""
    assert not isinstance(outcome, Refusal), outcome
    regulator.runner.run(regulator.office.decide("tester", "test", outcome))


def take(regulator: Connected, taking: Taking) -> None:
    now = regulator.sandbox.clock.now()
    tell(regulator, assessment.take(regulator.office.state, "dcl-1", taking, now))


def result(regulator: Connected, accept: bool) -> None:
    state, now = regulator.office.state, regulator.sandbox.clock.now()
    tell(regulator, assessment.decide(state, "dcl-1", accept, "no", now, regulator.office.sign))


def notices(regulator: Connected) -> list[tuple[str, str]]:
    """Type and status of every notice, in order."""
    items = regulator.ask("GET", "/notices").json()["items"]
    return [(item["type"], item["data"].get("status", "")) for item in items]


def post(regulator: Connected, what: str, message: Any = None) -> tuple[int, dict[str, Any]]:
    answer = regulator.ask("POST", f"/declarations/dcl-1/{what}", message, key=f"key-{what}")
    return answer.status_code, answer.json()


def test_a_platform_completes_supplements_and_is_accepted(regulator: Connected) -> None:
    assert regulator.declare().json()["status"] == "received"
    take(regulator, Taking("return", items=("the seal",)))
    assert regulator.ask("GET", "/declarations/dcl-1").json()["missing"] == ["the seal"]

    completed = regulator.ask("PUT", "/declarations/dcl-1", DECLARATION | {"records": 9})
    assert (completed.status_code, completed.json()["status"]) == (200, "received")
    assert completed.json()["records"] == 9

    take(regulator, Taking("forward"))
    take(regulator, Taking("admit"))
    take(regulator, Taking("ask_supplement", items=("the contract",)))
    asked = regulator.ask("GET", "/declarations/dcl-1").json()
    assert (asked["status"], asked["supplement_asked"]) == ("supplement_required", ["the contract"])
    status, supplemented = post(regulator, "supplement", SUPPLEMENT)
    assert (status, supplemented["status"]) == (200, "assessing")
    take(regulator, Taking("extend_assessment", working_days=10, reason="complex"))
    result(regulator, accept=True)

    told = regulator.ask("GET", "/declarations/dcl-1").json()
    assert (told["status"], told["holds_until"]) == ("accepted", "2025-06-01T16:00:00Z")
    assert notices(regulator) == [
        ("declaration.progressed", "returned"),
        ("declaration.progressed", "forwarded"),
        ("declaration.progressed", "assessing"),
        ("declaration.progressed", "supplement_required"),
        ("declaration.progressed", "assessing"),
        ("declaration.decided", "accepted"),
    ]


def test_a_result_is_evaluated_again_and_a_change_closes_it(regulator: Connected) -> None:
    regulator.declare()
    result(regulator, accept=False)
    status, asked = post(regulator, "reevaluation", REASON)
    assert (status, asked["status"]) == (200, "reevaluating")
    result(regulator, accept=True)

    status, changed = post(regulator, "changes", CHANGES)
    assert (status, changed["status"], changed["changes"]) == (200, "changed", ["retention"])
    assert changed["final"]
    assert regulator.ask("GET", "/authorizations/aut-1").json()["status"] == "revoked"
    redeclared = regulator.ask(
        "POST", "/declarations", DECLARATION | {"replaces": "dcl-1"}, key="again"
    )
    assert redeclared.status_code == 201
    assert redeclared.json()["replaces"] == "dcl-1"


def test_an_order_to_end_the_export_is_told_with_its_reason(regulator: Connected) -> None:
    regulator.declare()
    result(regulator, accept=True)
    now = regulator.sandbox.clock.now()
    state = regulator.office.state
    tell(regulator, validity.terminate_export(state, "dcl-1", "onward transfer", now))

    assert notices(regulator) == [
        ("declaration.decided", "accepted"),
        ("declaration.ended", "export_terminated"),
        ("authorization.revoked", ""),
    ]


def test_what_is_refused_is_in_the_journal_and_changes_nothing(regulator: Connected) -> None:
    regulator.declare()
    before = regulator.ask("GET", "/declarations/dcl-1").json()
    refusals = {
        "supplement": post(regulator, "supplement", SUPPLEMENT),
        "reevaluation": post(regulator, "reevaluation", REASON),
        "extension": post(regulator, "extension"),
        "changes": post(regulator, "changes", CHANGES),
    }

    assert {what: (status, problem["code"]) for what, (status, problem) in refusals.items()} == {
        "supplement": (409, "supplement_not_asked"),
        "reevaluation": (409, "reevaluation_impossible"),
        "extension": (409, "declaration_not_in_force"),
        "changes": (409, "declaration_not_in_force"),
    }
    assert regulator.ask("GET", "/declarations/dcl-1").json() == before
    kept = [one.refusal for one in regulator.records() if isinstance(one, Exchange)]
    assert [code for code in kept if code] == [
        "supplement_not_asked",
        "reevaluation_impossible",
        "declaration_not_in_force",
        "declaration_not_in_force",
    ]


def test_a_restart_knows_every_step_and_repeats_no_answer(regulator: Connected) -> None:
    regulator.declare()
    take(regulator, Taking("forward"))
    first = regulator.ask("POST", "/declarations/dcl-1/withdrawal", key="w")
    assert (first.status_code, first.json()["status"]) == (200, "withdrawn")
    before = regulator.office.state

    regulator.restart()

    assert regulator.office.state == before
    again = regulator.ask("POST", "/declarations/dcl-1/withdrawal", key="w")
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    late = regulator.ask("POST", "/declarations/dcl-1/withdrawal", key="other")
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
