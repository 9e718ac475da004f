"""The numbered receipt: what was received, what was decided, and by which rules. No value of a row is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asccld.errors import harmless
from asccld.submissions.model import Period, Submission

FORMAT = "asccld-receipt-1"
"""Raised when a key changes its meaning or goes; new keys may come at any time."""


@dataclass(frozen=True)
class Receipt:
    """What the register answers. `repeated` says that the same bytes had been received before."""

    submission: Submission
    store_id: str
    repeated: bool = False

    @property
    def number(self) -> int:
        """The number of the submission."""
        return self.submission.number

    @property
    def accepted(self) -> bool:
        """Whether the events were taken."""
        return self.submission.accepted

    @property
    def text(self) -> str:
        """For people."""
        return "\n".join(harmless(line) for line in _lines(self)) + "\n"

    @property
    def json(self) -> str:
        """For programs."""
        return json.dumps(self.content, indent=1, ensure_ascii=False) + "\n"

    @property
    def content(self) -> dict[str, Any]:
        """The document behind `json`; `docs/reference/register.md` describes every key."""
        found = self.submission
        return {
            "format": FORMAT,
            "receipt": found.number,
            "store": self.store_id,
            "verdict": found.verdict,
            "reasons": list(found.reasons),
            "council": {"la_code": found.la_code, "la_name": found.la_name},
            "period": _period(found.period),
            "derived_period": _period(found.derived_period),
            "release": {"id": found.release, "reason": found.release_reason},
            "received": moment(found.received_at),
            "recorded": moment(found.recorded_at),
            "import_date": moment(found.import_date),
            "uploader": found.uploader,
            "file": {
                "name": found.file_name,
                "kind": found.file_kind,
                "size_bytes": found.size_bytes,
                "sha256": found.sha256,
                "attempt": found.attempt,
                "rows": found.rows,
                "columns": found.columns,
                "mapping": found.mapping,
            },
            "events": _events(found),
            "findings": dict(found.findings),
            "rows_with": dict(found.rows_with),
            "ruleset": {
                "version": found.version,
                "standard": found.standard,
                "rules": found.ruleset,
                "policy": found.policy,
            },
        }


def moment(when: datetime) -> str:
    """A moment as the register writes it everywhere: UTC, to the millisecond, and saying so."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown_period(period: Period | None) -> str:
    """A period for people."""
    return f"{period[0]:%d/%m/%Y} to {period[1]:%d/%m/%Y}" if period else "none"


def _period(period: Period | None) -> dict[str, str] | None:
    return None if period is None else {"start": period[0].isoformat(), "end": period[1].isoformat()}


def _lines(receipt: Receipt) -> Iterator[str]:
    found = receipt.submission
    yield f"Receipt {found.number}: {found.verdict}"
    yield ""
    yield f"  Council          {found.la_code}  {found.la_name or '(not in the register of councils)'}"
    yield f"  Period stated    {shown_period(found.period)}"
    yield f"  Period derived   {shown_period(found.derived_period)}"
    yield f"  Release          {found.release}: {found.release_reason}"
    yield f"  Received         {moment(found.received_at)}, from {found.uploader}"
    yield f"  Recorded         {moment(found.recorded_at)}"
    yield f"  File             {found.file_name}, {found.size_bytes:,} bytes"
    yield f"  SHA-256          {found.sha256}"
    yield f"  Rows             {found.rows:,}"
    yield f"  Events stored    {found.events_rows if found.events_rows is not None else 0:,}"
    yield (
        f"  Key              {found.key_id or 'none: no pseudonyms'}" if found.events else "  Key              not used"
    )
    yield f"  Findings         {_counted(found)}"
    yield f"  Checked by       asccld {found.version}, standard {found.standard}, rules {found.ruleset}"
    yield f"  Policy           {found.policy}"
    if found.mapping:
        yield f"  Made by          mapping {found.mapping}"
    if found.reasons:
        yield ""
        yield "Why it was rejected:"
        yield from (f"  - {reason}" for reason in found.reasons)


def _events(found: Submission) -> dict[str, Any] | None:
    if found.events is None:
        return None
    return {"rows": found.events_rows, "sha256": found.events_sha256, "key": found.key_id}


def _counted(found: Submission) -> str:
    counts = [f"{count:,} {severity}" for severity, count in found.findings.items() if count]
    return ", ".join(counts) or "none"
