"""The main tables on every engine: on the golden cases and on a made-up nation, row for row as DuckDB makes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, cast

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend

from asccld.engine import connect, keeper, table, write
from asccld.processing import Processed, Reference, process
from asccld.synthetic.national import write_national
from processing.golden import CASES, FOLDER, RECORD, expected, period, reference, same

Mode = Literal["single", "joined"]
MODES: tuple[Mode, ...] = ("single", "joined")
YEAR = (date(2025, 4, 1), date(2026, 3, 31), date(2026, 5, 5))


@pytest.fixture(scope="session")
def duck() -> Iterator[BaseBackend]:
    con = connect("duckdb://?threads=2")
    yield con
    con.disconnect()


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two councils with four rolling files each."""
    folder = tmp_path_factory.mktemp("nation")
    write_national(folder, rows=8_000, councils=2, files=4, seed=5)
    return sorted(folder.glob("*.parquet"))


def run(
    con: BaseBackend, events: ibis.Table, mode: Mode, days: tuple[date, date, date], lookups: Reference
) -> Processed:
    start, end, as_of = days
    return process(events, mode=mode, start=start, end=end, as_of=as_of, reference=lookups, hold=keeper(con))


def golden(con: BaseBackend, case: str, mode: str) -> Processed:
    events = table(con, FOLDER / case / "input" / "CLD_Raw.parquet")
    return run(con, events, cast("Mode", mode), period(case, mode), reference(case))


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(RECORD)


def computed(made: Processed, folder: Path) -> pl.DataFrame:
    """The main table as a user gets it: from the file."""
    write(made.main, folder / "main.parquet")
    return pl.read_parquet(folder / "main.parquet")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES)
def test_spark_makes_the_golden_main_tables(
    spark: BaseBackend, duck: BaseBackend, case: str, mode: Mode, tmp_path: Path
) -> None:
    found = computed(golden(spark, case, mode), tmp_path)
    same(found, expected(case, f"{mode}_4_main"), blanks=case == "small")
    assert in_order(found).equals(in_order(computed(golden(duck, case, mode), tmp_path)))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("step", ["reporting_periods", "submissions", "events_in_period", "derived_fields"])
def test_spark_makes_every_step_as_duckdb_does(spark: BaseBackend, duck: BaseBackend, mode: Mode, step: str) -> None:
    ours, theirs = (golden(con, "small", mode).steps[step].to_polars() for con in (duck, spark))
    key = [name for name in (RECORD, "la_name", "importdate", "ref_period_start_date") if name in ours.columns]
    assert theirs.select(ours.columns).cast(dict(ours.schema)).sort(key).equals(ours.sort(key))


def in_postgres(con: BaseBackend, name: str, events: pl.DataFrame) -> ibis.Table:
    con.create_table(name, events.to_arrow())
    return table(con, name)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES)
def test_postgresql_makes_the_golden_main_tables(
    postgres_url: str, duck: BaseBackend, case: str, mode: Mode, tmp_path: Path
) -> None:
    con = connect(postgres_url)
    start, end, as_of = period(case, mode)
    chosen = golden(duck, case, mode).steps["submissions"].to_polars()
    raw = pl.read_parquet(FOLDER / case / "input" / "CLD_Raw.parquet")
    # a server takes its time to load: the files that serve the period, and those that others could be taken for
    events = in_postgres(con, "events", raw if case == "small" else raw.filter(raw["LA_Name"].is_in(chosen["la_name"])))
    made = process(events, mode=mode, start=start, end=end, as_of=as_of, reference=reference(case), hold=keeper(con))
    found = computed(made, tmp_path)
    assert in_order(found).equals(in_order(computed(golden(duck, case, mode), tmp_path)))
    con.disconnect()


@pytest.mark.parametrize("mode", MODES)
def test_a_made_up_nation_is_the_same_on_spark_and_postgresql(
    spark: BaseBackend, duck: BaseBackend, postgres_url: str, nation: list[Path], mode: Mode, tmp_path: Path
) -> None:
    postgres = connect(postgres_url)
    served = in_postgres(postgres, "events", pl.concat(pl.read_parquet(path) for path in nation))
    places = {spark: table(spark, nation), postgres: served}
    ours = in_order(computed(run(duck, table(duck, nation), mode, YEAR, Reference.shipped()), tmp_path))
    assert ours.height > 100
    for con, events in places.items():
        theirs = computed(run(con, events, mode, YEAR, Reference.shipped()), tmp_path)
        assert in_order(theirs).equals(ours), con.name
    postgres.disconnect()
