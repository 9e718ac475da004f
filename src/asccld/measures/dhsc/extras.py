"""What a user may ask for beside the official columns and rows: confidence intervals, regions and England.

Which tables have a share or a rate is in `data/shares.csv`. Nothing changes unless an option asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ibis.expr.types import Table

from asccld.measures.dhsc.areas import with_areas
from asccld.measures.dhsc.intervals import with_intervals
from asccld.measures.main_table import MainSource
from asccld.measures.options import NOTHING
from asccld.measures.references import COUNCILS
from asccld.measures.registry import measure_table
from asccld.processing.run import Tables
from asccld.standard.tables import Row


def with_extras(name: str, tables: Mapping[str, Table], source: MainSource) -> Mapping[str, Table]:
    """The tables of a measure with the columns and rows that its options ask for."""
    rows = {r["suffix"]: r for r in measure_table("shares") if r["measure"] == name}
    wanted = source.settings.options
    if not rows or (wanted["intervals"], wanted["areas"]) == (NOTHING, NOTHING):
        return tables
    made: dict[str, Callable[[], Table]] = {
        s: partial(_extended, tables, s, rows[s], source) if s in rows else partial(tables.__getitem__, s)
        for s in tables
    }
    return Tables(made)


def _extended(tables: Mapping[str, Table], suffix: str, row: Row, source: MainSource) -> Table:
    table, per = tables[suffix], int(row["per"])
    if row["areas"] == "yes" and source.settings.options["areas"] != NOTHING:
        table = with_areas(table, source.reference.needed(COUNCILS, row["measure"]), times=per)
    confidence = source.settings.options["intervals"]
    if confidence == NOTHING:
        return table
    columns = row["numerator"], row["denominator"]
    return with_intervals(table, *columns, confidence=confidence, times=per, is_rate=row["kind"] == "rate")
