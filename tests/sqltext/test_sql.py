"""The SQL text: on PostgreSQL, DuckDB and Spark it makes the golden tables; for SQL Server it is well formed."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
import sqlglot
from ibis.backends import BaseBackend
from sqlglot import expressions as exp

from asccld.engine import connect
from asccld.errors import AsccldError
from asccld.processing.lookups import reference_frames
from asccld.processing.reference import reference_columns
from asccld.sqltext import DIALECTS, SqlRequest, sql
from processing.golden import FOLDER, expected, period, same

MODES = ("single", "joined")
YEAR = SqlRequest(date(2025, 4, 1), date(2026, 3, 31), date(2026, 5, 5))
RAW = FOLDER / "small" / "input" / "CLD_Raw.parquet"
EVENTS = pl.read_parquet(RAW).rename(str.lower)


def request(mode: str, **further: Any) -> SqlRequest:
    start, end, as_of = period("small", mode)
    return SqlRequest(start, end, as_of, **further)


def lookups() -> dict[str, pl.DataFrame]:
    folder = FOLDER / "small" / "input" / "reference"
    return dict(reference_frames(folder)[0])


@pytest.fixture(scope="module")
def warehouse(postgres_server: Any) -> str:
    """A database of PostgreSQL with the golden events and reference tables in a schema, named as an analyst would."""
    url = postgres_server.new_database()
    con = connect(url)
    con.raw_sql("CREATE SCHEMA care").close()
    con.create_table("events", EVENTS.to_arrow(), database="care")
    for name, frame in lookups().items():
        con.create_table(name.lower(), frame.to_arrow(), database="care")
    con.disconnect()
    return url


@pytest.mark.parametrize("mode", MODES)
def test_postgresql_runs_it_and_gets_the_golden_tables(warehouse: str, mode: str) -> None:
    text = sql(f"main-{mode}", "postgres", request(mode, events="care.events", schema="care"))
    with psycopg.connect(warehouse) as con, con.cursor() as cursor:
        cursor.execute(text.encode())
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    found = pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
    same(found, expected("small", f"{mode}_4_main"))


def on_duckdb(duckdb: Any, text: str) -> pl.DataFrame:
    raw = duckdb.con
    raw.register("collected_events", EVENTS.to_arrow())
    for name, frame in lookups().items():
        raw.register(name, frame.to_arrow())
    raw.execute(text)
    names = [column[0] for column in raw.description]
    return pl.DataFrame(raw.fetchall(), schema=names, orient="row", infer_schema_length=None)


@pytest.mark.parametrize("mode", MODES)
def test_duckdb_runs_it_and_gets_the_golden_tables(duckdb: Any, mode: str) -> None:
    same(on_duckdb(duckdb, sql(f"main-{mode}", "duckdb", request(mode))), expected("small", f"{mode}_4_main"))


@pytest.mark.parametrize("mode", MODES)
def test_spark_runs_it_and_gets_the_golden_tables(spark: BaseBackend, mode: str, tmp_path: Path) -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    assert session is not None
    for name, frame in {"collected_events": EVENTS, **lookups()}.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
        session.read.parquet(str(tmp_path / f"{name}.parquet")).createOrReplaceTempView(name)
    frame = session.sql(sql(f"main-{mode}", "spark", request(mode)).rstrip().rstrip(";"))
    frame.write.parquet(str(tmp_path / "main"))
    same(pl.read_parquet(tmp_path / "main" / "*.parquet"), expected("small", f"{mode}_4_main"))


def test_our_reference_tables_can_be_made_in_a_warehouse_that_has_none(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as con, con.cursor() as cursor:
        cursor.execute(sql("reference", "postgres").encode())
        asked = {name: f"SELECT count(*) FROM {name}".encode() for name in reference_columns()}
        counts = {name: cursor.execute(query).fetchone() for name, query in asked.items()}
    ours = {name: (frame.height,) for name, frame in reference_frames(None)[0].items()}
    assert counts == ours


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_parses_and_has_a_named_part_for_each_step(dialect: str, mode: str) -> None:
    text = sql(f"main-{mode}", dialect, YEAR)
    tree: Any = sqlglot.parse_one(text, read=dialect)
    names = [cte.alias for cte in tree.ctes]
    wanted = ["reporting_periods", "submissions", "records_in_period", "kept_records", "main_table"]
    assert [name for name in names if name in wanted] == wanted
    assert len(names) == len(set(names))
    assert not [cte for cte in tree.ctes if cte.this.ctes], "SQL Server takes no WITH inside a WITH"
    assert len(list(tree.find_all(exp.With))) == 1
    assert max(map(len, text.splitlines())) < 2000


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_head_states_every_parameter_and_table(dialect: str) -> None:
    chosen = SqlRequest(YEAR.start, YEAR.end, YEAR.as_of, {"q4": "documented"}, events="care.cld", schema="refs")
    text = sql("main-single", dialect, chosen)
    head = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    for told in ("2025-04-01", "2026-03-31", "2026-05-05", "q4=documented", "care.cld", "in schema refs"):
        assert told in head
    for name in reference_columns():
        assert name in head
    assert ("NOT TRIED on a server" in head) == (dialect == "tsql")
    body = re.sub(r'["`\[\]]', "", "\n".join(line for line in text.splitlines() if not line.startswith("--")))
    assert "refs.REF_Gender_Mapping" in body
    assert "care.cld" in body
    assert not re.search(r"\bcollected_events\b", body)


@pytest.mark.parametrize("mode", MODES)
def test_sql_server_gets_no_true_or_false_as_a_value(mode: str) -> None:
    text = sql(f"main-{mode}", "tsql", YEAR)
    tree = sqlglot.parse_one(text, read="tsql")
    assert not list(tree.find_all(exp.Boolean))
    shown = [one.unalias() for select in tree.find_all(exp.Select) for one in select.expressions]
    assert not [one.sql("tsql") for one in shown if isinstance(one, exp.Binary) and isinstance(one, exp.Predicate)]
    for condition in [where.this for where in tree.find_all(exp.Where)]:
        assert not isinstance(condition, exp.Column), condition.sql("tsql")
    for window in tree.find_all(exp.Window):
        assert window.args.get("order") is not None or window.args.get("spec") is None
    assert not re.search(r"AS N?VARCHAR\)", text), "a text without a length is cut after 30 characters"


@pytest.mark.parametrize("mode", MODES)
def test_sql_servers_text_read_back_and_run_on_duckdb_gets_the_golden_tables(duckdb: Any, mode: str) -> None:
    """No server was at hand. What the text says is right at least, whatever a server may still not like about it."""
    text = sql(f"main-{mode}", "tsql", request(mode)).replace("VARCHAR(max)", "VARCHAR")
    tree: Any = sqlglot.parse_one(text, read="tsql")
    for plus in reversed(list(tree.find_all(exp.Add))):  # of texts, all of them: days are added by DATEADD
        plus.replace(exp.DPipe(this=plus.this, expression=plus.expression))
    moment = "make_timestamp(y, m, d, h, mi, s + f / 1000000.0)"
    duckdb.con.execute(f"CREATE MACRO datetime2fromparts(y, m, d, h, mi, s, f, places) AS {moment}")
    same(on_duckdb(duckdb, tree.sql("duckdb")), expected("small", f"{mode}_4_main"))


@pytest.mark.parametrize("mode", MODES)
def test_not_of_what_is_missing_stays_missing_on_sql_server(mode: str) -> None:
    """A row without an event type is no service, and is not "not a service" either: it is dropped."""
    text = sql(f"main-{mode}", "tsql", YEAR)
    assert not re.search(r"IIF\([^()]*, 1, 0\) = 0", text)
    assert re.search(r"NOT \(\s*LOWER\(\[\w+\]\.\[event_type\]\) LIKE '%service%'", text)


@pytest.mark.parametrize(("name", "dialect"), [("main-triple", "postgres"), ("main-single", "oracle")])
def test_what_is_not_known_is_refused(name: str, dialect: str) -> None:
    with pytest.raises(AsccldError, match=r"There (is|are)"):
        sql(name, dialect, YEAR)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asccld", "sql", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_prints_or_writes(tmp_path: Path) -> None:
    days = ["--start", "2025-04-01", "--end", "2026-03-31", "--as-of", "2026-05-05"]
    printed = command("main-joined", "--dialect", "tsql", *days)
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == sql("main-joined", "tsql", YEAR)
    written = command("main-joined", "--dialect", "tsql", *days, "--out", str(tmp_path / "main.sql"))
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "main.sql").read_text(encoding="utf-8") == printed.stdout
    assert command("reference", "--dialect", "postgres").stdout == sql("reference", "postgres")


def test_the_command_says_what_is_missing() -> None:
    said = command("main-single", "--dialect", "postgres")
    assert said.returncode == 2
    assert "A main table needs a period" in said.stderr


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_name_that_is_no_plain_one_is_quoted(dialect: str) -> None:
    asked = SqlRequest(YEAR.start, YEAR.end, YEAR.as_of, events="care.events; drop table y", schema="my refs")
    text = "\n".join(line for line in sql("main-single", dialect, asked).splitlines() if not line.startswith("--"))
    statements = [s for s in sqlglot.parse(text, read=dialect) if s is not None]
    assert len(statements) == 1
    names = {table.name for table in statements[0].find_all(exp.Table)}
    assert "events; drop table y" in names
    assert re.search(r"CREATE TABLE .my refs.\.REF_", sql("reference", dialect, schema="my refs"))
