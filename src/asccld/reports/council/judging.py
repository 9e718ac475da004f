"""When a figure that moved is called better or worse: only where it moved by more than chance, or noise, explains.

The thresholds, each with its reason, are in `reports/data/council_judging.csv`.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Literal

from asccld.reports.council.layout import rows_of

if TYPE_CHECKING:
    import polars as pl

Good = Literal["up", "down", "none"]
Counted = tuple[float | None, float | None]
"""Numerator and denominator, as they are and not as they may be shown."""


@cache
def threshold(name: str) -> float:
    """A number of the table of thresholds."""
    return next(float(row["value"]) for row in rows_of("judging") if row["name"] == name)


def goes(good: str, *, moved: bool) -> Good:
    """The direction in which a figure gets better, where its move says anything."""
    return "none" if not moved else "up" if good == "up" else "down"


def is_of_few(*counts: float | None) -> bool:
    """Whether a figure is of so few, or of nobody, that its change says nothing of better or worse."""
    return any((count or 0) < threshold("least") for count in counts)


def share_moved(now: Counted, then: Counted) -> bool:
    """Whether two shares differ by more than chance: the test of two proportions, their errors not pooled."""
    if is_of_few(now[1], then[1]):
        return False
    (share, error), (before, error_before) = (_share(*counted) for counted in (now, then))
    return _is_beyond(share - before, error + error_before)


def rate_moved(now: Counted, then: Counted) -> bool:
    """Whether two rates of a population differ by more than chance: both numerators vary as Poisson's counts do."""
    (above, below), (above_before, below_before) = ((a or 0, b or 0) for a, b in (now, then))
    if not below or not below_before or is_of_few(above + above_before):
        return False
    squared = above / below**2 + above_before / below_before**2
    return _is_beyond(above / below - above_before / below_before, squared)


def wait_moved(days: float | None, before: float | None, *waits: float | None) -> bool:
    """Whether a median wait is another than the one before by more than quarters of many waits differ."""
    if days is None or before is None or is_of_few(*waits):
        return False
    return abs(days - before) >= max(threshold("wait_share") * before, threshold("wait_days"))


def quality_moved(percent: float | None, before: float | None, *cells: float | None) -> bool:
    """Whether a percentage of data quality moved enough to act on."""
    if percent is None or before is None or is_of_few(*cells):
        return False
    return round(abs(percent - before), 6) >= threshold("quality_points")


def tells(shown: float | None, true: float | None) -> bool:
    """Whether a change of rounded figures tells the true one.

    It has the same sign and about the same size; no change at all stands for one of less than one.
    """
    if shown is None or true is None:
        return False
    factor = threshold("change_factor")
    about = abs(shown - true) <= 1 or true * true <= shown * true * factor <= true * true * factor**2
    return about and (shown * true > 0 or (shown == 0 and abs(true) < 1))


def telling(shown: pl.Expr, true: pl.Expr) -> pl.Expr:
    """The same of a column."""
    factor = threshold("change_factor")
    about = ((shown - true).abs() <= 1) | (shown * true * factor).is_between(true * true, true * true * factor**2)
    return about & ((shown * true > 0) | ((shown == 0) & (true.abs() < 1)))


def _share(above: float | None, below: float | None) -> tuple[float, float]:
    """A share of at least one, and its squared standard error."""
    share = (above or 0) / (below or 1)
    return share, max(share * (1 - share), 0) / (below or 1)


def _is_beyond(difference: float, squared_error: float) -> bool:
    return abs(difference) > threshold("z") * sqrt(squared_error)
