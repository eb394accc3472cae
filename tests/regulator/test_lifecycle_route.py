"""A declaration goes out by the way that its counts and papers allow, and only while they do."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from simulator.journal.events.authorization import AuthorizationRevoked
from simulator.journal.events.certification import CertificationSuspended
from simulator.journal.events.contract import ContractEnded
from simulator.journal.events.declaration import DeclarationRefused
from simulator.journal.events.order import ExportLifted, ExportStopped
from simulator.messages.certification import CertificationRequest
from simulator.messages.contract import ContractRequest
from simulator.messages.declaration import DeclaredField
from simulator.regulator.lifecycle import (
    certification,
    contract,
    declaration,
    headcount,
    route,
    timers,
    transmission,
)
from simulator.regulator.lifecycle.authorization import standing
from simulator.regulator.state import RegulatorState
from tests.regulator import test_lifecycle_certification as certifying
from tests.regulator import test_lifecycle_contract as contracting
from tests.regulator.lawful import (
    ANNOUNCED,
    DECLARED,
    changed,
    complaints,
    event,
    feed_to,
    fold,
    refused,
    registered,
    sign,
)
from tests.regulator.test_lifecycle_headcount import of, told

IN_2023 = datetime(2023, 6, 1, 9, tzinfo=UTC)
IN_2026 = datetime(2026, 3, 2, 9, tzinfo=UTC)
EXEMPT_FIELDS = (DeclaredField(name="reference", category="E03", desensitisation="none"),)


def world(now: datetime, rule_pack: str, **policy: str) -> RegulatorState:
    """A platform with a filed contract, and from 2026 a certificate, for acquirer-sg."""
    state = registered()
    state.open(policy, rule_pack=rule_pack, starts_at=now)
    papers: ContractRequest = changed(
        contracting.REQUEST, effective_on=now.date(), pipia_on=date(now.year, 1, 1)
    )
    fold(state, contract.hand_in(state, "reg-1", papers, now))
    if state.law_at(now).certified_from is not None:
        scope: CertificationRequest = certifying.REQUEST
        fold(state, certification.request(state, "reg-1", scope, now))
    return state


def declare(state: RegulatorState, now: datetime, **fields: Any) -> Any:
    request = changed(
        DECLARED, **{"valid_from": now, "valid_until": now.replace(year=now.year + 1)} | fields
    )
    return declaration.submit(state, "reg-1", request, now, sign)


def by_contract(persons: int, sensitive: int = 0) -> dict[str, Any]:
    return {
        "mechanism": "standard_contract",
        "contract": "con-1",
        "persons": persons,
        "sensitive_persons": sensitive,
    }


BY_CERTIFICATE = {
    "mechanism": "certification",
    "certification": "cer-1",
    "persons": 500,
    "sensitive_persons": 500,
}


@pytest.mark.parametrize(
    ("now", "rule_pack", "persons", "sensitive", "suffices"),
    [
        (IN_2023, "r2022", 99_999, 0, True),
        (IN_2023, "r2022", 100_000, 0, False),
        (IN_2023, "r2022", 9_999, 9_999, True),
        (IN_2023, "r2022", 10_000, 10_000, False),
        (IN_2026, "r2024", 999_999, 0, True),
        (IN_2026, "r2024", 1_000_000, 0, False),
        (IN_2026, "r2024", 9_999, 9_999, True),
        (IN_2026, "r2024", 10_000, 10_000, False),
        (IN_2026, "r2026", 999_999, 0, True),
        (IN_2026, "r2026", 1_000_000, 0, False),
        (IN_2026, "r2026", 10_000, 10_000, False),
    ],
)
def test_a_contract_suffices_up_to_the_thresholds_and_an_assessment_always(
    now: datetime, rule_pack: str, persons: int, sensitive: int, suffices: bool
) -> None:
    state = world(now, rule_pack)
    outcome = declare(state, now, **by_contract(persons, sensitive))

    if suffices:
        fold(state, outcome)
        assert state.declarations["dcl-1"].status == "accepted"
        return
    assert complaints(outcome) == [("mechanism_insufficient", "/mechanism")]
    assert "be security_assessment: " in str(refused(outcome).errors[0].expected)
    for stated in ("security_assessment", None):
        fold(state, declare(state, now, persons=persons, mechanism=stated))


def test_the_refusal_tells_what_is_demanded_what_was_counted_and_the_clause() -> None:
    state = world(IN_2023, "r2022")
    fold(state, headcount.count(state, "reg-1", told(ordinary=of(range(60_000))), IN_2023))
    outcome = declare(state, IN_2023, **by_contract(50_000, 10))

    assert refused(outcome).errors[0].expected == (
        "be security_assessment: 110000 persons, 100000 or more (Order 11 art. 4; 110000 persons,"
        " 10 of them with sensitive information, counted since 2022-01-01 and stated)"
    )


def test_splitting_over_declarations_gives_nothing() -> None:
    """DEC-06: what other declarations state counts too, but not twice once it is counted."""
    state = world(IN_2023, "r2022")
    fold(state, declare(state, IN_2023, **by_contract(60_000)))
    fold(state, headcount.count(state, "reg-1", told(ordinary=of(range(50_000))), IN_2023))
    fold(state, declare(state, IN_2023, **by_contract(39_999)))

    outcome = declare(state, IN_2023, **by_contract(1))
    assert complaints(outcome) == [("mechanism_insufficient", "/mechanism")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"contract": None}, [("contract_unknown", "/contract")]),
        ({"contract": "con-9"}, [("contract_unknown", "/contract")]),
        ({"recipient": "acquirer-th"}, [("contract_unknown", "/contract")]),
        ({"country": "TH"}, [("contract_unknown", "/contract")]),
        ({"sensitive_persons": None}, [("persons_inconsistent", "/sensitive_persons")]),
        (
            {"sensitive_persons": 101},
            [("persons_inconsistent", "/sensitive_persons")],
        ),
        (
            {"certification": "cer-1"},
            [("certification_unknown", "/certification")],
        ),
        ({"mechanism": None}, [("contract_unknown", "/contract")]),
    ],
)
def test_a_contract_must_be_filed_with_that_recipient(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    state = world(IN_2023, "r2022")

    assert complaints(declare(state, IN_2023, **by_contract(100) | fields)) == expected


@pytest.mark.parametrize("field", ["recipient", "country", "purpose"])
def test_a_certificate_must_cover_the_declaration(field: str) -> None:
    state = world(IN_2026, "r2026")
    other = {"recipient": "acquirer-th", "country": "TH", "purpose": "analytics"}[field]

    outcome = declare(state, IN_2026, **BY_CERTIFICATE | {field: other})
    assert complaints(outcome) == [("certification_unknown", "/certification")]
    mobile = DeclaredField(name="mobile", category="M03", desensitisation="last_four")
    outcome = declare(state, IN_2026, **BY_CERTIFICATE, fields=(*DECLARED.fields, mobile))
    assert complaints(outcome) == [("certification_unknown", "/certification")]
    fold(state, declare(state, IN_2026, **BY_CERTIFICATE))


@pytest.mark.parametrize("rule_pack", ["r2022", "r2024", "r2026"])
def test_exempt_is_what_the_law_exempts_and_the_order_does_not_demand(rule_pack: str) -> None:
    """Order 16 art. 5(1) exempts a payment contract; the regulator's order still demands the
    three mandatory categories."""
    state = world(IN_2026, rule_pack)
    law = state.law_at(IN_2026)
    exempt = {"mechanism": "exempt", "persons": 5_000_000, "sensitive_persons": 0}
    bare = declare(state, IN_2026, **exempt, fields=EXEMPT_FIELDS)
    mandatory = refused(declare(state, IN_2026, **exempt))

    assert mandatory.code == "mechanism_insufficient"
    assert str(mandatory.errors[0].expected).startswith(
        f"not be exempt for M01, M02: {law.mandatory_demanded_by} demands"
    )
    if law.payment_contract_exempt:
        fold(state, bare)
    else:
        assert complaints(bare) == [("mechanism_insufficient", "/mechanism")]


def test_the_end_of_a_contract_closes_what_rests_on_it() -> None:
    state = world(IN_2023, "r2022")
    fold(state, declare(state, IN_2023, **by_contract(100)))
    fold(state, declare(state, IN_2023))
    events = fold(state, contract.end(state, "reg-1", "con-1", IN_2023))

    assert events == (
        ContractEnded("con-1", "the platform ended it", IN_2023),
        AuthorizationRevoked("aut-1", "con-1 ended: the platform ended it", IN_2023),
    )
    assert standing(state, state.authorizations["aut-2"], IN_2023) == "active"


def test_a_contract_filed_anew_carries_on_what_rested_on_the_former() -> None:
    state = world(IN_2023, "r2022")
    fold(state, declare(state, IN_2023, **by_contract(100)))
    papers = changed(contracting.REQUEST, replaces="con-1")
    fold(state, contract.hand_in(state, "reg-1", papers, IN_2023))
    assert standing(state, state.authorizations["aut-1"], IN_2023) == "active"
    fold(state, contract.end(state, "reg-1", "con-2", IN_2023))

    assert standing(state, state.authorizations["aut-1"], IN_2023) == "revoked"


def test_a_certificate_halts_resumes_and_closes_what_rests_on_it() -> None:
    state = world(IN_2026, "r2026")
    fold(state, declare(state, IN_2026, **BY_CERTIFICATE))

    def decide(accept: bool) -> tuple[Any, ...]:
        return fold(state, certification.decide(state, "cer-1", accept, "a hole", IN_2026))

    suspended, stopped = decide(False)
    assert isinstance(suspended, CertificationSuspended)
    assert stopped == ExportStopped("reg-1", "aut-1", "cer-1 is suspended: a hole", IN_2026)
    assert decide(True)[1:] == (ExportLifted("reg-1", "aut-1", None, IN_2026),)
    assert standing(state, state.authorizations["aut-1"], IN_2026) == "active"
    decide(False)
    assert decide(False)[1:] == (AuthorizationRevoked("aut-1", "cer-1 is revoked", IN_2026),)


def test_the_expiry_of_a_certificate_closes_what_rests_on_it() -> None:
    state = world(IN_2026, "r2026")
    until = IN_2026.replace(year=2030)
    fold(state, declare(state, IN_2026, **BY_CERTIFICATE, valid_until=until))
    expiry = state.certifications["cer-1"].valid_until
    assert expiry is not None

    due = [one for one in timers.due(state, expiry) if one.command == "pass_certification"]
    fold(state, timers.run(state, due[0], expiry, sign))
    assert standing(state, state.authorizations["aut-1"], expiry) != "active"


def test_papers_that_lapse_before_the_decision_refuse_the_declaration() -> None:
    state = world(IN_2023, "r2022", declarations="manual")
    fold(state, declare(state, IN_2023, **by_contract(100)))
    fold(state, contract.end(state, "reg-1", "con-1", IN_2023))

    decided = declaration.decide(state, "dcl-1", True, "", IN_2023, sign)
    assert decided == (DeclarationRefused("dcl-1", "con-1 is ended", IN_2023),)


def test_an_export_outside_the_certified_scope_suspends_the_certificate_by_itself() -> None:
    """Order 20: suspend its use; who does not rectify in time loses it."""
    state = world(IN_2026, "r2026")
    fold(state, declare(state, IN_2026, **BY_CERTIFICATE))
    announced = changed(ANNOUNCED, authorization="aut-1")
    fold(state, transmission.announce(state, "reg-1", announced, IN_2026))
    feed_to(state, event("started", 1, country="TH"), now=IN_2026)

    [due] = [one for one in timers.due(state, IN_2026) if one.command == "leave_scope"]
    suspended, stopped = fold(state, timers.run(state, due, IN_2026, sign))
    assert isinstance(suspended, CertificationSuspended)
    assert isinstance(stopped, ExportStopped)
    assert suspended.reason == "alr-1 (country_outside): fed for TH, announced for SG"
    assert (stopped.authorization, state.outside_scope) == ("aut-1", {})
    assert standing(state, state.authorizations["aut-1"], IN_2026) == "stopped"
    fold(state, certification.decide(state, "cer-1", True, "", IN_2026))
    assert not [one for one in timers.due(state, IN_2026) if one.command == "leave_scope"]


def test_counts_that_outgrow_the_way_out_raise_one_alert_for_each_authorization() -> None:
    state = world(IN_2023, "r2022")
    fold(state, declare(state, IN_2023, **by_contract(100, 100)))
    fold(state, declare(state, IN_2023, **by_contract(100, 100)))
    fold(state, declare(state, IN_2023))

    def count(persons: range) -> None:
        fold(state, route.count(state, "reg-1", told(sensitive=of(persons)), IN_2023))

    count(range(9_999))
    assert state.alerts == {}
    count(range(9_000, 10_000))
    count(range(10_000, 11_000))

    detail = (
        "leaves by standard_contract, and security_assessment is due:"
        " 10000 persons with sensitive information, 10000 or more"
    )
    raised = [held.raised for held in state.alerts.values()]
    assert [(one.rule, one.authorization, one.detail) for one in raised] == [
        ("mechanism_outgrown", "aut-1", detail),
        ("mechanism_outgrown", "aut-2", detail),
    ]


def test_what_a_payment_contract_needs_is_never_outgrown() -> None:
    state = world(IN_2026, "r2026")
    exempt = {"mechanism": "exempt", "persons": 10, "sensitive_persons": 0}
    fold(state, declare(state, IN_2026, **exempt, fields=EXEMPT_FIELDS))
    fold(state, route.count(state, "reg-1", told(sensitive=of(range(10_000))), IN_2026))

    assert state.alerts == {}
