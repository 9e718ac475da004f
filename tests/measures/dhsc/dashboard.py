"""Golden outputs of the Department's scripts beside ours: main tables, settings, and a comparison of whole tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import ComputedFromMain, MeasureReference, compute_from_main, settings_for
from asccld.processing import main_joined, main_single
from processing.golden import FOLDER, events, expected, period, reference

PERCENT, COST = 0.1, 1e-6


def computed(con: ibis.BaseBackend, case: str, mode: str, names: Sequence[str], **options: str) -> ComputedFromMain:
    """The measures of a golden case, from our own main table, which is compared elsewhere."""
    make = main_joined if mode == "joined" else main_single
    main = keeper(con)(make(events(con, case), *period(case, mode), reference(case)))
    lookups = MeasureReference.read(FOLDER / case / "input" / "reference")
    start, end = dates(case)
    told = {"today": json.loads((FOLDER / case / "params.json").read_text(encoding="utf-8"))["getdate"]} | options
    items = con.read_parquet(FOLDER / case / "input" / "CLD_DQ_Items.parquet").rename(str.lower)
    return compute_from_main(
        names, main, settings_for(start, end, told), reference=lookups, quality=items, hold=keeper(con)
    )


def dates(case: str) -> tuple[date, date]:
    start, end, _ = period(case, "single")
    return start, end


def agree(actual: Table | pl.DataFrame, case: str, name: str, *, near: Sequence[str] = (), blanks: bool = True) -> None:
    """Fail unless a table begins with the official columns and has the same rows; columns `near` within a millionth."""
    wanted = expected(case, name)
    found = actual if isinstance(actual, pl.DataFrame) else actual.to_polars()
    assert list(found.columns[: wanted.width]) == wanted.columns
    left, right = (_comparable(t.select(wanted.columns), near, blanks=blanks) for t in (found, wanted))
    assert left.height == right.height, f"{left.height} rows, expected {right.height}"
    exact = [c for c in wanted.columns if c not in near]
    assert left.select(exact).equals(right.select(exact)), _differences(left, right, exact)
    for column in near:
        assert (left[column].is_null() == right[column].is_null()).all()
        gap = ((left[column] - right[column]).abs() / right[column].abs().clip(1e-9)).max()
        assert gap is None or float(str(gap)) <= COST, (column, gap)


def _differences(left: pl.DataFrame, right: pl.DataFrame, columns: list[str]) -> str:
    ours = left.join(right, on=columns, how="anti", nulls_equal=True).head(5)
    theirs = right.join(left, on=columns, how="anti", nulls_equal=True).head(5)
    return f"only ours: {ours.rows()}\nonly theirs: {theirs.rows()}"


def _comparable(frame: pl.DataFrame, near: Sequence[str], *, blanks: bool) -> pl.DataFrame:
    text = frame.select(_tidy(frame[c], c in near) for c in frame.columns)
    if not blanks:
        text = text.with_columns(pl.col(pl.String).replace("", None))
    return text.sort([c for c in text.columns if c not in near] + list(near), nulls_last=True)


def _tidy(column: pl.Series, near: bool) -> pl.Series:
    if near:
        return column.cast(pl.Float64)
    if column.dtype.is_temporal():
        column = column.dt.to_string("%Y-%m-%d %H:%M:%S" if column.dtype.base_type() == pl.Datetime else "%Y-%m-%d")
    text = column.cast(pl.String).str.to_lowercase()
    numbers = column.dtype.is_numeric() or column.name in {"median_waiting_time", "importdate"}
    return (text.str.replace(r"\.0+$", "") if numbers else text).alias(column.name)
