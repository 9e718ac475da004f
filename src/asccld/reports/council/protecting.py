"""Disclosure control of the report's tables: counts rounded, small ones suppressed, and those that would tell them.

Each table is protected together with its totals, by the rules of `asccld.privacy`. What else could tell a small count
is left out of a report that is made to be shared: confidence limits, sums of money, and figures of fewer than a few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import inf
from typing import Final, TypeVar

import polars as pl

from asccld.privacy import disclosure_rule, protected
from asccld.reports.rounding import SHARE
from asccld.reports.rounding import rounded as to_decimals

SUPPRESSED: Final = "[c]"
MONEY_STEP: Final = 10
"""Mean costs are rounded to this many pounds."""
LEAST_FOR_A_MEAN: Final = 10
"""Services that a mean must be of."""

At = TypeVar("At")
_STATUS, _BAND = "status_", "band_"


@dataclass(frozen=True)
class Shown:
    """A table as it may be shown, and what stands in place of the counts that may not."""

    rows: pl.DataFrame
    marks: Mapping[str, pl.Series] = field(default_factory=dict[str, pl.Series])


def counts(rows: pl.DataFrame, by: Sequence[str], names: Sequence[str]) -> Shown:
    """The rows, one for each value of `by`, with these columns of counts as they may be shown."""
    marks: dict[str, pl.Series] = {}
    for name in names:
        rows, marks[name] = _one_count(rows, by, name)
    return Shown(rows, marks)


def _one_count(rows: pl.DataFrame, by: Sequence[str], name: str) -> tuple[pl.DataFrame, pl.Series]:
    found = protected(rows.select(*by, name), by, _groups(by), count=name).table(*by)
    joined = rows.join(found, on=list(by), how="left", nulls_equal=True, maintain_order="left")
    marks = _marks(joined["reason"])
    nought = pl.when(pl.col(name) == 0).then(0)
    return joined.with_columns(nought.otherwise(pl.col("shown")).alias(name)).drop("shown", "reason"), marks


def total(rows: pl.DataFrame, by: Sequence[str], name: str) -> int | None:
    """The sum of a column of counts as it may be shown beside its parts; None where it may not."""
    if not rows.height or not rows[name].sum():
        return 0
    found = protected(rows.select(*by, name), by, _groups(by), count=name).table()
    return found["shown"][0] if found.height else 0


def between(shown: int | None) -> tuple[float, float]:
    """Between which numbers the true count is; None stands for one that is not shown."""
    rule = disclosure_rule()
    if shown is None:
        return 1, inf
    half = rule.base // 2
    return (max(shown - half, rule.suppress_below), shown + half) if shown else (0, 0)


def is_told(parts: Sequence[int | None], everybody: tuple[float, float]) -> bool:
    """Whether a part that is not shown can be one number only, where they add up to a number between these."""
    limits = [between(n) for n in parts]
    low, high = (sum(limit[end] for limit in limits) for end in (0, 1))
    least, most = max(low, everybody[0]), min(high, everybody[1])
    for at in (at for at, n in enumerate(parts) if n is None):
        others = [limit for place, limit in enumerate(limits) if place != at]
        lowest, highest = least - sum(o[1] for o in others), most - sum(o[0] for o in others)
        if max(limits[at][0], lowest) >= min(limits[at][1], highest):
            return True
    return False


def rounded(rows: pl.DataFrame, names: Sequence[str]) -> Shown:
    """The rows with each of these counts rounded or suppressed by itself: counts that are no parts of each other."""
    marks = {
        n: _marks(rows.select(_is_small(n).alias(n))[n].replace_strict({True: "small"}, default=None)) for n in names
    }
    shown = [pl.when(~_is_small(n)).then(nearest(n)).alias(n) for n in names]
    return Shown(rows.with_columns(shown), marks)


def nearest(name: str) -> pl.Expr:
    """A count as the nearest multiple of five."""
    base = disclosure_rule().base
    return ((pl.col(name) + base // 2) // base * base).cast(pl.Int64)


def percentages(rows: pl.DataFrame, made_of: Mapping[str, tuple[str, str]]) -> Shown:
    """The rows with each of these columns in whole per cent of a part and a whole, each rounded as it is shown.

    It is suppressed where those in the part, the others or all are few. A percentage of the true counts would tell
    which of five numbers a rounded one is, and so the one count that is suppressed beside it.
    """
    marks: dict[str, pl.Series] = {}
    made: list[pl.Expr] = []
    for name, (part, whole) in made_of.items():
        few = _is_small(part) | _is_small(pl.col(whole) - pl.col(part)) | _is_small(whole)
        marks[name] = _marks(rows.select(few.alias(name))[name].replace_strict({True: "small"}, default=None))
        made.append(pl.when(~few).then(whole_percent(nearest(part), nearest(whole))).alias(name))
    return Shown(rows.with_columns(made), marks)


def whole_percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A share in whole per cent; null of nobody, and never more than all, as rounded numbers may be."""
    return to_decimals(100 * part / pl.when(whole > 0).then(whole)).clip(upper_bound=100).cast(pl.Int64)


