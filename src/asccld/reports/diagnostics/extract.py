"""What an extract is like: its shape, its columns and how it fares by the rules. Nothing in it is a text of the file.

Headers are names of fields of the standard, or `(not in the standard)`: where a header row is missing, the first person
stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.intake import open_extract
from asccld.intake.headers import HeaderMatch, match_headers
from asccld.privacy import disclosure_rule
from asccld.reports.diagnostics.bands import banded, banded_counts
from asccld.standard import load_standard
from asccld.validation import validate

if TYPE_CHECKING:
    from asccld.intake.model import Extract
    from asccld.reports.diagnostics.trying import Trials
    from asccld.standard import Standard
    from asccld.validation import ValidationResult

NOT_KNOWN: Final = "(not in the standard)"
SUFFIXES: Final = frozenset(
    {".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".parquet", ".zip", ".gz", ".ods", ".xlsb"}
)
RULE_COLUMNS: Final = ("rule", "field", "severity", "outcome", "failed", "checked", "listed", "confidence")
FIELD_COLUMNS: Final = ("field", "module", "event_type", "field_status", "field_validity", "count")


@dataclass
class Described:
    """What may be told of a file."""

    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    tables: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])


def described(path: Path, trials: Trials, options: Mapping[str, Any], standard: Standard | Path | None) -> Described:
    """The file as far as it can be read and checked; what cannot is in the trials."""
    told = Described(facts={"suffix": _suffix(path), "size_bytes": path.stat().st_size if path.is_file() else None})
    known = trials.attempt("load the standard", lambda: _standard(standard))
    if known is None:
        return told
    reading = {name: options[name] for name in ("sheet", "delimiter", "encoding") if options.get(name)}
    header = trials.attempt("open the file", lambda: _opened(path, reading, told))
    result = trials.attempt("check the file", lambda: validate(path, standard=known, **options))
    release = result.release.id if result else known.latest.id
    if header is not None:
        told.facts["release_of_the_columns"] = release
        told.tables["columns"] = _columns(header, known, release)
    if result is not None:
        told.facts |= _facts(result)
        told.tables |= _tables(result)
    return told


def _standard(given: Standard | Path | None) -> Standard:
    return load_standard(given) if given is None or isinstance(given, Path) else given


def _suffix(path: Path) -> str:
    """The suffixes that say what a file is; any other may be part of a name."""
    found = [s.lower() for s in path.suffixes[-2:] if s.lower() in SUFFIXES]
    return "".join(found) or "another or none"


def _opened(path: Path, reading: Mapping[str, str], told: Described) -> list[str]:
    with open_extract(path, **reading) as extract:  # pyright: ignore[reportArgumentType] - sheet, delimiter, encoding
        told.facts |= _read_as(extract)
        return list(extract.header)


def _read_as(extract: Extract) -> dict[str, Any]:
    delimiter = getattr(extract, "delimiter", None)
    return {
        "kind": extract.kind,
        "encoding": getattr(extract, "encoding", None),
        "delimiter": delimiter if delimiter is None or not str(delimiter).isalnum() else "a letter or digit",
        "notes": sorted({note.kind for note in extract.notes}),
        "header_cells": len(extract.header),
    }


def _columns(header: Sequence[str], standard: Standard, release: str) -> pl.DataFrame:
    """Each column by its place: which field it is, and how well its header says so."""
    fields = {f.name: f.header for f in standard.releases[release].fields}
    every = {f.name: f.header for r in standard.releases.values() for f in r.fields}
    match = match_headers(header, fields, every)
    rows = [_column(place, text, match, fields) for place, text in enumerate(header)]
    missing = [{"column": None, "field": name, "header": fields[name], "how": "missing"} for name in match.missing]
    schema = {"column": pl.Int64, "field": pl.String, "header": pl.String, "how": pl.String}
    return pl.DataFrame([*rows, *missing], schema=schema)


def _column(place: int, text: str, match: HeaderMatch, fields: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"column": place + 1, "field": None, "header": NOT_KNOWN, "how": "unknown"}
    for found, how in ((match.columns, "exact"), (match.assumed, "nearly")):
        if place in found:
            return told | {"field": found[place], "header": fields[found[place]], "how": how}
    if not text.strip():
        return told | {"header": None, "how": "blank"}
    twice = next((name for places, name in match.duplicates if place in places), None)
    if twice is not None:
        return told | {"field": twice, "header": fields[twice], "how": "again"}
    near = next((u for u in match.unknown if u.position == place), None)
    if near is not None and near.suggestion:
        return told | {"how": f"unknown, like {near.suggestion}"}
    if near is not None and near.other_release_field:
        return told | {"how": "of another release"}
    return told


def _facts(result: ValidationResult) -> dict[str, Any]:
    made, file = result.provenance, result.file
    return {
        "sha256": file.sha256,
        "rows": file.rows,
        "columns": file.columns,
        "council": result.la_code if result.la_name else None,
        "period": _dates(result.period),
        "derived_period": _dates(result.derived_period),
        "release": result.release.id,
        "release_given": result.release.given,
        "verdict": result.verdict,
        "findings": banded_counts(result.counts),
        "rows_with": banded_counts(result.rows_with),
        "standard": made.standard,
        "rules": made.rules,
        "policy": made.policy.rpartition("(")[2].rstrip(")"),
        "workbooks_adopted": len(made.adopted),
        "seconds": round(result.seconds, 3),
    }


def _dates(period: tuple[Any, Any] | None) -> list[str] | None:
    return None if period is None else [day.isoformat() for day in period]


def _tables(result: ValidationResult) -> dict[str, pl.DataFrame]:
    """Counts by rule, by field and by month, without examples."""
    return {
        "rules": result.rules.select(RULE_COLUMNS).with_columns(banded("failed", "checked", "listed")),
        "fields": result.fields.select(FIELD_COLUMNS).with_columns(banded("count")),
        "months": _months(result),
    }


def _months(result: ValidationResult) -> pl.DataFrame:
    """Events by month. A few far from the period may be months of birth in a wrong column, and are left out."""
    period = result.period or result.derived_period
    inside = pl.col("month").is_between(*period) if period else pl.lit(value=False)
    enough = pl.col("events") >= disclosure_rule().suppress_below
    told = result.months.filter(inside | enough | pl.col("month").is_null())
    return told.select("event_type", "month", *banded("events"))
