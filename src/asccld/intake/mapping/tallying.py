"""Counting what became of rows and of local values, piece by piece, into the tables of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from asccld.intake.mapping.deriving import Judgement
from asccld.intake.mapping.extracts import Bound
from asccld.intake.mapping.plan import Plan
from asccld.intake.mapping.showing import LOST, shown_table
from asccld.intake.mapping.showing_unreadable import capped
from asccld.intake.mapping.values import BETWEEN

VALUE_COLUMNS: Final = {
    "extract": pl.String,
    "field": pl.String,
    "header": pl.String,
    "column": pl.String,  # of the extract; several are joined by " / "
    "local": pl.String,  # null is an empty cell
    "rows": pl.UInt32,
    "first_row": pl.UInt32,  # of the extract, as its user numbers them: the header is row 1
    "value": pl.String,
    "how": pl.String,
}
"""One row for each field and distinct local text."""


@dataclass
class Tally:
    """What became of the rows of one extract."""

    bound: Bound
    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter[str])
    without: Counter[str] = field(default_factory=Counter[str])
    """Rows written that found no row in an extract that is looked up."""
    first_without: dict[str, int] = field(default_factory=dict[str, int])
    values: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    names: list[pl.Series] = field(default_factory=list[pl.Series])
    """Names and identifiers of people, which no report shows."""
    councils: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    """See `councils.counted_councils`."""

    untyped: int = 0
    """Rows written that have no event type."""
    first_untyped: int | None = None

    def add_untyped(self, rows: pl.Series) -> None:
        """Count rows that have no event type."""
        self.untyped += rows.len()
        if rows.len() and self.first_untyped is None:
            self.first_untyped = int(rows[0])

    def add_without(self, name: str, rows: pl.Series) -> None:
        """Count rows that found none in an extract that is looked up."""
        self.without[name] += rows.len()
        if rows.len():
            self.first_without[name] = min(int(rows[0]), self.first_without.get(name, int(rows[0])))

    def add_reasons(self, reasons: pl.Series) -> None:
        """Count the reasons of rows that are left out."""
        counts = reasons.drop_nulls().value_counts()
        self.left_out.update(dict(counts.iter_rows()))


_ADDED: Final = (pl.col("rows").sum().cast(pl.UInt32), pl.col("first_row").min())


def counted_values(judgements: Sequence[Judgement]) -> list[pl.DataFrame]:
    """Field, column, local text, value, how and rows of what was judged; of dates and numbers the unreadable only."""
    found: list[pl.DataFrame] = []
    for judgement in judgements:
        found_in = pl.DataFrame([judgement.index.alias("at"), judgement.rows.alias("row")])
        counts = found_in.group_by("at").agg(pl.len().alias("rows"), pl.col("row").min().alias("first_row"))
        table = judgement.table.select("local", "how", "entry", *judgement.fields)[counts["at"]].with_columns(
            counts["rows"],
            counts["first_row"],
            column=pl.lit(BETWEEN.join(judgement.columns)),
            origin=pl.lit(judgement.origin, dtype=pl.String),
        )
        if judgement.origin is None:
            table = table.filter(pl.col("how") == "unreadable")
        also = ("column", "local", "rows", "first_row", "how", "entry", "origin")
        found += [table.select(*also, field=pl.lit(n), value=pl.col(n)) for n in judgement.fields]
    return found


def values_table(tallies: Sequence[Tally], plan: Plan, headed: Sequence[pl.Series]) -> pl.DataFrame:
    """VALUE_COLUMNS of all extracts, in the order of the release; unmapped texts first, then by rows.

    `headed` are names of people in columns that need not be mapped.
    """
    headers = plan.release.headers
    order = {name: at for at, name in enumerate(headers)}
    parts = [pl.concat(t.values).with_columns(extract=pl.lit(t.bound.name)) for t in tallies if t.values]
    empty = pl.DataFrame(schema=VALUE_COLUMNS)
    if not parts:
        return empty
    keys = ["extract", "field", "column", "local", "value", "how"]
    together = pl.concat(parts).group_by(keys).agg(*_ADDED)
    names = [*headed, *(names for t in tallies for names in t.names)]
    table = shown_table(together, names, plan.release, plan.end).group_by(keys).agg(*_ADDED)
    table = capped(table).group_by(keys).agg(*_ADDED)
    table = table.with_columns(
        header=pl.col("field").replace_strict(headers, return_dtype=pl.String),
        order=pl.col("field").replace_strict(order, return_dtype=pl.Int64),
        first=~pl.col("how").is_in(LOST),
    )
    return table.sort(
        "first", "order", "extract", "rows", "local", descending=[False, False, False, True, False]
    ).select(*VALUE_COLUMNS)
