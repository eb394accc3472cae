"""The journal that is made in one go is judged like that of a real run: honest it is convicted by
nothing, wherever it is cut off, and each damage is convicted by what it breaks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.judge import judge
from scenarios.judge.judgement import Judgement
from scenarios.judge.verdict import Verdict
from scenarios.requirements import catalogue
from scenarios.traffic import Traffic
from simulator.journal import records as rec
from tests.judge.honest_journal import Size, Step, body, happenings, honest_journal, sealed

SMALL = Size(payments=90, batch=3, people=12)
ONE_BY_ONE = Size(payments=60, batch=1, people=20)
FEW_LARGE = Size(payments=240, batch=60, people=60)
NEEDED = {
    "DEC-01", "DEC-02", "DES-01", "DES-02", "DES-03", "DES-06", "DES-07", "DES-09", "MON-01",
    "MON-02", "SEC-02", "SEC-03", "TRC-01",
}  # fmt: skip
"""What the journal exercises enough to pass."""


def judged(steps: Iterable[Step]) -> Judgement:
    return judge(list(sealed(steps)), catalogue())


def failed(judgement: Judgement) -> set[str]:
    return {one.requirement.id for one in judgement.rulings if one.verdict is Verdict.FAIL}


def passed(judgement: Judgement) -> set[str]:
    return {one.requirement.id for one in judgement.rulings if one.verdict is Verdict.PASS}


def test_the_same_arguments_make_the_same_bytes() -> None:
    again = list(honest_journal(SMALL))

    assert list(honest_journal(SMALL)) == again
    assert list(honest_journal(replace(SMALL, seed=2))) != again


@pytest.mark.parametrize("size", [SMALL, ONE_BY_ONE])
def test_an_honest_journal_passes_all_that_it_exercises(size: Size) -> None:
    judgement = judged(happenings(size))

    assert judgement.verdict == "partial"  # Clean, of one story.
    assert NEEDED | {"DES-04"} <= passed(judgement)
    assert judgement.counts["payments"] == size.payments


def test_in_few_large_batches_nothing_is_taken_for_a_persons_token() -> None:
    """Neither what merchants are called nor what stands in every payload; and where no token can be
    told from another, there was no opportunity to share one."""
    (ruling,) = [
        one for one in judged(happenings(FEW_LARGE)).rulings if one.requirement.id == "DES-04"
    ]

    assert (ruling.verdict, ruling.exercised) == (Verdict.NOT_EXERCISED, 0)


SMALL_STEPS = list(happenings(SMALL))
ONE_BY_ONE_STEPS = list(happenings(ONE_BY_ONE))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.data())
@pytest.mark.parametrize("steps", [SMALL_STEPS, ONE_BY_ONE_STEPS])
def test_no_beginning_of_an_honest_journal_convicts(steps: list[Step], data: st.DataObject) -> None:
    """What is missing when a run breaks off may still have come."""
    cut = data.draw(st.integers(4, len(steps)))

    judgement = judged(steps[:cut])

    assert failed(judgement) == set()
    assert (judgement.verdict == "partial") is (cut == len(steps))


def merchants_last(steps: list[Step]) -> list[Step]:
    """As a load does it: the merchants tell of everything at the end."""
    told = [step for step in steps if isinstance(step.record, rec.Asked | rec.Followed)]
    rest = [step for step in steps if step not in told]
    return [*rest[:-2], *told, *rest[-2:]]


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.integers(1, 330))
def test_merchants_who_had_not_told_of_all_convict_nobody(left: int) -> None:
    steps = merchants_last(SMALL_STEPS)

    assert failed(judged(steps[:-left])) == set()


def without(wanted: Callable[[rec.Record], bool]) -> Iterator[Step]:
    """The small journal without the first record that is wanted."""
    unwanted = next(step for step in SMALL_STEPS if wanted(step.record))
    return (step for step in SMALL_STEPS if step is not unwanted)


def is_exchange(record: rec.Record, operation: str, key: str = "") -> bool:
    return (
        isinstance(record, rec.Exchange)
        and record.operation == operation
        and key in (record.idempotency_key or "")
    )


@pytest.mark.parametrize(
    ("operation", "key", "convicted_by"),
    [
        ("feed", "trm-7-2", {"MON-01"}),
        ("feed", "trm-7-1", {"MON-01"}),
        ("record_lineage", "trm-7", {"TRC-01"}),
        ("declare", "", {"DEC-01", "DEC-02", "DEC-09"}),
    ],
)
def test_what_the_regulator_was_not_told_convicts(
    operation: str, key: str, convicted_by: set[str]
) -> None:
    judgement = judged(without(lambda record: is_exchange(record, operation, key)))

    assert convicted_by <= failed(judgement)


def with_body(changed: Callable[[str], str]) -> Iterator[Step]:
    """The small journal with another text in the seventh payload."""
    seventh = [step for step in SMALL_STEPS if isinstance(step.record, rec.Arrival)][6]
    for step in SMALL_STEPS:
        if step is seventh:
            assert isinstance(step.record, rec.Arrival)
            text = step.record.body.text or ""
            yield step._replace(record=replace(step.record, body=body(changed(text))))
        else:
            yield step


@pytest.mark.parametrize("cut", [0, 2])
def test_a_leak_convicts_even_in_a_journal_that_breaks_off(cut: int) -> None:
    mobile = Traffic(SMALL.seed).people(1)[0].mobile
    steps = list(with_body(lambda text: text.replace("settlements", f"to {mobile}")))

    judgement = judged(steps[: len(steps) - cut])

    assert "DES-01" in failed(judgement)


def test_a_changed_payload_is_not_the_one_that_was_told() -> None:
    judgement = judged(with_body(lambda text: text + " "))

    assert failed(judgement) >= {"MON-02"}
