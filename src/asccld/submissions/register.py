"""The register of submissions: what was received, when, from whom, and what became of it."""

from __future__ import annotations

import contextlib
import getpass
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, Unpack

from asccld.counting import counted
from asccld.submissions import adding, comparing, records, sweeping
from asccld.submissions.claims import LEASE
from asccld.submissions.database import Database, NoRoom
from asccld.submissions.errors import DamagedStore, StoreError
from asccld.submissions.events import looked_at
from asccld.submissions.files import told
from asccld.submissions.integrity import faults, receipt_faults
from asccld.submissions.judging import Asked
from asccld.submissions.label import Label, read_label, refuse_other_folder, write_label
from asccld.submissions.layout import CATALOGUE, inside
from asccld.submissions.model import Happening, Listed, State, Submission
from asccld.submissions.receipts import Receipt
from asccld.submissions.schema import brought_up_to_date
from asccld.version import __version__

if TYPE_CHECKING:
    from asccld.submissions.judging import Options

ENVIRONMENT_VARIABLE = "ASCCLD_CATALOGUE"
"""Where the address of a catalogue outside the store is looked for when none is given."""


class Register:
    """A store: a folder with files, and the catalogue that says what they are. Open it with `Register.open`."""

    def __init__(self, store: Path, database: Database, store_id: str) -> None:
        self.store, self.store_id = store, store_id
        self._database = database

    @classmethod
    def open(cls, store: str | os.PathLike[str], *, catalogue: str | None = None, create: bool = False) -> Self:
        """Open a store, making it first where `create` allows that.

        `catalogue` is the address of a PostgreSQL database; without it the environment's ASCCLD_CATALOGUE is taken,
        else the SQLite file in the store. Raises StoreError, and NewerStore for a store of a newer version.
        """
        folder = Path(store).absolute()
        refuse_other_folder(folder)
        label = read_label(folder)
        address = catalogue or os.environ.get(ENVIRONMENT_VARIABLE) or None
        if label is None and not create and not _has_content(folder / CATALOGUE):
            raise StoreError(
                "There is no store here", str(store), "asccld submissions add makes one; check the path otherwise"
            )
        _refuse_wrong_catalogue(folder, label, address, named=catalogue is not None)
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        use_file = label.catalogue_here if label else address is None
        if label is not None and use_file:
            _refuse_lost_catalogue(folder / CATALOGUE)
        place = folder / CATALOGUE if use_file or address is None else address
        database, store_id = _catalogue(place, create=create)
        try:
            if label is None and not use_file:
                _refuse_in_use(database)
            _agreed(folder, label, Label(store_id, use_file))
        except BaseException:
            database.close()
            raise
        return cls(folder, database, store_id)

    def close(self) -> None:
        """Let go of the catalogue."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ what changes the register

    def add(self, path: str | os.PathLike[str], **options: Unpack[Options]) -> Receipt:
        """Check a file, keep it, and store its events if it is accepted; whatever the verdict, it is recorded.

        See `Options` for what can be said. The same bytes of a council are recorded once: adding them again returns
        the receipt that they had, with `repeated` set. Raises AsccldError when the file cannot be checked or stored;
        then nothing of it is in the store.
        """
        with told(self.store):
            sweeping.sweep_dead(self.store, self._database)
        asked = Asked.of(Path(path), this_user(), options)
        return adding.add(self.store, self._database, self.store_id, asked)

    def withdraw(self, number: int, reason: str, *, who: str | None = None) -> Happening:
        """Take an accepted submission out of selection; the files and the history stay."""
        return self._turned(number, "withdrawn", reason, who)

    def restore(self, number: int, reason: str = "", *, who: str | None = None) -> Happening:
        """Take a withdrawal back."""
        return self._turned(number, "restored", reason, who)

    def sweep(self, lease: timedelta = LEASE) -> sweeping.Swept:
        """Remove files of additions that died; `lease` is how long one may have been silent."""
        with told(self.store):
            return sweeping.sweep(self.store, self._database, lease)

    # ------------------------------------------------------------ what it tells

    def list(self, *, la: str | None = None, as_of: date | None = None) -> list[Listed]:
        """The submissions, of one council if `la` names it, as they stood on a day: those received later are left out.

        A withdrawal counts whenever it was made, as in the national method.
        """
        with self._database.reading() as connection:
            found = records.received_by(records.all_submissions(connection, la), as_of)
            withdrawn = records.withdrawn_numbers(connection)
        newest = records.superseding(found, withdrawn)
        return [self._listed(s, withdrawn, newest) for s in found]

    def show(self, number: int) -> tuple[Listed, list[Happening]]:
        """One submission as it stands now, and what happened to it."""
        with self._database.reading() as connection:
            la_code = records.submission(connection, number).la_code
            happened = records.history(connection, number)
        return next(found for found in self.list(la=la_code) if found.submission.number == number), happened

    def receipt(self, number: int) -> Receipt:
        """The receipt of a submission, as it was given."""
        with self._database.reading() as connection:
            return Receipt(records.submission(connection, number), self.store_id)

    def compare(self, earlier: int, later: int) -> comparing.Comparison:
        """What changed between two submissions of a council, accepted or not; that received first is the earlier."""
        with self._database.reading() as connection:
            first, second = sorted(
                (records.submission(connection, number) for number in (earlier, later)),
                key=lambda found: (found.import_date, found.number),
            )
        return comparing.compare(self.store, first, second)

    def parquet_paths(self, as_of: date | None = None, *, la: str | None = None) -> list[Path]:
        """The events of every accepted submission received until the day, superseded and withdrawn ones among them.

        Selection is the method's own business (see `withdrawn`). Raises DamagedStore naming every file that is missing
        or not what it was, but for those withdrawn: nothing needs them. Every byte is read and compared with the
        catalogue's SHA-256: a bit that flipped on the disk would otherwise become a wrong figure.
        """
        listed = [(entry, word) for entry, word in self._verified(la, as_of) if not word or entry.state != "withdrawn"]
        wrong = [(entry.submission, word) for entry, word in listed if word]
        if wrong:
            named = "; ".join(f"submission {s.number} {word}: {s.events}" for s, word in wrong)
            raise DamagedStore(
                f"The events of {len(wrong)} of {counted(len(listed), 'submission')} cannot be read: {named}",
                str(self.store),
                "Restore these files from a backup, or withdraw the submissions and add their originals with --again",
            )
        return [inside(self.store, entry.submission.events or "") for entry, _ in listed]

    def withdrawn(self) -> list[tuple[str, datetime]]:
        """Council name and import date, as the collected events have them, of the submissions out of selection."""
        with self._database.reading() as connection:
            numbers = records.withdrawn_numbers(connection)
            found = records.all_submissions(connection)
        return [(s.la_name or s.la_code, s.import_stamp) for s in found if s.number in numbers]

    def keys_in_use(self) -> set[str | None]:
        """Ids of the keys that the stored pseudonyms were made with; None stands for events without pseudonyms."""
        with self._database.reading() as connection:
            return records.keys_in_use(connection)

    def original(self, number: int) -> Path:
        """Where the received bytes are."""
        return inside(self.store, self.receipt(number).submission.original)

    def check(self) -> dict[int, list[str]]:
        """Read every file of the store and compare it with the catalogue: number -> what is wrong; empty is good."""
        with self._database.reading() as connection:
            found = records.all_submissions(connection)
        wrong = {s.number: list(self._faults(s)) for s in found}
        return {number: faults for number, faults in wrong.items() if faults}

    # ------------------------------------------------------------ inside

    def _turned(self, number: int, what: Literal["withdrawn", "restored"], reason: str, who: str | None) -> Happening:
        if what == "withdrawn" and not reason.strip():
            raise StoreError(
                "No reason was given", "--reason", "Say what is wrong with the file, for those who come after"
            )
        with self._database.writing() as connection:
            found = records.submission(connection, number)
            out = number in records.withdrawn_numbers(connection)
            if what == "withdrawn" and not found.accepted:
                raise StoreError(f"Submission {number} was rejected", None, "It is in no selection anyway")
            if out == (what == "withdrawn"):
                remedy = f"asccld submissions show {number} tells its history"
                raise StoreError(f"Submission {number} is {'already' if out else 'not'} withdrawn", None, remedy)
            done = Happening(number, datetime.now(UTC), what, reason.strip(), who or this_user(), __version__)
            records.note(connection, done)
        return done

    def _listed(self, found: Submission, withdrawn: set[int], newest: dict[int, int]) -> Listed:
        by = newest.get(found.number)
        state: State = "current"
        if not found.accepted:
            state = "rejected"
        elif found.number in withdrawn:
            state = "withdrawn"
        elif by != found.number:
            state = "superseded"
        file = looked_at(inside(self.store, found.events), found.events_bytes) if found.events else ""
        return Listed(found, state, by if state == "superseded" else None, file)

    def _verified(self, la: str | None, as_of: date | None) -> list[tuple[Listed, str]]:
        """The accepted submissions, each with what is wrong with its events file; blank where nothing is."""
        listed = [entry for entry in self.list(la=la, as_of=as_of) if entry.events_file]
        files = [(inside(self.store, s.events or ""), s.events_sha256 or "") for s in (e.submission for e in listed)]
        return list(zip(listed, faults(files), strict=True))

    def _faults(self, found: Submission) -> list[str]:
        files = [("original", found.original, found.sha256)]
        if found.events:
            files.append(("events", found.events, found.events_sha256 or ""))
        words = faults((inside(self.store, path), sha256) for _, path, sha256 in files)
        wrong = [f"{what} {word}: {path}" for (what, path, _), word in zip(files, words, strict=True) if word]
        return wrong + receipt_faults(self.store, Receipt(found, self.store_id))


def this_user() -> str:
    """The name under which somebody is logged in, as far as the system tells."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _agreed(store: Path, said: Label | None, found: Label) -> None:
    """Label a new store; raises StoreError where the folder and the catalogue are of two."""
    if said is None:
        write_label(store, found)
    elif said.store_id != found.store_id:
        raise StoreError(
            "The catalogue is that of another store", str(store), "Give the catalogue that this store was made with"
        )


