"""An extract that a database gives: one SELECT from a file, read in chunks as text, like any other extract.

PostgreSQL is tried with every change. SQL Server and Oracle go the same way through SQLAlchemy, but are untried. The
password comes from the environment or from the system's safe, never from a file, and is in no message.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.errors import UnreadableFile
from asccld.intake.dialects import check_header
from asccld.intake.mapping.database_addresses import DatabaseSettings, address_of, connected, engine_for
from asccld.intake.mapping.database_errors import explained
from asccld.intake.mapping.database_statements import statement_of
from asccld.intake.model import Chunk, Extract, no_shape_problems
from asccld.intake.parquet import column_as_text

if TYPE_CHECKING:
    import sqlalchemy as sa

LOCAL_TIME: Final = "Europe/London"
"""The day of a moment with a time zone is the day in England."""
_FETCHED: Final = 20_000


def open_query(
    database: DatabaseSettings,
    sql: Path,
    *,
    name: str,
    parameters: Mapping[str, date] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Extract:
    """Ask the database the SELECT in a file, and open the answer as an extract.

    `name` is what messages call the database. `:name` in the SELECT is one of the `parameters`. Raises DatabaseError in
    one line that says what is wrong; nothing that the database says of a cell's content is passed on.
    """
    statement = statement_of(sql, parameters or {})
    url = address_of(database, name, environment if environment is not None else os.environ)
    return QueryExtract(engine_for(url, database.timeout_seconds, name), statement, sql, name, database.timeout_seconds)


class QueryExtract(Extract):
    """The answer to a query. Its first row is row 2, as in the same table saved as CSV."""

    kind = "database"

    def __init__(self, engine: sa.Engine, statement: sa.TextClause, sql: Path, name: str, seconds: int) -> None:
        super().__init__(sql, member=f"database '{name}'", size_bytes=0)
        self._engine, self._statement, self._seconds = engine, statement, seconds
        self._connection: sa.Connection | None = None
        self._answer: sa.CursorResult[Any] | None = None
        self._latest: sa.CursorResult[Any] | None = None
        try:
            self._answer = self._asked()
            self.header = tuple(self._answer.keys())
            check_header(self.header, self.place, 1)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection, whether or not it still works."""
        with suppress(Exception):
            self._let_go()
            if self._connection is not None:
                self._connection.close()
        self._connection = None
        self._engine.dispose()

    def _let_go(self) -> None:
        """End the latest answer: its cursor keeps rows in the database."""
        if self._latest is not None:
            self._latest.close()
        self._latest = self._answer = None

    def _asked(self) -> sa.CursorResult[Any]:
        with self._told():
            if self._connection is None:
                connection = connected(self._engine, self._seconds, self.place)
                self._connection = connection.execution_options(stream_results=True, max_row_buffer=_FETCHED)
            self._let_go()
            self._latest = self._connection.execute(self._statement)
            return self._latest

    def _read(self, rows: int) -> Iterator[Chunk]:
        answer, self._answer = self._answer or self._asked(), None
        first, size = 2, min(rows, _FETCHED)
        while True:
            with self._told():
                fetched = answer.fetchmany(size)
            if not fetched:
                return
            frame = _as_texts(fetched, self.header, self.place).with_row_index("row", offset=first)
            first += frame.height
            kept = frame.filter(~pl.all_horizontal(pl.exclude("row").is_null()))
            self.blank_rows += frame.height - kept.height
            if kept.height:
                yield Chunk(kept, no_shape_problems())

    @contextmanager
    def _told(self) -> Generator[None]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise explained(error, self._engine.dialect.name, self.place, self._seconds) from None


def _as_texts(fetched: Any, header: tuple[str, ...], place: str) -> pl.DataFrame:  # noqa: ANN401 - the driver's rows
    """Rows of a driver as text columns named by position."""
    names = [str(at) for at in range(len(header))]
    try:
        typed = pl.DataFrame(fetched, schema=names, orient="row", infer_schema_length=None, strict=False)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        raise UnreadableFile(
            "The rows cannot be read as a table of texts, numbers and dates", place, "Cast its columns in the SELECT"
        ) from None
    columns = zip(header, typed.get_columns(), strict=True)
    return pl.DataFrame([_as_text(name, _plain(column), place).alias(column.name) for name, column in columns])


def _as_text(header: str, column: pl.Series, place: str) -> pl.Series:
    try:
        return column.alias(header).to_frame().select(column_as_text(header, column.dtype, place)).to_series()
    except UnreadableFile as error:
        remedy = "Cast it to text in the SELECT, or leave it out there"
        raise UnreadableFile(error.what, error.where, remedy) from None


def _plain(column: pl.Series) -> pl.Series:
    """A column of a type that files have too."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        return column.dt.convert_time_zone(LOCAL_TIME).dt.replace_time_zone(None)
    return _printed(column) if column.dtype == pl.Object else column


def _printed(column: pl.Series) -> pl.Series:
    """What no data frame has a type for, such as a UUID, as the text that it prints as."""
    return pl.Series(column.name, [None if cell is None else str(cell) for cell in column], dtype=pl.String)
