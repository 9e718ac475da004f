"""Events by month and type over the reporting period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from asccld.validation.result import ValidationResult

MOST_MONTHS = 24
"""Months shown; a period stated as longer is cut to its last months with events."""

NO_TYPE = ("(blank)", "(not recognised)")
"""Events without a type that counts: none in a month is as it should be, and they come last."""


@dataclass(frozen=True)
class EventsByMonth:
    """Events of every type in the same months."""

    months: tuple[date, ...]
    counts: dict[str, tuple[int, ...]]
    outside: dict[str, int]
    """Events of other months: before the period, after it, or left out because it is too long to show."""


def events_by_month(result: ValidationResult) -> EventsByMonth:
    """Events in the months of the reporting period, each type with a figure for every month."""
    months = _months_shown(result)
    totals: dict[str, dict[date, int]] = {}
    dated = result.months.drop_nulls("month").group_by("event_type", "month", maintain_order=True)
    for kind, month, events in dated.agg(pl.col("events").sum()).iter_rows():
        totals.setdefault(kind or "(blank)", {})[month.replace(day=1)] = events
    kinds = sorted(totals, key=NO_TYPE.__contains__)
    counts = {kind: tuple(totals[kind].get(month, 0) for month in months) for kind in kinds}
    outside = {kind: sum(totals[kind].values()) - sum(counts[kind]) for kind in kinds}
    return EventsByMonth(months, counts, outside)


def _months_shown(result: ValidationResult) -> tuple[date, ...]:
    period = result.period or result.derived_period
    if period and 0 <= _months_between(*period) < MOST_MONTHS:
        return _last_months(period[1], _months_between(*period) + 1)
    with_events = result.months.filter(pl.col("events") > 0)
    if period and period[0] <= period[1]:
        with_events = with_events.filter(pl.col("month").is_between(*period))
    latest = with_events.get_column("month").max()
    return _last_months(latest, MOST_MONTHS // 2) if isinstance(latest, date) else ()


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _last_months(last: date, count: int) -> tuple[date, ...]:
    numbers = range(last.year * 12 + last.month - count, last.year * 12 + last.month)
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers if number >= 12)
