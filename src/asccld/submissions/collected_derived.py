"""What the collector works out from cells that are not kept, or not whole: ages, flags, postcode sectors."""

from __future__ import annotations

import polars as pl


def full_years(born: pl.Expr, on: pl.Expr) -> pl.Expr:
    """A person's age on a day, in full years; null before birth.

    The birthday itself counts. In other years, who was born on 29 February is a year older on 1 March (English law).
    """
    before_birthday = (born.dt.month() > on.dt.month()) | (
        (born.dt.month() == on.dt.month()) & (born.dt.day() > on.dt.day())
    )
    years = on.dt.year() - born.dt.year() - before_birthday.cast(pl.Int32)
    return pl.when(on >= born).then(years.cast(pl.Int32))
