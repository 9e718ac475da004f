"""The second shape: a row cannot be replaced either, nor a table emptied.

SQLite's INSERT OR REPLACE removes the row that is in its way without the triggers that refuse to delete it, whichever
unique column the two share. PostgreSQL has no such statement, but TRUNCATE, which fires no trigger for rows.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SAME = {
    "submissions": (
        "number = NEW.number",
        "token = NEW.token",
        "la_code = NEW.la_code AND sha256 = NEW.sha256 AND attempt = NEW.attempt",
        "la_code = NEW.la_code AND import_date = NEW.import_date",
    ),
    "history": ("id = NEW.id",),
}
"""What no two rows of a table share. Each condition has an index."""


def upgrade() -> None:
    """Refuse to insert what is there: as a violated uniqueness, which is what it was without the triggers."""
    for table, same in _SAME.items():
        said = f"{table}: what was recorded is never changed"
        exists = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {condition})" for condition in same)  # noqa: S608 - constants
        if op.get_bind().dialect.name == "postgresql":
            _on_postgresql(table, said, exists)
        else:
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {exists} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )


def _on_postgresql(table: str, said: str, exists: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {exists} THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'unique_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_once()")
    op.execute(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()"
    )
