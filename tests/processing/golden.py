"""The golden cases: their inputs, their expected tables, and how the two kinds of table are compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.processing.reference import Reference

FOLDER = Path(__file__).parent.parent / "golden"
CASES = ("small", "pathways")
LABEL = "der_unique_event_ref"
RECORD = "der_unique_record_id"
COSTS = ("unit_cost", "planned_units_per_week")


def period(case: str, mode: str) -> tuple[date, date, date]:
    """Start, end and as-of date of a golden run."""
    dates = json.loads((FOLDER / case / "params.json").read_text(encoding="utf-8"))["dhsc"][mode]
    start, end, as_of = (date.fromisoformat(dates[k]) for k in ("start", "end", "as_of"))
    return start, end, as_of


def reference(case: str) -> Reference:
    return Reference.read(FOLDER / case / "input" / "reference")


def events(con: ibis.BaseBackend, case: str) -> Table:
    """The collected events, columns in lower case."""
    return con.read_parquet(FOLDER / case / "input" / "CLD_Raw.parquet").rename(str.lower)


def expected(case: str, name: str) -> pl.DataFrame:
    """An expected table; its name may be a beginning."""
    path = next(p for p in sorted((FOLDER / case / "expected").glob(f"dhsc_{name}*")))
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    return frame.rename(str.lower)


def same(
    actual: Table | pl.DataFrame, wanted: pl.DataFrame, *, key: Sequence[str] = (RECORD,), blanks: bool = True
) -> None:
    """Fail unless the tables hold the same rows in every column that is wanted, compared as the README says.

    Without `blanks`, blank and missing are one: the larger case lost them on its way to Parquet.
    """
    found = actual if isinstance(actual, pl.DataFrame) else actual.to_polars()
    if not blanks:
        found = found.with_columns(pl.col(pl.String).replace("", None))
    missing = [c for c in wanted.columns if c not in found.columns]
    assert not missing, f"columns missing: {missing}"
    left, right = (_comparable(t.select(wanted.columns), key) for t in (found, wanted))
    assert left.height == right.height, f"{left.height} rows, expected {right.height}"
    different: dict[str, Any] = {}
    for column in wanted.columns:
        unlike = ~left[column].eq_missing(right[column])
        if unlike.any():
            rows = left.select(*key, found=column).with_columns(wanted=right[column]).filter(unlike)
            different[column] = (rows.height, rows.head(3).rows())
    assert not different, different


def _comparable(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    text = frame.select(_as_text(frame[c]) for c in frame.columns)
    if LABEL in text.columns:
        text = text.with_columns(pl.col(RECORD).min().over(LABEL).alias(LABEL))
    return text.sort(key)


def _as_text(column: pl.Series) -> pl.Series:
    """Dates and numbers in one spelling, text without regard to case."""
    if column.dtype.is_temporal():
        column = column.dt.to_string("%Y-%m-%d %H:%M:%S%.f" if column.dtype.base_type() == pl.Datetime else "%Y-%m-%d")
    if column.name in COSTS and column.dtype == pl.Float64:
        return column.cast(pl.String)
    if column.dtype.is_numeric():
        return column.cast(pl.Int64).cast(pl.String)
    text = column.cast(pl.String).str.to_lowercase()
    return (text.str.replace(r"\.0+$", "") if column.name == "importdate" else text).alias(column.name)
