"""The order of verdicts, and the one merge."""

import pytest

from scenarios.judge import judge
from scenarios.judge.judgement import verdict_of
from scenarios.judge.verdict import Verdict, overall
from scenarios.requirements import catalogue
from tests.judge.a_world import AWorld
from tests.reports.some_runs import an_honest_run


def test_the_worse_verdict_outranks_the_better() -> None:
    assert (
        Verdict.NOT_APPLICABLE
        < Verdict.PASS
        < Verdict.NOT_EXERCISED
        < Verdict.INCONCLUSIVE
        < Verdict.FAIL
    )
    assert overall([Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE]) is Verdict.FAIL


@pytest.mark.parametrize("verdicts", [[], [Verdict.NOT_APPLICABLE]])
def test_a_run_without_evidence_is_inconclusive(verdicts: list[Verdict]) -> None:
    assert overall(verdicts) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("worst", "complete", "word"),
    [
        (Verdict.PASS, True, "conformant"),
        (Verdict.PASS, False, "partial"),
        (Verdict.NOT_EXERCISED, True, "inconclusive"),
        (Verdict.INCONCLUSIVE, False, "inconclusive"),
        (Verdict.FAIL, False, "not_conformant"),
        (Verdict.FAIL, True, "not_conformant"),
    ],
)
def test_a_breach_convicts_even_a_partial_run(worst: Verdict, complete: bool, word: str) -> None:
    assert verdict_of(worst=worst, complete=complete) == word


def test_a_journal_without_the_end_of_its_run_is_no_pass() -> None:
    entries, requirements = an_honest_run(), {"DEC-01": catalogue()["DEC-01"]}
    assert judge(entries, requirements).verdict == "conformant"

    cut_short = judge(entries[:-1], requirements)

    assert cut_short.verdict == "inconclusive"
    assert "the run broke off before its end" in cut_short.reasons[0]


def test_a_run_that_was_cut_short_names_the_stories_it_never_came_to() -> None:
    world = AWorld(stories=("a_story", "another_story"))

    (_, reason) = judge(world.entries, {}).reasons

    assert reason.endswith("not played: another_story")
