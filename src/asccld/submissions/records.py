"""Reading and writing rows of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from asccld.submissions.errors import StoreError
from asccld.submissions.model import Happening, Submission
from asccld.submissions.tables import HISTORY, SUBMISSIONS
from asccld.version import __version__

_LARGEST = 2**31 - 1
"""A number above fits into no column, and a database would say so in words of its own."""


def all_submissions(connection: sa.Connection, la_code: str | None = None) -> list[Submission]:
    """Every submission, or those of one council, in order of number."""
    query = sa.select(SUBMISSIONS).order_by(SUBMISSIONS.c.number)
    if la_code is not None:
        query = query.where(SUBMISSIONS.c.la_code == la_code)
    return [_submission(row) for row in connection.execute(query).mappings()]


def submission(connection: sa.Connection, number: int) -> Submission:
    """One submission; raises StoreError when there is none of that number."""
    query = sa.select(SUBMISSIONS).where(SUBMISSIONS.c.number == number)
    row = connection.execute(query).mappings().first() if 0 < number <= _LARGEST else None
    if row is None:
        last = connection.execute(sa.select(sa.func.max(SUBMISSIONS.c.number))).scalar()
        remedy = f"The newest is {last}; asccld submissions list shows all" if last else "The store is empty"
        raise StoreError(f"There is no submission {number}", None, remedy)
    return _submission(row)


def with_bytes(connection: sa.Connection, sha256: str, la_code: str | None) -> list[Submission]:
    """The submissions of these bytes, first to last: of one council, or of whichever."""
    query = sa.select(SUBMISSIONS).where(SUBMISSIONS.c.sha256 == sha256).order_by(SUBMISSIONS.c.number)
    if la_code is not None:
        query = query.where(SUBMISSIONS.c.la_code == la_code)
    return [_submission(row) for row in connection.execute(query).mappings()]


def has_token(connection: sa.Connection, token: str) -> bool:
    """Whether the addition of this token was recorded."""
    found = sa.select(SUBMISSIONS.c.number).where(SUBMISSIONS.c.token == token)
    return connection.execute(found).first() is not None


def history(connection: sa.Connection, number: int | None = None) -> list[Happening]:
    """What happened, in order: to one submission or to all."""
    columns = [c for c in HISTORY.c if c.name != "id"]
    query = sa.select(*columns).order_by(HISTORY.c.id)
    if number is not None:
        query = query.where(HISTORY.c.number == number)
    return [_happening(row) for row in connection.execute(query).mappings()]


def withdrawn_numbers(connection: sa.Connection) -> set[int]:
    """The submissions that are out of selection now: what was done last decides."""
    last = {h.number: h.what for h in history(connection) if h.what != "added"}
    return {number for number, what in last.items() if what == "withdrawn"}


def keys_in_use(connection: sa.Connection) -> set[str | None]:
    """Ids of the keys of the accepted submissions that are not withdrawn; None stands for those without a key."""
    withdrawn = withdrawn_numbers(connection)
    accepted = sa.select(SUBMISSIONS.c.number, SUBMISSIONS.c.key_id).where(SUBMISSIONS.c.events.is_not(None))
    return {key for number, key in connection.execute(accepted) if number not in withdrawn}


def record(connection: sa.Connection, found: Submission) -> None:
    """Add a submission, and the fact that it was added."""
    connection.execute(sa.insert(SUBMISSIONS).values(found.values))
    note(connection, Happening(found.number, found.recorded_at, "added", "", found.uploader, __version__))


def note(connection: sa.Connection, what: Happening) -> None:
    """Add to the history."""
    values = {c.name: getattr(what, c.name) for c in HISTORY.c if c.name != "id"}
    connection.execute(sa.insert(HISTORY).values(values))


def received_by(found: Sequence[Submission], as_of: date | None) -> list[Submission]:
    """Those whose import date lies on the day or before it, as the national method has it."""
    return [s for s in found if as_of is None or s.import_date.date() <= as_of]


def superseding(found: Sequence[Submission], withdrawn: set[int]) -> dict[int, int]:
    """Number of each accepted submission -> number of the newest for the same council and stated period."""
    standing = [s for s in found if s.accepted and s.number not in withdrawn]
    newest: dict[tuple[str, object], Submission] = {}
    for s in sorted(standing, key=_by_import_date):
        newest[s.la_code, s.period] = s
    return {s.number: newest[s.la_code, s.period].number for s in standing}


def _by_import_date(found: Submission) -> tuple[datetime, int]:
    return found.import_date, found.number


def _submission(row: Mapping[Any, Any]) -> Submission:
    values: dict[str, Any] = dict(row)
    values["reasons"] = tuple(values["reasons"])
    return Submission(**values)


def _happening(row: Mapping[Any, Any]) -> Happening:
    values: dict[str, Any] = dict(row)
    return Happening(**values)
