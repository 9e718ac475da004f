"""Keeping a table that is used more than once, where it was computed, until the connection ends."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import ibis
from ibis.backends import BaseBackend
from ibis.expr import operations as ops

_FOR_NOW: ContextVar[list[ibis.Table]] = ContextVar("what is kept for now")


def keeper(con: BaseBackend) -> Callable[[ibis.Table], ibis.Table]:
    """A function that computes a table once and gives it back as a table of the engine.

    What is known of its size then makes joins fast. Spark computes it at its first use and keeps it in the memory, or
    on the disks, of its workers; how it was made is forgotten, because Spark would plan all of it again at every use.
    """
    return partial(_in_spark if con.name == "pyspark" else _in_database, con)


@contextmanager
def kept_for_now(con: BaseBackend) -> Generator[None]:
    """What is kept within is forgotten at the end: its memory, and its room on the disk, are free for what follows."""
    tables: list[ibis.Table] = []
    before = _FOR_NOW.set(tables)
    try:
        yield
    finally:
        _FOR_NOW.reset(before)
    for kept in (table.op() for table in tables):
        con.drop_table(kept.name, database=(kept.namespace.catalog, kept.namespace.database))


def _in_database(con: BaseBackend, table: ibis.Table) -> ibis.Table:
    kept = con.create_table(ibis.util.gen_name("asccld"), table, temp=True)
    if (tables := _FOR_NOW.get(None)) is not None:
        tables.append(kept)
    return kept


def _in_spark(con: BaseBackend, table: ibis.Table) -> ibis.Table:
    from asccld.engine.spark import session_of
    from asccld.engine.writing import query_of

    if isinstance(table.op(), ops.InMemoryTable):  # it is with Spark's driver already
        return table
    name = ibis.util.gen_name("asccld")
    session_of().sql(query_of(con, table)).localCheckpoint(eager=False).createOrReplaceTempView(name)
    return con.table(name)
