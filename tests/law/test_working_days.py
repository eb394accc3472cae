"""Working days, compared with the State Council's published calendars."""

from datetime import UTC, date, datetime

import pytest

from simulator.law.packs import ReviewPeriods
from simulator.law.working_days import (
    BeyondCalendar,
    add_working_days,
    china_date,
    is_working_day,
    next_working_day,
)

# Holidays that fall on Monday to Friday, and weekend days worked, as another calendar counts them.
WORKING_DAYS_OF_YEAR = {2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}


def test_a_holiday_on_a_weekday_is_free_and_a_make_up_sunday_is_worked() -> None:
    assert not is_working_day(date(2023, 6, 22))  # Dragon Boat Festival, a Thursday
    assert is_working_day(date(2023, 6, 25))  # Sunday, worked in exchange
    assert not is_working_day(date(2023, 6, 24))
    assert is_working_day(date(2023, 6, 26))
    assert not is_working_day(date(2025, 10, 8))
    assert is_working_day(date(2026, 1, 4))


def test_the_longest_normal_assessment_takes_57_working_days() -> None:
    periods = ReviewPeriods()
    filed = date(2023, 6, 1)

    forwarded = add_working_days(filed, periods.completeness)
    accepted = add_working_days(forwarded, periods.acceptance)
    assessed = add_working_days(accepted, periods.assessment)

    assert periods.longest_normal == 57
    assert (forwarded, accepted, assessed) == (
        date(2023, 6, 8),
        date(2023, 6, 19),
        date(2023, 8, 22),
    )
    assert add_working_days(filed, 57) == assessed


@pytest.mark.parametrize(
    ("filed", "assessed"),
    [
        (date(2023, 9, 15), date(2023, 12, 11)),  # over National Day
        (date(2025, 1, 20), date(2025, 4, 16)),  # over the Spring Festival
    ],
)
def test_57_working_days_over_a_long_holiday(filed: date, assessed: date) -> None:
    assert add_working_days(filed, 57) == assessed


def test_a_negative_count_goes_back_and_zero_stays() -> None:
    assert add_working_days(date(2025, 12, 31), -60) == date(2025, 10, 9)
    assert add_working_days(date(2023, 6, 24), 0) == date(2023, 6, 24)


def test_the_next_working_day_skips_a_festival() -> None:
    assert next_working_day(date(2024, 2, 9)) == date(2024, 2, 18)


@pytest.mark.parametrize(("year", "expected"), WORKING_DAYS_OF_YEAR.items())
def test_a_year_has_as_many_working_days_as_published(year: int, expected: int) -> None:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()

    worked = sum(is_working_day(date.fromordinal(day)) for day in range(first, last + 1))

    assert worked == expected


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2027, 1, 1)])
def test_a_day_beyond_the_table_has_no_answer(day: date) -> None:
    with pytest.raises(
        BeyondCalendar, match=f"the working days of {day.isoformat()} are not known"
    ):
        is_working_day(day)


def test_a_period_that_runs_beyond_the_table_has_no_answer() -> None:
    with pytest.raises(BeyondCalendar):
        add_working_days(date(2026, 12, 1), 57)


def test_a_legal_day_begins_at_midnight_in_china() -> None:
    assert china_date(datetime(2024, 3, 21, 15, 59, tzinfo=UTC)) == date(2024, 3, 21)
    assert china_date(datetime(2024, 3, 21, 16, 0, tzinfo=UTC)) == date(2024, 3, 22)
