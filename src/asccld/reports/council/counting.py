"""Rows of activity and of costs, counted in the engine by what the report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
import polars as pl

from asccld.reports.council.layout import MONTH
from asccld.reports.council.listed import listed
from asccld.reports.rounding import MONEY, rounded

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr.types import BooleanValue, Table, Value

    from asccld.reports.council.layout import Tally


COSTS: Final = ("cost_per_week", "weekly_commitment", "total_cost")
"""The columns of money of a table of counts."""


def tallied(rows: Table, tally: Tally, period: tuple[date, date]) -> Table:
    """The rows by the columns of the tally, with `count`, or with what they cost; in a fixed order."""
    found = rows
    if tally.where == "started":
        started = rows.event_start_date
        found = rows.filter((started >= period[0]) & (started <= period[1]))
    named = found.mutate(**{name: _by(found, source) for name, source in zip(tally.columns, tally.by, strict=True)})
    numbers = _costs(named) if tally.value == "costs" else {"count": _counted(named, tally.value)}
    counted = named.group_by(*tally.columns).agg(**numbers) if tally.by else named.aggregate(**numbers)
    return counted.order_by(*tally.columns) if tally.by else counted


def to_the_penny(counts: pl.DataFrame) -> pl.DataFrame:
    """The counts with sums and means of money as they are shown: adding up leaves binary noise behind."""
    return counts.with_columns(rounded(pl.col(name), MONEY) for name in COSTS if name in counts.columns)


def _by(rows: Table, source: str) -> Value:
    if not source.startswith(MONTH):
        return listed(rows, source)
    return rows[source.removeprefix(MONTH)].cast("date").truncate("M")


def _counted(rows: Table, value: str) -> Value:
    if value == "rows":
        return rows.count()
    return rows.event_count.sum().fill_null(0).cast("int64")


def _costs(rows: Table) -> dict[str, Value]:
    """Services, people, and what they cost; a one-off cost has no cost per week."""
    weekly, total, committed = (
        rows[name] for name in ("cost_per_week", "total_cost_period", "gross_commitment_per_week")
    )
    person = rows.la_code.concat("/", rows.der_nhs_la_combined_person_id)
    has_cost: BooleanValue = total.notnull()
    return {
        "services": has_cost.sum().fill_null(0).cast("int64"),
        "people": person.nunique(),
        "cost_per_week": weekly.mean(),
        "weekly_commitment": committed.sum().fill_null(ibis.literal(0.0)),
        "total_cost": total.sum().fill_null(ibis.literal(0.0)),
    }
