"""Safe forms: in these, a value of a free column can be no name, date of birth, postcode or number of a person.

Also the forms of such details, for texts of which no safe form is known. All patterns hold for Polars and for `re`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from asccld.identifying import HIDDEN
from asccld.standard import Field

SHOWN_CHARACTERS = 200
YEARS_BEFORE = 15
"""An event may begin so many years before the reporting period; nobody of that age is an adult."""

_BETWEEN = r"[^A-Za-z0-9]{0,3}"
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
POSTCODE = (
    rf"(?i:(?:^|[^A-Za-z])(?:[A-Z]{{1,2}}[0-9][A-Z0-9]?{_BETWEEN}[0-9][A-Z]{{2}}|GIR{_BETWEEN}0AA))"  # also `ze5-4qx`
)
MAIL = "@"
DATE = (
    r"(?i:(?:^|[^0-9])[0-9]{1,4}[^A-Za-z0-9]{1,3}[0-9]{1,2}[^A-Za-z0-9]{1,3}[0-9]{1,4}(?:[^0-9]|$)"
    rf"|[0-9]{{1,4}}(?:st|nd|rd|th)?{_BETWEEN}{_MONTHS}{_BETWEEN}[0-9]{{2,4}}"
    rf"|{_MONTHS}{_BETWEEN}[0-9]{{1,2}}(?:st|nd|rd|th)?[^A-Za-z0-9]{{1,3}}[0-9]{{2,4}}"
    rf"|{_MONTHS}{_BETWEEN}(?:19[0-9]{{2}}|200[0-9])"  # Feb 1950: an event's year is later
    r"|(?:^|[^a-z])(?:b|born|dob|yob|d\.o\.b)[^A-Za-z0-9]{1,3}(?:in )?(?:19[0-9]{2}|200[0-9])"
    r"|(?:^|[^0-9])(?:(?:19[0-9]{2}|200[0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"  # 19350505
    r"|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19[0-9]{2}|200[0-9]))(?:[^0-9]|$))"  # 05051935
)
NATIONAL_INSURANCE = rf"(?i:(?:^|[^A-Za-z])[A-Z]{{2}}(?:{_BETWEEN}[0-9]{{2}}){{3}}{_BETWEEN}[A-D](?:[^A-Za-z]|$))"
TITLED = r"(?:^|[^A-Za-z])(?:Mr|MR|Mrs|MRS|Miss|MISS|Dr|DR)\.? +[^\W\d_a-z][^\W\d_]"
STREET = (
    r"(?i:\b[0-9]{1,4}[a-z]?,?\s+(?:[^\W\d_][^\W\d_]*[.'’-]?[^\W\d_]*,?\s+){1,4}"
    r"(?:street|road|avenue|lane|close|drive|way|court|crescent|gardens|grove|terrace|square|hill|mews|walk|row|st|rd|ave)"
    r"(?:[^A-Za-z]|$))"
)

_NUMBER = r"^[-+]?[£$€]?[0-9]{0,7}(?:,[0-9]{3})?(?:[.,][0-9]{0,7})?$"
_NUMBER_DIGITS = 7
_HOURS = (
    r"^(?i:(?:under|over|up to|less than|more than) )?[0-9]{1,3}(?:\.[0-9]{1,2})? ?(?:(?:-|–|to) ?[0-9]{1,3})?\+?"
    r"(?i: ?(?:hrs?|hours?)(?: ?(?:a|per|/) ?week)?)?$"
)
_CODE = r"^[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*$"
_CODE_DIGITS = 9
_CQC = r"^1-[0-9]{5,12}$"
_DAY = (
    r"^(?:[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2})"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"
)


def form_of(field: Field) -> str:
    """The name of the form in which a value of a free column is safe."""
    return next((f for f in (field.type, field.format or "") if f in _FORMS), _ANY)


def is_safe(value: pl.Expr, form: str, first_year: int) -> pl.Expr:
    """Whether a value is in a form; a date also not of a year before `first_year`."""
    return _FORMS[form](value, first_year)


def shown_value(value: pl.Expr, form: str, first_year: int) -> pl.Expr:
    """A value of a free column as it may be shown: as it is in a safe form, else HIDDEN."""
    safe = is_safe(value, form, first_year)
    return pl.when(value.is_null() | safe).then(value.str.head(SHOWN_CHARACTERS)).otherwise(pl.lit(HIDDEN))


def own_dates(prepared: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Which cells are the birth or the death of the row's person, for those of some columns that hold dates."""
    has = frozenset(prepared.columns)
    own = [pl.col(c) for c in ("date.date_of_birth", "date.date_of_death") if c in has]
    dates = [n for n in names if f"date.{n}" in has] if own else []
    same = (pl.any_horizontal([pl.col(f"date.{n}") == o for o in own]).fill_null(value=False).alias(n) for n in dates)
    return prepared.select_seq(same)


def _digits(value: pl.Expr) -> pl.Expr:
    return value.str.count_matches("[0-9]")


def _is_day(value: pl.Expr, first_year: int) -> pl.Expr:
    return value.str.contains(_DAY) & (value.str.extract("([0-9]{4})").cast(pl.Int32) >= first_year)


def _is_number(value: pl.Expr, _: int) -> pl.Expr:
    return value.str.contains(_NUMBER) & _digits(value).is_between(1, _NUMBER_DIGITS)


def _is_hours(value: pl.Expr, _: int) -> pl.Expr:
    return value.str.contains(_HOURS)


def _is_code(value: pl.Expr, _: int) -> pl.Expr:
    code = value.str.contains(_CODE) & (_digits(value) <= _CODE_DIGITS)
    return code & ~value.str.contains(f"[A-Za-z]{{4}}|{DATE}|{POSTCODE}|{NATIONAL_INSURANCE}")


def _is_location(value: pl.Expr, first_year: int) -> pl.Expr:
    return value.str.contains(_CQC) | _is_code(value, first_year)


CODE_FORMATS = ("la-code", "gp-practice-code", "cqc-location-id")
"""Formats of codes, which an identifier of a person may look like."""
_ANY = "hours"
_FORMS: dict[str, Callable[[pl.Expr, int], pl.Expr]] = {
    "date": _is_day,
    "decimal": _is_number,
    "integer": _is_number,
    "la-code": _is_code,
    "gp-practice-code": _is_code,
    "cqc-location-id": _is_location,
    _ANY: _is_hours,
}
