"""The figures of the SALT tables: from the tables of the measures to what stands in each cell.

As they are, or as they may be published: small counts suppressed, others rounded, totals that give nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import polars as pl

from asccld.privacy import Protected, protected
from asccld.reports.rounding import rounded_value, share_of
from asccld.reports.salt_layout import BETWEEN, Block, Entry, Rate, labels_by_value, rates

NOT_IN_CLD = "not in CLD"
SUPPRESSED = "[c]"
"""The government statistics' shorthand for confidential."""
TOTAL = "Total"

Cell = int | float | str
Tables = Mapping[str, Mapping[str, pl.DataFrame]]
"""Measure, then suffix."""

_PLACES = ("la_code", "row", "column")
_PREFIX = r"(?i)^(No_Chronology_|No Service Found_)"
"""What the published script writes before a category that it took from the request itself (D10)."""


@dataclass(frozen=True)
class Counts:
    """Counts by council, row and column, with all their totals."""

    leaves: pl.DataFrame
    published: bool
    _made: dict[tuple[str, ...], pl.DataFrame] = field(default_factory=dict[tuple[str, ...], pl.DataFrame], repr=False)

    @cached_property
    def _protected(self) -> Protected:
        groups = [by for size in range(len(_PLACES) + 1) for by in combinations(_PLACES, size)]
        return protected(self.leaves, _PLACES, groups)

    def table(self, *by: str) -> pl.DataFrame:
        """Counts by some of council, row and column: columns `shown` (null where suppressed) and `reason`."""
        if by not in self._made:
            self._made[by] = self._table(*by)
        return self._made[by]

    def _table(self, *by: str) -> pl.DataFrame:
        if self.published:
            return self._protected.table(*by)
        summed = self.leaves.group_by(by).agg(pl.col("count").sum()) if by else self.leaves.select(pl.sum("count"))
        return summed.select(*by, pl.col("count").alias("shown"), pl.lit(None, pl.String).alias("reason"))

    def cells(self, *by: str, council: str | None) -> dict[tuple[str, ...], Cell]:
        """The same of one council, or of all together, by row and column."""
        found = self.table(*(["la_code"] if council is not None else []), *by)
        if council is not None:
            found = found.filter(pl.col("la_code") == council)
        return {
            tuple(str(row[name]) for name in by): SUPPRESSED if row["shown"] is None else row["shown"]
            for row in found.iter_rows(named=True)
        }


def counts_of(block: Block, tables: Tables, *, published: bool = False) -> Counts:
    """The counts of a table by council, row and column."""
    found = _where(tables[block.measure][block.suffix], block.where)
    leaves = found.select(
        (pl.col("la_code") if is_by_council(block, tables) else pl.lit(None)).cast(pl.String).alias("la_code"),
        _label(block.rows, block.row_from).alias("row"),
        _label(block.columns, block.column_from).alias("column"),
        (pl.col(block.count) if block.count else pl.lit(1)).cast(pl.Int64).alias("count"),
    )
    summed = leaves.group_by(_PLACES).agg(pl.col("count").sum())
    return Counts(summed.filter(pl.col("count") > 0).sort(_PLACES), published)


def is_by_council(block: Block, tables: Tables) -> bool:
    """Whether the measure tells councils apart in this table."""
    return "la_code" in tables[block.measure][block.suffix].columns


def _where(table: pl.DataFrame, conditions: str) -> pl.DataFrame:
    for condition in filter(None, conditions.split("&")):
        name, _, wanted = condition.partition("=")
        low, dots, high = wanted.partition("..")
        if not dots:
            table = table.filter(pl.col(name) == wanted)
            continue
        table = table.filter(pl.col(name) >= int(low))
        table = table.filter(pl.col(name) <= int(high)) if high else table
    return table


def _label(entries: tuple[Entry, ...], source: str) -> pl.Expr:
    if not source:
        return pl.lit(TOTAL)
    texts = [pl.col(name).fill_null("").str.replace(_PREFIX, "").str.strip_chars() for name in source.split("+")]
    text = pl.concat_str(texts, separator=BETWEEN).str.to_lowercase()
    rest = next((e.label for e in entries if e.holds == "other"), None)
    return text.replace_strict(labels_by_value(entries), default=rest, return_dtype=pl.String)