def _catalogue(place: Path | str, *, create: bool) -> tuple[Database, str]:
    """The catalogue and the id of its store; opened for reading alone where nothing can be written."""
    try:
        return _usable(Database(place))
    except NoRoom:
        if create or isinstance(place, str):
            raise
        with contextlib.suppress(StoreError):
            return _usable(Database(place, frozen=True))
        raise


def _usable(database: Database) -> tuple[Database, str]:
    try:
        return database, brought_up_to_date(database)
    except BaseException:
        database.close()
        raise


def _has_content(catalogue: Path) -> bool:
    try:
        return catalogue.stat().st_size > 0
    except FileNotFoundError:
        return False


def _refuse_lost_catalogue(catalogue: Path) -> None:
    """A store that has its label had a catalogue before: an empty one in its place would hide the loss."""
    if not catalogue.exists():
        raise DamagedStore(f"{catalogue.name} is missing", str(catalogue), "Restore it from the backup")
    if not _has_content(catalogue):
        raise DamagedStore(f"{catalogue.name} is damaged: it is empty", str(catalogue), "Restore it from the backup")


def _refuse_in_use(database: Database) -> None:
    """Refuse a server's catalogue that tells of submissions, for a folder that has none of them."""
    with database.reading() as connection:
        if records.all_submissions(connection):
            raise StoreError(
                "The catalogue belongs to a store already, and this folder is not it",
                database.name,
                "Give the folder of that store, or a database of its own; a lost store.json is in the backup",
            )


def _refuse_wrong_catalogue(store: Path, label: Label | None, address: str | None, *, named: bool) -> None:
    if label is None:
        return
    if label.catalogue_here and named:
        raise StoreError("The catalogue of this store lies in the store", str(store), "Leave --catalogue out")
    if not label.catalogue_here and address is None:
        raise StoreError(
            "The catalogue of this store is in a database",
            str(store),
            f"Say where: --catalogue, or the environment variable {ENVIRONMENT_VARIABLE}",
        )
