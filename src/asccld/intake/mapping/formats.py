"""Local ways to write dates and amounts, and what the standard wants instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Final

import polars as pl

EXCEL: Final = "excel"
"""The serial number of a day in a spreadsheet."""
WRITTEN: Final = "%d/%m/%Y"
"""How the submission has dates."""
_TOKENS: Final = {
    "yyyy": "%Y", "yy": "%y", "month": "%B", "mon": "%b", "mm": "%m", "m": "%m", "dd": "%d", "d": "%d",
}  # fmt: skip
_TOKEN: Final = re.compile("yyyy|yy|month|mon|mm|m|dd|d", re.IGNORECASE)
_NEEDED: Final = ({"%d"}, {"%m", "%b", "%B"}, {"%Y", "%y"})
_TIME: Final = r"[ T]+\d{1,2}:\d{2}.*$"
_SEPT: Final = r"(?i)\bsept\b"
_YEARS: Final = (1850, 2150)
_AHEAD: Final = 10
_ADULT: Final = 18
_EPOCH: Final = date(1899, 12, 30)
_DAYS: Final = (1.0, 100_000.0)
_AMOUNT: Final = r"^[-+]?(?:\d+\.?\d*|\.\d+)$"
_GROUPS: Final = r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"


def pattern_of(written: str) -> str | None:
    """The format for Polars, `%d/%m/%Y` of `dd/mm/yyyy`; None where it does not say day, month and year once each."""
    if written.lower() == EXCEL:
        return EXCEL
    found = [_TOKENS[t.lower()] for t in _TOKEN.findall(written)]
    rest = _TOKEN.sub("", written)
    if len(found) != len(_NEEDED) or any(not needed & set(found) for needed in _NEEDED):
        return None
    if re.search(r"[A-Za-z%]", rest):
        return None
    return _TOKEN.sub(lambda t: _TOKENS[t[0].lower()], written)


def turned(pattern: str) -> str | None:
    """The same format with day and month changing places; None where a month in letters tells them apart."""
    if "%m" not in pattern:
        return None
    return pattern.replace("%d", "%D").replace("%m", "%d").replace("%D", "%m")


def as_date(text: pl.Expr, formats: Sequence[str], last_year: int) -> pl.Expr:
    """A trimmed text as a date, by the first format (of `pattern_of`) that fits; null where none does.

    A year of two digits is the latest that is not after `last_year`.
    """
    day = text.str.replace(_TIME, "")
    return reduce(lambda a, b: a.fill_null(b), (_one_format(day, text, f, last_year) for f in formats))


def _one_format(day: pl.Expr, text: pl.Expr, pattern: str, last_year: int) -> pl.Expr:
    if pattern == EXCEL:
        number = text.cast(pl.Float64, strict=False)
        usable = pl.when(number.is_between(*_DAYS)).then(number)
        return pl.lit(_EPOCH) + pl.duration(days=usable.floor().cast(pl.Int64))
    if "%b" in pattern:
        day = day.str.replace(_SEPT, "Sep")
    found = day.str.to_date(pattern, strict=False)
    if "%y" in pattern:
        return pl.when(found.dt.year() > last_year).then(found.dt.offset_by("-100y")).otherwise(found)
    return pl.when(found.dt.year().is_between(*_YEARS)).then(found)


def last_year_of(field: str, period_end: date) -> int:
    """The latest year that two digits may stand for in a field."""
    return period_end.year - _ADULT if field == "date_of_birth" else period_end.year + _AHEAD


def as_amount(text: pl.Expr, decimal: str) -> pl.Expr:
    """A trimmed text as a plain number with a point, still as text; null where it is no number.

    What parts thousands must part them in threes: 1.5 is no number where the comma is said to be the decimal sign.
    """
    plain = text.str.replace_all(r"[£\s\x{a0}]", "")
    if decimal == ",":
        plain = plain.str.replace_many([".", ","], [",", "."])
    plain = pl.when(plain.str.contains(_GROUPS)).then(plain.str.replace_all(",", "", literal=True)).otherwise(plain)
    return pl.when(plain.str.contains(_AMOUNT)).then(plain)


def two_decimals(amount: pl.Expr) -> pl.Expr:
    """A number of `as_amount` with two decimals; more of them are rounded, halves away from zero."""
    hundredths = amount.cast(pl.Decimal(20, 6), strict=False).cast(pl.Float64)
    rounded = (hundredths.abs() * 100 + 1e-6).round(0, mode="half_away_from_zero").cast(pl.Int64, strict=False)
    sign = pl.when((hundredths < 0) & (rounded > 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    return sign + (rounded // 100).cast(pl.String) + "." + (rounded % 100).cast(pl.String).str.zfill(2)


def whole_number(amount: pl.Expr) -> pl.Expr:
    """A number of `as_amount` without decimals; null where there are any but noughts."""
    return amount.str.extract(r"^\+?(-?\d+)(?:\.0*)?$", 1)


def without_blanks(text: pl.Expr) -> pl.Expr:
    """An NHS number as ten digits in a row."""
    return text.str.replace_all(r"[\s\x{a0}-]", "")
