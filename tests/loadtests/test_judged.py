"""What a judgement says of a step of load."""

from typing import Any

import pytest

from loadtests.judged import JudgeFailed, read


def ruling(id: str, verdict: str, **other: Any) -> dict[str, Any]:
    return {
        "id": id,
        "title": f"title of {id}",
        "force": "MUST",
        "verdict": verdict,
        "exercised": 40,
        "at_least": 20,
        "findings_total": 0,
        "findings": [],
        "doubts": [],
        "mistakes": [],
        **other,
    }


def told(*rulings: dict[str, Any], **other: Any) -> dict[str, Any]:
    needed = [ruling(id, "pass") for id in ("DEC-01", "MON-01", "MON-02", "TRC-01")]
    by_id = {one["id"]: one for one in [*needed, *rulings]}
    return {
        "format": 1,
        "verdict": "partial",
        "reasons": [],
        "journal_digest": "ab" * 32,
        "counts": {"payments": 41, "transmissions": 41},
        "rulings": list(by_id.values()),
        **other,
    }


FINDING = {"sentence": "it did not hold", "expected": "1", "seen": "0"}
FAILED = ruling("MON-02", "fail", findings_total=3, findings=[FINDING])


def test_what_a_load_does_not_exercise_says_nothing_against_it() -> None:
    seen = read(told(ruling("SUS-01", "not_exercised", exercised=0)))

    assert (seen.verdict, seen.passed, seen.doubts) == ("conformant", 4, ())


def test_a_must_that_failed_is_a_breach_and_a_should_a_warning() -> None:
    late = ruling("RES-04", "fail", force="SHOULD", findings_total=1, findings=[FINDING])

    seen = read(told(FAILED, late))

    assert seen.verdict == "not_conformant"
    assert [str(breach) for breach in seen.breaches] == ["MON-02, 3 times: it did not hold (0)"]
    assert [warning.requirement for warning in seen.warnings] == ["RES-04"]


def test_what_a_load_must_exercise_is_never_passed_by_too_few() -> None:
    seen = read(told(ruling("MON-01", "not_exercised", exercised=7)))

    assert seen.verdict == "inconclusive"
    assert seen.doubts == (
        "MON-01 was exercised 7 times, and at least 20 are needed: raise the rate or --seconds",
    )


def test_doubts_and_reasons_of_the_judge_are_passed_on() -> None:
    doubtful = ruling("MON-02", "inconclusive", doubts=[{"subject": "s", "why": "several fit"}])

    seen = read(told(doubtful, reasons=["the run broke off before its end"]))

    assert seen.doubts == (
        "the run broke off before its end",
        "MON-02 is inconclusive: several fit",
    )


def test_a_breach_stands_beside_doubts() -> None:
    assert read(told(FAILED, reasons=["it broke off"])).verdict == "not_conformant"


def test_a_judgement_of_another_format_is_not_guessed_at() -> None:
    with pytest.raises(JudgeFailed, match="format 2"):
        read(told(format=2))
