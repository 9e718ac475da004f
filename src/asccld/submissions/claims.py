"""Additions under way: each has a row in the catalogue before it has a file, and keeps giving signs of life.

So whoever finds files without a submission can tell an addition that is still running from one that died, on any
system and from any machine. Recording a submission ends its claim in the same transaction; a claim that was taken for
dead cannot be recorded any more.
"""

from __future__ import annotations

import contextlib
import platform
import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from asccld.errors import AsccldError
from asccld.submissions.database import Database
from asccld.submissions.errors import StoreError
from asccld.submissions.layout import Claim
from asccld.submissions.tables import ADDING, SUBMISSIONS

LEASE = timedelta(minutes=10)
"""Without a sign of life for this long, an addition counts as dead."""
_SIGN_EVERY = 60.0
_STEP = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Reserved:
    """What only this addition has: its number, its import date, and its record ids from the first on."""

    claim: Claim
    import_date: datetime
    first_record_id: int


@contextmanager
def claimed(database: Database) -> Generator[str]:
    """A token for one addition, kept alive until the block ends."""
    token, now = secrets.token_hex(16), datetime.now(UTC)
    with database.writing() as connection:
        row = {"token": token, "started_at": now, "renewed_at": now, "machine": platform.node(), "abandoned": False}
        connection.execute(sa.insert(ADDING).values(row))
    over = threading.Event()
    alive = threading.Thread(target=_signs_of_life, args=(database, token, over), daemon=True)
    alive.start()
    try:
        yield token
    finally:
        over.set()
        alive.join()


def _signs_of_life(database: Database, token: str, over: threading.Event) -> None:
    while not over.wait(_SIGN_EVERY):
        with contextlib.suppress(AsccldError), database.writing() as connection:
            connection.execute(sa.update(ADDING).where(ADDING.c.token == token).values(renewed_at=datetime.now(UTC)))


def ended(database: Database, token: str) -> None:
    """Give up a claim whose files are gone."""
    with database.writing() as connection:
        connection.execute(sa.delete(ADDING).where(ADDING.c.token == token))


def end_recorded(connection: sa.Connection, token: str) -> None:
    """End the claim as part of recording its submission; raises StoreError when somebody took it for dead."""
    alive = ~ADDING.c.abandoned
    if not connection.execute(sa.delete(ADDING).where(ADDING.c.token == token, alive)).rowcount:
        raise StoreError(
            f"This addition gave no sign of life for {LEASE.seconds // 60} minutes, and its files were swept away",
            None,
            "Nothing of it is in the store: add the file again",
        )


def reserved(database: Database, token: str, la_code: str, received: datetime, rows: int) -> Reserved:
    """A number, an import date, and as many record ids as there are rows: nobody else has them, or gets them."""
    with database.writing() as connection:
        number = 1 + max(_largest(connection, t.c.number) for t in (SUBMISSIONS, ADDING))
        first = 1 + max(
            _largest(connection, SUBMISSIONS.c.first_record_id + SUBMISSIONS.c.rows - 1),
            _largest(connection, ADDING.c.first_record_id + ADDING.c.rows - 1),
        )
        import_date = _free_moment(connection, la_code, received)
        values = {"la_code": la_code, "number": number, "import_date": import_date, "first_record_id": first}
        of_this = ADDING.c.token == token
        connection.execute(sa.update(ADDING).where(of_this).values(**values, rows=rows))
    return Reserved(Claim(token, la_code, number), import_date, first)


def _largest(connection: sa.Connection, expression: sa.ColumnElement[int]) -> int:
    return connection.execute(sa.select(sa.func.max(expression))).scalar() or 0


def _free_moment(connection: sa.Connection, la_code: str, received: datetime) -> datetime:
    """The millisecond of receipt, or the first after it that no file of the council has."""
    moment = received.astimezone(UTC)
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    later = (
        sa.select(t.c.import_date).where(t.c.la_code == la_code, t.c.import_date >= moment)
        for t in (SUBMISSIONS, ADDING)
    )
    known = set(connection.execute(sa.union_all(*later)).scalars())
    while moment in known:
        moment += _STEP
    return moment
