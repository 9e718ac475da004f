"""What somebody asks to have added, the check of it, and what will be recorded of both."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import polars as pl

from asccld.standard import Standard, load_standard
from asccld.submissions.claims import Reserved
from asccld.submissions.errors import StoreError
from asccld.submissions.layout import kept_suffix
from asccld.submissions.model import Period, Submission
from asccld.submissions.receiving import received_at
from asccld.validation import ValidationResult, validate

if TYPE_CHECKING:
    from asccld.privacy import PseudonymKey
    from asccld.validation.engine import Progress

_NEVER_MIXED = {
    "la-code-not-submitter": "The file is not of the council that it was sent for",
    "la-code-several": "The file holds events of more than one council",
}
"""Rules that reject here whatever the policy says: the events of two councils are never stored as one's."""


class Options(TypedDict, total=False):
    """What can be said when a file is added; everything may be left out."""

    la: str | None
    """Code of the submitting council; otherwise the file says it."""
    received: datetime | None
    """When it was received; UTC unless it says otherwise. Now, if left out."""
    uploader: str | None
    """Who sent it; otherwise whoever is logged in."""
    key: PseudonymKey | None
    """The key of the pseudonyms. Without one, see `collected_events` for what becomes of identifiers."""
    policy: str | os.PathLike[str] | None
    """What rejects (TOML); otherwise the shipped policy."""
    release: str
    """auto, v5, r1 or r2."""
    standard: Standard | str | os.PathLike[str] | None
    """The standard, or an overlay folder of it."""
    sheet: str | None
    delimiter: str | None
    encoding: str | None
    postcodes: pl.DataFrame | None
    """Lookup of geography by postcode."""
    conversation_pattern: str
    """What in an event description marks a conversation."""
    again: bool
    """Judge bytes again that were rejected or withdrawn, for example under another policy."""
    progress: Progress | None
    """Is told the number of events checked."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants added, and how."""

    path: Path
    uploader: str
    la: str | None = None
    received: datetime | None = None
    key: PseudonymKey | None = None
    policy: Path | None = None
    release: str = "auto"
    standard: Standard | Path | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    postcodes: pl.DataFrame | None = None
    conversation_pattern: str = "conversation"
    again: bool = False
    progress: Progress | None = None

    @classmethod
    def of(cls, path: Path, uploader: str, options: Options) -> Asked:
        """What the caller said, with paths as paths; `uploader` is taken where nobody is named."""
        policy, standard = options.get("policy"), options.get("standard")
        named = options.get("uploader") or uploader
        rest: dict[str, Any] = {k: v for k, v in options.items() if k not in {"policy", "standard", "uploader"}}
        return cls(
            path,
            named,
            policy=Path(policy) if policy else None,
            standard=standard if standard is None or isinstance(standard, Standard) else Path(standard),
            **rest,
        )

    @property
    def reading(self) -> dict[str, str]:
        """What intake was told about the file."""
        said = {"sheet": self.sheet, "delimiter": self.delimiter, "encoding": self.encoding}
        return {name: value for name, value in said.items() if value is not None}

    @cached_property
    def received_at(self) -> datetime:
        """When it was received: as told, or now; raises StoreError for a moment that cannot be."""
        return received_at(self.received)

    @cached_property
    def the_standard(self) -> Standard:
        """The standard to check against."""
        return self.standard if isinstance(self.standard, Standard) else load_standard(self.standard)


@dataclass(frozen=True)
class Judged:
    """A checked file: the result, and what the register makes of it."""

    result: ValidationResult
    la_code: str
    verdict: str
    reasons: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether its events are to be stored."""
        return self.verdict != "REJECTED"


@dataclass(frozen=True)
class Collected:
    """The events of an accepted file, as they were written."""

    sha256: str
    size_bytes: int
    rows: int


def judged(asked: Asked, sha256: str) -> Judged:
    """Check the file; raises StoreError when it is not the one that was copied, or of nobody knows which council."""
    result = validate(
        asked.path,
        release=asked.release,
        la=asked.la,
        policy=asked.policy,
        standard=asked.the_standard,
        received=asked.received_at.date(),
        sheet=asked.sheet,
        delimiter=asked.delimiter,
        encoding=asked.encoding,
        progress=asked.progress,
    )
    if result.file.sha256 != sha256:
        raise StoreError("The file changed while it was added", asked.path.name, "Add it again when it is finished")
    la_code = asked.la or result.la_code
    if la_code is None:
        raise StoreError(
            "Nothing says which council the file is of", asked.path.name, "Name it: --la and the code, for example 503"
        )
    mixed = _mixed(result)
    verdict = "REJECTED" if mixed else result.verdict
    return Judged(result, la_code, verdict, (*mixed, *result.reasons))


def _mixed(result: ValidationResult) -> tuple[str, ...]:
    """Reasons of our own to reject a file that the policy would take."""
    if result.verdict == "REJECTED":
        return ()
    failed = result.rules.filter((pl.col("failed") > 0) & pl.col("rule").is_in(list(_NEVER_MIXED)))["rule"]
    return tuple(f"{_NEVER_MIXED[rule]} ({rule})" for rule in failed.unique().sort())


def to_record(asked: Asked, found: Judged, held: Reserved, attempt: int, events: Collected | None) -> Submission:
    """The row of the catalogue."""
    claim = held.claim
    return Submission(
        number=claim.number,
        token=claim.token,
        received_at=asked.received_at,
        import_date=held.import_date,
        recorded_at=datetime.now(UTC),
        uploader=asked.uploader,
        sha256=found.result.file.sha256,
        attempt=attempt,
        original=f"{claim.original}{kept_suffix(asked.path.name)}",
        events=str(claim.events) if events else None,
        events_sha256=events.sha256 if events else None,
        events_bytes=events.size_bytes if events else None,
        events_rows=events.rows if events else None,
        first_record_id=held.first_record_id if events else None,
        key_id=asked.key.id if events and asked.key else None,
        reading=asked.reading,
        **_of_council(asked, found),
        **_of_result(asked, found),
    )


def _of_council(asked: Asked, found: Judged) -> dict[str, Any]:
    council = asked.the_standard.council_by_code.get(found.la_code)
    return {
        "la_code": found.la_code,
        "la_name": council.name if council else None,
        **_dates("period", found.result.period),
        **_dates("derived_period", found.result.derived_period),
        "release": found.result.release.id,
        "release_reason": found.result.release.reason,
    }


def _dates(name: str, period: Period | None) -> dict[str, date | None]:
    start, end = period or (None, None)
    return {f"{name}_start": start, f"{name}_end": end}


def _of_result(asked: Asked, found: Judged) -> dict[str, Any]:
    file, made = found.result.file, found.result.provenance
    return {
        "file_name": asked.path.name,
        "file_kind": file.kind,
        "size_bytes": file.size_bytes,
        "rows": file.rows,
        "columns": file.columns,
        "verdict": found.verdict,
        "reasons": found.reasons,
        "findings": dict(found.result.counts),
        "rows_with": dict(found.result.rows_with),
        "version": made.version,
        "standard": made.standard,
        "ruleset": made.rules,
        "policy": made.policy,
        "mapping": file.mapping,
    }