def _is_small(name: str | pl.Expr) -> pl.Expr:
    size = (pl.col(name) if isinstance(name, str) else name).abs()
    return ((size > 0) & (size < disclosure_rule().suppress_below)).fill_null(value=False)


def shares_alike(tables: Mapping[At, pl.DataFrame], by: Sequence[str], *, whole: bool, times: int) -> dict[At, Shown]:
    """The same figures of several periods, all made either of the true counts or of those that are shown.

    One percentage of true counts beside one of rounded counts would make a change that nobody saw; so as soon as any
    count of any period is suppressed, all are of what is shown.
    """
    made = {at: shares(rows, by, whole=whole, times=times) for at, rows in tables.items()}
    if all(shown.marks["outcome"].null_count() == shown.rows.height for shown in made.values()):
        return made
    return {at: shares(rows, by, whole=whole, times=times, exact=False) for at, rows in tables.items()}


def shares(rows: pl.DataFrame, by: Sequence[str], *, whole: bool, times: int, exact: bool = True) -> Shown:
    """Numerators, denominators and outcomes of `by` and `group`, of which `Total` may be one.

    `whole` says that the denominator is a count of the same data, so that who is not in the numerator is protected too;
    a population is known to everybody. A percentage is in whole per cent, and not shown where who is in the
    denominator alone may not be; nor then is the numerator, which the denominator beside it would make a percentage.
    It is made of the true figures, unless `exact` is not given or any count of the table is suppressed: then of what is
    shown, because with true percentages the figures beside it would tell that count. So is a rate.
    """
    numbers = rows.with_columns(pl.col("numerator", "denominator").cast(pl.Int64, strict=False).fill_null(0))
    leaves = _leaves(numbers, by, whole=whole)
    keys = [*by, _BAND]
    found = protected(leaves, [*keys, _STATUS], [(*g, *s) for g in _groups(keys) for s in ((), (_STATUS,))])
    shown = _joined(numbers, by, found.table, "numerator", (_STATUS,))
    if whole:
        shown = _hidden_together(_joined(shown, by, found.table, "denominator", ()), rows)
    marks = {n: _marks(shown[f"{n}_reason"]) for n in (["numerator", "denominator"] if whole else ["numerator"])}
    hidden = pl.Series([bool(m) for m in marks["numerator"]]) | pl.Series(
        [bool(m) for m in marks.get("denominator", marks["numerator"])]
    )
    if whole:
        rest = numbers.with_columns(rest=(pl.col("denominator") - pl.col("numerator")).clip(0))
        hidden |= _joined(rest, by, found.table, "rest", (_STATUS,), "no")["rest_reason"].is_not_null()
    known = rows["denominator"].is_not_null() & rows["outcome"].is_not_null()
    of = numbers if exact and whole and not hidden.any() else shown
    outcome = pl.when(pl.lit(known) & ~pl.lit(hidden)).then(_outcome(of, whole=whole, times=times))
    is_told = ~pl.lit(hidden) | (pl.col("numerator") == 0)
    above = pl.when(is_told).then(pl.col("numerator"))
    made = shown.with_columns(above.alias("numerator"), outcome.alias("outcome")).select(rows.columns)
    words = (
        pl.select(pl.when(pl.lit(hidden)).then(pl.lit(SUPPRESSED))).to_series()
        if rows.height
        else pl.Series([], dtype=pl.String)
    )
    if not whole:
        made = made.with_columns(denominator=rows["denominator"])
    marks["numerator"] = _marks(made["numerator"].is_null().replace_strict({True: "hidden"}, default=None))
    return Shown(made, {**marks, "outcome": words})


