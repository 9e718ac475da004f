"""Rounding of the figures that a report makes itself: halves away from nought, as the Department's tables have it.

A figure of a measure is never rounded here: the report writes it as the measure gives it. What the report adds up,
divides or subtracts is rounded once, where it is made, to the decimals in which it is shown.
"""

from __future__ import annotations

import math
from typing import Final

import polars as pl

SHARE: Final = 1
"""Decimals of a percentage, of a rate, and of how either changed."""
MONEY: Final = 2
"""Pounds to the penny."""
_NOISE: Final = 1e-9
"""A half that binary numbers hold as a little less is a half all the same: 1.005 is."""


def rounded(number: pl.Expr, decimals: int = 0) -> pl.Expr:
    """The numbers of a column."""
    scale = 10**decimals
    # Polars divides by a constant by multiplying, which makes noise of its own: rounding again is to the same number.
    size = ((number.abs() * scale + (0.5 + _NOISE)).floor() / scale).round(decimals)
    return pl.when((number < 0) & (size > 0)).then(-size).otherwise(size)


def rounded_value(number: float, decimals: int = 0) -> float:
    """One finite number, in the same way."""
    scale = 10**decimals
    return math.copysign(math.floor(abs(number) * scale + (0.5 + _NOISE)) / scale, number) + 0.0


def share_of(part: float, whole: float) -> float:
    """A part of a whole in per cent; the whole is not nought."""
    return rounded_value(100 * part / whole, SHARE)
