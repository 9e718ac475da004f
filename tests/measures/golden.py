"""The golden cases of NHS England's methods: events, settings, and what the published scripts made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.measures import Settings, settings_for

FOLDER = Path(__file__).parent.parent / "golden"
SHARES = ("total_outcome", "male_outcome", "female_outcome")
"""Percentages; so are those of ASCOF 3D, whose columns begin with 3d."""


def settings(case: str, **options: str) -> Settings:
    """The dates of the golden run, with options of ours."""
    params = json.loads((FOLDER / case / "params.json").read_text(encoding="utf-8"))
    dates = dict(params["nhse"])
    start, end = (date.fromisoformat(dates.pop(name)) for name in ("start", "end"))
    return settings_for(start, end, {**dates, "today": params["getdate"], **options})


def events(con: ibis.BaseBackend, case: str) -> Table:
    """The collected events in Release 1 wording, columns in lower case."""
    return con.read_parquet(FOLDER / case / "input" / "CLD_R1_Raw.parquet").rename(str.lower)


def expected(case: str, name: str, **labels: str) -> pl.DataFrame:
    """An expected table, `nhse_<name>`: columns in lower case, the unnamed count called `count`, labels added."""
    path = FOLDER / case / "expected" / f"nhse_{name}.csv"
    frame = pl.read_csv(path, infer_schema=False).rename(str.lower)
    counts = {c: "count" for c in frame.columns if c.startswith("count_") and c[6:].isdigit()}
    return frame.rename(counts).with_columns(**{k: pl.lit(v) for k, v in labels.items()})


def same_rows(
    actual: Table | pl.DataFrame, wanted: pl.DataFrame, *, apart_from: Sequence[tuple[str, ...]] = ()
) -> None:
    """Fail unless the wanted columns come first, in order, and hold the same rows, as often, in any order.

    Text is compared without regard to case, numbers with the tolerance of the golden data. `apart_from` are people
    (council, id) whose rows the published script does not determine.
    """
    found = actual if isinstance(actual, pl.DataFrame) else actual.to_polars()
    own = [c for c in wanted.columns if c in found.columns]
    assert own == wanted.columns, f"columns {found.columns}, wanted {wanted.columns}"
    left, right = (_rows(_without(f.select(wanted.columns), apart_from)) for f in (found, wanted))
    missing, surplus = (
        right.join(left, on=right.columns, how="anti", nulls_equal=True),
        left.join(right, on=left.columns, how="anti", nulls_equal=True),
    )
    shown = {"missing": missing.head(5).rows(), "surplus": surplus.head(5).rows()}
    assert missing.height + surplus.height == 0, (left.columns, missing.height, surplus.height, shown)


def _without(frame: pl.DataFrame, people: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    if not people or "id" not in frame.columns:
        return frame
    key = pl.concat_str("la_code", pl.col("id").str.to_lowercase(), separator="|")
    return frame.filter(~key.is_in(["|".join(person).lower() for person in people]))


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Every value as folded text, equal rows counted: so two tables are equal when each row is as often in both."""
    text = frame.select(_as_text(frame[c]) for c in frame.columns)
    return text.group_by(text.columns).agg(times=pl.len()).sort(text.columns)


def _as_text(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String).fill_null("")  # the golden tables of the larger case do not tell them apart
    if column.name in SHARES or column.name.startswith("3d"):
        return text.cast(pl.Float64, strict=False).round(1).cast(pl.String)
    return text.str.to_lowercase().str.strip_chars_end(" ").alias(column.name)
