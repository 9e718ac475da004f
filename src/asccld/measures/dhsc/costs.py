"""What services cost: per week, for how many weeks of the window, and together.

Method: DHSC dashboard script 6 (dhsc-2026-06), from the services of the single main table. Counting unit: services with
a cost. Columns in: see `asccld measures show`. Columns out: those of the national fact; then our gross commitment.
Parameters: the window, the last three months of the period, because prices rise. Known limitations: the frequency is
trusted above the planned units, and a service that ends before it starts has no or negative weeks (Q6).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, cast

import ibis
from ibis.expr.types import (
    BooleanValue,
    DateValue,
    FloatingValue,
    IntegerValue,
    NumericValue,
    StringValue,
    Table,
    Value,
)

from asccld.measures.dhsc.activity import events_of, fact_columns
from asccld.measures.dhsc.months import first_of_month
from asccld.measures.main_table import PERSON, MainSource
from asccld.measures.registry import measure_table
from asccld.measures.settings import ImpossibleDates, Settings
from asccld.measures.source import RECORD
from asccld.processing.run import Tables
from asccld.processing.text import days_from, same, starts

MILLIONTHS = 1_000_000
"""The reference keeps six decimals of a quotient and cuts off the rest (C10)."""

DECIMALS = 8
"""Of an amount: pence times the six decimals of a factor. What follows is noise of binary fractions."""

WEEKS_PER_YEAR = 52
"""As in the reference's factors, so that an annual price grosses to itself."""

MONTHS_OF_WINDOW = 3
NUMBER = r"^ *-?[0-9]+([.][0-9]*)?([eE][-+]?[0-9]+)? *$"
"""How a number is written."""


class Window(NamedTuple):
    """The days of which costs are counted, both included."""

    start: date
    end: date


def costs(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Every service of the window that has a cost."""
    return Tables({"": lambda: _costs(source, settings)})


def cost_window(settings: Settings) -> Window:
    """The window that was asked for, `START..END`, or the last three months of the period; raises ImpossibleDates."""
    asked = settings.options["cost_window"]
    if asked == "last_three_months":
        return Window(first_of_month(settings.end, MONTHS_OF_WINDOW - 1), settings.end)
    try:
        first, last = (date.fromisoformat(part.strip()) for part in asked.split(".."))
    except ValueError:
        example = "Example: --option cost_window=2026-01-01..2026-03-31"
        raise ImpossibleDates(f"'{asked}' is no window", "--option cost_window", example) from None
    if last < first:
        raise ImpossibleDates(
            f"The window ends ({last}) before it starts ({first})", "--option cost_window", "Swap them"
        )
    return Window(first, last)


def _costs(source: MainSource, settings: Settings) -> Table:
    window = cost_window(settings)
    exact = settings.options["cost_arithmetic"] == "exact"
    priced = with_costs(events_of(source, "Service"), window, exact=exact)
    committed = with_commitment(priced, window)
    national = {c: committed[c] for c in ("cost_per_week", "weeks_of_service", "total_cost_period")}
    if not exact:
        national = {c: value.round(DECIMALS) for c, value in national.items()}
    ours = {c: committed[c].round(DECIMALS) for c in COMMITMENT}
    official = {k: v for k, v in fact_columns(committed, "costs").items() if k not in national}
    return committed.select(**official, **national, **ours, record_ids=committed[RECORD].cast("string"))


def with_costs(services: Table, window: Window, *, exact: bool) -> Table:
    """Services of the window with a cost: `cost_per_week`, `weeks_of_service`, `total_cost_period`.

    Without `exact`, factors and weeks have six decimals as in the reference.
    """
    open_ended = services.der_event_end_date.isnull()
    within = (services.event_start_date <= window.end) & (open_ended | (services.der_event_end_date >= window.start))
    rows = services.filter(within)
    frequency = rows.cost_frequency_unit_type_cleaned
    priced = rows.mutate(
        price=_number(rows.unit_cost).abs(),
        units=_units(rows, exact=exact),
        exact_units=_units(rows, exact=True),
        is_one_off=same(frequency, "One-off").fill_null(False),
    )
    kept = priced.filter(priced.price != 0, priced.is_one_off | (priced.units != 0))
    per_week = kept.is_one_off.ifelse(None, kept.price * kept.units)
    weeks = kept.is_one_off.ifelse(None, _weeks(kept, window, exact=exact))
    told = kept.mutate(cost_per_week=per_week, weeks_of_service=weeks)
    total = told.is_one_off.ifelse(told.price, told.cost_per_week * told.weeks_of_service)
    return told.mutate(total_cost_period=total)


def _number(text: Value) -> FloatingValue:
    """Costs of a single main table are texts; what is no number is missing, on every engine."""
    written = cast("StringValue", text.cast("string"))
    return cast("FloatingValue", written.re_search(NUMBER).ifelse(written, None).cast("float64"))


def _units(rows: Table, *, exact: bool) -> NumericValue:
    """Units per week: by the frequency where that is weekly or rarer, else those planned."""
    factors = [(starts(rows.cost_frequency_unit_type_cleaned, name), f) for name, f in factors_per_week(exact=exact)]
    return cast("NumericValue", ibis.cases(*factors, else_=_number(rows.planned_units_per_week).abs()))


def factors_per_week(*, exact: bool) -> list[tuple[str, float]]:
    """How a frequency begins -> units per week."""
    rows = [(r["beginning"], int(r["times"]), int(r["in_weeks"])) for r in measure_table("cost_frequencies")]
    if exact:
        return [(name, times / weeks) for name, times, weeks in rows]
    return [(name, (times * MILLIONTHS // weeks) / MILLIONTHS) for name, times, weeks in rows]


def _weeks(rows: Table, window: Window, *, exact: bool) -> NumericValue:
    """From the first to the last day within the window, both counted."""
    first, last = ibis.literal(window.start), ibis.literal(window.end)
    start = cast("DateValue", ibis.greatest(rows.event_start_date, first))
    end = cast("DateValue", ibis.least(rows.der_event_end_date.fill_null(last), last))
    days = cast("IntegerValue", days_from(start, end) + 1).cast("int64")
    if exact:
        return cast("NumericValue", days / 7)
    cut_off = (days.abs() * MILLIONTHS) // 7
    return cast("NumericValue", days.sign() * cut_off / MILLIONTHS)


COMMITMENT = (
    "gross_commitment_per_week", "gross_commitment_per_year", "client_gross_commitment_per_week",
    "client_gross_commitment_per_year",
)  # fmt: skip


def with_commitment(priced: Table, window: Window) -> Table:
    """Adds what the council is committed to pay, by service and by client; nobody has published a formula.

    Ours: price times units per week, exactly, of services that are in force on the window's last day; 52 weeks make a
    year; a one-off cost commits to nothing.
    """
    in_force = priced.der_event_end_date.isnull() | (priced.der_event_end_date >= window.end)
    recurring = cast("BooleanValue", in_force & ~priced.is_one_off)
    weekly = priced.mutate(gross_commitment_per_week=recurring.ifelse(priced.price * priced.exact_units, 0.0))
    of_client = weekly.gross_commitment_per_week.sum().over(group_by=list(PERSON))
    both = weekly.mutate(client_gross_commitment_per_week=of_client)
    return both.mutate(
        gross_commitment_per_year=both.gross_commitment_per_week * WEEKS_PER_YEAR,
        client_gross_commitment_per_year=both.client_gross_commitment_per_week * WEEKS_PER_YEAR,
    )
