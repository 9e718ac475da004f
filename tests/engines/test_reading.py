"""Reading tables: from files and from engines, with every missing column and wrong type told at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from ibis.backends import BaseBackend

from asccld.engine import EngineError, MissingColumns, WrongTypes, connected, table, write

EVENTS = pl.DataFrame(
    {
        "LA_Code": ["503", "007", None],
        "Event_Start_Date": [date(2025, 4, 1), None, date(2025, 6, 30)],
        "ImportDate": [datetime.fromisoformat("2025-07-01 09:30:00.250")] * 3,
        "Der_Birth_Year": [1940, None, 1951],
        "Unit_Cost": [12.5, None, 0.1],
        "Gender": ["Male", "", None],
    }
)
COLUMNS = {
    "la_code": pl.String,
    "importdate": pl.Datetime("us"),
    "event_start_date": pl.Date,
    "der_birth_year": pl.Int64,
    "unit_cost": "float64",
    "gender": "string",
}
EXPECTED = EVENTS.rename(str.lower).select(list(COLUMNS))


def rows(found: object) -> pl.DataFrame:
    frame = found.to_polars()  # pyright: ignore[reportAttributeAccessIssue]
    return frame.sort("der_birth_year", nulls_last=True)


def same(found: object) -> bool:
    return rows(found).cast(EXPECTED.schema).equals(EXPECTED.sort("der_birth_year", nulls_last=True))


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "la_code=503" / "events.parquet"
    path.parent.mkdir()
    EVENTS.write_parquet(path)
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """As the golden data: NULL is an empty field, the empty text is two quotes."""
    path = tmp_path / "events.csv"
    lines = [
        "LA_Code,Event_Start_Date,ImportDate,Der_Birth_Year,Unit_Cost,Gender,Surplus",
        "503,2025-04-01,2025-07-01 09:30:00.250,1940,12.5,Male,x",
        '007,,2025-07-01 09:30:00.250,,,"",',
        ',2025-06-30,2025-07-01 09:30:00.250,1951,0.1,,"a ""word"", and\na line"',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_parquet_is_read_with_columns_in_lower_case_and_our_order(duckdb: BaseBackend, parquet: Path) -> None:
    read = table(duckdb, parquet, columns=COLUMNS)
    assert list(read.columns) == list(COLUMNS)
    assert same(read)


@pytest.mark.parametrize("source", ["folder", "pattern", "list"])
def test_many_files_are_one_table(duckdb: BaseBackend, parquet: Path, source: str) -> None:
    EVENTS.drop("Gender").write_parquet(parquet.with_name("more.parquet"))
    root = parquet.parent.parent
    given: dict[str, str | Path | Sequence[Path]] = {
        "folder": root,
        "pattern": f"{root}/**/*.parquet",
        "list": [parquet, parquet.with_name("more.parquet")],
    }
    read = table(duckdb, given[source], columns=COLUMNS)
    assert read.count().to_pyarrow().as_py() == 6
    assert sorted(set(rows(read)["la_code"].to_list()) - {None}) == ["007", "503"]


def test_a_csv_keeps_zeros_missing_and_blank(duckdb: BaseBackend, csv: Path) -> None:
    assert same(table(duckdb, csv, columns=COLUMNS))
    everything = table(duckdb, csv)
    assert everything.columns[-1] == "surplus"
    assert 'a "word", and\na line' in everything.surplus.to_polars().to_list()


def test_spark_reads_the_same(spark: BaseBackend, parquet: Path, csv: Path) -> None:
    assert same(table(spark, parquet, columns=COLUMNS))
    assert same(table(spark, parquet.parent.parent, columns=COLUMNS))
    assert same(table(spark, str(csv), columns=COLUMNS))
    assert same(table(spark, f"file://{parquet}", columns=COLUMNS))


def test_a_table_of_postgresql_is_read_by_name(postgres_url: str) -> None:
    with connected(postgres_url) as con:
        con.raw_sql("CREATE SCHEMA care").close()
        con.create_table("Events", EVENTS.to_arrow(), database="care")
        assert same(table(con, "care.Events", columns=COLUMNS))
        with pytest.raises(EngineError, match=r"There is no such table or file \(care\.event\)\. Did you mean Events"):
            table(con, "care.event")
        with pytest.raises(EngineError, match="postgres reads tables, and these are files"):
            table(con, __file__.replace("test_reading.py", "*.py"))


def test_a_table_of_duckdb_is_read_by_name(duckdb: BaseBackend) -> None:
    duckdb.create_table("events", EVENTS.to_arrow())
    assert same(table(duckdb, "events", columns=COLUMNS))
    with pytest.raises(EngineError, match="There is no such table"):
        table(duckdb, "event")


def test_all_missing_columns_are_named_with_the_nearest(duckdb: BaseBackend, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    EVENTS.rename({"Event_Start_Date": "EventStartDate", "Gender": "Sex"}).write_parquet(path)
    with pytest.raises(MissingColumns) as caught:
        table(duckdb, path, columns=COLUMNS)
    said = str(caught.value)
    assert "2 columns are missing: event_start_date (is it eventstartdate?), gender" in said
    assert str(path) in said
    assert caught.value.columns == ("event_start_date", "gender")


def test_optional_columns_may_be_absent_and_other_names_are_known(duckdb: BaseBackend, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    EVENTS.drop("Gender").rename({"LA_Code": "Council"}).write_parquet(path)
    read = table(duckdb, path, columns=COLUMNS, optional={"gender"}, aliases={"council": "la_code"})
    assert list(read.columns) == [name for name in COLUMNS if name != "gender"]


def test_wrong_types_are_all_named_and_no_value_is_shown(duckdb: BaseBackend, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    wrong = EVENTS.with_columns(
        pl.Series("Event_Start_Date", ["01/04/2025", "2025-04-02", " "]),
        pl.Series("Der_Birth_Year", [date(1940, 1, 1)] * 3),
        pl.Series("LA_Code", [1.5, 2.5, 3.5]),
        pl.Series("Unit_Cost", ["12.50", "much", None]),
    )
    wrong.write_parquet(path)
    with pytest.raises(WrongTypes) as caught:
        table(duckdb, path, columns=COLUMNS)
    said = str(caught.value)
    assert "la_code is a number and should be a text" in said
    assert "event_start_date has 1 values that are no date" in said
    assert "der_birth_year is a date and should be a whole number" in said
    assert "unit_cost has 1 values that are no number" in said
    assert "much" not in said
    assert "01/04" not in said


def test_a_column_without_any_value_is_of_the_type_that_is_wanted(duckdb: BaseBackend, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    nothing = {"Gender": pl.Null, "Event_Start_Date": pl.Null, "Unit_Cost": pl.Null, "ImportDate": pl.Null}
    EVENTS.with_columns(pl.lit(None).cast(kind).alias(name) for name, kind in nothing.items()).write_parquet(path)
    read = rows(table(duckdb, path, columns=COLUMNS))
    assert read.schema["event_start_date"] == pl.Date
    assert (read.schema["gender"], read.schema["unit_cost"]) == (pl.String, pl.Float64)
    assert read.select(name.lower() for name in nothing).null_count().row(0) == (3, 3, 3, 3)


def test_a_type_that_nobody_knows_is_not_shown_as_a_class(duckdb: BaseBackend) -> None:
    duckdb.raw_sql("CREATE TABLE events AS SELECT '101'::BIT AS gender, union_value(a := 1) AS la_code")
    with pytest.raises(WrongTypes) as caught:
        table(duckdb, "events", columns={"gender": "string", "la_code": "string"})
    assert "DataType" not in str(caught.value)


def test_text_in_place_of_dates_is_refused_where_the_engine_cannot_try(postgres_url: str) -> None:
    with connected(postgres_url) as con:
        con.create_table("events", EVENTS.with_columns(pl.col("Event_Start_Date").cast(pl.String)).to_arrow())
        with pytest.raises(WrongTypes, match="event_start_date is text and should be a date"):
            table(con, "events", columns=COLUMNS)


def test_numbers_come_as_the_number_that_is_wanted(duckdb: BaseBackend, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    EVENTS.with_columns(
        pl.Series("LA_Code", [503, 7, None]),
        pl.col("Der_Birth_Year").cast(pl.Float64),
        pl.col("Event_Start_Date").cast(pl.Datetime("ms")),
        pl.col("ImportDate").dt.replace_time_zone("UTC"),
    ).write_parquet(path)
    read = rows(table(duckdb, path, columns=COLUMNS))
    assert read["la_code"].to_list() == ["503", None, "7"]
    assert read["event_start_date"].dtype == pl.Date
    assert read["importdate"].to_list() == EVENTS["ImportDate"].to_list()


def test_columns_that_differ_only_in_capitals_are_refused(postgres_url: str) -> None:
    with connected(postgres_url) as con:
        con.raw_sql('CREATE TABLE t AS SELECT 1 AS "Gender", 2 AS "gender"').close()
        with pytest.raises(EngineError, match="Two columns have the same name but for capitals: gender"):
            table(con, "t")


def test_a_file_that_is_there_and_is_no_parquet_is_not_called_missing(duckdb: BaseBackend, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    other.write_text("la_code,event_type\n503,Request\n", encoding="utf-8")
    with pytest.raises(EngineError, match="A file is no Parquet file"):
        table(duckdb, other)


def test_a_damaged_file_among_many_is_named(duckdb: BaseBackend, parquet: Path) -> None:
    broken = parquet.with_name("broken.parquet")
    broken.write_bytes(parquet.read_bytes()[:-20])
    with pytest.raises(EngineError) as caught:
        table(duckdb, parquet.parent)
    assert "A file is missing or damaged" in str(caught.value)
    assert str(broken) in str(caught.value)
    assert str(parquet) not in str(caught.value)


@pytest.mark.parametrize("source", ["no-such.parquet", "no-such/*.csv"])
def test_what_is_not_there_is_named(duckdb: BaseBackend, source: str) -> None:
    with pytest.raises(EngineError, match="There is no such file"):
        table(duckdb, source)


def test_two_kinds_of_file_are_not_one_table(duckdb: BaseBackend, parquet: Path, csv: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read as one table"):
        table(duckdb, [parquet, csv])
    with pytest.raises(EngineError, match="There are no files"):
        table(duckdb, [])


def test_an_address_is_for_spark(duckdb: BaseBackend) -> None:
    with pytest.raises(EngineError, match="files of this machine only"):
        table(duckdb, "abfss://care@storage/events")


def test_spark_takes_a_path_as_it_is_written(spark: BaseBackend, tmp_path: Path) -> None:
    folder = tmp_path / "O'Brien [2025] 100 % {x}"
    folder.mkdir()
    EVENTS.write_parquet(folder / "it's.parquet")
    read = table(spark, folder / "it's.parquet", columns=COLUMNS)
    assert same(read)
    write(read, folder / "written.parquet")
    assert pl.read_parquet(folder / "written.parquet", glob=False).height == EVENTS.height


def test_a_path_with_quotes_and_brackets_is_a_path(duckdb: BaseBackend, tmp_path: Path) -> None:
    folder = tmp_path / "O'Brien [2025]"
    folder.mkdir()
    EVENTS.write_parquet(folder / "it's.parquet")
    here = Path.cwd()
    os.chdir(folder)
    try:
        assert same(table(duckdb, "it's.parquet", columns=COLUMNS))
    finally:
        os.chdir(here)
    assert same(table(duckdb, folder / "it's.parquet", columns=COLUMNS))
