"""Person details, ASCOF 2B, 2C, 2E and 3D on other engines: every table as DuckDB makes it."""

from __future__ import annotations

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import connect, keeper
from asccld.measures import compute_from_main
from measures.dhsc.golden import main, reference, same_rows, settings
from measures.dhsc.test_golden_people import OURS
from processing.golden import CASES


def everything(con: BaseBackend, rows: Table, case: str, **options: str) -> dict[tuple[str, str], pl.DataFrame]:
    chosen = settings(case, "ascof_latest", **options)
    made = compute_from_main(OURS, rows, chosen, reference=reference(case), hold=keeper(con))
    return {(name, suffix): made[name][suffix].to_polars() for name in OURS for suffix in made[name]}


def on_duckdb(case: str, **options: str) -> tuple[Table, dict[tuple[str, str], pl.DataFrame]]:
    con = connect("duckdb://?threads=2")
    try:
        rows = main(con, case)
        return ibis.memtable(rows.to_pyarrow()), everything(con, rows, case, **options)
    finally:
        con.disconnect()


@pytest.mark.parametrize("case", CASES)
def test_spark_makes_the_same_tables(spark: BaseBackend, case: str) -> None:
    _, wanted = on_duckdb(case)
    found = everything(spark, main(spark, case), case)
    for output, frame in wanted.items():
        same_rows(found[output], frame)


@pytest.mark.parametrize("options", [{}, {"behaviour": "documented"}])
def test_postgresql_makes_the_same_tables(postgres_url: str, options: dict[str, str]) -> None:
    rows, wanted = on_duckdb("small", **options)
    con = connect(postgres_url)
    try:
        found = everything(con, con.create_table(ibis.util.gen_name("rows"), rows, temp=True), "small", **options)
    finally:
        con.disconnect()
    for output, frame in wanted.items():
        same_rows(found[output], frame)
