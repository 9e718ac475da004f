"""Small stories of people as joined main tables: one line per event, in the words of the method's examples."""

from __future__ import annotations

from datetime import date

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import ComputedFromMain, MeasureReference, compute_from_main, settings_for
from asccld.measures.main_table import main_type
from asccld.processing.columns import main_columns

YEAR = (date(2025, 4, 1), date(2026, 3, 31))
COUNCIL = {"la_code": "901", "la_name": "Exampleshire"}
TYPES = {"string": pl.String, "date": pl.Date, "int64": pl.Int64, "timestamp": pl.Datetime("us")}


def main_of(con: ibis.BaseBackend, text: str, **everywhere: str) -> Table:
    """The joined main table of a story.

    The first line names columns, parted by bars; every other is an event. A field left out is missing; events are of
    service users of one council, and `person` names somebody.
    """
    lines = [[cell.strip() for cell in line.strip().split("|")] for line in text.strip().splitlines()]
    names = [{"person": "der_nhs_la_combined_person_id"}.get(name, name) for name in lines[0]]
    rows: list[dict[str, str | None]] = []
    for place, short in enumerate(lines[1:], 1):
        line = [*short, *[""] * (len(names) - len(short))]  # blanks at the end of a line
        told = {name: cell or None for name, cell in zip(names, line, strict=True)}
        fixed = {"client_type_cleaned": "Service user", "der_unique_record_id": str(place), "event_type": "Service"}
        period = {"ref_period_start_date": "2023-04-01", "ref_period_end_date": "2026-03-31"}
        rows.append({**COUNCIL, **fixed, **period, **everywhere, **told})
    columns = {name: TYPES[main_type(name)] for name in main_columns("joined")}
    texts = pl.DataFrame(rows, schema=dict.fromkeys(dict.fromkeys(k for r in rows for k in r), pl.String))
    typed = texts.select(
        (_typed(pl.col(name), kind) if name in texts.columns else pl.lit(None, kind).alias(name))
        for name, kind in columns.items()
    )
    return con.create_table(ibis.util.gen_name("story"), typed.to_arrow(), temp=True)


def _typed(column: pl.Expr, kind: pl.DataType | type[pl.DataType]) -> pl.Expr:
    return column.str.to_date() if kind == pl.Date else column.cast(kind)


def reference(**tables: pl.DataFrame) -> MeasureReference:
    """The shipped reference tables with one council, and those given, as text."""
    councils = pl.DataFrame({**{k: [v] for k, v in COUNCIL.items()}, "region": ["South East"], "la_area_code": ["E1"]})
    given = {
        "REF_ONS_Codes_LA_Region_Lookup": councils,
        "REF_ONS_Codes_LA_Region_Lookup_April_2024": councils.select("la_code", "la_name"),
        **tables,
    }
    shipped = MeasureReference.read()
    return MeasureReference(dict(shipped.tables) | {n: ibis.memtable(f) for n, f in given.items()})


def measured(
    con: ibis.BaseBackend,
    names: list[str],
    main: Table,
    *,
    lookups: MeasureReference | None = None,
    period: tuple[date, date] = YEAR,
    **options: str,
) -> ComputedFromMain:
    """The measures of a story."""
    chosen = settings_for(*period, options)
    return compute_from_main(names, main, chosen, reference=lookups or reference(), hold=keeper(con))
