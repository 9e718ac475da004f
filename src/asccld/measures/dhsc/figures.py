"""The common table of the Department's figures: one row for each council of the lookup, measure, description and group.

Method: DHSC ASCOF procedures (dhsc-2026-06), section "common output table". Columns out: reporting_period, la_code,
la_name, measure, description, group, numerator, denominator, outcome; or `count` instead of the last four.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, cast

import ibis
from ibis.expr.types import NumericValue, StringValue, Table, Value

from asccld.measures.main_table import MainSource
from asccld.measures.references import COUNCILS
from asccld.measures.registry import measure_table
from asccld.measures.settings import Settings
from asccld.processing.text import folded

FIGURES = ("reporting_period", "la_code", "la_name", "measure", "description", "group", "numerator", "denominator",
           "outcome")  # fmt: skip
EXCLUDED = ("reporting_period", "la_code", "la_name", "measure", "description", "count")
WORKING, OLDER, TOTAL, UNKNOWN = "18 to 64", "65 and above", "Total", "Unknown"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Label(NamedTuple):
    """How a figure is named in the official tables."""

    measure: str
    description: str
    groups: tuple[str, ...]


def label(name: str) -> Label:
    """The official names of a figure (`data/ascof_labels.csv`)."""
    row = next(r for r in measure_table("ascof_labels") if r["measure"] == name)
    return Label(row["label"], row["description"], tuple(g for g in row["groups"].split("|") if g))


def short_day(day: date) -> str:
    """`1 Apr 25`, in English wherever it runs."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year % 100:02d}"


def period_label(settings: Settings) -> str:
    """`1 Apr 25 - 31 Mar 26` (C8)."""
    return f"{short_day(settings.start)} - {short_day(settings.end)}"


def councils(source: MainSource, table: str = COUNCILS) -> Table:
    """The councils of the lookup: la_code, la_name."""
    return source.shared(f"councils of {table}", lambda: _councils(source, table))


def _councils(source: MainSource, table: str) -> Table:
    listed = source.reference.needed(table, "A table of figures")
    known = listed.select(la_code=folded(listed.la_code).upper(), la_name=listed.la_name)
    _note_others(source, known, table)
    return known


def _note_others(source: MainSource, known: Table, table: str) -> None:
    """Say which councils of the main table have no row in any table of figures. Asks the data once."""
    held = source.rows.select("la_code").distinct()
    others = held.filter(held.la_code.notnull()).anti_join(known, "la_code").order_by("la_code").to_pyarrow()
    codes = [str(code) for code in others["la_code"].to_pylist()]
    if codes:
        shown = ", ".join(codes[:20]) + (f" and {len(codes) - 20} more" if len(codes) > 20 else "")
        source.note(f"Of the main table, not in the list of councils ({table}) and so in no figure: {shown}")


def share(numerator: Value, denominator: Value, *, times: int = 100, places: int = 1) -> NumericValue:
    """A percentage or rate, halves away from zero (C7); 0 where the denominator is 0, missing where it is missing."""
    scale = 10**places
    part = cast("NumericValue", numerator) * (times * scale) / cast("NumericValue", denominator).nullif(0)
    rounded = ((part + 0.5).floor() / scale).fill_null(0.0)
    return cast("NumericValue", denominator.notnull().ifelse(rounded, None))


def grid(source: MainSource, labels: Sequence[Label], *, table: str = COUNCILS) -> Table:
    """Every council with every measure, description and group."""
    cells = [(x.measure, x.description, g) for x in labels for g in x.groups]
    listed = ibis.memtable(
        {name: [c[i] for c in cells] for i, name in enumerate(("measure", "description", "group"))},
        schema=dict.fromkeys(("measure", "description", "group"), "string"),
    )
    return councils(source, table).cross_join(listed)


def figures(
    source: MainSource,
    labels: Sequence[Label],
    counts: Table,
    *,
    table: str = COUNCILS,
    times: int = 100,
    places: int = 1,
    present: Sequence[str] = (),
) -> Table:
    """The common table: `counts` has la_code, description, group, numerator and denominator, 0 where it has no row.

    `present` names columns whose values are laid out only where they occur at some council.
    """
    cells = grid(source, labels, table=table)
    for column in present:
        cells = cast("Table", cells.semi_join(counts.select(column).distinct(), column))
    keys = ("la_code", "description", "group")
    found = cells.left_join(counts, [cells[k] == counts[k] for k in keys])
    filled = found.select(
        *(cells[c] for c in cells.columns),
        numerator=counts.numerator.fill_null(0).cast("int64"),
        denominator=counts.denominator.fill_null(0).cast("int64"),
    )
    shares = filled.mutate(
        outcome=share(filled.numerator, filled.denominator, times=times, places=places),
        reporting_period=ibis.literal(period_label(source.settings)),
    )
    return shares.select(*FIGURES)


def excluded(source: MainSource, labels: Sequence[Label], counts: Table) -> Table:
    """The table of excluded counts: `counts` has la_code, measure and count, 0 where it has no row."""
    named = [Label(x.measure, x.description, ("",)) for x in labels]
    cells = grid(source, named)
    found = cells.left_join(counts, [cells[k] == counts[k] for k in ("la_code", "measure")])
    period = ibis.literal(period_label(source.settings))
    filled = found.select(
        *(cells[c] for c in cells.columns), count=counts["count"].fill_null(0).cast("int64"), reporting_period=period
    )
    return filled.select(*EXCLUDED)


def by_groups(rows: Table, groups: Mapping[str, Value | None]) -> Table:
    """The rows once for each group of which the condition holds, `None` for all: adds `group`. Few rows, please."""
    parts = [
        (rows if condition is None else rows.filter(condition)).mutate(group=ibis.literal(name))
        for name, condition in groups.items()
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def working_band(age: Value) -> StringValue:
    """`18 to 64`, `65 and above`, `Under 18` from the first year on; `Unknown` for no age and for none above 0."""
    years = cast("NumericValue", age)
    banded = ibis.cases(
        (years.between(1, 17), "Under 18"), (years.between(18, 64), WORKING), (years >= 65, OLDER), else_=UNKNOWN
    )
    return cast("StringValue", banded)
