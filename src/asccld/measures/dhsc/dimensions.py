"""The dashboard's dimensions: calendar, councils, and the values that occur.

Method: DHSC dashboard script 7 (dhsc-2026-06), from the single main table. Columns out: those of the national tables.
Parameter: `today`, the refresh date, missing unless given. Known limitation: the label of the ASCOF period is fixed in
the script.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

import ibis
from ibis.expr.types import Table

from asccld.measures.dhsc.months import first_of_month, months_label
from asccld.measures.main_table import MainSource
from asccld.measures.references import COUNCILS
from asccld.measures.settings import FAR_FUTURE, Settings
from asccld.processing.run import Tables
from asccld.processing.text import folded

if TYPE_CHECKING:
    import polars as pl

VALUES = {
    "_psr": ("primary_support_reason", "primary_support_reason_cleaned"),
    "_gender": ("gender", "gender_cleaned"),
    "_ethnicity": ("ethnicity", "ethnicity_cleaned"),
    "_client_type": ("client_type", "client_type_cleaned"),
}
"""Dimension -> its column, and the column of the main table whose values it lists."""

BANDS = ("95 and above", "85 to 94", "75 to 84", "65 to 74", "45 to 64", "25 to 44", "18 to 24", "Under 18", "Unknown")
"""Age bands in the order of the dashboard."""

ENGLAND = ("99999", "England", "National")
ASCOF_PERIOD = "Apr 23 - Apr 24"
"""As the script has it."""

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
FIRST_PERIOD = (date(2023, 4, 1), date(2023, 6, 30))
"""For periods that start within it, waiting times cover three months less."""


def dimensions(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """One table per dimension."""
    values = {suffix: partial(_values, source, *columns) for suffix, columns in VALUES.items()}
    return Tables(
        {
            "_calendar": lambda: ibis.memtable(calendar_of(settings)),
            "_geography": lambda: _geography(source),
            **values,
            "_age_bands": lambda: _age_bands(source),
        }
    )


def _values(source: MainSource, name: str, column: str) -> Table:
    """The values that occur, a missing one included; spellings that the database takes for one are one."""
    rows = source.rows
    found = rows.group_by(key=folded(rows[column])).agg(**{name: rows[column].min()})
    return found.select(name)


def _age_bands(source: MainSource) -> Table:
    bands = _values(source, "der_age_band", "der_age_band")
    places = {folded_band.lower(): place for place, folded_band in enumerate(BANDS, 1)}
    return bands.mutate(sort_order=folded(bands.der_age_band).cases(*places.items(), else_=ibis.null("int8")))


def _geography(source: MainSource) -> Table:
    listed = source.reference.needed(COUNCILS, "dimensions")
    columns = ("la_code", "la_name", "region")
    england = ibis.memtable({name: [value] for name, value in zip(columns, ENGLAND, strict=True)})
    return ibis.union(listed.select(*columns), england)


def calendar_of(settings: Settings) -> pl.DataFrame:
    """One row per day of the period."""
    import polars as pl

    day = pl.col("calendar_date")
    start, end = settings.start, settings.end
    days = pl.DataFrame({"calendar_date": pl.date_range(start, end, eager=True)})
    sunday = day.dt.offset_by("1w").dt.truncate("1w") - pl.duration(days=1)
    first_month = (sunday.dt.day() <= 6) & (day.dt.month() == start.month) & (day.dt.day() <= 7)
    financial_quarter = (day.dt.quarter() + 2) % 4 + 1
    year = pl.when(day.dt.month() >= 4).then(day.dt.year()).otherwise(day.dt.year() - 1)
    quarter = pl.format("Q{}", financial_quarter)
    refreshed = None if settings.today == FAR_FUTURE else datetime.combine(settings.today, time())
    return days.select(
        "calendar_date",
        day.dt.month().replace_strict(dict(enumerate(MONTH_NAMES, 1)), return_dtype=pl.String).alias("month_name"),
        day.dt.month().alias("month_num"),
        day.dt.year().alias("year"),
        (day.dt.truncate("1q").dt.offset_by("1q") - pl.duration(days=1)).alias("last_day_of_quarter"),
        day.dt.month_end().alias("last_day_of_month"),
        pl.when(~first_month & (sunday <= end)).then(sunday).alias("last_day_of_week"),
        quarter.alias("quarter_name"),
        pl.format("{}-{}_{}", _two_digits(year), _two_digits(year + 1), quarter).alias("quarter_name_year"),
        pl.lit(start).alias("reporting_period_start_date"),
        pl.lit(end).alias("reporting_period_end_date"),
        pl.lit(months_label(start, end)).alias("current_reporting_period"),
        pl.lit(months_label(first_of_month(end, 2), end)).alias("costs_reporting_period"),
        pl.lit(months_label(_waiting_start(start), end)).alias("waiting_times_period_covered"),
        pl.lit(ASCOF_PERIOD).alias("ascof_period_covered"),
        pl.lit(refreshed, dtype=pl.Datetime("us")).alias("refresh_date"),
    )


def _two_digits(year: pl.Expr) -> pl.Expr:
    import polars as pl

    return (year % 100).cast(pl.String).str.zfill(2)


def _waiting_start(start: date) -> date:
    return first_of_month(start, -3) if FIRST_PERIOD[0] <= start <= FIRST_PERIOD[1] else start
