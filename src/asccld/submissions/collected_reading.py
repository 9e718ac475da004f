"""From a chunk of text cells to typed columns, as the validator reads them.

Blank cells, cells of blanks alone and the literal NULL become null. Every other text stays as it was submitted, blanks
around it included: the national database keeps them, and the comparison of texts is a matter of processing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from asccld.validation.prepare import read_dates

LITERAL_NULL = "NULL"
_NUMBER = r"^-?(?:\d+\.?\d*|\.\d+)$"
_LARGEST_WHOLE = 2**31 - 1


def named_cells(chunk: pl.DataFrame, columns: Mapping[int, str], wanted: Sequence[str]) -> pl.DataFrame:
    """The wanted columns as text, null where a cell says nothing; rows in which no cell holds anything are left out.

    `columns` maps positions in the file to fields. A wanted column that the file lacks is null on every row.
    """
    cells = chunk.select(_said(pl.col(str(position))).alias(name) for position, name in columns.items())
    silent = cells.select(pl.all_horizontal(pl.all().is_null()).alias("silent")).to_series()
    if silent.any():
        # the word NULL in an otherwise blank row is an event to the validator, so it is one here
        blanks = chunk.filter(silent).select(
            pl.all_horizontal(pl.col(str(p)).str.strip_chars().fill_null("") == "" for p in columns).alias("blank")
        )
        gone = silent.arg_true().filter(blanks.to_series())
        cells = cells.with_row_index("place").filter(~pl.col("place").is_in(gone.implode())).drop("place")
    return cells.select(
        pl.col(name) if name in cells.columns else pl.lit(None, pl.String).alias(name) for name in wanted
    )


def _said(text: pl.Expr) -> pl.Expr:
    return pl.when(~text.str.strip_chars().is_in(["", LITERAL_NULL])).then(text)


def with_dates(cells: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The columns as dates, in every form that the validator accepts, a time of day left out; null where none is read.

    Each distinct text is read once.
    """
    texts = cells.select(pl.col(names).str.strip_chars())
    distinct = pl.concat([texts[name] for name in names]).drop_nulls().unique()
    if distinct.is_empty():
        return cells.with_columns(pl.lit(None, pl.Date).alias(name) for name in names)
    read = pl.DataFrame({"text": distinct, "date": read_dates(distinct)})
    return cells.with_columns(
        texts[name].replace_strict(read["text"], read["date"], default=None, return_dtype=pl.Date).alias(name)
        for name in names
    )


def decimal(text: pl.Expr) -> pl.Expr:
    """A number written with digits, a point and a sign; null where it is not (currency signs, separators, words)."""
    stripped = text.str.strip_chars()
    return pl.when(stripped.str.contains(_NUMBER)).then(stripped.cast(pl.Float64, strict=False))


def whole_number(text: pl.Expr) -> pl.Expr:
    """A whole number, also when it is written with a point and zeros; null where it is not one."""
    number = decimal(text)
    return (
        pl.when((number == number.floor()) & (number.abs() <= _LARGEST_WHOLE)).then(number).cast(pl.Int32, strict=False)
    )
