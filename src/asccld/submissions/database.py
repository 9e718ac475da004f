"""The catalogue's database: one connection string, transactions that never wait for ever, errors in words."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from asccld.submissions.errors import StoreError

BUSY_SECONDS = 60
_WRITE = "asccld_write"
_ONE_WRITER = 4_081_2026
"""Number of the lock under which everybody who writes to a PostgreSQL catalogue queues up."""
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
_FULL = ("disk is full", "disk i/o error", "no space left", "could not extend")


class NoRoom(StoreError):
    """Nothing can be written where the catalogue is: the disk is full, or the folder may only be read."""


class Database:
    """A catalogue: `reading` and `writing` are transactions, and there is one writer at a time."""

    def __init__(self, url: str | Path, *, frozen: bool = False) -> None:
        """`frozen` opens a file that cannot be written, and makes nothing beside it."""
        self.url = _url(url)
        self.name = self.url.database or "" if self.is_sqlite else self.url.render_as_string(hide_password=True)
        if frozen:
            self.engine = sa.create_engine(self.url, creator=partial(_frozen_sqlite, Path(self.name)))
        else:
            self.engine = sa.create_engine(self.url, pool_pre_ping=not self.is_sqlite)
            event.listen(self.engine, "connect", _prepared_sqlite if self.is_sqlite else _prepared_postgresql)
        event.listen(self.engine, "begin", self._begun)

    @property
    def is_sqlite(self) -> bool:
        """Whether the catalogue is a file in the store."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Generator[sa.Connection]:
        """A transaction that sees one moment."""
        one_moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._told(), self.engine.connect().execution_options(**one_moment) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Generator[sa.Connection]:
        """A transaction that is alone in writing; it is committed when the block ends well."""
        with self._told(), self.engine.connect().execution_options(**{_WRITE: True}) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _begun(self, connection: sa.Connection) -> None:
        """Take the writer's turn when a writing transaction begins, not when it first writes.

        A transaction that reads first and then finds somebody else's write in its way would have to begin again.
        """
        write = bool(connection.get_execution_options().get(_WRITE))
        if self.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
        elif write:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except IntegrityError:
            raise  # whoever writes knows what it means
        except (SQLAlchemyError, OSError) as error:
            raise explained(error, self.name) from error


def _url(given: str | Path) -> sa.URL:
    if isinstance(given, Path):
        return sa.URL.create("sqlite", database=str(given))
    try:
        url = sa.make_url(given)
        if url.drivername in _DRIVERS:
            url = url.set(drivername=_DRIVERS[url.drivername])
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise _unknown_url() from error
    if backend not in {"sqlite", "postgresql"}:
        raise _unknown_url()
    return url


def _unknown_url() -> StoreError:
    # without the text, which may hold a password
    return StoreError(
        "The address of the catalogue is not one", "--catalogue", "Write it like postgresql://user@server/database"
    )


def _frozen_sqlite(path: Path) -> Any:  # noqa: ANN401 - the driver's own type
    """A connection that reads only.

    Without a log beside the file nobody is writing it, and no lock is needed either: a lock would be a file, for which
    a full disk or a read-only folder has no room.
    """
    import sqlite3

    log = path.with_name(f"{path.name}-wal")
    alone = not log.exists() or log.stat().st_size == 0
    address = f"{path.as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)


def _prepared_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None  # transactions begin when we say so, also around changes of the tables
    for setting in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what was committed survives a power cut
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {setting}").close()


def _prepared_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def explained(error: SQLAlchemyError | OSError, name: str) -> StoreError:
    """The error in words; never with the statement or its parameters."""
    text = _first_line(error).lower()
    if any(sign in text for sign in _FULL) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return NoRoom("The disk is full", name, "Free some space; what was not recorded is not in the store")
    if "locked" in text or "lock timeout" in text:
        return StoreError(
            f"Another program has kept the catalogue for {BUSY_SECONDS} seconds", name, "Wait for it and try again"
        )
    if "not a database" in text or "malformed" in text:
        return StoreError(
            "The catalogue is damaged", name, "Restore it from a backup; the originals and receipts are files beside it"
        )
    if "readonly" in text or "read-only" in text or "permission denied" in text:
        return NoRoom("The catalogue may not be written", name, "Ask for the right to write to the store")
    kind = NoRoom if "unable to open" in text else StoreError
    return kind(
        f"The catalogue cannot be used: {_first_line(error)}", name, "Check that it is there and that you may use it"
    )


def _first_line(error: SQLAlchemyError | OSError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return str(cause).strip().partition("\n")[0]
