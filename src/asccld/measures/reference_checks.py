"""Days and numbers of reference tables that cannot be read as such are refused before any figure is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asccld.counting import counted
from asccld.processing.lookups import BadReference

if TYPE_CHECKING:
    import polars as pl

DAYS = ("admission_date", "discharge_date")
NUMBERS = (
    "population", "event_outcome_hierarchy", "month_of_birth_sus", "year_of_birth_sus", "numerator", "denominator",
    "outcome", "count", "outcome_percent", "died", "readmitted", "entered_lt_resnurs", "discharges",
    "reablement_count",
)  # fmt: skip
"""Columns of reference tables that hold numbers."""
_DAY = r"^\d{4}-\d{2}-\d{2}([ T].*)?$"


def refuse_unreadable(frame: pl.DataFrame, path: Path) -> None:
    """Raise BadReference for a column of days or numbers that holds something else; no value is shown."""
    import polars as pl

    for column in frame.columns:
        text = pl.col(column).str.strip_chars().replace("", None)
        if column in DAYS:
            # What looks like a day must be one: 30 February is none.
            day = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            is_read = text.str.contains(_DAY) & day.is_not_null()
            remedy = "Write days as 2025-05-09"
        elif column in NUMBERS:
            is_read, remedy = text.cast(pl.Float64, strict=False).is_not_null(), "Write numbers with digits only"
        else:
            continue
        wrong = frame.select((text.is_not_null() & ~is_read).sum()).item()
        if wrong:
            what = f"{counted(wrong, 'row')} of {column} cannot be read as a {'day' if column in DAYS else 'number'}"
            raise BadReference(what, str(path), remedy)
