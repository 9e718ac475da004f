"""Worked examples as they stand on paper: a table of a few rows and columns, everything else missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.processing.columns import needed_columns

_TYPES: dict[str, Any] = {
    "text": pl.String, "date": pl.Date, "timestamp": pl.Datetime("us"), "integer": pl.Int64, "number": pl.Float64,
    "any": pl.Int64,
}  # fmt: skip
_MORE = {"ref_period_start_date": "date", "ref_period_end_date": "date"}
MISSING = {"-", "NULL"}


def day(text: str) -> date | None:
    """`5 Jan 25`, or `-`."""
    return None if text in MISSING else datetime.strptime(text, "%d %b %y").date()  # noqa: DTZ007 - a day has no zone


def rows_of(picture: str) -> list[dict[str, str]]:
    """The rows of a picture whose columns are parted by bars."""
    lines = [[cell.strip() for cell in line.split("|")] for line in picture.strip().splitlines()]
    header, *rows = lines
    return [dict(zip(header, row, strict=True)) for row in rows]


def collected(picture: str, con: ibis.BaseBackend | None = None, **everywhere: object) -> Table:
    """Collected events from a picture: `everywhere` holds in all rows, the record id counts up unless given."""
    kinds = needed_columns() | _MORE
    data = [
        {"der_unique_record_id": place} | everywhere | {c: _value(v, kinds[c]) for c, v in row.items()}
        for place, row in enumerate(rows_of(picture), 1)
    ]
    return of_rows(data, con)


def of_rows(data: list[dict[str, Any]], con: ibis.BaseBackend | None = None) -> Table:
    """Collected events from rows that lack most columns."""
    kinds = needed_columns() | _MORE
    used = {c: k for c, k in kinds.items() if c not in _MORE or any(c in row for row in data)}
    frame = pl.DataFrame(data, schema={c: _TYPES[k] for c, k in used.items()})
    if con is None:
        return ibis.memtable(frame)
    return con.create_table(ibis.util.gen_name("example"), ibis.memtable(frame), temp=True)


def _value(text: str, kind: str) -> object:
    if text in MISSING:
        return None
    if kind == "timestamp":
        return datetime.strptime(text, "%d %b %y" if ":" not in text else "%d %b %y %H:%M")  # noqa: DTZ007 - as above
    readers = {"date": day, "integer": int, "number": float}
    return readers.get(kind, str)(text)


def column(table: Table, name: str) -> list[Any]:
    """The values of one column, in the order of the record ids."""
    return table.order_by("der_unique_record_id").select(name).to_polars()[name].to_list()
