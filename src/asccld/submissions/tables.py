"""The tables of the catalogue. `migrations` makes them; a test proves that both say the same."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_WRITTEN = "%Y-%m-%dT%H:%M:%S.%fZ"


class UtcTime(TypeDecorator[datetime]):
    """A moment, always in UTC: `2026-07-20T09:30:00.000000Z` in SQLite, `timestamptz` in PostgreSQL."""

    impl = sa.String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """The type in the database at hand."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """What is stored; a time without a zone is a mistake of ours and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.strftime(_WRITTEN)

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What was stored, in UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.strptime(value, _WRITTEN).replace(tzinfo=UTC)


METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

STORE = sa.Table(
    "store",
    METADATA,
    sa.Column("store_id", sa.String(36), primary_key=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("written_by", sa.String(40), nullable=False),
)
"""One row: which store this is the catalogue of, and the newest version of asccld that changed its shape."""

SUBMISSIONS = sa.Table(
    "submissions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("la_code", sa.String(5), nullable=False),
    sa.Column("la_name", sa.Text),
    sa.Column("period_start", sa.Date),
    sa.Column("period_end", sa.Date),
    sa.Column("derived_period_start", sa.Date),
    sa.Column("derived_period_end", sa.Date),
    sa.Column("release", sa.String(10), nullable=False),
    sa.Column("release_reason", sa.Text, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("import_date", UtcTime, nullable=False),
    sa.Column("recorded_at", UtcTime, nullable=False),
    sa.Column("uploader", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("file_kind", sa.String(10), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("columns", sa.Integer, nullable=False),
    sa.Column("verdict", sa.String(24), nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("rows_with", sa.JSON, nullable=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.Column("standard", sa.String(64), nullable=False),
    sa.Column("ruleset", sa.String(64), nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("original", sa.Text, nullable=False),
    sa.Column("events", sa.Text),
    sa.Column("events_sha256", sa.String(64)),
    sa.Column("events_bytes", sa.BigInteger),
    sa.Column("events_rows", sa.BigInteger),
    sa.Column("first_record_id", sa.BigInteger),
    sa.Column("key_id", sa.String(64)),
    sa.Column("reading", sa.JSON, nullable=False),
    sa.Column("mapping", sa.Text),
    sa.UniqueConstraint("la_code", "sha256", "attempt"),
    sa.UniqueConstraint("la_code", "import_date"),
    sa.Index(None, "sha256"),
)
"""One row for each file that was received, whatever the verdict. Never changed and never deleted."""

HISTORY = sa.Table(
    "history",
    METADATA,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("number", sa.Integer, sa.ForeignKey("submissions.number"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.CheckConstraint("what IN ('added', 'withdrawn', 'restored')", name="what"),
    sa.Index(None, "number"),
)
"""What happened to a submission, in order. Only ever added to."""

ADDING = sa.Table(
    "adding",
    METADATA,
    sa.Column("token", sa.String(32), primary_key=True),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("renewed_at", UtcTime, nullable=False),
    sa.Column("machine", sa.Text, nullable=False),
    sa.Column("abandoned", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("la_code", sa.String(5)),
    sa.Column("number", sa.Integer, unique=True),
    sa.Column("import_date", UtcTime),
    sa.Column("first_record_id", sa.BigInteger),
    sa.Column("rows", sa.BigInteger),
)
"""Additions that are under way: a claim on a number, and a sign of life. A row goes when its submission is recorded."""
