"""The SALT tables as rows of a file, as they may be published."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from asccld.reports.salt_figures import Cell, Tables
from asccld.reports.salt_tables import councils_of, salt_tables

PUBLISHED_COLUMNS = ("la_code", "table", "row", "column", "count", "note")
"""A blank council is all of them together; `note` says why a count is blank: `[c]`, or `not in CLD`."""


def published_tables(tables: Tables) -> dict[str, pl.DataFrame]:
    """For each measure all its SALT tables of each council, and of all together, rounded and suppressed.

    The columns are PUBLISHED_COLUMNS. Totals are rows and columns called Total.
    """
    made = {name: list(_rows({name: found})) for name, found in tables.items()}
    schema = {name: pl.Float64 if name == "count" else pl.String for name in PUBLISHED_COLUMNS}
    return {name: pl.DataFrame(rows, schema=schema, orient="row") for name, rows in made.items()}


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """The same with counts as they are written: 5 and not 5.0, beside percentages such as 66.7."""
    whole = pl.col("count") == pl.col("count").round()
    number = (
        pl.when(whole).then(pl.col("count").cast(pl.Int64).cast(pl.String)).otherwise(pl.col("count").cast(pl.String))
    )
    return table.with_columns(number.alias("count"))


def _rows(tables: Tables) -> Iterator[tuple[str | None, str, str, str, float | None, str | None]]:
    shown = salt_tables(tables, published=True, with_absent=False)
    for council in (None, *councils_of(tables)):
        for table in shown:
            grid = table.grid(council)
            for label, cells in grid.rows:
                for column, cell in zip(grid.columns, cells, strict=True):
                    yield council, table.title, label, column, *_cell(cell)


def _cell(cell: Cell) -> tuple[float | None, str | None]:
    return (None, cell) if isinstance(cell, str) else (float(cell), None)
