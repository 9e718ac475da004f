"""Findings and national data-quality values as CSV or Parquet, complete and set-based.

A spreadsheet program runs a CSV cell that begins with one of `TRIGGERS` as a formula. Such cells get an apostrophe in
front, whatever follows: nobody has to decide which formulas are harmless. Parquet keeps the text as it is, because what
reads Parquet does not run it. Excel workbooks have typed cells and need no apostrophe (see `excel`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from asccld.reports.files import ReportError, replacing, suffix_of

if TYPE_CHECKING:
    from asccld.validation.result import ValidationResult

SUFFIXES = (".csv", ".parquet")

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters that make a formula of a CSV cell; the last four are what East Asian keyboards type."""

_TRIGGER = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"


MARK = "caution"
"""The last column of a table in which values that point at people are shown: `MARKED` on every row."""

MARKED = "identifying values are shown: do not pass on"


def write_findings(findings: pl.DataFrame, path: str | os.PathLike[str], *, identifiers_shown: bool = False) -> None:
    """Write every finding; the suffix of the path decides between CSV and Parquet.

    `identifiers_shown` says so in a last column, on every row: a table has no other place that people see.
    """
    _write(_marked(findings, shown=identifiers_shown), Path(path), "Findings")


def write_dq_values(result: ValidationResult, path: str | os.PathLike[str]) -> None:
    """Write the national data-quality values table, which the check must have been asked for."""
    if result.dq_values is None:
        raise ReportError(
            "The data-quality values were not counted",
            str(path),
            "Ask for them when checking the file (dq_values=True).",
        )
    _write(_marked(result.dq_values, shown=result.identifiers_shown), Path(path), "Data-quality values")


def _marked(table: pl.DataFrame, *, shown: bool) -> pl.DataFrame:
    return table.with_columns(pl.lit(MARKED).alias(MARK)) if shown else table


def neutralised(table: pl.DataFrame) -> pl.DataFrame:
    """The table with an apostrophe before every text that a spreadsheet program would run."""
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    listed = [name for name, kind in table.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    table = table.with_columns(pl.col(name).cast(pl.String) for name in listed if _has_trigger(table[name].unique()))
    dirty = [name for name in texts if _has_trigger(table[name])] + [n for n in listed if table.schema[n] == pl.String]
    text = pl.col(dirty)
    return (
        table.with_columns(pl.when(text.str.contains(_TRIGGER)).then("'" + text).otherwise(text).name.keep())
        if dirty
        else table
    )


def _has_trigger(column: pl.Series) -> bool:
    return bool(column.cast(pl.String).str.contains(_TRIGGER).any())


def _write(table: pl.DataFrame, path: Path, what: str) -> None:
    suffix = suffix_of(path, SUFFIXES, what)
    with replacing(path) as part:
        if suffix == ".parquet":
            table.write_parquet(part, compression="zstd", compression_level=1)
        else:
            # With a byte order mark, without which Excel takes the file for the local code page.
            neutralised(table).write_csv(part, include_bom=True, date_format="%Y-%m-%d")
