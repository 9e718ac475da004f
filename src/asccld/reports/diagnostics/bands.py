"""Counts as a stranger may have them: few as a band, others rounded, so that no difference of two tells the few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from asccld.privacy import disclosure_rule

if TYPE_CHECKING:
    from collections.abc import Mapping


def banded(*names: str) -> list[pl.Expr]:
    """These columns of counts as texts: `0`, `1 to 4`, else the nearest multiple of five."""
    rule = disclosure_rule()
    few = pl.lit(f"1 to {rule.suppress_below - 1}")
    counts = ((n, pl.col(n).cast(pl.Int64)) for n in names)
    return [
        pl.when(count.is_between(1, rule.suppress_below - 1))
        .then(few)
        .otherwise(((count + rule.base // 2) // rule.base * rule.base).cast(pl.String))
        .alias(name)
        for name, count in counts
    ]


def banded_counts(counts: Mapping[Any, int]) -> dict[str, int | str]:
    """Counts by name in the same way: a band is a text, every other count a number."""
    named = pl.DataFrame({"name": list(counts), "count": list(counts.values())}, schema_overrides={"count": pl.Int64})
    told = named.with_columns(banded("count"))
    return {name: int(text) if text.isdigit() else text for name, text in told.iter_rows()}
