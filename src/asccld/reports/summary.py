"""The result as one JSON document: everything but the findings themselves, which have files of their own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asccld.reports.files import write_text
from asccld.reports.quality import by_field, by_field_and_event_type, by_module, overall

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from asccld.validation.result import ValidationResult

FORMAT = "asccld-validation-1"
"""Raised when a key changes its meaning or goes; new keys may come at any time."""


def summary_of(result: ValidationResult, *, findings_path: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """The document as plain values; `docs/reference/outputs.md` describes every key."""
    file, made = result.file, result.provenance
    return {
        "format": FORMAT,
        "verdict": result.verdict,
        "reasons": list(result.reasons),
        "council": {"la_code": result.la_code, "la_name": result.la_name},
        "period": _period(result.period),
        "derived_period": _period(result.derived_period),
        "release": {
            "id": result.release.id,
            "title": result.release.title,
            "reason": result.release.reason,
            "given": result.release.given,
        },
        "file": {
            "name": file.path.name,  # without its folder, which may tell who made it
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
            "kind": file.kind,
            "encoding": file.encoding,
            "delimiter": file.delimiter,
            "sheet": file.sheet,
            "rows": file.rows,
            "columns": file.columns,
            "notes": list(file.notes),
            "mapping": file.mapping,
        },
        "provenance": {
            "version": made.version,
            "standard": made.standard,
            "rules": made.rules,
            "policy": made.policy,
            "adopted": list(made.adopted),
            "received": made.received.isoformat(),
        },
        "counts": dict(result.counts),
        "rows_with": dict(result.rows_with),
        "findings": {
            "found": sum(result.counts.values()),
            "listed": result.findings.height,
            "file": _text(findings_path),
        },
        "quality": (_records(overall(result.fields)) or [{}])[0],
        "modules": _records(by_module(result.fields)),
        "fields": _records(by_field(result.fields)),
        "fields_by_event_type": _records(by_field_and_event_type(result.fields)),
        "months": _records(result.months),
        "rules": _records(result.rules),
        "seconds": round(result.seconds, 3),
        "identifiers_shown": result.identifiers_shown,
    }


def write_json(
    result: ValidationResult,
    path: str | os.PathLike[str] | None = None,
    *,
    findings_path: str | os.PathLike[str] | None = None,
) -> None:
    """Write the document to a file, or to standard output when there is no path."""
    text = json.dumps(summary_of(result, findings_path=findings_path), indent=1, default=str) + "\n"
    if path is None:
        sys.stdout.write(text)  # ASCII: characters beyond it are escaped, so every console takes it
    else:
        write_text(Path(path), text)


def _records(table: pl.DataFrame) -> list[dict[str, Any]]:
    return table.to_dicts()


def _period(dates: tuple[date, date] | None) -> dict[str, str] | None:
    return None if dates is None else {"start": dates[0].isoformat(), "end": dates[1].isoformat()}


def _text(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)
