"""Disclosure control of counts: small ones are suppressed, others rounded, and totals give nothing away.

A count that is suppressed could be worked out from a total and the other parts of it. So further counts are suppressed
(the secondary ones) until, for each suppressed count, there is another table with another count in that place that
would be published with exactly the same figures. Such a table is the true one with a few counts changed by one, those
that are the corners of a box: where a part grows, another part shrinks or the total grows too (the hypercube method).
Rounded counts may be corners as long as they round to the same, so that little is suppressed besides what is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

import polars as pl

from asccld.errors import AsccldError
from asccld.privacy.secondary import TOTAL, Key, Rule, hidden_cells
from asccld.standard.names import did_you_mean
from asccld.standard.tables import read_rows, whole_number

DATA = Path(__file__).parent / "data" / "disclosure.csv"
STYLE = "published"
Reason = Literal["small", "secondary"]


def disclosure_rule(style: str = STYLE) -> Rule:
    """The thresholds of a style from `data/disclosure.csv`; raises AsccldError for a style that there is none of."""
    rows = read_rows(DATA, ("style", "parameter", "value"))
    styles = dict.fromkeys(row["style"] for row in rows)
    if style not in styles:
        remedy = did_you_mean(style, styles) or f"There is: {', '.join(styles)}"
        raise AsccldError(f"There is no style '{style}' of disclosure control", str(DATA.name), remedy)
    numbers = {r["parameter"]: whole_number(r["value"], DATA.name) for r in rows if r["style"] == style}
    return Rule(**numbers)


@dataclass(frozen=True)
class Protected:
    """A table of counts with all its totals, as it may be shown."""

    dimensions: tuple[str, ...]
    values: Mapping[str, pl.Series]
    """The distinct values of each dimension."""
    counts: Mapping[Key, int]
    hidden: Mapping[Key, Reason]
    rule: Rule

    def table(self, *by: str) -> pl.DataFrame:
        """The counts by some dimensions (none: the grand total), as they may be shown.

        Columns are those dimensions, `shown` (null where suppressed) and `reason` (`small`, `secondary`, null where
        shown). Counts of zero have no row, and no more say than before.
        """
        places = [self.dimensions.index(name) for name in by]
        wanted = [k for k in self.counts if all((k[p] != TOTAL) == (p in places) for p in range(len(k)))]
        shown = [None if k in self.hidden else self.rule.rounded(self.counts[k]) for k in wanted]
        columns = {
            name: self.values[name].gather([k[place] for k in wanted]) for name, place in zip(by, places, strict=True)
        }
        reasons = pl.Series([self.hidden.get(k) for k in wanted], dtype=pl.String)
        return pl.DataFrame({**columns, "shown": pl.Series(shown, dtype=pl.Int64), "reason": reasons})

    def suppressed(self, reason: Reason) -> int:
        """How many counts are suppressed because they are small, or because they would give away others."""
        return sum(found == reason for found in self.hidden.values())


def protected(
    counts: pl.DataFrame,
    dimensions: Sequence[str],
    published: Sequence[Sequence[str]],
    *,
    count: str = "count",
    rule: Rule | None = None,
) -> Protected:
    """What may be shown of counts by `dimensions`, of which the tables by each group of `published` are shown.

    `()` among `published` is the grand total. Tables that are not published may be known to nobody: they are taken
    into account only as parts of totals.
    """
    known = rule or disclosure_rule()
    named = [name for name in dimensions if any(name in by for by in published)]
    summed = counts.group_by(named).agg(pl.col(count).sum()) if named else counts.select(pl.col(count).sum())
    values = {name: summed[name].unique().sort() for name in named}
    cells = _with_totals(_coded(summed, values, count), named)
    shown = {frozenset(named.index(name) for name in by) for by in published}
    hidden = hidden_cells(cells, shown, known)
    return Protected(tuple(named), values, cells, hidden, known)


def _coded(summed: pl.DataFrame, values: Mapping[str, pl.Series], count: str) -> pl.DataFrame:
    """Values as their numbers, so that a missing value is no total."""
    for name, known in values.items():
        codes = pl.DataFrame({name: known, "code": range(len(known))}, schema_overrides={"code": pl.Int64})
        joined = summed.join(codes, on=name, how="left", nulls_equal=True)
        summed = joined.drop(name).rename({"code": name})
    return summed.select(*values, pl.col(count).cast(pl.Int64).alias("count")).filter(pl.col("count") > 0)


def _with_totals(coded: pl.DataFrame, named: Sequence[str]) -> dict[Key, int]:
    """Counts by every group of dimensions; the others are TOTAL."""
    cells: dict[Key, int] = {}
    for size in range(len(named) + 1):
        for by in combinations(named, size):
            keys = [pl.col(n) if n in by else pl.lit(TOTAL, pl.Int64).alias(n) for n in named]
            summed = coded.group_by(by).agg(pl.col("count").sum()) if by else coded.select(pl.col("count").sum())
            cells |= {tuple(row[:-1]): row[-1] for row in summed.select(*keys, "count").sort(pl.all()).iter_rows()}
    return {key: count for key, count in cells.items() if count}
