"""Submitted values that no lookup knows: they would be missing from every figure that uses the cleaned field.

Method: the check at the end of DHSC `GetDerivedFields` (dhsc-2026-06), with counts. Counting unit: rows in period.
Columns out: field, raw, rows, table, ready to be added to a reference table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
from ibis.expr.types import Table

from asccld.processing.columns import method_table
from asccld.processing.mapping import mapped_fields, with_cleaned
from asccld.processing.reference import Reference
from asccld.processing.text import folded

if TYPE_CHECKING:
    import polars as pl

UNMAPPED_COLUMNS = ("field", "raw", "rows", "table")


def rows_with_unmapped(rows: Table, reference: Reference, fields: Sequence[str] | None = None) -> Table:
    """The rows that hold a value that is not mapped, in each field only that value: few, so worth keeping."""
    wanted = tuple(fields or mapped_fields())
    cleaned = with_cleaned(rows.select(*wanted), reference, wanted)
    lost = {f: cleaned[f"{f}_cleaned"].isnull() & cleaned[f].notnull() & (folded(cleaned[f]) != "") for f in wanted}
    found = cleaned.select(**{field: unmapped.ifelse(cleaned[field], None) for field, unmapped in lost.items()})
    return found.filter(ibis.or_(*(found[field].notnull() for field in wanted)))


def unmapped_values(rows: Table) -> Table:
    """Each unmapped value once, in one of its spellings, with the number of rows that hold any of them.

    `rows` as `rows_with_unmapped` gives them.
    """
    tables = {r["field"]: r["table"] for r in method_table("mapped_fields")}
    counted = [_values(rows, field, tables[field]) for field in rows.columns]
    return ibis.union(*counted) if len(counted) > 1 else counted[0]


def hidden_values(found: pl.DataFrame) -> pl.DataFrame:
    """Unmapped values as they may be shown: those of a field that look like details of a person become one line.

    Adds `values`, how many values a line stands for, and `hidden`.
    """
    import polars as pl

    from asccld.identifying import HIDDEN
    from asccld.identifying.masking import shown

    # Each text stands here once. One that is too long to be shown whole is no value of a list either.
    texts = pl.Series([t if shown(t) == t else HIDDEN for t in found["raw"]], dtype=pl.String)
    told = found.with_columns(raw=texts, hidden=texts == HIDDEN)
    lines = told.group_by("field", "raw", "hidden", "table").agg(pl.col("rows").sum(), values=pl.len())
    return lines.sort("field", "rows", "raw", descending=[False, True, False])


def _values(rows: Table, field: str, table: str) -> Table:
    held = rows.select(raw=rows[field].cast("string")).filter(ibis.deferred.raw.notnull())
    keyed = held.mutate(key=folded(held.raw))
    counts = keyed.group_by("key").agg(raw=keyed.raw.min(), rows=keyed.count())
    return counts.select(field=ibis.literal(field), raw="raw", rows="rows", table=ibis.literal(table))
