"""Waiting times, the dashboard's facts, costs and dimensions on other engines: every table as DuckDB makes it."""

from __future__ import annotations

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import connect, keeper
from asccld.engine import table as read
from asccld.measures import MeasureReference, compute_from_main, settings_for
from measures.dhsc.golden import FOLDER, main, period, same_rows
from processing.golden import CASES

OF = {
    "joined": ("waiting_times",),
    "single": ("services", "requests", "assessments", "reviews", "costs", "dimensions", "dq_values"),
}


def everything(
    con: BaseBackend, mode: str, rows: Table, items: Table, case: str
) -> dict[tuple[str, str], pl.DataFrame]:
    told = {"today": "2026-06-02", "cost_arithmetic": "exact"}
    lookups = MeasureReference.read(FOLDER / case / "input" / "reference")
    chosen = settings_for(*period(case, "ascof_latest"), told)
    made = compute_from_main(OF[mode], rows, chosen, reference=lookups, quality=items, hold=keeper(con))
    outputs = [(name, suffix) for name in OF[mode] for suffix in made[name]]
    return {(name, suffix): rounded(made[name][suffix].to_polars()) for name, suffix in outputs}


def rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums of parts of a number differ in their last digit by the order in which an engine adds them."""
    return frame.with_columns(pl.col(pl.Float64).round(6))


def quality(con: BaseBackend, case: str) -> Table:
    return read(con, FOLDER / case / "input" / "CLD_DQ_Items.parquet").rename(str.lower)


def on_duckdb(mode: str, case: str) -> tuple[Table, Table, dict[tuple[str, str], pl.DataFrame]]:
    con = connect("duckdb://?threads=2")
    try:
        rows, items = main(con, case, mode), quality(con, case)
        wanted = everything(con, mode, rows, items, case)
        return ibis.memtable(rows.to_pyarrow()), ibis.memtable(items.to_pyarrow()), wanted
    finally:
        con.disconnect()


def compare(found: dict[tuple[str, str], pl.DataFrame], wanted: dict[tuple[str, str], pl.DataFrame]) -> None:
    assert list(found) == list(wanted)
    for output, frame in wanted.items():
        assert frame.height, output
        same_rows(found[output], frame)


@pytest.mark.parametrize("mode", OF)
@pytest.mark.parametrize("case", CASES)
def test_spark_makes_the_same_tables(spark: BaseBackend, case: str, mode: str) -> None:
    _, _, wanted = on_duckdb(mode, case)
    compare(everything(spark, mode, main(spark, case, mode), quality(spark, case), case), wanted)


@pytest.mark.parametrize("mode", OF)
def test_postgresql_makes_the_same_tables(postgres_url: str, mode: str) -> None:
    rows, items, wanted = on_duckdb(mode, "small")
    con = connect(postgres_url)
    try:
        loaded, quality_items = (con.create_table(ibis.util.gen_name("rows"), t, temp=True) for t in (rows, items))
        found = everything(con, mode, loaded, quality_items, "small")
    finally:
        con.disconnect()
    compare(found, wanted)
