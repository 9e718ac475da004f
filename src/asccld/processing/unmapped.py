"""Submitted values that no lookup knows: they would be missing from every figure that uses the cleaned field.

Method: the check at the end of DHSC `GetDerivedFields` (dhsc-2026-06), with counts. Counting unit: rows in period.
Columns out: field, raw, rows, table, ready to be added to a reference table.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from asccld.processing.columns import method_table
from asccld.processing.mapping import mapped_fields, with_cleaned
from asccld.processing.reference import Reference

UNMAPPED_COLUMNS = ("field", "raw", "rows", "table")


def rows_with_unmapped(rows: Table, reference: Reference, fields: Sequence[str] | None = None) -> Table:
    """The rows that hold a value that is not mapped, in each field only that value: few, so worth keeping."""
    wanted = tuple(fields or mapped_fields())
    cleaned = with_cleaned(rows.select(*wanted), reference, wanted)
    lost = {f: cleaned[f"{f}_cleaned"].isnull() & cleaned[f].notnull() & (cleaned[f] != "") for f in wanted}
    found = cleaned.select(**{field: unmapped.ifelse(cleaned[field], None) for field, unmapped in lost.items()})
    return found.filter(ibis.or_(*(found[field].notnull() for field in wanted)))


def unmapped_values(rows: Table) -> Table:
    """Each unmapped value once, with the number of rows that hold it; `rows` as `rows_with_unmapped` gives them."""
    tables = {r["field"]: r["table"] for r in method_table("mapped_fields")}
    counted = [_values(rows, field, tables[field]) for field in rows.columns]
    return ibis.union(*counted) if len(counted) > 1 else counted[0]


def _values(rows: Table, field: str, table: str) -> Table:
    held = rows.select(raw=rows[field].cast("string")).filter(ibis.deferred.raw.notnull())
    counts = held.group_by("raw").agg(rows=held.count())
    return counts.select(field=ibis.literal(field), raw="raw", rows="rows", table=ibis.literal(table))
