"""What Alembic runs: the migrations on the connection that was handed over, inside its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from asccld.submissions.tables import METADATA

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    message = "asccld migrates a catalogue itself when a store is opened; Alembic's own command is not used"
    raise TypeError(message)
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=False)
context.run_migrations()