@dataclass(frozen=True)
class Grid:
    """A table as it is shown; the last row and column are totals where there is more than one to add."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    totals: tuple[bool, bool]
    """Whether the last row and the last column are totals."""


def grid_of(block: Block, counts: Counts | None, council: str | None) -> Grid:
    """The table of one council, or of all; None for counts: the data set cannot fill it."""
    totals = _has_total(block.rows, block.row_from), _has_total(block.columns, block.column_from)
    rows = [*block.rows, *([_TOTAL] if totals[0] else [])]
    columns = [*block.columns, *([_TOTAL] if totals[1] else [])]
    figures = _Figures(counts, council)
    shown = tuple((r.label, tuple(figures.at(r, c) for c in columns)) for r in rows)
    return Grid(tuple(c.label for c in columns), shown, totals)


_TOTAL = Entry(TOTAL, "count", ())


def _has_total(entries: tuple[Entry, ...], source: str) -> bool:
    """Also where nothing but a total is known; not where the one entry is the total."""
    return bool(source) or any(e.holds == "absent" for e in entries)


class _Figures:
    """The cells of one table by row and column."""

    def __init__(self, counts: Counts | None, council: str | None) -> None:
        self._known = counts is not None
        groups: list[tuple[str, ...]] = [("row", "column"), ("row",), ("column",), ()]
        self._cells = {by: counts.cells(*by, council=council) for by in groups} if counts else {}

    def at(self, row: Entry, column: Entry) -> Cell:
        if not self._known or "absent" in {row.holds, column.holds}:
            return NOT_IN_CLD
        along = {"row": row, "column": column}
        by = tuple(name for name, entry in along.items() if entry.label != TOTAL)
        return self._cells[by].get(tuple(along[name].label for name in by), 0)


def rate_rows(
    rows: Iterable[Rate], tables: Tables, council: str | None, *, published: bool = False
) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """Numerator, denominator and outcome of each row of a table.

    For publication the outcome is in whole per cent, and of the true figures; where any figure of the measure, in this
    table or another, is suppressed it is of the rounded ones, because true percentages would tell it. It is not shown
    where a figure of its row is suppressed, nor where those who are in the denominator alone would be; nor then is the
    numerator, which the denominator beside it would make a percentage.
    """
    members = tuple(rows)
    above = _figures(members, _ABOVE, tables, council, published=published)
    below = _figures(members, _BELOW, tables, council, published=published)
    if not published:
        return tuple((r.label, (above[r], below[r], _outcome(above[r], below[r]))) for r in members)
    hidden = _hidden(members, tables, council)
    told = (above, below)
    if not any(_hidden(group, tables, council) for group in _alike(members)):
        told = tuple(_figures(members, what, tables, council, published=False) for what in (_ABOVE, _BELOW))
    outcomes = {r: SUPPRESSED if r in hidden else _outcome(told[0][r], told[1][r], whole=True) for r in members}
    return tuple(
        (r.label, (SUPPRESSED if r in hidden and above[r] else above[r], below[r], outcomes[r])) for r in members
    )


def _hidden(members: tuple[Rate, ...], tables: Tables, council: str | None) -> set[Rate]:
    """Rows of which the numerator, the denominator, or those in the denominator alone may not be shown."""
    above, below, rest = (_figures(members, what, tables, council, published=True) for what in (_ABOVE, _BELOW, _REST))
    return {r for r in members if SUPPRESSED in {above[r], below[r], rest[r]} and rest[r] != NOT_IN_CLD}


def _alike(members: tuple[Rate, ...]) -> list[tuple[Rate, ...]]:
    """The tables of the measures of these rows, which may share denominators."""
    measures = {r.measure for r in members}
    others = [r for r in rates() if r.measure in measures]
    return [tuple(r for r in others if r.title == title) for title in dict.fromkeys(r.title for r in others)]


_Part = tuple[str, ...]
"""What of a row is counted: one column, or the first column less the second."""
_ABOVE, _BELOW, _REST = ("numerator",), ("denominator",), ("denominator", "numerator")


def _figures(
    members: tuple[Rate, ...], what: _Part, tables: Tables, council: str | None, *, published: bool
) -> dict[Rate, Cell]:
    """One figure of each row. Bands are protected together with their total, each figure by itself."""
    found: dict[Rate, Cell] = {}
    for measure in dict.fromkeys(r.measure for r in members):
        bands = {r: tuple(getattr(r, part) for part in what) for r in members if r.measure == measure}
        known = {r: columns for r, columns in bands.items() if all(columns)}
        found |= dict.fromkeys(bands.keys() - known.keys(), NOT_IN_CLD)
        if known:
            found |= _by_band(known, tables[measure][""], council, published=published)
    return found


def _by_band(
    bands: dict[Rate, tuple[str, ...]], table: pl.DataFrame, council: str | None, *, published: bool
) -> dict[Rate, Cell]:
    numbers = {r.band: _number(*columns) for r, columns in bands.items()}
    parts = {band: number for band, number in numbers.items() if band != TOTAL}
    if parts and TOTAL in numbers:
        # Whoever is in the total and in no band, so that nobody can subtract them.
        parts["(in no band)"] = (numbers[TOTAL] - pl.sum_horizontal(parts.values())).clip(0)
    parts = parts or numbers
    wide = table.select(pl.col("la_code").cast(pl.String), **parts)
    leaves = wide.unpivot(index="la_code", variable_name="row", value_name="count").with_columns(column=pl.lit(TOTAL))
    counts = Counts(leaves.filter(pl.col("count") > 0).select(*_PLACES, "count"), published)
    cells = {**counts.cells("row", council=council), (TOTAL,): counts.cells(council=council).get((), 0)}
    return {r: cells.get((r.band,), 0) for r in bands}


def _number(column: str, less: str = "") -> pl.Expr:
    number = pl.col(column).cast(pl.Int64).fill_null(0)
    return (number - _number(less)).clip(0) if less else number


def _outcome(above: Cell, below: Cell, *, whole: bool = False) -> Cell:
    if isinstance(above, str) or isinstance(below, str):
        return NOT_IN_CLD
    if not below:
        return "-"
    if whole:
        return int(min(rounded_value(100 * above / below), 100))
    return share_of(above, below)
