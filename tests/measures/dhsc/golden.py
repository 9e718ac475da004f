"""The golden cases of the Department's measures: the national main table, reference tables, and what its scripts made.

Measures are given the expected joined or single main table, so that a difference is theirs and not of processing.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.engine import keeper, table
from asccld.measures import MeasureReference, Settings, settings_for
from asccld.measures.main_table import main_type
from asccld.processing.columns import main_columns

FOLDER = Path(__file__).parent.parent.parent / "golden"
RUNS = ("latest", "previous")


def period(case: str, run: str) -> tuple[date, date]:
    """Start and end of a run: `ascof_latest`, `ascof_previous`, `ascof_2d_latest`, `ascof_2d_previous`, `costs`."""
    params = json.loads((FOLDER / case / "params.json").read_text(encoding="utf-8"))
    start, end = (date.fromisoformat(day) for day in params["dhsc"][run])
    return start, end


def settings(case: str, run: str, **options: str) -> Settings:
    """The settings of a run, with options of ours."""
    return settings_for(*period(case, run), options)


def main(con: ibis.BaseBackend, case: str, mode: str = "joined") -> Table:
    """The national main table of the case, read once."""
    path = next((FOLDER / case / "expected").glob(f"dhsc_{mode}_4_main_*"))
    return keeper(con)(table(con, path, columns={name: main_type(name) for name in main_columns(mode)}))


def reference(case: str) -> MeasureReference:
    """The reference tables of the case."""
    return MeasureReference.read(FOLDER / case / "input" / "reference")


def expected(case: str, name: str) -> pl.DataFrame:
    """An expected table, `dhsc_<name>`, columns in lower case; its name may lack the kind of file."""
    folder = FOLDER / case / "expected"
    path = next(p for p in (folder / f"dhsc_{name}.csv", folder / f"dhsc_{name}.parquet") if p.exists())
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    return frame.rename(str.lower)


def stamp(case: str, run: str) -> str:
    """How the names of tables from inside a method end: `250401_260331`."""
    start, end = period(case, run)
    return f"{start:%y%m%d}_{end:%y%m%d}"


def same_rows(actual: Table | pl.DataFrame, wanted: pl.DataFrame, *, columns_first: bool = True) -> None:
    """Fail unless the wanted columns hold the same rows, as often, in any order, and come first in the wanted order.

    Text is compared without regard to case, numbers by their value; missing and blank are one, because the golden
    tables of the larger case do not tell them apart.
    """
    found = actual if isinstance(actual, pl.DataFrame) else actual.to_polars()
    shown = found.columns[: len(wanted.columns)] if columns_first else [c for c in wanted.columns if c in found.columns]
    assert shown == wanted.columns, f"columns {found.columns}, wanted {wanted.columns}"
    left, right = (_rows(f.select(wanted.columns)) for f in (found, wanted))
    missing, surplus = (
        right.join(left, on=right.columns, how="anti", nulls_equal=True),
        left.join(right, on=left.columns, how="anti", nulls_equal=True),
    )
    examples = {"missing": missing.head(5).rows(), "surplus": surplus.head(5).rows()}
    assert missing.height + surplus.height == 0, (left.columns, missing.height, surplus.height, examples)


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Every value as folded text, equal rows counted."""
    text = frame.select(_as_text(frame[c]) for c in frame.columns)
    return text.group_by(text.columns).agg(times=pl.len())


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype.is_temporal():
        column = column.dt.to_string("%Y-%m-%d")
    text = column.cast(pl.String).fill_null("").str.to_lowercase().str.strip_chars_end(" ")
    number = text.cast(pl.Float64, strict=False)
    texts = pl.DataFrame({"text": text, "number": number.round(2).cast(pl.String)})
    return texts.select(pl.coalesce("number", "text").alias(column.name))[column.name]
