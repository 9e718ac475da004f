"""Our reference tables as statements that make them, for a warehouse that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot.expressions as exp

from asccld.processing.lookups import reference_frames
from asccld.sqltext.names import is_plain
from asccld.version import __version__

if TYPE_CHECKING:
    import polars as pl

_ROWS_PER_INSERT = 500  # SQL Server takes a thousand
_TEXT = {"duckdb": "VARCHAR", "postgres": "TEXT", "spark": "STRING", "tsql": "NVARCHAR(400)"}
_NUMBER = "INT"


def reference_sql(dialect: str, schema: str | None = None) -> str:
    """CREATE TABLE and INSERT for every reference table that comes with the package."""
    frames, _ = reference_frames(None)
    head = f"-- The reference tables of asccld {__version__} for {dialect}: submitted value, cleaned value, group."
    place = "".join(f"{_spelt(part, dialect)}." for part in schema.split(".")) if schema else ""
    parts = [_table(f"{place}{name}", frames[name], dialect) for name in sorted(frames)]
    return "\n\n".join([head, *parts]) + "\n"


def _spelt(name: str, dialect: str) -> str:
    return exp.to_identifier(name, quoted=not is_plain(name)).sql(dialect=dialect)


def _table(name: str, frame: pl.DataFrame, dialect: str) -> str:
    columns = ",\n".join(
        f"  {column} {_NUMBER if kind.is_integer() else _TEXT[dialect]}" for column, kind in frame.schema.items()
    )
    rows = [f"  ({', '.join(_literal(value, dialect) for value in row)})" for row in frame.iter_rows()]
    some = [rows[at : at + _ROWS_PER_INSERT] for at in range(0, len(rows), _ROWS_PER_INSERT)]
    inserts = [f"INSERT INTO {name} VALUES\n" + ",\n".join(lines) + ";" for lines in some]
    return "\n".join([f"CREATE TABLE {name} (\n{columns}\n);", *inserts])


def _literal(value: str | int | None, dialect: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return exp.Literal.string(value).sql(dialect=dialect)
