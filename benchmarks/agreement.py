"""A proof that two engines point at the same cells.

A program of its own: `python agreement.py SUBSET.json OURS.parquet PEER.csv [LEFT_OUT ...]`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import subset

_SHOWN = 8


def ours(findings: Path, rules: list[str]) -> pl.DataFrame:
    """Our findings on the rules of the subset, as the peers write theirs."""
    found = pl.read_parquet(findings).select(pl.col("rule", "field").cast(pl.String), "row").drop_nulls()
    names = pl.DataFrame(
        [
            {"rule": r, "field": f, "id": subset.our_id(r, f)}
            for r, f in found.select("rule", "field").unique().iter_rows()
        ],
        schema={"rule": pl.String, "field": pl.String, "id": pl.String},
    )
    named = found.join(names, on=["rule", "field"]).select(rule="id", row=pl.col("row").cast(pl.Int64))
    return named.filter(pl.col("rule").is_in(rules))


def theirs(found: Path) -> pl.DataFrame:
    """A peer's findings."""
    return pl.read_csv(found, schema={"rule": pl.String, "row": pl.Int64})


def main() -> None:
    """Print how many cells both point at; exit 1 when they differ, with the first differences."""
    table, findings, found, *left_out = sys.argv[1:]
    rules = [r["id"] for r in json.loads(Path(table).read_text(encoding="utf-8"))["rules"] if r["id"] not in left_out]
    a, b = ours(Path(findings), rules), theirs(Path(found))
    repeated = a.height - a.unique().height + b.height - b.unique().height
    only_ours, only_theirs = a.join(b, on=["rule", "row"], how="anti"), b.join(a, on=["rule", "row"], how="anti")
    if repeated or only_ours.height or only_theirs.height:
        for name, part in (("only ours", only_ours), ("only theirs", only_theirs)):
            counts = (
                part.group_by("rule").agg(pl.len(), pl.col("row").min().alias("first row")).sort("len", descending=True)
            )
            print(f"{name}: {part.height}", *counts.head(_SHOWN).iter_rows(), sep="\n  ")
        raise SystemExit(f"the failing cells differ ({repeated} repeated)")
    print(json.dumps({"rules": len(rules), "fired": a["rule"].n_unique(), "cells": a.height}))


if __name__ == "__main__":
    main()
