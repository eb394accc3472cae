"""The order of verdicts, and the one merge."""

import pytest

from scenarios.judge.judgement import verdict_of
from scenarios.judge.verdict import Verdict, overall


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
