"""Bringing a catalogue to the shape that this version writes, and refusing one from the future."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from asccld.submissions.database import Database
from asccld.submissions.errors import NewerStore, StoreError
from asccld.submissions.tables import STORE
from asccld.version import __version__

SHAPE = "0003"
"""Revision of the newest migration."""
MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


def brought_up_to_date(database: Database) -> str:
    """Make or migrate the catalogue where that is needed, and return the id of its store.

    The look beforehand spares every later opening the migrations' own start-up.
    """
    with database.reading() as connection:
        if shape_of(connection) == SHAPE:
            return store_id(connection)
    with database.writing() as connection:
        _refuse_unknown(connection, database)
        if shape_of(connection) != SHAPE:
            _migrate(connection)
            _sign(connection)
        return store_id(connection)


def shape_of(connection: sa.Connection) -> str | None:
    """The revision that the catalogue has, None for an empty database."""
    if not sa.inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def store_id(connection: sa.Connection) -> str:
    """The store that this is the catalogue of."""
    return str(connection.execute(sa.select(STORE.c.store_id)).scalar_one())


def _refuse_unknown(connection: sa.Connection, database: Database) -> None:
    shape = shape_of(connection)
    if shape is not None and shape > SHAPE:
        raise NewerStore(
            f"This store was written by a newer asccld ({_written_by(connection)}, shape {shape}); "
            f"this is {__version__}, which knows shapes up to {SHAPE}",
            database.name,
            "Install the newer version; nothing was changed",
        )
    if shape is None and any(sa.inspect(connection).has_table(name) for name in ("submissions", "store")):
        raise StoreError(
            "The database has tables of these names that are not ours",
            database.name,
            "Give the store a database, or a schema, of its own",
        )


def _written_by(connection: sa.Connection) -> str:
    try:
        return str(connection.execute(sa.select(STORE.c.written_by)).scalar() or "unknown")
    except SQLAlchemyError:
        return "unknown"


def _migrate(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _sign(connection: sa.Connection) -> None:
    """Note who changed the shape last; a new catalogue gets its id."""
    if connection.execute(sa.select(STORE.c.store_id)).first() is None:
        connection.execute(
            sa.insert(STORE).values(store_id=str(uuid.uuid4()), created_at=datetime.now(UTC), written_by=__version__)
        )
    else:
        connection.execute(sa.update(STORE).values(written_by=__version__))
