"""What a validation found: plain data that the reports, the register and the portal read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

Severity = Literal["reject", "error", "warning", "info"]
Verdict = Literal["ACCEPTED", "ACCEPTED WITH ERRORS", "REJECTED"]

SEVERITIES: tuple[Severity, ...] = ("reject", "error", "warning", "info")

RULE_COLUMNS = {
    "rule": pl.String,
    "field": pl.String,  # column name; null for a rule about whole rows or the whole file
    "header": pl.String,  # the field's header; of a rule about the header row, the columns it found fault with
    "severity": pl.String,
    "outcome": pl.String,  # passed | failed | not applicable
    "failed": pl.UInt32,  # findings of this rule on this field
    "checked": pl.UInt32,  # cells or rows that the rule looked at (denominator)
    "listed": pl.UInt32,  # findings listed row by row; smaller than `failed` where the rule caps its list
    "confidence": pl.String,
    "title": pl.String,
    "message": pl.String,
    "fix": pl.String,
    "source": pl.String,
    "example_row": pl.UInt32,
    "example_value": pl.String,
}
"""One row per rule and field that was checked."""

FIELD_COLUMNS = {
    "field": pl.String,
    "header": pl.String,
    "module": pl.String,
    "event_type": pl.String,  # as in the list, '(blank)' or '(not recognised)'
    "field_status": pl.String,  # Mandatory | Applicable but not mandatory | Not applicable | Undetermined
    "field_validity": pl.String,  # Passed: Valid | Passed: Blank (Not Mandatory) | Failed: ...
    "count": pl.UInt32,
}
"""The national data-quality model, counted."""

FINDING_COLUMNS = {
    "rule": pl.String,
    "severity": pl.String,
    "row": pl.UInt32,  # row in the user's file; null for a finding about the file
    "event_reference": pl.String,
    "field": pl.String,
    "header": pl.String,
    "value": pl.String,  # HIDDEN where the value could point at a person
    "message": pl.String,
    "fix": pl.String,
    "confidence": pl.String,
}
"""One row per finding."""


@dataclass(frozen=True)
class FileFacts:
    """The file that was checked."""

    path: Path
    sha256: str
    size_bytes: int
    kind: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    rows: int
    columns: int
    notes: tuple[str, ...]
    mapping: str | None = None
    """Name and fingerprint of the mapping file that made it, where its report stands beside it and still fits."""


@dataclass(frozen=True)
class ReleaseChoice:
    """The release that the file was checked against, and why."""

    id: str
    title: str
    reason: str
    given: bool


@dataclass(frozen=True)
class Provenance:
    """What decided: two results with the same provenance and file are the same."""

    version: str
    standard: str
    """Fingerprint of the standard, overlay included."""
    rules: str
    """Fingerprint of the rules."""
    policy: str
    """Name and fingerprint of the policy."""
    adopted: tuple[str, ...]
    """Official workbooks adopted into the overlay."""
    received: date
    """The day that counts as today."""


@dataclass(frozen=True)
class ValidationResult:
    """The outcome of checking one file."""

    file: FileFacts
    release: ReleaseChoice
    provenance: Provenance
    la_code: str | None
    la_name: str | None
    period: tuple[date, date] | None
    """The reporting period stated by most rows."""
    derived_period: tuple[date, date] | None
    """The reporting period that the events show (version 1 of the national derivation)."""
    verdict: Verdict
    reasons: tuple[str, ...]
    """Why the file is rejected, one sentence each; empty otherwise."""
    counts: dict[Severity, int]
    rows_with: dict[Severity, int]
    """Rows with at least one finding of a severity."""
    rules: pl.DataFrame
    fields: pl.DataFrame
    months: pl.DataFrame
    """Columns event_type, month (first day), events: by month of the end date (of the start, for open services)."""
    findings: pl.DataFrame
    """See FINDING_COLUMNS; in order of severity, rule, field, row."""
    dq_values: pl.DataFrame | None
    """The national data-quality values table, if asked for (see dqvalues.DQ_COLUMNS)."""
    seconds: float
    identifiers_shown: bool
