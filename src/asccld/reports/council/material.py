"""What the report is made from: the computed tables as frames, and what was found out about the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from asccld.reports.council.checked import Changes, Checked
    from asccld.submissions import Listed

Period = tuple[date, date]
Tables = Mapping[str, pl.DataFrame]
"""By the name of the file: measure and suffix."""


@dataclass(frozen=True)
class Served:
    """Which file serves which days of the main table."""

    first: date
    last: date
    imported: datetime
    la_name: str
    rows: int


@dataclass(frozen=True)
class Quality:
    """What is known of the files themselves."""

    listed: tuple[Listed, ...] = ()
    """The submissions of the council, first to last."""
    latest: Checked | None = None
    """The check of the file that serves the period: the newest with its end, or else with its last day."""
    latest_number: int | None = None
    latest_period: Period | None = None
    """The days that it is of, where they are known."""
    before: Checked | None = None
    """The check of the file before it."""
    before_number: int | None = None
    checked: Mapping[int, Checked] = field(default_factory=dict[int, "Checked"])
    """By number of the submission, where several were checked."""
    changes: Changes | None = None
    """The file that serves the period beside the one before it."""
    why_none: str = ""
    """Why there is no check, and what to do; blank where there is one."""


@dataclass(frozen=True)
class Unit:
    """Those who are counted in a table of a measure, one row each."""

    measure: str
    suffix: str
    title: str
    unit: str
    id_column: str
    rows: pl.DataFrame


@dataclass(frozen=True)
class Traced:
    """What became of everything that was submitted about one person, or under one event reference."""

    number: int
    """First, second, ... of those that were asked for."""
    asked_by: str
    """`person` or `event reference`."""
    label: str
    """What was asked for: personal data."""
    submitted: pl.DataFrame
    steps: pl.DataFrame
    counted: pl.DataFrame


@dataclass(frozen=True)
class Material:
    """Everything of which the report is gathered."""

    council_code: str | None
    council_name: str
    period: Period
    tables: Tables
    """The tables of the period that hold no single persons."""
    made_at: datetime
    several: bool = False
    """Whether the tables hold several councils, all of which the report is about."""
    previous: Period | None = None
    history: tuple[tuple[Period, Tables], ...] = ()
    """ASCOF of earlier periods, the earliest first; that of `previous` among them."""
    published: pl.DataFrame | None = None
    """Published figures of ASCOF, if they were given: columns of the common table, numbers as numbers."""
    quality: Quality = field(default_factory=Quality)
    served: tuple[Served, ...] = ()
    units: tuple[Unit, ...] = ()
    traced: tuple[Traced, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict[str, str])
    """By measure, why it is not there."""
    cautions: Mapping[str, str] = field(default_factory=dict[str, str])
    """By measure, what its figures do not hold."""
    facts: tuple[tuple[str, str], ...] = ()
    """What made it: names and values in the order to show."""
    notes: tuple[str, ...] = ()
    """What the measures said of the run."""
    shareable: bool = False

    def table(self, name: str) -> pl.DataFrame | None:
        """A table of the period."""
        return self.tables.get(name)

    def before(self) -> Tables:
        """The tables of the previous period; none where there is no such period."""
        none: Tables = {}
        return next((found for period, found in self.history if period == self.previous), none)
