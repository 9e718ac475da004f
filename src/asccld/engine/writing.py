"""Writing a result: whole or not at all, the same file whatever engine computed it."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
from ibis.backends import BaseBackend

from asccld.engine.errors import EngineError
from asccld.engine.failing import explained
from asccld.reports.files import replacing, suffix_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMATS = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER true",  # NULL is an empty field, the empty text is ""
}


def write(table: ibis.Table, path: Path | str, con: BaseBackend | None = None) -> None:
    """Compute a table and write it to a .parquet or .csv file, which appears only when it is whole.

    The table says which connection computes it, unless it is made of in-memory tables only: then give `con`. On Spark
    an address such as abfss://... may be given: Spark then writes a folder of Parquet files there.
    """
    engine: BaseBackend = ibis.get_backend(table) if con is None else con
    if "://" in str(path):
        _to_storage(engine, table, str(path))
        return
    target = Path(path)
    suffix = suffix_of(target, tuple(FORMATS), "A table")
    with replacing(target) as part, explained(engine):
        if engine.name == "duckdb":
            _copy(engine.con, query_of(engine, table), part, suffix)
        elif engine.name == "pyspark":
            _from_spark(engine, table, part, suffix)
        else:
            _from_batches(engine, table, part, suffix)


def query_of(con: BaseBackend, table: ibis.Table) -> str:
    """The engine's own SQL for a table, with small tables of ours (mappings) sent ahead of it."""
    con._run_pre_execute_hooks(table)  # noqa: SLF001 - what Ibis' own writers do; none of them fits every path
    return str(con.compile(table))


def _copy(duckdb: DuckDBPyConnection, query: str, path: Path, suffix: str) -> None:
    quoted = str(path).replace("'", "''")
    duckdb.execute(f"COPY ({query}) TO '{quoted}' ({FORMATS[suffix]})")


def _from_spark(con: BaseBackend, table: ibis.Table, part: Path, suffix: str) -> None:
    """Spark writes in parallel, a folder; DuckDB makes it the one file that was asked for."""
    from asccld.engine.spark import address_of

    with _beside(part) as folder:
        _frame(con, table).write.parquet(address_of(str(folder)))
        _gather(folder, part, suffix)


def _from_batches(con: BaseBackend, table: ibis.Table, part: Path, suffix: str) -> None:
    """Rows as they come from a server, never all of them at once."""
    import pyarrow.parquet as pq

    with _beside(part) as folder, con.to_pyarrow_batches(table, chunk_size=100_000) as batches:
        folder.mkdir()
        with pq.ParquetWriter(folder / "rows.parquet", batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        _gather(folder, part, suffix)


@contextmanager
def _beside(part: Path) -> Generator[Path]:
    """A folder that is not there yet, beside the file to be written, and that is gone afterwards."""
    folder = part.with_suffix(".folder")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _gather(folder: Path, part: Path, suffix: str) -> None:
    """One file of the Parquet files in a folder, in the order of their names."""
    import duckdb

    with duckdb.connect() as gathering:
        files = gathering.read_parquet(sorted(map(str, folder.glob("*.parquet"))))
        files.create_view("gathered")
        _copy(gathering, "FROM gathered", part, suffix)


def _frame(con: BaseBackend, table: ibis.Table) -> Any:  # noqa: ANN401 - a DataFrame of Spark, with or without a server
    from asccld.engine.spark import session_of

    return session_of().sql(query_of(con, table))


def _to_storage(con: BaseBackend, table: ibis.Table, address: str) -> None:
    if con.name != "pyspark":
        raise EngineError("Only Spark writes to such an address", address, "Give a path on this machine")
    with explained(con):
        _frame(con, table).write.mode("error").parquet(address)
