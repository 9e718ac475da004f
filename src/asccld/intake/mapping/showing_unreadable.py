"""Texts that cannot be read as the date or number of an event, as they may be shown, and what to do about them.

What day an event was points at nobody, so a text that spells one is shown, as the check shows it. A year in which an
adult may have been born is hidden: a column of birth dates may be mapped by mistake.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Final

import polars as pl

from asccld.identifying.shapes import DATE, YEARS_BEFORE
from asccld.intake.mapping.formats import EXCEL, as_date
from asccld.intake.mapping.plan import Plan
from asccld.intake.mapping.suggesting_dates import usual_formats

FURTHER: Final = "further texts)"
_MOST: Final = 20
"""So many different texts of a column, the most frequent ones, show what is the matter."""
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NTH: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_DAY: Final = (
    r"(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?:"
    r"[0-9]{1,2}[/. -][0-9]{1,2}(?:[/. -](?:[0-9]{2}|[0-9]{4}))?|[0-9]{4}[/. -][0-9]{1,2}[/. -][0-9]{1,2}"
    r"|(?:19|20)[0-9]{6}"
    rf"|{_NTH}(?: of)?[/., -]*{_MONTH}(?:[/., -]*(?:[0-9]{{2}}|[0-9]{{4}}))?"
    rf"|{_MONTH}[/., -]*{_NTH}(?:[/., -]+(?:[0-9]{{2}}|[0-9]{{4}}))?|{_MONTH}[/., -]*[0-9]{{4}}"
    r")(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"
)
_TIME: Final = r"[ T]+[0-9]{1,2}:[0-9]{2}.*$"
_COMMA: Final = re.compile(r"\d,\d{1,2}$")
_NUMBERS: Final = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}\b")
_NAMES: Final = r"^\p{Lu}[\p{L}'’-]+,?\s+\p{Lu}[\p{L}'’-]+"
_SPELT: Final = rf"(?i)\b{_MONTH}\b.*[0-9]"
_SERIAL: Final = r"^[0-9]{5}(?:\.[0-9]+)?$"
_EPOCH: Final = date(1899, 12, 30)


def spells_a_day(text: pl.Expr, end: date) -> pl.Expr:
    """Whether a text is a day of an event, whoever it is about: with a year that is recent, or none."""
    first, last = end.year - YEARS_BEFORE, end.year + 1
    bare = text.str.replace(_TIME, "")
    full = bare.str.extract("([0-9]{4})").cast(pl.Int32)
    short = bare.str.extract(r"[^0-9]([0-9]{2})$").cast(pl.Int32) + 2000
    year = pl.coalesce(full, pl.when(bare.str.contains(r"[0-9][^0-9].*[^0-9][0-9]{2}$")).then(short))
    serial = text.str.extract(r"^([0-9]{5})(?:\.[0-9]+)?$").cast(pl.Int32)
    since, until = ((date(y, 1, 1) - _EPOCH).days for y in (first, last))
    recent = text.str.contains(_DAY) & year.is_between(first, last).fill_null(value=True)
    return (recent | serial.is_between(since, until).fill_null(value=False)).fill_null(value=False)


def tells_of_somebody(text: pl.Expr, usual: frozenset[str]) -> pl.Expr:
    """Whether a text that spells no such day has a form of other dates, or of a name none of whose words is usual."""
    words = text.str.to_lowercase().str.extract_all(r"\p{L}+")
    unusual = words.list.eval(~pl.element().is_in(sorted(usual))).list.any()
    other = text.str.contains(rf"{DATE}|{_SPELT}|{_SERIAL}")
    return (other | (text.str.contains(_NAMES) & unusual)).fill_null(value=False)


def capped(table: pl.DataFrame) -> pl.DataFrame:
    """The table of values with only the most frequent texts of each column that cannot be read."""
    place = ("extract", "field", "column")
    unreadable = pl.col("how") == "unreadable"
    rank = pl.struct(-pl.col("rows").cast(pl.Int64), "local").rank("ordinal").over(*place, "how")
    rest = unreadable & (rank > _MOST) & (unreadable.sum().over(place) > _MOST + 1)
    further = pl.format("({} " + FURTHER, unreadable.sum().over(place) - _MOST)
    return table.with_columns(pl.when(rest).then(further).otherwise(pl.col(c)).alias(c) for c in ("local", "value"))


def remedy(local: str, kind: str, plan: Plan, extract: str) -> str:
    """What to do about a text of an extract that cannot be read as a field of some type."""
    if kind != "date":
        comma = '; if a comma stands before the pence, say decimal = "," in [formats]' if _COMMA.search(local) else ""
        return f"Correct it in the system: a number has digits only{comma}"
    found = _format_of(local, plan.end.year + 1)
    if found is None and _NUMBERS.match(local):
        return "There is no such day: correct it in the system"
    if found is None:
        return "Correct it in the system, or say how dates are written: dates in [formats]"
    if found.startswith("mm"):
        return f'Correct it; or, if month stands before day in all of the column, give that dates = "{found}"'
    known = plan.file.mapping.formats_of(extract).dates or ()
    return f"If dates are written so, say dates = {json.dumps([*known, found])} in [formats]"


def _format_of(local: str, last_year: int) -> str | None:
    """The first usual format that reads a text."""
    written = (*usual_formats(), (EXCEL, EXCEL))
    return next((w for w, p in written if pl.select(as_date(pl.lit(local), [p], last_year)).item()), None)
