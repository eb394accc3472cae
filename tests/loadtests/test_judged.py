"""What a judgement says of a step of load."""

from dataclasses import replace
from typing import Any

import pytest

from loadtests.judged import Breach, JudgeFailed, read
from scenarios.judge.court import rule_on
from scenarios.judge.judgement import ruling_to_json
from scenarios.judge.requirement import Requirement
from scenarios.requirements import catalogue


def ruling(id: str, verdict: str, **other: Any) -> dict[str, Any]:
    return {
        "id": id,
        "title": f"title of {id}",
        "force": "MUST",
        "verdict": verdict,
        "exercised": 40,
        "at_least": 20,
        "subject": "transmission",
        "findings_total": 0,
        "subjects": {},
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
        "counts": {"payments": 41, "transmissions": 41, "unseen": 2, "unclaimed": 0},
        "rulings": list(by_id.values()),
        **other,
    }


FINDING = {"sentence": "it did not hold", "expected": "1", "seen": "0"}
FAILED = ruling(
    "MON-02",
    "fail",
    findings_total=6,
    subjects={"and that": 5, "it did not hold": 3, "nor this": 1},
    findings=[FINDING],
)


def test_what_a_load_does_not_exercise_says_nothing_against_it() -> None:
    seen = read(told(ruling("SUS-01", "not_exercised", exercised=0)))

    assert (seen.verdict, seen.passed, seen.doubts) == ("conformant", 4, ())


def test_a_must_that_failed_is_a_breach_and_a_should_a_warning() -> None:
    late = ruling(
        "RES-04", "fail", force="SHOULD", subjects={"it did not hold": 1}, findings=[FINDING]
    )

    seen = read(told(FAILED, late))

    assert seen.verdict == "not_conformant"
    assert [breach.lines for breach in seen.breaches] == [
        (
            "MON-02, 3 transmissions: it did not hold (seen: 0; expected: 1)",
            "MON-02, 5 transmissions: and that",
            "MON-02, 1 transmission: nor this",
        )
    ]
    assert [warning.requirement for warning in seen.warnings] == ["RES-04"]


def test_what_arrived_is_counted_only_where_every_payload_is_known() -> None:
    seen = read(told())
    counts = {"payments": 41, "transmissions": 41, "unseen": 2, "unclaimed": 1}

    assert (seen.unseen, seen.lost) == (2, 2)
    assert read(told(counts=counts)).lost == 0


@pytest.mark.parametrize("requirement", catalogue().values(), ids=lambda one: one.id)
def test_a_breach_of_any_requirement_counts_its_subjects(requirement: Requirement) -> None:
    """The sentence that a load ends with: how many of what, what is wrong, seen and expected."""
    guilty = requirement.convicts[0]
    dossiers = [replace(guilty, subject=name, blind=frozenset()) for name in ("one", "another")]
    for guilty_ones, plural in ((dossiers[:1], ""), (dossiers, "s")):
        convicted = rule_on(requirement, guilty_ones)
        seen = read(told(ruling_to_json(convicted, str)))
        (breach,) = seen.breaches + seen.warnings

        count = f"{len(guilty_ones)} {requirement.subject}{plural}"
        first = convicted.findings[0]
        assert breach.lines[0].startswith(f"{requirement.id}, {count}: {first.sentence} (")
        assert first.seen in breach.lines[0]


def test_a_figure_is_named_once() -> None:
    breach = Breach("MON-02", "", "transmission", (("it differs", 1),), "bytes: 412", "bytes: 0")

    assert breach.lines == ("MON-02, 1 transmission: it differs (bytes: 0, not 412)",)


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
