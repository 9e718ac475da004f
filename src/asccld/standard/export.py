"""A release written out for other tools: schemas, tables and the data dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from asccld.standard.dictionary import dictionary
from asccld.standard.model import Council, Release, Standard
from asccld.standard.schemas import json_schema, table_schema
from asccld.standard.writing import csv_text, write_whole


def export(standard: Standard, release: Release, directory: Path) -> tuple[Path, ...]:
    """Write everything about a release into a folder; returns the paths. Each file appears whole or not at all."""
    return tuple(write_whole(directory / name, text) for name, text in exported(standard, release))


def exported(standard: Standard, release: Release) -> Iterator[tuple[str, str]]:
    """File name and text of everything that `export` writes."""
    yield f"{release.id}.table-schema.json", _json(table_schema(release))
    yield f"{release.id}.schema.json", _json(json_schema(release))
    yield f"{release.id}.fields.csv", _fields(release)
    yield f"{release.id}.values.csv", _values(release)
    if release.previous:
        yield f"{release.id}.release-map.csv", _release_map(standard, release)
    yield f"{release.id}.hierarchies.csv", _hierarchies(standard, release)
    yield "councils.csv", _councils(standard)
    yield f"{release.id}.html", dictionary(standard, release, "html")
    yield f"{release.id}.md", dictionary(standard, release, "md")


def _json(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _fields(release: Release) -> str:
    columns = (
        "order", "header", "name", "national_name", "type", "format", "defined_list", "module", "applicable_when",
        "mandatory_when", "conditions_confidence", "status", "applies_to", "description", "confidence", "source",
        "note",
    )  # fmt: skip
    return csv_text(columns, ([getattr(f, c) for c in columns] for f in release.fields))


def _values(release: Release) -> str:
    header = ("defined_list", "list_confidence", "complete", "order", "value", "group", "confidence", "source", "note")
    rows = (
        (found.name, found.confidence, "yes" if found.complete else "unknown", v.order, v.value, v.group,
         v.confidence, v.source, v.note)
        for found in release.lists.values()
        for v in found.values
    )  # fmt: skip
    return csv_text(header, rows)


def _release_map(standard: Standard, release: Release) -> str:
    """With the headers of the official mapping workbook, so that the same eyes (and `adopt`) can read it."""
    earlier = standard.releases[release.previous or ""]
    header = ("Variable", value_header(earlier), value_header(release), "Comparison", "Confidence", "Source")
    return csv_text(
        header,
        (
            (m.defined_list, m.from_value or "", m.to_value or "", m.change, m.confidence, m.source)
            for m in release.mappings
        ),
    )


def value_header(release: Release) -> str:
    """The header of a release's values in the official mapping workbook: `Release 2 value`."""
    return f"Release {release.id[1:]} value" if release.id.startswith("r") else f"{release.id} value"


def _hierarchies(standard: Standard, release: Release) -> str:
    columns = ("hierarchy", "release", "field", "rank", "value", "confidence", "source")
    return csv_text(
        columns, ([getattr(h, c) for c in columns] for h in standard.hierarchies if h.release == release.id)
    )


def _councils(standard: Standard) -> str:
    header = (
        "la_code", "ons_code", "name", "region", "status", "from_date", "to_date", "successors", "confidence", "note",
        "source",
    )  # fmt: skip
    return csv_text(header, (_council(c) for c in standard.councils))


def _council(council: Council) -> tuple[object, ...]:
    return (
        council.la_code, council.ons_code, council.name, council.region, council.status, council.from_date,
        council.to_date, "; ".join(council.successors), council.confidence, council.note, council.source,
    )  # fmt: skip
