"""What the register knows of a submission, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Literal

from asccld.submissions.layout import Claim

Period = tuple[date, date]
State = Literal["current", "superseded", "withdrawn", "rejected"]

STATES: dict[State, str] = {
    "current": "the newest accepted file of its council for its period",
    "superseded": "accepted, and a newer accepted file of the council states the same period",
    "withdrawn": "accepted, and taken out of selection by hand",
    "rejected": "not accepted; the file and the reasons are kept",
}


@dataclass(frozen=True)
class Submission:
    """One file that was received; the fields are the columns of the catalogue."""

    number: int
    """Counts the files of a store, also those rejected; it is the number of the receipt and the import file id."""
    token: str
    la_code: str
    la_name: str | None
    period_start: date | None
    period_end: date | None
    derived_period_start: date | None
    derived_period_end: date | None
    release: str
    release_reason: str
    received_at: datetime
    """When the council sent it, as told, in UTC."""
    import_date: datetime
    """The same to the millisecond, later where another file of the council has that moment: no two share one."""
    recorded_at: datetime
    """When the register recorded it."""
    uploader: str
    file_name: str
    file_kind: str
    size_bytes: int
    sha256: str
    attempt: int
    """0, or how many times the same bytes had been judged before."""
    rows: int
    columns: int
    verdict: str
    reasons: tuple[str, ...]
    findings: Mapping[str, int]
    """Findings by severity."""
    rows_with: Mapping[str, int]
    version: str
    standard: str
    ruleset: str
    policy: str
    original: str
    events: str | None
    events_sha256: str | None
    events_bytes: int | None
    events_rows: int | None
    first_record_id: int | None
    key_id: str | None
    """Tells whether two submissions were collected with the same key, and nothing else about it."""
    reading: Mapping[str, str]
    """How the file was read, where somebody had to say it: sheet, delimiter, encoding."""
    mapping: str | None = None
    """Name and fingerprint of the mapping file that made it."""

    @property
    def accepted(self) -> bool:
        """Whether its events are in the store."""
        return self.verdict != "REJECTED"

    @property
    def period(self) -> Period | None:
        """The period that the file states."""
        return _both(self.period_start, self.period_end)

    @property
    def derived_period(self) -> Period | None:
        """The period that its events show."""
        return _both(self.derived_period_start, self.derived_period_end)

    @property
    def receipt(self) -> str:
        """Path of the receipt for people; that for programs ends in `.json`."""
        return f"{Claim(self.token, self.la_code, self.number).receipt}.txt"

    @property
    def import_stamp(self) -> datetime:
        """`import_date` as the collected events hold it: UTC, without saying so."""
        return self.import_date.astimezone(UTC).replace(tzinfo=None)

    @cached_property
    def values(self) -> dict[str, Any]:
        """One entry for each column of the catalogue."""
        return asdict(self) | {"reasons": list(self.reasons)}


@dataclass(frozen=True)
class Happening:
    """Something that was done with a submission."""

    number: int
    at: datetime
    what: Literal["added", "withdrawn", "restored"]
    reason: str
    who: str
    version: str


@dataclass(frozen=True)
class Listed:
    """A submission as it stands on the day asked about."""

    submission: Submission
    state: State
    superseded_by: int | None
    events_file: Literal["", "present", "missing", "damaged"]
    """What a quick look at the events says; blank where there are none to be had."""


def _both(start: date | None, end: date | None) -> Period | None:
    return None if start is None or end is None else (start, end)