def _outcome(numbers: pl.DataFrame, *, whole: bool, times: int) -> pl.Series:
    """The outcome of these numerators and denominators."""
    above, below = pl.col("numerator"), pl.col("denominator")
    rate = to_decimals(above * times / pl.when(below > 0).then(below), SHARE)
    return numbers.select(whole_percent(above, below) if whole else rate).to_series()


def _hidden_together(shown: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Denominators that several descriptions share: none shows what another may not."""
    same = [n for n in ("la_code", "measure", "group") if n in shown.columns]
    told = shown.with_columns(real_=rows["denominator"])
    is_hidden = pl.col("denominator_reason").is_not_null().any().over(*same, "real_")
    return told.with_columns(
        denominator=pl.when(~is_hidden).then(pl.col("denominator")),
        denominator_reason=pl.when(is_hidden).then(pl.lit("secondary")),
    ).drop("real_")


def _leaves(rows: pl.DataFrame, by: Sequence[str], *, whole: bool) -> pl.DataFrame:
    """Who is counted, and who is not, by band; whoever is in a total and in no band has a band of their own."""
    yes = pl.col("numerator").alias("count")
    no = (pl.col("denominator") - pl.col("numerator")).clip(0).alias("count")
    long = pl.concat(
        rows.select(*by, pl.col("group").alias(_BAND), pl.lit(name).alias(_STATUS), value)
        for name, value in ([("yes", yes), ("no", no)] if whole else [("yes", yes)])
    )
    parts = long.filter(pl.col(_BAND) != "Total")
    totals = long.filter(pl.col(_BAND) == "Total")
    if parts.is_empty() or totals.is_empty():
        return long
    keys = [*by, _STATUS]
    summed = parts.group_by(keys).agg(pl.col("count").sum().alias("parts"))
    rest = totals.join(summed, on=keys, how="left", nulls_equal=True).select(
        *by,
        pl.lit("(in no band)").alias(_BAND),
        _STATUS,
        (pl.col("count") - pl.col("parts").fill_null(0)).clip(0).alias("count"),
    )
    return pl.concat([parts, rest])


def _joined(
    rows: pl.DataFrame,
    by: Sequence[str],
    table: Callable[..., pl.DataFrame],
    name: str,
    more: tuple[str, ...],
    status: str = "yes",
) -> pl.DataFrame:
    """The rows with one number as it may be shown, and the reason where it may not."""
    parts, totals = table(*by, _BAND, *more), table(*by, *more)
    both = pl.concat([parts, totals.with_columns(pl.lit("Total").alias(_BAND))], how="diagonal_relaxed")
    if more:
        both = both.filter(pl.col(_STATUS) == status).drop(_STATUS)
    both = both.unique([*by, _BAND], keep="first").rename({_BAND: "group", "reason": f"{name}_reason"})
    joined = rows.join(both, on=[*by, "group"], how="left", nulls_equal=True, maintain_order="left")
    nought = pl.when(pl.col(name) == 0).then(0)
    return joined.with_columns(nought.otherwise(pl.col("shown")).alias(name)).drop("shown")


def _marks(reasons: pl.Series) -> pl.Series:
    return (
        pl.select(pl.when(pl.lit(reasons).is_not_null()).then(pl.lit(SUPPRESSED))).to_series()
        if len(reasons)
        else pl.Series([], dtype=pl.String)
    )


def _groups(by: Sequence[str]) -> list[tuple[str, ...]]:
    return [group for size in range(len(by) + 1) for group in combinations(by, size)]
