"""No planted secret stands in any report, in whatever form it leaked."""

import pytest

from scenarios.judge.folding import normalise
from scenarios.judge.leaks import PlantedIndex
from scenarios.reports import Account, Report, catalogue
from scenarios.traffic import Payment, plain, planted
from tests.reports.some_runs import values_planted_in

REPORTS = list(catalogue().values())


def test_the_run_did_leak_every_kind_of_secret_in_many_forms(
    leaked: tuple[Account, list[Payment]],
) -> None:
    """Otherwise it would prove nothing that the reports hold none."""
    account, payments = leaked
    seen = "\n".join(
        finding.seen for ruling in account.judgement.rulings for finding in ruling.findings
    )
    for word in ("plain", "plain_reversed", "prefix_kept", "md5", "sha256", "header", "path"):
        assert word in seen, word
    kinds = {secret.kind for payment in payments for secret in planted(payment)} - {"name"}
    for kind in kinds:
        assert kind in seen, kind


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.id)
def test_no_planted_value_stands_in_a_report(
    report: Report, leaked: tuple[Account, list[Payment]]
) -> None:
    account, payments = leaked
    text = report.render(account).decode()

    told = [value for value in values_planted_in(*payments) if value in text]
    flat = normalise(text)
    told_awkwardly = [
        value
        for value in values_planted_in(*payments)
        if len(normalise(value)) >= 8 and normalise(value) in flat
    ]
    assert told == []
    assert told_awkwardly == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.id)
def test_no_planted_value_can_be_found_in_a_report_in_any_form(
    report: Report, leaked: tuple[Account, list[Payment]]
) -> None:
    """The very search that convicts platforms, turned on our own reports, line by line."""
    account, payments = leaked
    index = PlantedIndex([secret for payment in payments for secret in planted(payment)])
    for line in report.render(account).splitlines():
        assert index.leaks(line, "report") == (), line[:300]


def test_what_a_journal_entry_quotes_is_masked_too(leaked: tuple[Account, list[Payment]]) -> None:
    account, payments = leaked
    page = catalogue()["html"].render(account).decode()

    quoted = [payment for payment in payments if f"payment {payment.id}: accepted" in page]
    assert quoted != []
    for payment in quoted:
        assert f'"id": "{payment.id}"' in page.replace("&#34;", '"')
        assert f"*******{plain(payment.payer).mobile[-4:]}" in page
