"""Writing a result: the same file whatever engine computed it, whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend

from asccld.engine import EngineError, connected, table, write
from asccld.errors import AsccldError

FRAME = pl.DataFrame(
    {
        "record": [1, 2, 3],
        "start": [date(2025, 4, 1), None, date(2025, 6, 30)],
        "text": ['a "word", here', "", None],
        "cost": [12.5, None, 0.25],
        "flag": [True, None, False],
    }
)
CSV = """record,start,text,cost,flag
1,2025-04-01,"a ""word"", here",12.5,true
2,,"",,
3,2025-06-30,,0.25,false
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    FRAME.write_parquet(tmp_path / "source.parquet")
    return tmp_path / "source.parquet"


def doubled(events: ibis.Table) -> ibis.Table:
    """Something to compute, with a small table of ours in it, as mappings are."""
    ours = ibis.memtable({"record": [1, 2, 3, 4]})
    return events.inner_join(ours, "record").select(*events.columns)


def written(events: ibis.Table, folder: Path) -> tuple[pl.DataFrame, list[str]]:
    write(doubled(events), folder / "out.parquet")
    write(doubled(events), folder / "out.csv")
    lines = (folder / "out.csv").read_text(encoding="utf-8").splitlines()
    return pl.read_parquet(folder / "out.parquet").sort("record"), [lines[0], *sorted(lines[1:])]


def test_duckdb_writes_parquet_and_csv(duckdb: BaseBackend, source: Path, tmp_path: Path) -> None:
    frame, lines = written(table(duckdb, source), tmp_path)
    assert frame.equals(FRAME)
    assert lines == CSV.splitlines()


def test_spark_writes_the_same(spark: BaseBackend, source: Path, tmp_path: Path) -> None:
    frame, lines = written(table(spark, source), tmp_path)
    assert frame.equals(FRAME)
    assert lines == CSV.splitlines()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.parquet", "source.parquet"]


def test_postgresql_writes_the_same(postgres_url: str, tmp_path: Path) -> None:
    with connected(postgres_url) as con:
        con.create_table("events", FRAME.to_arrow())
        frame, lines = written(table(con, "events"), tmp_path)
    assert frame.equals(FRAME)
    assert lines == CSV.splitlines()


def test_spark_writes_a_folder_to_storage_that_has_an_address(
    spark: BaseBackend, source: Path, tmp_path: Path, duckdb: BaseBackend
) -> None:
    address = (tmp_path / "storage").as_uri()
    write(table(spark, source), address)
    assert pl.read_parquet(tmp_path / "storage" / "*.parquet").sort("record").equals(FRAME)
    with pytest.raises(EngineError, match="stopped before the end"):
        write(table(spark, source), address)
    with pytest.raises(EngineError, match="Only Spark writes to such an address"):
        write(table(duckdb, source), address)


def test_what_stood_there_stays_until_the_new_one_is_whole(duckdb: BaseBackend, tmp_path: Path) -> None:
    target = tmp_path / "main.parquet"
    target.write_text("the one before", encoding="utf-8")
    duckdb.raw_sql(
        "CREATE TABLE t AS SELECT i, CASE WHEN i < 900000 THEN '1' ELSE 'x' END AS n FROM range(1000000) r(i)"
    )
    failing = duckdb.table("t").mutate(n=ibis._.n.cast("int64"))
    with pytest.raises(EngineError, match="duckdb stopped before the end \\(ConversionException\\)") as caught:
        write(failing, target)
    assert "'x'" not in str(caught.value)
    assert target.read_text(encoding="utf-8") == "the one before"
    assert [path.name for path in tmp_path.iterdir()] == ["main.parquet"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("main.xlsx", "cannot be written as .xlsx"), ("no-such/main.csv", "The folder does not exist")],
)
def test_a_place_that_cannot_be_is_explained(duckdb: BaseBackend, tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(AsccldError, match=says):
        write(ibis.memtable(FRAME), tmp_path / name, duckdb)


@pytest.mark.parametrize(
    ("engine_says", "we_say"),
    [
        ("IO Error: Could not write file: No space left on device", "The disk is full"),
        ("Out of Memory Error: failed to offload data block (max_temp_directory_size)", "The disk is full"),
        (
            "Out of Memory Error: failed to pin block",
            r"The engine ran out of memory \(duckdb\). Give it more \(duckdb://\?memory_limit",
        ),
        ("IO Error: Permission denied", "The file may not be written"),
    ],
)
def test_what_the_system_lacks_is_called_by_its_name(
    duckdb: BaseBackend, source: Path, monkeypatch: pytest.MonkeyPatch, engine_says: str, we_say: str
) -> None:
    def lacking(*arguments: object) -> None:
        raise RuntimeError(engine_says)

    monkeypatch.setattr("asccld.engine.writing._copy", lacking)
    with pytest.raises(AsccldError, match=we_say):
        write(table(duckdb, source), source.with_name("out.parquet"))


def test_a_path_with_a_quote_in_it_is_a_path(duckdb: BaseBackend, source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "O'Brien"
    folder.mkdir()
    write(table(duckdb, source), folder / 'it\'s "main".parquet')
    assert pl.read_parquet(folder / 'it\'s "main".parquet').sort("record").equals(FRAME)
