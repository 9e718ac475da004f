"""Reading a table from files or from the engine: columns in lower case, all there, and of the right types."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ibis
from ibis.backends import BaseBackend

from asccld.engine.errors import EngineError, MissingColumns, nearest
from asccld.engine.files import damaged, found, is_file
from asccld.engine.types import of_types, with_typed_nulls

_EMPTY = "\ue000"
"""Stands for "" while Spark reads a CSV, because it takes both the empty text and an empty field for NULL."""

Source = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def table(
    con: BaseBackend,
    source: Source,
    *,
    columns: Mapping[str, Any] | None = None,
    optional: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> ibis.Table:
    """A table from files (paths, folders, patterns; Parquet or CSV) or from the engine (NAME, SCHEMA.NAME).

    `columns` says which columns are needed and their types, anything that Ibis or Polars take as a type: they come in
    that order, without the others that the table has. Those in `optional` may be absent. `aliases` maps other names of
    a column to ours. Raises MissingColumns and WrongTypes, each naming all at once, or EngineError.
    """
    where = _shown(source)
    read = _lower_case(_files(con, source) if is_file(source) else _named(con, str(source)), where)
    read = with_typed_nulls(read)
    renamed = {ours: other for other, ours in (aliases or {}).items() if other in read.columns}
    read = read.rename({ours: other for ours, other in renamed.items() if ours not in read.columns})
    if columns is None:
        return read
    missing = [name for name in columns if name not in read.columns and name not in optional]
    if missing:
        raise MissingColumns(missing, [name for name in read.columns if name not in columns], where)
    return of_types(read, {name: wanted for name, wanted in columns.items() if name in read.columns}, where)


def _shown(source: Source) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    paths = [os.fspath(path) for path in source]
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more" if paths else "no file"


def _lower_case(read: ibis.Table, where: str) -> ibis.Table:
    lower = [name.lower() for name in read.columns]
    twice = sorted({name for name in lower if lower.count(name) > 1})
    if twice:
        raise EngineError(f"Two columns have the same name but for capitals: {', '.join(twice)}", where, "Keep one")
    return read.rename(dict(zip(lower, read.columns, strict=True)))


def _named(con: BaseBackend, name: str) -> ibis.Table:
    *place, last = name.split(".")
    database: Any = tuple(place) if len(place) > 1 else place[0] if place else None
    try:
        return con.table(last, database=database)
    except Exception as error:  # every engine has its own
        raise _no_such_table(con, name, last, database) from error


def _no_such_table(con: BaseBackend, name: str, last: str, database: Any) -> EngineError:  # noqa: ANN401 - Ibis' own
    try:
        known: Sequence[str] = con.list_tables(database=database)
    except Exception:  # noqa: BLE001 - the schema itself may not exist
        known = []
    return EngineError("There is no such table or file", name, nearest(last, known))


def _files(con: BaseBackend, source: Source) -> ibis.Table:
    kind, paths = found(source, remote=con.name == "pyspark")
    readers = {("duckdb", "parquet"): _duckdb_parquet, ("duckdb", "csv"): _duckdb_csv}
    readers |= {("pyspark", "parquet"): _spark_parquet, ("pyspark", "csv"): _spark_csv}
    reader = readers.get((con.name, kind))
    if reader is None:
        remedy = "Load them into a table first and give its name, or leave --engine out: DuckDB reads files"
        raise EngineError(f"{con.name} reads tables, and these are files on this machine", paths[0], remedy)
    try:
        return reader(con, paths)
    except Exception as error:  # every engine has its own; which file it is, we find out ourselves
        raise damaged(paths, kind) from error


def _duckdb_parquet(con: Any, paths: list[str]) -> ibis.Table:  # noqa: ANN401 - this engine's backend
    # a folder la_code=503 is no column: it would come as a number
    return con.read_parquet(paths, union_by_name=True, hive_partitioning=False)


def _duckdb_csv(con: Any, paths: list[str]) -> ibis.Table:  # noqa: ANN401 - this engine's backend
    # everything as text, so that a code keeps its zeros; an empty field is NULL, "" is the empty text
    return con.read_csv(
        paths,
        all_varchar=True,
        header=True,
        delim=",",
        quote='"',
        escape='"',
        nullstr="",
        allow_quoted_nulls=False,
        union_by_name=True,
        hive_partitioning=False,
        strict_mode=True,
        null_padding=False,
    )


def _spark_parquet(con: Any, paths: list[str]) -> ibis.Table:  # noqa: ANN401 - this engine's backend
    from asccld.engine.spark import session_of

    reader = session_of().read.option("mergeSchema", "true").option("recursiveFileLookup", "true")
    return _spark_view(con, reader.parquet(*_addresses(paths)))


def _spark_csv(con: Any, paths: list[str]) -> ibis.Table:  # noqa: ANN401 - this engine's backend
    from asccld.engine.spark import session_of

    reader = session_of().read.options(emptyValue=_EMPTY, quote='"', escape='"')
    read = reader.csv(_addresses(paths), header=True, inferSchema=False, multiLine=True)
    return _spark_view(con, read.replace(_EMPTY, ""))


def _addresses(paths: Sequence[str]) -> list[str]:
    from asccld.engine.spark import address_of

    return [address_of(path, pattern=True) for path in paths]


def _spark_view(con: Any, frame: Any) -> ibis.Table:  # noqa: ANN401 - this engine's backend
    name = ibis.util.gen_name("asccld_files")
    frame.createOrReplaceTempView(name)
    return con.table(name)
