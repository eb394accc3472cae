"""Counts periods in months and years, where a month may be too short for the day."""

import calendar
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or that month's last."""
    return months_after(day, -months)


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day `years` later; 28 February where a leap day is lost."""
    return months_after(day, 12 * years)
