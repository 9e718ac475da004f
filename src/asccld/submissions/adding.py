"""Adding a file: copy, check, collect, put in place, and only then record. The catalogue's row is the commit point.

Until that row is there, everything that was written belongs to a claim (see `claims`) and is removed when the addition
fails, or by the next sweep when it died. From then on nothing of it is ever changed.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from asccld.digest import sha256_of
from asccld.errors import AsccldError
from asccld.intake import open_extract
from asccld.submissions import records
from asccld.submissions.claims import Reserved, claimed, end_recorded, ended, reserved
from asccld.submissions.collected import Import, collected_events
from asccld.submissions.database import Database
from asccld.submissions.events import write_events
from asccld.submissions.files import (
    copied,
    made_read_only,
    pruned,
    put,
    removed,
    removed_folder,
    told,
    written,
)
from asccld.submissions.judging import Asked, Collected, Judged, judged, to_record
from asccld.submissions.keys import refuse_other_key
from asccld.submissions.layout import INCOMING, RECEIPT_SUFFIXES, Claim, inside, kept_suffix
from asccld.submissions.model import Submission
from asccld.submissions.receipts import Receipt

_EVENTS = "events.parquet"


def add(store: Path, database: Database, store_id: str, asked: Asked) -> Receipt:
    """Add one file and return its receipt, or the one that the same bytes had before."""
    _ = asked.received_at  # a moment that cannot be is told before anything is done
    with open_extract(asked.path, sheet=asked.sheet, delimiter=asked.delimiter, encoding=asked.encoding):
        pass  # says what is wrong with the path or the file before anything is done
    with told(store), claimed(database) as token:
        addition = _Addition(store, database, store_id, asked, token)
        try:
            receipt = addition.run()
        except BaseException:
            addition.undo()
            raise
        if receipt.repeated:
            addition.undo()
        else:
            removed_folder(addition.room)
        return receipt


class _Addition:
    """One addition: the folder where it makes its files, and those that it put in place."""

    def __init__(self, store: Path, database: Database, store_id: str, asked: Asked, token: str) -> None:
        self.store, self.database, self.store_id, self.asked, self.token = store, database, store_id, asked, token
        self.room = store / INCOMING / token
        self.stored = self.room / f"original{kept_suffix(asked.path.name)}"
        self.placed: list[Path] = []

    def run(self) -> Receipt:
        """Everything up to the commit."""
        self.room.mkdir(parents=True)
        sha256 = copied(self.asked.path, self.stored)
        same = self._same(sha256, self.asked.la)
        # Without --la, only an accepted file tells that its council was the right one.
        known = self._answer([s for s in same if self.asked.la or s.accepted])
        if known is not None:
            return known
        with self.database.reading() as connection:
            refuse_other_key(self.asked.key, records.keys_in_use(connection), self.store)
        found = judged(self.asked, sha256)
        same = self._same(sha256, found.la_code)
        return self._answer(same) or self._added(found, same[-1].attempt + 1 if same else 0)

    def undo(self) -> None:
        """Remove every trace; what cannot be removed now is left to the next sweep.

        A commit may have arrived although its answer did not: then the submission stays. Where nobody can be asked,
        everything does, and the claim, which only the commit takes away, lets the sweep decide.
        """
        with contextlib.suppress(OSError, AsccldError):
            for path in self.placed if self.placed and not self._is_recorded() else ():
                removed(path)
                pruned(path.parent)
            removed_folder(self.room)
            ended(self.database, self.token)

    def _is_recorded(self) -> bool:
        with self.database.reading() as connection:
            return records.has_token(connection, self.token)

    def _same(self, sha256: str, la_code: str | None) -> list[Submission]:
        with self.database.reading() as connection:
            return records.with_bytes(connection, sha256, la_code)

    def _answer(self, same: list[Submission]) -> Receipt | None:
        """The receipt of the same bytes, unless they are to be judged again and may be."""
        if not same:
            return None
        if self.asked.again:
            with self.database.reading() as connection:
                withdrawn = records.withdrawn_numbers(connection)
            if not same[-1].accepted or same[-1].number in withdrawn:
                return None
        return Receipt(same[-1], self.store_id, repeated=True)

    def _added(self, found: Judged, attempt: int) -> Receipt:
        asked, rows = self.asked, found.result.file.rows
        held = reserved(self.database, self.token, found.la_code, asked.received_at, rows)
        events = self._collected(found, held) if found.accepted else None
        receipt = Receipt(to_record(asked, found, held, attempt, events), self.store_id)
        self._put_in_place(held.claim, receipt)
        return self._recorded(receipt)

    def _collected(self, found: Judged, held: Reserved) -> Collected:
        """Write the events from the bytes that are kept, so that they can be made again from these."""
        asked, path = self.asked, self.room / _EVENTS
        imported = Import(
            la_code=found.la_code,
            la_name=_council_name(asked, found.la_code),
            import_date=held.import_date.replace(tzinfo=None),
            import_file_id=held.claim.number,
            first_record_id=held.first_record_id,
            release=found.result.release.id,
        )
        with open_extract(
            self.stored, sheet=asked.sheet, delimiter=asked.delimiter, encoding=asked.encoding
        ) as extract:
            batches = collected_events(
                extract,
                imported,
                asked.key,
                postcodes=asked.postcodes,
                conversation_pattern=asked.conversation_pattern,
            )
            rows = write_events(batches, path, found.result.file.rows)
        return Collected(sha256_of(path), path.stat().st_size, rows)

    def _put_in_place(self, claim: Claim, receipt: Receipt) -> None:
        """Receipts, original and events to where the catalogue will say that they are."""
        found = receipt.submission
        pairs = [(self.stored, inside(self.store, found.original))]
        if found.events:
            pairs.append((self.room / _EVENTS, inside(self.store, found.events)))
        for suffix, text in zip(RECEIPT_SUFFIXES, (receipt.text, receipt.json), strict=True):
            written(self.room / f"receipt{suffix}", text)
            pairs.append((self.room / f"receipt{suffix}", inside(self.store, f"{claim.receipt}{suffix}")))
        self.placed = [target for _, target in pairs]
        put(pairs)
        made_read_only(self.placed[0])

    def _recorded(self, receipt: Receipt) -> Receipt:
        """Commit; when the same bytes were recorded meanwhile, the answer is theirs."""
        found = receipt.submission
        try:
            with self.database.writing() as connection:
                end_recorded(connection, self.token)
                if found.events:  # once more, for two who begin a store at the same moment
                    refuse_other_key(self.asked.key, records.keys_in_use(connection), self.store)
                records.record(connection, found)
        except IntegrityError:
            same = self._same(found.sha256, found.la_code)
            if same and same[-1].attempt >= found.attempt:
                return Receipt(same[-1], self.store_id, repeated=True)
            raise
        return receipt


def _council_name(asked: Asked, la_code: str) -> str:
    """The council's name, by which the national method tells files apart; the code where nobody knows the name."""
    council = asked.the_standard.council_by_code.get(la_code)
    return council.name if council else la_code
