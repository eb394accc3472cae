"""Legal periods as moments: when a period ends, how long a result holds.

A date that the calendar of working days does not know is a refusal, never a guess.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from simulator.law.working_days import (
    CHINA,
    BeyondCalendar,
    add_working_days,
    china_date,
)
from simulator.regulator.refusal import Refusal, beyond_calendar

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

OFFICES_CLOSE = time(17)
"""In China, on the last working day of a period."""
_ONE_DAY = timedelta(days=1)


def end_of(now: datetime, *working_days: int) -> datetime | Refusal:
    """When a period of so many working days ends, counted from tomorrow; several follow each other.

    Refused where the calendar does not reach.
    """
    day = china_date(now)
    try:
        for count in working_days:
            day = add_working_days(day, count)
    except BeyondCalendar as beyond:
        return beyond_calendar(beyond)
    return datetime.combine(day, OFFICES_CLOSE, CHINA).astimezone(UTC)


def answer_at(
    state: "RegulatorState", now: datetime, *working_days: int
) -> datetime | Refusal | None:
    """When the regulator answers what is asked now, by its policy; `None` waits for a tester."""
    if state.policy.declarations == "statutory":
        return end_of(now, *working_days)
    return state.policy.decide_at(state.policy.declarations, now)


def end_of_validity(last_day: date) -> datetime:
    """The moment after the last day on which a result holds."""
    return _begin(last_day + _ONE_DAY)


def last_day_of(valid_until: datetime) -> date:
    """The last day in China on which a result holds that ends at this moment."""
    return china_date(valid_until) - _ONE_DAY


def last_day_to_extend(last_day: date, before_expiry: int) -> date | Refusal:
    """The last day on which an extension can be asked for, so many working days before expiry."""
    try:
        return add_working_days(last_day, -before_expiry)
    except BeyondCalendar as beyond:
        return beyond_calendar(beyond)


def expiring_at(last_day: date, before_expiry: int) -> datetime | None:
    """When that day begins; `None` where the calendar does not reach so far."""
    day = last_day_to_extend(last_day, before_expiry)
    return None if isinstance(day, Refusal) else _begin(day)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(0), CHINA).astimezone(UTC)
