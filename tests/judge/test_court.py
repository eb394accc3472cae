"""The court keeps our mistakes, blinded witnesses and ambiguous joins apart from breaches."""

from collections.abc import Iterator
from dataclasses import replace

from scenarios.judge.court import rule_on
from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_notice, an_honest_payment
from scenarios.judge.requirement import Requirement, requirement
from scenarios.judge.verdict import Verdict
from scenarios.requirements import catalogue


def _never_left(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.outcome == "crash":
        raise RuntimeError("a mistake of ours")
    if payment.left_at is None:
        yield Finding("nothing arrived", payment, expected="1", seen="0", absent_from="recipient")
    if not payment.country_listed:
        yield Finding("it went astray", payment, expected="SG", seen="XX", rests_on_join=True)


EVERY_PAYMENT: Requirement = requirement(
    id="TST-01",
    title="Every payment leaves",
    clause="none",
    text="Every payment leaves.",
    force="MUST",
    subject="payment",
    at_least=2,
    remedy="Send it.",
    bears_on=lambda payment: not payment.domestic,
    acquits=[],
    convicts=[],
)(_never_left)

HONEST = an_honest_payment()
SILENT = an_honest_payment(left_at=None)
ASTRAY = an_honest_payment(country_listed=False)
CRASH = an_honest_payment(outcome="crash")


def test_a_finding_fails_and_counts_what_was_exercised() -> None:
    ruling = rule_on(EVERY_PAYMENT, [HONEST, SILENT, an_honest_payment(domestic=True)])

    assert ruling.verdict is Verdict.FAIL
    assert ruling.exercised == 2
    assert [finding.sentence for finding in ruling.findings] == ["nothing arrived"]


def test_silence_of_a_witness_that_we_blinded_is_no_breach() -> None:
    ruling = rule_on(EVERY_PAYMENT, [HONEST, replace(SILENT, blind=frozenset({"recipient"}))])

    assert ruling.verdict is Verdict.INCONCLUSIVE
    assert ruling.findings == ()
    assert ruling.doubts[0].why == "nothing arrived, but a fault had blinded the recipient"


def test_lateness_within_what_the_machine_was_behind_is_no_breach() -> None:
    late = an_honest_notice(left_late_s=(6.1,), left_starved="the machine was starved")

    ruling = rule_on(catalogue()["MON-04"], [late])

    assert ruling.verdict is Verdict.INCONCLUSIVE
    assert ruling.findings == ()
    assert ruling.doubts[0].why == "data left after a stop, but the machine was starved"


def test_blinding_another_witness_excuses_nothing() -> None:
    ruling = rule_on(EVERY_PAYMENT, [HONEST, replace(SILENT, blind=frozenset({"regulator"}))])

    assert ruling.verdict is Verdict.FAIL


def test_an_ambiguous_join_makes_a_finding_that_rests_on_it_a_doubt() -> None:
    doubtful = replace(ASTRAY, doubt="entry 9 fits several open transmissions")

    assert rule_on(EVERY_PAYMENT, [HONEST, ASTRAY]).verdict is Verdict.FAIL
    assert rule_on(EVERY_PAYMENT, [HONEST, doubtful]).verdict is Verdict.INCONCLUSIVE


def test_a_crash_of_ours_is_never_a_pass_and_erases_no_finding() -> None:
    alone = rule_on(EVERY_PAYMENT, [HONEST, HONEST, CRASH])
    beside = rule_on(EVERY_PAYMENT, [CRASH, SILENT])

    assert alone.verdict is Verdict.INCONCLUSIVE
    assert beside.verdict is Verdict.FAIL
    assert len(beside.findings) == 1
    assert "a mistake of ours" in beside.mistakes[0]
