"""Walks the requirements and demands of each what a law, an example and a test must have."""

import re

import pytest

from scenarios.judge.court import rule_on
from scenarios.judge.requirement import Requirement
from scenarios.judge.verdict import Verdict
from scenarios.requirements import catalogue

ENTRIES = list(catalogue().values())
GROUPS = ("DEC", "WHL", "DES", "MON", "TRC", "SUS", "SEC", "RES")


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.id)
def entry(request: pytest.FixtureRequest) -> Requirement:
    found: Requirement = request.param
    return found


def test_every_requirement_acquits_the_honest_and_convicts_the_guilty(entry: Requirement) -> None:
    assert entry.acquits
    assert entry.convicts
    for dossier in entry.acquits:
        assert entry.bears_on(dossier)
        assert list(entry.judge(dossier)) == []
    for dossier in entry.convicts:
        assert entry.bears_on(dossier)
        assert list(entry.judge(dossier)) != []


def test_every_finding_is_a_fixed_sentence_with_the_expected_and_the_seen_value(
    entry: Requirement,
) -> None:
    for dossier in entry.convicts:
        for finding in entry.judge(dossier):
            assert finding.about is dossier
            assert finding.sentence[0].islower()
            assert not re.search(r"\d", finding.sentence)
            assert finding.expected
            assert finding.seen
            assert finding.expected != finding.seen


def test_every_requirement_cites_its_clause_and_says_how_to_mend(entry: Requirement) -> None:
    assert re.fullmatch(r"[A-Z]{3}-\d{2}", entry.id)
    assert entry.force in ("MUST", "SHOULD")
    assert entry.at_least >= 1
    for text in (entry.title, entry.clause, entry.text, entry.remedy):
        assert len(text) > 5


def test_enough_honest_dossiers_pass_and_too_few_never_do(entry: Requirement) -> None:
    honest = entry.acquits[0]

    assert rule_on(entry, [honest] * entry.at_least).verdict is Verdict.PASS
    assert rule_on(entry, [honest] * (entry.at_least - 1)).verdict is Verdict.NOT_EXERCISED


def test_there_are_requirements_of_every_group() -> None:
    assert {entry.id[:3] for entry in ENTRIES} == set(GROUPS)
    assert len(ENTRIES) >= 24
