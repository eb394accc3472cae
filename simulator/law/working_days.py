"""Counts working days of the People's Republic of China, the days on which legal periods run.

The State Council publishes each year's holidays, and the weekend days worked in exchange, in the
November before. The table holds what was published; outside it no answer is given, because a
guessed holiday moves a legal deadline.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
_ONE_DAY = timedelta(days=1)

OPEN, SHUT = timedelta(hours=9), timedelta(hours=18)
"""Office hours, as times of the day in China."""

# First and last day of each holiday, as month-day.
_HOLIDAYS: dict[int, tuple[tuple[str, str], ...]] = {
    2022: (
        ("01-01", "01-03"),  # New Year
        ("01-31", "02-06"),  # Spring Festival
        ("04-03", "04-05"),  # Tomb-sweeping Day
        ("04-30", "05-04"),  # Labour Day
        ("06-03", "06-05"),  # Dragon Boat Festival
        ("09-10", "09-12"),  # Mid-autumn Festival
        ("10-01", "10-07"),  # National Day
        ("12-31", "12-31"),  # New Year of 2023
    ),
    2023: (
        ("01-01", "01-02"),
        ("01-21", "01-27"),
        ("04-05", "04-05"),
        ("04-29", "05-03"),
        ("06-22", "06-24"),
        ("09-29", "10-06"),  # Mid-autumn Festival and National Day
        ("12-30", "12-31"),  # New Year of 2024
    ),
    2024: (
        ("01-01", "01-01"),
        ("02-10", "02-17"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("06-10", "06-10"),
        ("09-15", "09-17"),
        ("10-01", "10-07"),
    ),
    2025: (
        ("01-01", "01-01"),
        ("01-28", "02-04"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("05-31", "06-02"),
        ("10-01", "10-08"),  # National Day and Mid-autumn Festival
    ),
    2026: (
        ("01-01", "01-03"),
        ("02-15", "02-23"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("06-19", "06-21"),
        ("09-25", "09-27"),
        ("10-01", "10-07"),
    ),
}

# Saturdays and Sundays that are worked in exchange for a longer holiday.
_MAKE_UP_WORKDAYS: dict[int, tuple[str, ...]] = {
    2022: ("01-29", "01-30", "04-02", "04-24", "05-07", "10-08", "10-09"),
    2023: ("01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"),
    2024: ("02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"),
    2025: ("01-26", "02-08", "04-27", "09-28", "10-11"),
    2026: ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
}

FIRST_DAY = date(min(_HOLIDAYS), 1, 1)
LAST_DAY = date(max(_HOLIDAYS), 12, 31)


class BeyondCalendar(LookupError):
    """A day whose holidays the table does not know."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"the working days of {day.isoformat()} are not known:"
            f" the table runs from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()};"
            f" add the State Council's notice for {day.year} to it"
        )
        self.day = day


def china_date(moment: datetime) -> date:
    """The date in China at this moment: legal days begin and end at midnight there."""
    return moment.astimezone(CHINA).date()


def is_working_day(day: date) -> bool:
    """Whether offices work on this day; raises BeyondCalendar outside the table."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BeyondCalendar(day)
    month_day = f"{day:%m-%d}"
    if month_day in _MAKE_UP_WORKDAYS[day.year]:
        return True
    if any(first <= month_day <= last for first, last in _HOLIDAYS[day.year]):
        return False
    return day.weekday() < 5


def next_working_day(day: date) -> date:
    """The first working day after this day."""
    return add_working_days(day, 1)


def end_of_working_days(moment: datetime, count: int) -> datetime:
    """When a period of `count` working days ends that begins on the day after this moment: at the
    midnight in China after its last day. Raises BeyondCalendar."""
    last = add_working_days(china_date(moment), count)
    return datetime.combine(last + _ONE_DAY, time(), CHINA).astimezone(UTC)


def add_working_days(day: date, count: int) -> date:
    """The last day of a period of `count` working days that begins on the day after `day`.

    A negative count goes back: -60 is the last day on which an extension can be asked for before an
    expiry on `day`. Zero gives `day` itself.
    """
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def add_working_time(moment: datetime, days: float) -> datetime:
    """The moment `days` of working time later, in UTC; an office day has the hours of OPEN to SHUT.

    Time outside those hours does not count. Raises BeyondCalendar outside the table.
    """
    here = moment.astimezone(CHINA)
    left = (SHUT - OPEN) * days
    while True:
        midnight = datetime(here.year, here.month, here.day, tzinfo=CHINA)
        here = max(here, midnight + OPEN)
        until_shut = midnight + SHUT - here
        if is_working_day(midnight.date()) and until_shut > timedelta(0):
            if left < until_shut:
                return (here + left).astimezone(UTC)
            left -= until_shut
        here = midnight + _ONE_DAY
