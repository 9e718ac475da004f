"""Removing what additions left that died: never anything of a submission, nor of an addition that still lives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import sqlalchemy as sa

from asccld.submissions.claims import LEASE
from asccld.submissions.database import Database
from asccld.submissions.files import pruned, removed, removed_folder
from asccld.submissions.layout import EVENTS, INCOMING, ORIGINALS, RECEIPTS, TOKEN_SHOWN, Claim, token_in
from asccld.submissions.tables import ADDING, SUBMISSIONS

_ROOM = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Swept:
    """What a sweep removed, and files that no catalogue knows and were left; paths are relative to the store."""

    removed: tuple[str, ...]
    strangers: tuple[str, ...]


def sweep_dead(store: Path, database: Database, lease: timedelta = LEASE) -> int:
    """Remove the files of additions that gave no sign of life for the time of a lease; how many those were.

    Marking comes first: from then on a sleeper that wakes up cannot record any more. The claim itself goes last, so
    that a sweep that dies is finished by the next.
    """
    dead = _dead(database, lease)
    for token, la_code, number in dead:
        removed_folder(store / INCOMING / token)
        if la_code and number:
            _remove_placed(store, Claim(token, la_code, number))
        with database.writing() as connection:
            connection.execute(sa.delete(ADDING).where(ADDING.c.token == token))
    return len(dead)


def sweep(store: Path, database: Database, lease: timedelta = LEASE) -> Swept:
    """Finish what dead additions left, empty `incoming`, and name what is in the store and not in the catalogue.

    A claim outlives the files of its addition, so what has neither claim nor submission was not left by one: the
    catalogue may have come from an older backup. Such files are told of, and left.

    Files are listed before the catalogue is read: a claim is there before its files, and becomes a submission in one
    step, so whatever belonged to a living addition is known to one of the two.
    """
    before = set(_files(store))
    sweep_dead(store, database, lease)
    found, rooms = list(_files(store)), _rooms(store)
    with database.reading() as connection:
        alive = set(connection.execute(sa.select(ADDING.c.token)).scalars())
        known = {t[:TOKEN_SHOWN] for t in alive.union(connection.execute(sa.select(SUBMISSIONS.c.token)).scalars())}
    for room in rooms:
        if room.name not in alive:
            removed_folder(room)
    strangers = [path for path in found if path.parts[0] != INCOMING and token_in(path) not in known]
    strangers += [path for path in found if path.parts[0] == INCOMING and not _ROOM.fullmatch(path.parts[1])]
    gone = before - set(_files(store))
    return Swept(tuple(sorted(map(str, gone))), tuple(sorted(map(str, strangers))))


def _dead(database: Database, lease: timedelta) -> list[tuple[str, str | None, int | None]]:
    """The claims that are dead, now marked as such."""
    too_old = ADDING.c.renewed_at <= datetime.now(UTC) - lease
    with database.reading() as connection:  # most additions find none, and need not wait for their turn to write
        if connection.execute(sa.select(ADDING.c.token).where(too_old | ADDING.c.abandoned)).first() is None:
            return []
    with database.writing() as connection:
        connection.execute(sa.update(ADDING).where(too_old).values(abandoned=True))
        query = sa.select(ADDING.c.token, ADDING.c.la_code, ADDING.c.number).where(ADDING.c.abandoned)
        return [(row.token, row.la_code, row.number) for row in connection.execute(query)]


def _remove_placed(store: Path, claim: Claim) -> None:
    for place in (claim.original, claim.events, claim.receipt):
        folder = store.joinpath(*place.parent.parts)
        if folder.is_dir():
            for path in folder.iterdir():
                if token_in(PurePosixPath(path.name)) == claim.shown:
                    removed(path)
            pruned(folder)


def _files(store: Path) -> Iterator[PurePosixPath]:
    for part in (ORIGINALS, EVENTS, RECEIPTS, INCOMING):
        for path in (store / part).rglob("*"):
            if path.is_file():
                yield PurePosixPath(path.relative_to(store).as_posix())


def _rooms(store: Path) -> list[Path]:
    return [path for path in (store / INCOMING).glob("*") if path.is_dir() and _ROOM.fullmatch(path.name)]
