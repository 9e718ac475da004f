"""What the report consists of: its chapters, blocks, headings and counts, read from the tables in `reports/data`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import polars as pl

from asccld.reports.council.model import Column
from asccld.standard.tables import Row, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asccld.reports.council.model import Group, Kind

DATA = Path(__file__).parents[1] / "data"
MONTH = "month:"
"""Begins the name of a date column by whose months rows are counted."""
_TOGETHER: Final = {"nhse_ascof_2b": ("nhse_ascof_2b", "nhse_ascof_2c")}
"""Measures that one chapter shows together, by the one that it is listed under."""


@dataclass(frozen=True)
class Outline:
    """A chapter before there is anything in it."""

    slug: str
    group: Group
    measure: str
    """The measure that it is about; blank for none."""
    title: str
    definition: str

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that it is about."""
        return _TOGETHER.get(self.measure, (self.measure,)) if self.measure else ()


@dataclass(frozen=True)
class Tally:
    """Rows of a measure counted, or added up, by some of its columns."""

    table: str
    """The name of the table of counts, in OUT/tables too."""
    measure: str
    by: tuple[str, ...]
    value: str
    """`rows`, `events` (the sum of event_count) or `costs`."""
    where: str
    """`started`: only what began in the period; blank for all."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which is counted, as the table of counts names them."""
        return tuple("month" if name.startswith(MONTH) else name for name in self.by)


def rows_of(name: str) -> list[Row]:
    """One of the tables of this report."""
    return read_rows(DATA / f"council_{name}.csv")


@cache
def outlines() -> tuple[Outline, ...]:
    """The chapters in their order."""
    return tuple(
        Outline(r["slug"], cast("Group", r["group"]), r["measure"], r["title"], r["definition"])
        for r in rows_of("chapters")
    )


def people_slug(measure: str) -> str:
    """The chapter of those who are counted in a measure."""
    return f"people-{measure.replace('_', '-')}"


@cache
def tallies() -> tuple[Tally, ...]:
    """Every table of counts that is made of rows."""
    return tuple(
        Tally(r["table"], r["measure"], tuple(r["by"].split()), r["value"], r["where"]) for r in rows_of("tallies")
    )


@cache
def headlines() -> tuple[Row, ...]:
    """The figures of ASCOF that stand at the top of their chapters."""
    return tuple(rows_of("headlines"))


@cache
def blocks() -> tuple[Row, ...]:
    """The blocks that are made of tables of counts."""
    return tuple(rows_of("blocks"))


@cache
def _columns() -> dict[str, Column]:
    return {
        r["name"]: Column(r["name"], r["heading"], cast("Kind", r["kind"]), r["identifying"] == "yes")
        for r in rows_of("columns")
    }


def column(name: str, *, heading: str | None = None, kind: Kind | None = None) -> Column:
    """A column of that name with its heading and kind, or another heading or kind."""
    known = _columns()[name]
    return Column(name, heading or known.heading, kind or known.kind, known.identifying)


@cache
def _headings() -> dict[str, str]:
    return {row["name"]: row["heading"] for row in read_rows(DATA / "people_columns.csv")}


def heading_of(name: str) -> str:
    """A column of the measures' or the main tables' in words: the names of some would say little to a reader."""
    plain = name.removeprefix("der_")
    return _headings().get(name) or _headings().get(plain) or plain.replace("_", " ").capitalize()


def with_days(rows: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The rows with these columns as days, of which some methods make texts."""
    texts = [name for name in names if rows.schema[name] == pl.String]
    others = [name for name in names if name not in texts]
    return rows.with_columns(
        *(pl.col(n).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False) for n in texts),
        *(pl.col(n).cast(pl.Date) for n in others),
    )


def columns(names: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these names."""
    return tuple(column(name) for name in names)
