"""The shapes of made-up data: what is asked for, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1 January 1970: the history calculates with these."""
    return (day - _EPOCH).days


@dataclass(frozen=True)
class Plan:
    """One council's history to be made."""

    la_code: str
    la_name: str
    seed: int
    people: int
    people_before: int
    """People in the councils made before this one: keeps NHS numbers apart."""
    first_day: int
    """First day of the first reporting period."""
    last_day: int
    """Last day of the last reporting period."""


@dataclass(frozen=True)
class History:
    """One council's people and all their events; days are numbers, values are those of the newest release."""

    plan: Plan
    people: pl.DataFrame
    events: pl.DataFrame


@dataclass(frozen=True)
class Submission:
    """One file as a council would send it."""

    la_code: str
    la_name: str
    release: str
    period_start: date
    period_end: date
    received: date
    """The day in the month after the period on which it would have been sent."""
    frame: pl.DataFrame
    """The release's headers in order; every column is text, blank cells are null."""

    @property
    def file_name(self) -> str:
        """Council, release and period: nothing about people."""
        return f"{self.la_code}_{self.release}_{self.period_start:%Y%m%d}_{self.period_end:%Y%m%d}.csv"
