"""The first shape of the catalogue: submissions, their history, and additions under way.

Never edit a migration that was released: write the next one. What is here is the shape of its own time, so nothing is
taken from `tables` but the type for moments.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from asccld.submissions.tables import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEPT_FOR_EVER = ("submissions", "history")


def upgrade() -> None:
    """Make every table, and let the database itself refuse to change what was recorded."""
    _store()
    _submissions()
    _history()
    _adding()
    for table in _KEPT_FOR_EVER:
        _refuse_changes(table)


def _store() -> None:
    op.create_table(
        "store",
        sa.Column("store_id", sa.String(36), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("written_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name="pk_store"),
    )


def _submissions() -> None:
    op.create_table("submissions", *_whose(), *_when_and_who(), *_file(), *_verdict(), *_kept(), *_unique())
    op.create_index("ix_submissions_sha256", "submissions", ["sha256"])


def _whose() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("la_code", sa.String(5), nullable=False),
        sa.Column("la_name", sa.Text),
        sa.Column("period_start", sa.Date),
        sa.Column("period_end", sa.Date),
        sa.Column("derived_period_start", sa.Date),
        sa.Column("derived_period_end", sa.Date),
        sa.Column("release", sa.String(10), nullable=False),
        sa.Column("release_reason", sa.Text, nullable=False),
    )


def _when_and_who() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("received_at", UtcTime, nullable=False),
        sa.Column("import_date", UtcTime, nullable=False),
        sa.Column("recorded_at", UtcTime, nullable=False),
        sa.Column("uploader", sa.Text, nullable=False),
    )


def _file() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("file_kind", sa.String(10), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
    )


def _verdict() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("rows_with", sa.JSON, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("standard", sa.String(64), nullable=False),
        sa.Column("ruleset", sa.String(64), nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
    )


def _kept() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("original", sa.Text, nullable=False),
        sa.Column("events", sa.Text),
        sa.Column("events_sha256", sa.String(64)),
        sa.Column("events_bytes", sa.BigInteger),
        sa.Column("events_rows", sa.BigInteger),
        sa.Column("first_record_id", sa.BigInteger),
        sa.Column("key_id", sa.String(64)),
        sa.Column("reading", sa.JSON, nullable=False),
    )


def _unique() -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("number", name="pk_submissions"),
        sa.UniqueConstraint("token", name="uq_submissions_token"),
        sa.UniqueConstraint("la_code", "sha256", "attempt", name="uq_submissions_la_code_sha256_attempt"),
        sa.UniqueConstraint("la_code", "import_date", name="uq_submissions_la_code_import_date"),
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer, sa.Identity(), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.CheckConstraint("what IN ('added', 'withdrawn', 'restored')", name="ck_history_what"),
        sa.ForeignKeyConstraint(["number"], ["submissions.number"], name="fk_history_number"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
    )
    op.create_index("ix_history_number", "history", ["number"])


def _adding() -> None:
    op.create_table(
        "adding",
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("renewed_at", UtcTime, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("abandoned", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("la_code", sa.String(5)),
        sa.Column("number", sa.Integer),
        sa.Column("import_date", UtcTime),
        sa.Column("first_record_id", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.PrimaryKeyConstraint("token", name="pk_adding"),
        sa.UniqueConstraint("number", name="uq_adding_number"),
    )


def _refuse_changes(table: str) -> None:
    """A trigger for UPDATE and one for DELETE: not even a slip in our own code can rewrite the past."""
    said = f"{table}: what was recorded is never changed"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
