"""Which findings a workbook shows when it cannot show all."""

from __future__ import annotations

import polars as pl


def fair_share(findings: pl.DataFrame, cap: int) -> pl.DataFrame:
    """At most `cap` findings, in their order: half shared out among rules and fields, the rest to the most severe.

    Every rule and field that found something keeps at least one finding as long as the cap allows.
    """
    if findings.height <= cap:
        return findings
    place = pl.int_range(pl.len(), dtype=pl.UInt32).over("rule", "field")
    ranked = findings.lazy().select(place.alias("place"))
    groups = int(findings.select(pl.struct("rule", "field").n_unique()).item())
    share = max(1, cap // (2 * groups))
    shared = ranked.select((pl.col("place") < share).alias("shared")).collect().to_series()
    room = max(0, cap - int(shared.sum()))
    # Findings lie in order of severity, so the first ones outside the shares are the most severe.
    rest = (~shared).cum_sum() <= room
    return findings.filter(shared | rest).head(cap)
