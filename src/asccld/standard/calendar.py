"""The submission calendar: which file is due on a date, what it covers, by when, and in which release.

A quarter is due until its deadline, the last day of the month after it: on 31 July the quarter that ended on 30 June,
on 1 August the one that ends on 30 September. Only the rolling twelve months are mandatory; the other covers are those
that the voluntary phase accepted and that some councils still use. Monthly files follow the same rule month by month.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Literal, get_args

from asccld.errors import AsccldError
from asccld.standard.model import CalendarRules, Release, Standard

Covers = Literal["rolling", "quarter", "year-to-date", "month", "previous-year", "any"]
COVERS: tuple[Covers, ...] = get_args(Covers)
YEAR_START = 4  # the month in which the financial year starts


@dataclass(frozen=True)
class Submission:
    """One file that is due."""

    covers: Covers
    quarter: str
    """The quarter (or month) that the file is for, as people name it: `Q1 2026-27`."""
    period_start: date | None
    """First day of the reporting period; None when any period may be sent."""
    period_end: date | None
    deadline: date
    release: str
    """Id of the release in force at the end of the period."""


def months_later(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def month_end(day: date) -> date:
    """The last day of the month that `day` is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def release_in_force(standard: Standard, period_end: date) -> Release:
    """The release for files whose reporting period ends on this day; raises AsccldError before the first release."""
    release = standard.in_force(period_end)
    if release is not None:
        return release
    first = next(iter(standard.releases.values()))
    raise AsccldError(
        what=f"No release of the standard is in force on {period_end.isoformat()}",
        remedy=f"The first one ({first.id}) is valid from {first.valid_from.isoformat()}: give a later date",
    )


_LAST_YEAR = 9950
"""Some files further, the years of dates end."""


def submission_due(standard: Standard, day: date, covers: Covers = "rolling") -> Submission:
    """The next file due on this day."""
    return submissions_due(standard, day, covers, 1)[0]


def submissions_due(
    standard: Standard, day: date, covers: Covers = "rolling", count: int = 1
) -> tuple[Submission, ...]:
    """The next `count` files due from this day on; raises AsccldError for a day in the calendar's last years."""
    if day.year >= _LAST_YEAR:
        raise AsccldError(f"The calendar ends soon after {day}", None, f"Give a day before {_LAST_YEAR}")
    ends = _period_ends(standard.calendar, day, covers)
    return tuple(_submission(standard, end, covers) for end in islice(ends, count))


def _period_ends(rules: CalendarRules, day: date, covers: Covers) -> Iterator[date]:
    months = tuple(range(1, 13)) if covers == "month" else rules.quarter_end_months
    # The earliest end whose deadline can still be ahead lies one month more than the notice before the day.
    end = max(month_end(months_later(day, -rules.deadline_months_after - 1)), rules.first_period_end)
    while True:
        if end.month in months and _deadline(rules, end) >= day:
            yield end
        end = month_end(months_later(end, 1))


def _deadline(rules: CalendarRules, end: date) -> date:
    return month_end(months_later(end, rules.deadline_months_after))


def _submission(standard: Standard, end: date, covers: Covers) -> Submission:
    start, covered_end = _period(standard.calendar, end, covers)
    return Submission(
        covers=covers,
        quarter=f"{end:%B %Y}" if covers == "month" else quarter_name(end),
        period_start=start,
        period_end=covered_end,
        deadline=_deadline(standard.calendar, end),
        release=release_in_force(standard, covered_end or end).id,
    )


def _period(rules: CalendarRules, end: date, covers: Covers) -> tuple[date | None, date | None]:
    year_start = date(end.year - (end.month < YEAR_START), YEAR_START, 1)
    match covers:
        case "rolling":
            return _first_day(end, rules.covers_months), end
        case "quarter":
            return _first_day(end, 3), end
        case "month":
            return _first_day(end, 1), end
        case "year-to-date":
            return year_start, end
        case "previous-year":
            return months_later(year_start, -12), year_start - timedelta(days=1)
        case "any":
            return None, None


def _first_day(end: date, months: int) -> date:
    return months_later(end.replace(day=1), 1 - months)


def quarter_name(end: date) -> str:
    """The financial quarter that a day is in: `Q1 2026-27`."""
    year = end.year - (end.month < YEAR_START)
    quarter = (end.month - YEAR_START) % 12 // 3 + 1
    return f"Q{quarter} {year}-{(year + 1) % 100:02d}"
