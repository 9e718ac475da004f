"""A release as Table Schema (Frictionless) and as JSON Schema (2020-12).

A list becomes a constraint only when it is confirmed and complete; every other list is carried under a key of our own
(`asccld:values`, `x-asccld-values`), so that nobody's tool refuses a value on the strength of our inference.
"""

from __future__ import annotations

from typing import Any

from asccld.standard.conditions import parse
from asccld.standard.json_conditions import CELL, Inexpressible, when_true
from asccld.standard.model import Field, Release

Json = dict[str, Any]

_TYPES = {"text": "string", "date": "date", "decimal": "number", "integer": "integer"}
# Only what the sources confirm, and what follows from the type: other formats are named, not enforced.
_PATTERNS = {
    "nhs-number": r"^[0-9]{10}$",
    "dd/mm/yyyy": r"^(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[0-2])/[0-9]{4}$",
    "0.00": r"^-?[0-9]+(\.[0-9]{1,2})?$",
    "0": r"^-?[0-9]+$",
}


def table_schema(release: Release) -> Json:
    """The release as a Frictionless Table Schema, fields in file order."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": f"cld-{release.id}",
        "title": f"Adult Social Care Client Level Data, {release.title}",
        "fields": [_table_field(release, f) for f in release.fields],
        "missingValues": ["", "NULL"],
    }


def _table_field(release: Release, field: Field) -> Json:
    described: Json = {
        "name": field.header,
        "type": _TYPES[field.type],
        "title": field.header,
        "description": field.description,
    }
    if field.type == "date":
        described["format"] = "%d/%m/%Y"
    if constraints := _constraints(release, field):
        described["constraints"] = constraints
    return described | {f"asccld:{k}": v for k, v in _extra(release, field).items()}


def _constraints(release: Release, field: Field) -> Json:
    constraints: Json = {}
    if field.mandatory_when == "always":
        constraints["required"] = True
    if field.type == "text" and field.format in _PATTERNS:
        constraints["pattern"] = _PATTERNS[field.format]
    if values := _closed(release, field):
        constraints["enum"] = list(values)
    return constraints


def _closed(release: Release, field: Field) -> tuple[str, ...]:
    found = release.list_of(field.name)
    return found.texts if found and found.complete and found.confidence == "confirmed" else ()


def _extra(release: Release, field: Field) -> Json:
    found = release.list_of(field.name)
    extra: Json = {
        "column": field.name,
        "confidence": field.confidence,
        "format": field.format,
        "applicable-when": field.applicable_when,
        "mandatory-when": field.mandatory_when,
        "conditions-confidence": field.conditions_confidence,
        "defined-list": field.defined_list,
        "list-confidence": found.confidence if found else "",
        "source": field.source,
    }
    if found and not _closed(release, field):
        extra["values"] = list(found.texts)
    return {k: v for k, v in extra.items() if v != ""}


def json_schema(release: Release) -> Json:
    """One row of the submission file as JSON Schema: header -> cell as text; a blank cell is "", null or absent."""
    always = [f.header for f in release.fields if f.mandatory_when == "always"]
    conditional, left_out = _conditional(release)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:asccld:standard:{release.id}:event",
        "title": f"Adult Social Care Client Level Data, {release.title}: one event row",
        "type": "object",
        "properties": {f.header: _property(release, f) for f in release.fields},
        "additionalProperties": False,
        "required": always,
        "allOf": [{"properties": dict.fromkeys(always, CELL)}, *conditional],
        "x-asccld-not-expressed": left_out,
    }


def _property(release: Release, field: Field) -> Json:
    cell: Json = {"type": ["string", "null"], "title": field.header, "description": field.description}
    if values := _closed(release, field):
        cell["enum"] = [*values, "", None]
    elif field.format in _PATTERNS:
        cell["pattern"] = f"^$|{_PATTERNS[field.format]}"
    return cell | {f"x-asccld-{k}": v for k, v in _extra(release, field).items()}


def _conditional(release: Release) -> tuple[list[Json], list[Json]]:
    """`if` and `then` per mandatory condition, and those that a row alone cannot decide."""
    groups: dict[str, list[str]] = {}
    for field in release.fields:
        if field.mandatory_when not in ("always", "never"):
            groups.setdefault(field.mandatory_when, []).append(field.header)
    expressed: list[Json] = []
    left_out: list[Json] = []
    for condition, headers in groups.items():
        try:
            test = when_true(parse(condition), release.headers)
        except Inexpressible as reason:
            left_out.append({"headers": headers, "mandatory-when": condition, "reason": str(reason)})
        else:
            then: Json = {"required": headers, "properties": dict.fromkeys(headers, CELL)}
            expressed.append({"$comment": condition, "if": test, "then": then})
    return expressed, left_out
