"""The reporting period: what the rows state, and what the events themselves show.

The derivation is version 1 of the Department's (create_REF_Submission_Reporting_Periods): count events by month of
their end date, leave out the month of submission and later, keep months with at least 2 % of the events and nearly
all event types.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from asccld.standard.calendar import month_end
from asccld.validation.tallies import BLANK_TYPE

Period = tuple[date, date]

MIN_EVENTS = 100
MIN_PERCENT = 2


def stated_period(periods: pl.DataFrame) -> tuple[date, date] | None:
    """The pair of dates that most rows state; `periods` has start, end and count."""
    known = periods.drop_nulls()
    if known.is_empty():
        return None
    best = known.group_by("start", "end").agg(pl.col("count").sum()).sort("count", "end", "start").row(-1, named=True)
    return best["start"], best["end"]


def believed(period: Period | None, first_year: int) -> Period | None:
    """A period of this collection; a date of decades before is a person's under a wrong heading, and not shown."""
    return period if period and period[0].year >= first_year else None


def derived_period(ended: pl.DataFrame, received: date) -> tuple[date, date] | None:
    """First and last day of the months that qualify; `ended` has event_type, month (first day) and events."""
    counted = ended.filter((pl.col("month") < received.replace(day=1)) & pl.col("month").is_not_null())
    event_types = pl.col("event_type").filter(pl.col("event_type") != BLANK_TYPE)
    months = counted.group_by("month").agg(pl.col("events").sum(), types=event_types.n_unique())
    total = int(months["events"].sum())
    if not total:
        return None
    if total >= MIN_EVENTS:
        most_types = int(
            months.select(pl.col("types").max()).item()
        )  # the largest number in any month, as the code has it
        months = months.filter((100 * pl.col("events") / total >= MIN_PERCENT) & (pl.col("types") >= most_types - 1))
    if months.is_empty():
        return None
    first, last = months.select(pl.col("month").min().alias("a"), pl.col("month").max().alias("b")).row(0)
    return first, month_end(last)


def months_between(start: date, end: date) -> list[date]:
    """First days of the months from start to end."""
    count = (end.year - start.year) * 12 + end.month - start.month
    return [date(start.year + (start.month - 1 + i) // 12, (start.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)]


def length_in_months(start: date, end: date) -> int | None:
    """Whole calendar months that a period covers, None when it does not begin and end with a month."""
    whole = start.day == 1 and end == month_end(end)
    return len(months_between(start, end)) if whole and start <= end else None
