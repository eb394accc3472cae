"""Each natural person counts once, and the count demands what the law of the day says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.journal.events.headcount import HandlerDescribed, PersonsCounted
from simulator.messages.headcount import HandlerRequest, HeadcountRequest
from simulator.regulator.lifecycle import headcount, mechanism
from simulator.regulator.lifecycle.mechanism import Demanded
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import NOW, REGISTERED, fold, refused

IN_2024 = datetime(2024, 6, 1, tzinfo=UTC)
IN_2026 = datetime(2026, 6, 1, tzinfo=UTC)
LAST_OF_2022 = datetime(2022, 12, 31, 15, 59, tzinfo=UTC)
"""One minute before midnight in China."""
FIRST_OF_2023 = datetime(2022, 12, 31, 16, 0, tzinfo=UTC)


def of(numbers: Iterable[int]) -> tuple[str, ...]:
    """The tokens of persons with these numbers."""
    return tuple(f"{number:032x}" for number in numbers)


def told(recipient: str = "acquirer-sg", **fields: Any) -> HeadcountRequest:
    return HeadcountRequest(recipient=recipient, **fields)


def beginning(at: datetime) -> RegulatorState:
    """One active platform in a world that begins then."""
    state = RegulatorState()
    state.open({}, rule_pack=state.law_at(NOW).id, starts_at=NOW)
    state.fold(REGISTERED)
    assert state.law_at(at).holds_on(at.date())
    return state


def count(state: RegulatorState, now: datetime, **fields: Any) -> None:
    fold(state, headcount.count(state, "reg-1", told(**fields), now))


def standing(state: RegulatorState, now: datetime) -> tuple[int, int, str]:
    found = mechanism.demanded(state, "reg-1", now)
    return found.persons, found.sensitive_persons, found.mechanism


def test_a_person_counts_once_across_messages_recipients_and_days() -> None:
    state = beginning(NOW)
    count(state, NOW, ordinary=of([1, 2, 2]), recipient="acquirer-sg")
    count(state, NOW.replace(day=2), ordinary=of([2, 3]), recipient="acquirer-th")
    count(state, NOW.replace(day=3), sensitive=of([3]))

    assert standing(state, NOW.replace(day=3))[:2] == (3, 1)
    again = headcount.count(state, "reg-1", told(ordinary=of([1, 2])), NOW.replace(day=4))
    assert again == ()


def test_the_answer_tells_whom_the_window_did_not_know() -> None:
    state = beginning(NOW)
    count(state, NOW, ordinary=of([1, 2]))

    request = told(ordinary=of([2, 3]), sensitive=of([3, 4]))
    assert headcount.new_in_window(state, "reg-1", request, NOW) == (2, 1)


def test_only_what_is_news_is_recorded_and_in_sixteen_bytes_a_person() -> None:
    state = beginning(NOW)
    count(state, NOW, ordinary=of([1]))
    events = fold(state, headcount.count(state, "reg-1", told(ordinary=of([1, 2])), NOW))

    assert events == (
        PersonsCounted(
            platform="reg-1",
            year=2023,
            recipient="acquirer-sg",
            ordinary="AAAAAAAAAAAAAAAAAAAAAg==",
            sensitive="",
            exempt=False,
            at=NOW,
        ),
    )


ASSESSED = "security_assessment"
CONTRACTED = "standard_contract_or_certification"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW, {99_999: CONTRACTED, 100_000: ASSESSED}),
        (
            IN_2024,
            {99_999: "exempt", 100_000: CONTRACTED, 999_999: CONTRACTED, 1_000_000: ASSESSED},
        ),
        (IN_2026, {99_999: "exempt", 100_000: CONTRACTED}),
    ],
)
def test_the_boundaries_hold_for_persons_told_in_many_messages(
    now: datetime, expected: dict[int, str]
) -> None:
    """Splitting gives nothing: every message tells 40,000 at most, and each overlaps the last."""
    state, told_until = beginning(now), 0
    for persons, demanded in expected.items():
        for start in range(max(0, told_until - 1_000), persons, 39_000):
            count(state, now, ordinary=of(range(start, min(start + 40_000, persons))))
        told_until = persons

        assert standing(state, now) == (persons, 0, demanded)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW, {9_999: CONTRACTED, 10_000: ASSESSED}),
        (IN_2024, {1: CONTRACTED, 9_999: CONTRACTED, 10_000: ASSESSED}),
        (IN_2026, {9_999: CONTRACTED, 10_000: ASSESSED}),
    ],
)
def test_the_boundaries_hold_for_sensitive_information_told_for_many_recipients(
    now: datetime, expected: dict[int, str]
) -> None:
    state, told_until = beginning(now), 0
    for persons, demanded in expected.items():
        for start in range(max(0, told_until - 1_000), persons, 3_000):
            told_now = of(range(start, min(start + 4_000, persons)))
            count(state, now, sensitive=told_now, recipient=f"recipient-{start}")
        told_until = persons

        assert standing(state, now) == (persons, persons, demanded)


def test_persons_with_sensitive_information_count_among_all() -> None:
    state = beginning(NOW)
    count(state, NOW, ordinary=of(range(90_001)), sensitive=of(range(10**9, 10**9 + 9_998)))
    assert standing(state, NOW) == (99_999, 9_998, CONTRACTED)

    count(state, NOW, sensitive=of([10**9 + 9_998]))
    assert standing(state, NOW) == (100_000, 9_999, ASSESSED)


@pytest.mark.parametrize("now", [NOW, IN_2024, IN_2026])
@pytest.mark.parametrize("split", [1, 7, 100])
def test_persons_stated_in_a_declaration_are_added_to_those_counted(
    now: datetime, split: int
) -> None:
    law = beginning(now).law_at(now)
    limit = law.thresholds.assessed_sensitive_persons
    state = beginning(now)
    count(state, now, sensitive=of(range(limit - split - 1)))

    def demanded(stated: int) -> str:
        return mechanism.demanded(
            state, "reg-1", now, stated_persons=stated, stated_sensitive_persons=stated
        ).mechanism

    assert demanded(split) == "standard_contract_or_certification"
    assert demanded(split + 1) == "security_assessment"


def test_the_reason_says_the_number_that_decided() -> None:
    state = beginning(NOW)
    count(state, NOW, ordinary=of(range(3)))

    found = mechanism.demanded(state, "reg-1", NOW, stated_persons=99_997)
    assert found == Demanded(
        mechanism="security_assessment",
        reason="100000 persons, 100000 or more",
        clause="Order 11 art. 4",
        persons=100_000,
        sensitive_persons=0,
        counted_since=datetime(2022, 1, 1).date(),
        rule_pack="r2022",
    )


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ({"handled_persons": 999_999}, "standard_contract_or_certification"),
        ({"handled_persons": 1_000_000}, "security_assessment"),
        ({"critical_operator": True}, "security_assessment"),
        ({"important_data": True}, "security_assessment"),
    ],
)
def test_what_the_handler_says_of_itself_decides_too(
    handler: dict[str, Any], expected: str
) -> None:
    state = beginning(NOW)
    described = headcount.describe(state, "reg-1", HandlerRequest(**handler), NOW)
    assert isinstance(fold(state, described)[0], HandlerDescribed)
    count(state, NOW, ordinary=of([1]))

    assert standing(state, NOW)[2] == expected


def test_new_year_begins_the_count_anew_since_2024_but_not_before() -> None:
    """Order 11 counts since 1 January of the previous year, Order 16 of the current one."""
    state = beginning(NOW)
    count(state, datetime(2023, 12, 31, 15, 59, tzinfo=UTC), sensitive=of(range(6_000)))
    in_2024 = datetime(2023, 12, 31, 16, 0, tzinfo=UTC)
    assert standing(state, in_2024)[:2] == (6_000, 6_000)
    count(state, in_2024, sensitive=of(range(5_000, 10_000)))
    assert standing(state, in_2024) == (10_000, 10_000, "security_assessment")

    before = datetime(2024, 3, 21, 15, 59, tzinfo=UTC)
    after = datetime(2024, 3, 21, 16, 0, tzinfo=UTC)  # Midnight in China: Order 16 is in force.
    assert standing(state, before) == (10_000, 10_000, "security_assessment")
    assert standing(state, after) == (5_000, 5_000, "standard_contract_or_certification")

    in_2025 = datetime(2024, 12, 31, 16, 0, tzinfo=UTC)
    assert standing(state, in_2025) == (0, 0, "exempt")
    count(state, in_2025, sensitive=of([1]))
    assert standing(state, in_2025) == (1, 1, "standard_contract_or_certification")


def test_two_years_are_remembered_and_older_ones_forgotten() -> None:
    state = beginning(NOW)
    for year in (2023, 2024, 2025, 2026):
        count(state, datetime(year, 6, 1, tzinfo=UTC), ordinary=of([year]))

    assert sorted(state.persons) == sorted(state.tallies) == [("reg-1", 2025), ("reg-1", 2026)]


def test_persons_under_an_exemption_count_only_where_the_rule_pack_says_so() -> None:
    state = beginning(IN_2024)
    count(state, IN_2024, sensitive=of(range(10)), exempt=True)
    count(state, IN_2024, ordinary=of([1]), exempt=True)
    assert not state.law_at(IN_2024).exempted_persons_count
    assert standing(state, IN_2024) == (0, 0, "exempt")
    assert headcount.tally(state, "reg-1", IN_2024).exempted == 10
    count(state, IN_2024, ordinary=of([1]))
    assert standing(state, IN_2024) == (1, 0, "exempt")

    earlier = beginning(NOW)
    count(earlier, NOW, sensitive=of(range(10)), exempt=True)
    assert earlier.law_at(NOW).exempted_persons_count
    assert standing(earlier, NOW) == (10, 10, "standard_contract_or_certification")


def test_an_inactive_platform_cannot_count() -> None:
    state = RegulatorState()
    state.fold(replace(REGISTERED, callback_url="http://127.0.0.1/notices"))

    request = told(ordinary=of([1]))
    for outcome in (
        headcount.count(state, "reg-1", request, NOW),
        headcount.describe(state, "reg-1", HandlerRequest(), NOW),
    ):
        assert refused(outcome).code == "callback_unconfirmed"


PERSONS = st.frozensets(st.integers(0, 30), max_size=12)
MESSAGES = st.lists(
    st.tuples(PERSONS, PERSONS, st.booleans(), st.sampled_from([2023, 2024, 2025])), max_size=8
)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_the_count_is_that_of_sets_whatever_order_and_splitting(
    messages: list[tuple[frozenset[int], frozenset[int], bool, int]], random: Any
) -> None:
    """Against plain sets; the messages of a year come in any order, one person at a time too."""
    messages.sort(key=lambda message: message[3])
    whole, split = beginning(NOW), beginning(NOW)
    events: list[Any] = []
    for ordinary, sensitive, exempt, year in messages:
        at = datetime(year, 6, 1, tzinfo=UTC)
        outcome = headcount.count(
            whole, "reg-1", told(ordinary=of(ordinary), sensitive=of(sensitive), exempt=exempt), at
        )
        events += fold(whole, outcome)
    shuffled = [*messages]
    random.shuffle(shuffled)
    for ordinary, sensitive, exempt, year in sorted(shuffled, key=lambda message: message[3]):
        at = datetime(year, 6, 1, tzinfo=UTC)
        for person in sorted(sensitive, reverse=True):
            count(split, at, sensitive=of([person]), exempt=exempt)
        for person in ordinary:
            count(split, at, ordinary=of([person]), exempt=exempt)

    refolded = beginning(NOW)
    refolded.fold_all(events)
    assert refolded == whole
    assert (split.persons, split.tallies) == (whole.persons, whole.tallies)
    for tallies in whole.tallies.values():
        assert min(*tallies.of_year.by_marks, *tallies.of_both.by_marks) >= 0
    for now in (datetime(2024, 1, 15, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)):
        if messages and messages[-1][3] > now.year:
            continue
        assert standing(whole, now)[:2] == _by_sets(whole, messages, now)


def _by_sets(
    state: RegulatorState,
    messages: list[tuple[frozenset[int], frozenset[int], bool, int]],
    now: datetime,
) -> tuple[int, int]:
    law = state.law_at(now)
    counting = [
        (ordinary, sensitive)
        for ordinary, sensitive, exempt, year in messages
        if year >= law.counted_since(now.date()).year
        and year <= now.year
        and (law.exempted_persons_count or not exempt)
    ]
    sensitive = frozenset().union(*(one for _, one in counting))
    return len(sensitive.union(*(one for one, _ in counting))), len(sensitive)
