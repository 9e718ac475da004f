"""What a register holds: submissions with their counts and states, not who sent them nor how their files are called."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.reports.diagnostics.bands import banded
from asccld.submissions import Register

if TYPE_CHECKING:
    from asccld.reports.diagnostics.trying import Trials
    from asccld.submissions import Listed

SEVERITIES: Final = ("reject", "error", "warning", "info")
_SCHEMA: dict[str, Any] = {
    "number": pl.Int64,
    "council": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "received": pl.Date,
    "release": pl.String,
    "kind": pl.String,
    "rows": pl.Int64,
    "columns": pl.Int64,
    "size_bytes": pl.Int64,
    "verdict": pl.String,
    "state": pl.String,
    "superseded_by": pl.Int64,
    "events_file": pl.String,
    **dict.fromkeys(SEVERITIES, pl.Int64),
    "version": pl.String,
    "standard": pl.String,
    "ruleset": pl.String,
}


def described(store: Path, catalogue: str | None, trials: Trials) -> tuple[dict[str, Any], pl.DataFrame | None]:
    """Facts about the store, and its submissions; what cannot be read is in the trials."""
    register = trials.attempt("open the register", lambda: Register.open(store, catalogue=catalogue))
    if register is None:
        return {}, None
    with register:
        listed = trials.attempt("list the submissions", register.list)
        keys = trials.attempt("count the keys", register.keys_in_use)
        wrong = trials.attempt("read every file", register.check)
    facts = {
        "submissions": None if listed is None else len(listed),
        "states": None if listed is None else dict(Counter(entry.state for entry in listed)),
        "keys_in_use": None if keys is None else len(keys),
        "catalogue_in_the_store": (store / "register.sqlite").is_file(),
        "files_at_fault": None if wrong is None else sum(len(found) for found in wrong.values()),
        "submissions_at_fault": None if wrong is None else sorted(wrong),
    }
    if listed is None:
        return facts, None
    told = pl.DataFrame([_row(entry) for entry in listed], schema=_SCHEMA)
    return facts, told.with_columns(banded(*SEVERITIES))


def _row(entry: Listed) -> dict[str, Any]:
    found = entry.submission
    return {
        "number": found.number,
        "council": found.la_code if found.la_name else None,
        "period_start": found.period_start,
        "period_end": found.period_end,
        "received": found.received_at.date(),
        "release": found.release,
        "kind": found.file_kind,
        "rows": found.rows,
        "columns": found.columns,
        "size_bytes": found.size_bytes,
        "verdict": found.verdict,
        "state": entry.state,
        "superseded_by": entry.superseded_by,
        "events_file": entry.events_file,
        **{severity: found.findings.get(severity, 0) for severity in SEVERITIES},
        "version": found.version,
        "standard": found.standard,
        "ruleset": found.ruleset,
    }
