"""The shape of a fault in the making: which rows can have it, what is written, what must stay as it is.

A recipe reads and writes named columns of one row, all still clean. Whoever applies recipes keeps the columns that one
recipe reads or writes from being written by another, so that every fault is found whatever else is wrong on its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from asccld.standard import Field, Release, Standard
from asccld.synthetic.where import holds, read_by
from asccld.validation import Check

ROW = pl.col("row")
"""Position of the row in the file, counted from 0."""
DAY = "%d/%m/%Y"


@dataclass(frozen=True)
class Recipe:
    """A fault: which rows can have it, what to write, and what else then is wrong."""

    rule: str
    field: str
    writes: Mapping[str, pl.Expr]
    where: pl.Expr
    reads: frozenset[str] = frozenset()
    also: tuple[tuple[str, str], ...] = ()
    """Further (rule, field) that this fault makes fire."""
    group: str | None = None
    """Column that names the group whose other rows must stay as they are."""
    filler: bool = False
    """May be used as often as needed to reach the wanted share of faulty cells."""

    @property
    def name(self) -> str:
        """Rule and field: draws go by it, so that a new rule disturbs the faults of the others little."""
        return f"{self.rule} {self.field}"


@dataclass(frozen=True)
class Kitchen:
    """What the recipes know of the file."""

    release: Release
    standard: Standard
    rows: int
    period_start: str
    """The file's own, as written; tells which councils were abolished before it."""
    known_person: str
    """The identifier of a person in the file."""
    columns: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", frozenset(self.release.by_name))

    @cached_property
    def earlier(self) -> Release | None:
        """The release before this one."""
        return self.standard.releases[self.release.previous] if self.release.previous else None

    @cached_property
    def every_value(self) -> frozenset[str]:
        """The values of all lists of all releases."""
        return frozenset(t for r in self.standard.releases.values() for d in r.lists.values() for t in d.texts)

    def holds(self, condition: str) -> pl.Expr:
        """True where a condition of the standard holds."""
        return holds(condition, self.columns)

    def reads(self, *conditions: str) -> frozenset[str]:
        """Columns that decide the conditions."""
        return frozenset[str]().union(*(read_by(c, self.release) for c in conditions))

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a field's list."""
        found = self.release.list_of(name)
        return found.texts if found else ()


Builder = Callable[[Check, Field, Kitchen], Iterator[Recipe]]
"""Gives the recipes of a check on a field."""


def filled(name: str) -> pl.Expr:
    """True where the cell has a value."""
    return pl.col(name).is_not_null()


def blank(name: str) -> pl.Expr:
    """True where the cell has none."""
    return pl.col(name).is_null()


def day(name: str) -> pl.Expr:
    """The date in a cell."""
    return pl.col(name).str.to_date(DAY)


def written(date: pl.Expr) -> pl.Expr:
    """A date as it stands in a cell."""
    return date.dt.strftime(DAY)


def one(check: Check, f: Field, value: pl.Expr, where: pl.Expr, **more: Any) -> Recipe:  # noqa: ANN401 - passed on as they are
    """A recipe that writes the rule's own field."""
    return Recipe(check.rule.id, f.name, {f.name: value}, where, **more)
