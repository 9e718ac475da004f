"""How the columns of an extract write dates: their formats, and whether the day or the month comes first.

A column whose days are all at most 12 does not tell. It is read as the other columns of its extract are; where those
do not tell either, the day comes first, as in England, and somebody is asked to look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

from asccld.intake.mapping.formats import as_date, pattern_of
from asccld.intake.mapping.suggesting_words import DATA
from asccld.standard.tables import read_rows

LAST_YEAR: Final = 2050
_ENOUGH: Final = 0.6
"""Share of the texts that must be dates; nothing but a column of dates with slips has so many."""
_SHAPE: Final = (
    r"(?i)^(\d{1,4}[-/. ]+(\d{1,2}|[a-z]{3,9})[-/. ,]+\d{2,4}|\d{1,2}[a-z]{3}\d{2,4}"
    r"|[a-z]{3,9} +\d{1,2},? +\d{4}|(19|20)\d{6})(\D|$)"
)
_CLEARLY: Final = 5
"""How many times as many rows must have one order as the other, to prove it; and what part that of months must be."""
_SERIALS: Final = (3_000, 73_000)
"""The serial numbers of spreadsheets from 1908 to 2099."""


@dataclass(frozen=True)
class Written:
    """How one column writes dates; `is_day_first` is None where the texts do not tell, or hold both."""

    day_first: tuple[str, ...]
    month_first: tuple[str, ...]
    is_day_first: bool | None

    @property
    def is_open(self) -> bool:
        """Whether it matters which comes first, and the texts do not tell."""
        return self.is_day_first is None and self.day_first != self.month_first

    def formats(self, *, day_first: bool) -> tuple[str, ...]:
        """The formats, if the column does not tell, of the order that is given."""
        own = day_first if self.is_day_first is None else self.is_day_first
        return self.day_first if own else self.month_first


@dataclass(frozen=True)
class Dates:
    """How one extract writes dates."""

    is_day_first: bool
    is_proven: bool
    columns: Mapping[str, Written]

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the extract as a whole: what most of its columns have stands first."""
        kept = [f for h in self.columns if not self.differs(h) for f in self.of(h)]
        return tuple(sorted(dict.fromkeys(kept), key=lambda f: -kept.count(f)))

    def of(self, header: str) -> tuple[str, ...]:
        """The formats of a column."""
        return self.columns[header].formats(day_first=self.is_day_first)

    def differs(self, header: str) -> bool:
        """Whether a column has the order that the extract has not."""
        told = self.columns[header]
        return told.day_first != told.month_first and told.is_day_first is (not self.is_day_first)

    @property
    def unsure(self) -> list[str]:
        """The columns of which nothing proves which comes first."""
        return [] if self.is_proven else [h for h, told in self.columns.items() if told.is_open]


def dates_of(columns: Mapping[str, Written], *, is_typed: bool) -> Dates:
    """The dates of an extract; cells that are real dates are given with the day first, whatever else is there."""
    told = {w.is_day_first for w in columns.values() if w.day_first != w.month_first} - {None}
    day_first = is_typed or told != {False}
    return Dates(day_first, len(told) == 1, columns)


def written(texts: pl.DataFrame) -> Written | None:
    """How the texts of a column write dates; None where they are none. Not the serial numbers of spreadsheets."""
    if texts.is_empty() or _share(texts, pl.col("text").str.contains(_SHAPE)) < _ENOUGH:
        return None
    read = _read(texts)
    month = [f for f in read.columns if f.startswith("mm")]
    day = [f for f in read.columns if f not in {_turned(m) for m in month}]
    day_first = _needed(read.drop(month))
    month_first = _needed(read.select(day))
    rows = texts["rows"].head(read.height)
    of_day, of_month = _any(read, day_first), _any(read, month_first)
    if max(of_day.mean() or 0, of_month.mean() or 0) < _ENOUGH:  # pyright: ignore[reportArgumentType, reportOperatorIssue]
        return None
    only_day, only_month = int(rows.filter(of_day & ~of_month).sum()), int(rows.filter(of_month & ~of_day).sum())
    return Written(day_first, month_first, _first(only_day, only_month, int(rows.sum())))


def are_serials(texts: pl.DataFrame) -> bool:
    """Whether the texts could be days as spreadsheets number them."""
    number = pl.col("text").str.extract(r"^(\d{4,5})(?:\.\d+)?$", 1).cast(pl.Int64)
    return not texts.is_empty() and _share(texts, number.is_between(*_SERIALS)) >= _ENOUGH


@lru_cache(maxsize=1)
def usual_formats() -> tuple[tuple[str, str], ...]:
    """Formats that are tried, in this order, with their patterns."""
    written = [row["format"] for row in read_rows(DATA / "date_formats.csv", ("format",))]
    return tuple((f, pattern) for f in written if (pattern := pattern_of(f)))


def _turned(month_first: str) -> str:
    return month_first.replace("mm", "DD").replace("dd", "mm").replace("DD", "dd")


def _share(texts: pl.DataFrame, holds: pl.Expr) -> float:
    return float(texts.select(holds.fill_null(value=False).mean()).item())


def _read(texts: pl.DataFrame) -> pl.DataFrame:
    """By format, whether it reads each text."""
    return texts.select(
        as_date(pl.col("text"), [pattern], LAST_YEAR).is_not_null().alias(name) for name, pattern in usual_formats()
    )


def _needed(read: pl.DataFrame) -> tuple[str, ...]:
    """The formats that read the most, each of what those before it do not."""
    found: list[str] = []
    left = read
    while not left.is_empty():
        counts = left.sum().row(0, named=True)
        best = max(counts, key=lambda name: counts[name], default=None)
        if best is None or not counts[best]:
            break
        found.append(best)
        left = left.filter(~pl.col(best))
    return tuple(found)


def _any(read: pl.DataFrame, formats: Sequence[str]) -> pl.Series:
    return read.select(pl.any_horizontal([pl.lit(value=False), *formats]).alias("any")).to_series()


def _first(only_day: int, only_month: int, rows: int) -> bool | None:
    """What rows that can be read in one order only prove; a slip does not turn the dates of a column."""
    if only_day == only_month or min(only_day, only_month) * _CLEARLY > max(only_day, only_month):
        return None
    if only_day > only_month:
        return True
    return False if only_month * _CLEARLY >= rows else None
