"""The reporting period of each submitted file, as its events show it.

Method: DHSC `REF_Submission_Reporting_Periods` (dhsc-2026-06, version 1 of the derivation). Counting unit: rows whose
submitted end date lies before the month of import. Columns in: la_code, la_name, importdate, stated period, event_type,
event_end_date. Columns out: `PERIOD_COLUMNS`, one row per (la_code, la_name, importdate). Known limitation: deaths are
not considered here.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue, Table

from asccld.processing.columns import threshold
from asccld.processing.text import days_from, folded

PERIOD_COLUMNS = (
    "la_code", "la_name", "importdate", "n_reporting_periods",
    "reporting_period_start_date", "reporting_period_end_date", "reporting_period_length",
    "der_reporting_period_start_date", "der_reporting_period_end_date", "der_reporting_period_length",
)  # fmt: skip

_FILE = ("code_key", "name_key", "importdate")


def reporting_periods(
    events: Table,
    *,
    min_events: float | None = None,
    min_percent: float | None = None,
    small_files: str = "official",
) -> Table:
    """Stated and derived reporting period of every file.

    `small_files="documented"` (option q1) takes the stated dates of a file with fewer than `min_events` ended events,
    as the Department's methodology page says; its code takes the first to the last month in which anything ended.
    """
    least = threshold("reporting_periods", "min_events") if min_events is None else min_events
    share = threshold("reporting_periods", "min_percent") if min_percent is None else min_percent
    counts = _counts(events)
    stated, derived = _stated(counts), _derived(counts, least, share)
    both = stated.left_join(derived, [stated[key] == derived[key] for key in _FILE])
    found = both.select(
        *(stated[c] for c in PERIOD_COLUMNS[:6]),
        der_reporting_period_start_date=derived.first_day,
        der_reporting_period_end_date=derived.last_day,
        few_events=derived.few_events.fill_null(True),
        known_council=stated.code_key.notnull(),
    )
    if small_files == "documented":
        found = _stated_where_few(found)
    return _with_lengths(found).select(*PERIOD_COLUMNS)


def _counts(events: Table) -> Table:
    """Rows by file, stated period, event type and month of end: all that the derivation needs, in one reading."""
    counted = events.select(
        "la_code", "la_name", "importdate", "reporting_period_start_date", "reporting_period_end_date", "event_type",
        month=events.event_end_date.truncate("M").cast("date"),
    )  # fmt: skip
    grouped = counted.group_by(counted.columns).agg(events=counted.count())
    return grouped.mutate(
        code_key=folded(grouped.la_code), name_key=folded(grouped.la_name), type_key=folded(grouped.event_type)
    )


def _stated(counts: Table) -> Table:
    dates = [counts[f"reporting_period_{edge}_date"].cast("string").fill_null("") for edge in ("start", "end")]
    return (
        counts.mutate(stated=dates[0] + dates[1])
        .group_by(_FILE)
        .agg(
            la_code=counts.la_code.min(),
            la_name=counts.la_name.min(),
            n_reporting_periods=ibis.deferred.stated.nunique(),
            reporting_period_start_date=counts.reporting_period_start_date.min(),
            reporting_period_end_date=counts.reporting_period_end_date.max(),
        )
    )


def _derived(counts: Table, least: float, share: float) -> Table:
    # Whole months lie before the month of import, or not: whether an event had ended need not be asked row by row.
    ended = counts.filter(counts.month < counts.importdate.truncate("M").cast("date"))
    months = ended.group_by((*_FILE, "month")).agg(ended=ended.events.sum(), types=ended.type_key.nunique())
    of_file = ibis.window(group_by=[months[key] for key in _FILE])
    months = months.mutate(in_file=months.ended.sum().over(of_file), most_types=months.types.max().over(of_file))
    few = months.in_file < least
    enough = (months.ended * 100.0 / months.in_file >= share) & (
        months.types >= months.most_types - int(threshold("reporting_periods", "types_short"))
    )
    months = months.mutate(few=few, month_end=_month_end(months.month))
    kept = months.filter(enough | few)
    return kept.group_by(_FILE).agg(
        first_day=kept.month.min(), last_day=kept.month_end.max(), few_events=kept.few.cast("int32").max() == 1
    )


def _month_end(month: DateValue) -> DateValue:
    return cast("DateValue", (month + ibis.interval(months=1) - ibis.interval(days=1)).cast("date"))


def _stated_where_few(found: Table) -> Table:
    stated = cast("BooleanValue", found.few_events & found.known_council)
    return found.mutate(
        **{
            f"der_reporting_period_{edge}_date": stated.ifelse(
                found[f"reporting_period_{edge}_date"], found[f"der_reporting_period_{edge}_date"]
            )
            for edge in ("start", "end")
        }
    )


def _with_lengths(found: Table) -> Table:
    return found.mutate(
        reporting_period_length=_months(found.reporting_period_start_date, found.reporting_period_end_date),
        der_reporting_period_length=_months(found.der_reporting_period_start_date, found.der_reporting_period_end_date),
    )


def _months(start: DateValue, end: DateValue) -> IntegerValue:
    whole = (days_from(start, end) / threshold("reporting_periods", "days_per_month")).round()
    return cast("IntegerValue", whole.cast("int32"))
