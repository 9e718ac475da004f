"""What the collector works out from cells that are not kept, or not whole: ages, flags, postcode sectors."""

from __future__ import annotations

import polars as pl

from asccld.errors import AsccldError


def full_years(born: pl.Expr, on: pl.Expr) -> pl.Expr:
    """A person's age on a day, in full years; null before birth.

    The birthday itself counts. In other years, who was born on 29 February is a year older on 1 March (English law).
    """
    before_birthday = (born.dt.month() > on.dt.month()) | (
        (born.dt.month() == on.dt.month()) & (born.dt.day() > on.dt.day())
    )
    years = on.dt.year() - born.dt.year() - before_birthday.cast(pl.Int32)
    return pl.when(on >= born).then(years.cast(pl.Int32))


def mentions(description: pl.Expr, pattern: str) -> pl.Expr:
    """1 where a description holds the pattern, in capitals or not; 0 where it does not, or there is none."""
    return description.str.contains(f"(?i){pattern}").fill_null(value=False).cast(pl.Int32)


def refuse_bad_pattern(pattern: str, name: str) -> None:
    """Raise AsccldError where a pattern is no regular expression, or finds something in every text."""
    try:
        finds_nothing = pl.Series([""]).str.contains(f"(?i){pattern}").item()
    except pl.exceptions.ComputeError as error:
        raise AsccldError(f"The {name} is no regular expression", None, "For example: conversation") from error
    if finds_nothing:
        raise AsccldError(f"The {name} matches every description", None, "Give a word, for example: conversation")
