"""The tables that count people on other engines: every table as DuckDB makes it, and so as the published scripts do."""

from __future__ import annotations

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import connect, keeper
from asccld.engine import table as read
from asccld.measures import compute, needed_columns
from measures.golden import FOLDER, same_rows, settings
from measures.test_golden_people import OURS
from processing.golden import CASES

NAMES = (*OURS, "lts002a", "lts002b")
KINDS = {"text": "string", "integer": "int64", "timestamp": "timestamp", "date": "date"}
ALIASES = {"der_la_person_unique_identifier_pseudo": "la_person_unique_identifier"}


def collected(con: BaseBackend, case: str) -> Table:
    columns = {name: KINDS[kind] for name, kind in needed_columns(NAMES).items()}
    return read(con, FOLDER / case / "input" / "CLD_R1_Raw.parquet", columns=columns, aliases=ALIASES)


def everything(con: BaseBackend, events: Table, case: str, **options: str) -> dict[tuple[str, str], pl.DataFrame]:
    made = compute(NAMES, events, settings(case, **options), hold=keeper(con))
    return {(name, suffix): made[name][suffix].to_polars() for name in NAMES for suffix in made[name]}


def on_duckdb(case: str, **options: str) -> tuple[ibis.Table, dict[tuple[str, str], pl.DataFrame]]:
    con = connect("duckdb://?threads=2")
    try:
        events = collected(con, case)
        return ibis.memtable(events.to_pyarrow()), everything(con, events, case, **options)
    finally:
        con.disconnect()


@pytest.mark.parametrize("case", CASES)
def test_spark_makes_the_same_tables(spark: BaseBackend, case: str) -> None:
    _, wanted = on_duckdb(case)
    found = everything(spark, collected(spark, case), case)
    for output, frame in wanted.items():
        same_rows(found[output], frame)


@pytest.mark.parametrize("options", [{}, {"behaviour": "documented"}])
def test_postgresql_makes_the_same_tables(postgres_url: str, options: dict[str, str]) -> None:
    events, wanted = on_duckdb("small", **options)
    con = connect(postgres_url)
    try:
        loaded = con.create_table(ibis.util.gen_name("events"), events, temp=True)
        found = everything(con, loaded, "small", **options)
    finally:
        con.disconnect()
    for output, frame in wanted.items():
        same_rows(found[output], frame)
