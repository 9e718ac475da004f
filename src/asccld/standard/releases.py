"""Building each release from the one before and a value-level difference.

`<release>/fields.csv` of the first release lists every field; of a later one only what changes (`change` = add, change,
remove; an empty cell keeps the earlier attribute, `-` empties it). `<release>/values.csv` of a later release says what
each earlier value becomes (`value` empty: not mapped) and which values are new (`from_value` empty).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from asccld.standard.model import DefinedList, Field, FieldChange, Fix, Release, Value, ValueMapping
from asccld.standard.tables import Row, StandardError, confidence, read_rows, whole_number

_ATTRIBUTES = (
    "order", "header", "national_name", "type", "format", "defined_list", "module", "module_order", "value_shown",
    "identifying", "applicable_when", "mandatory_when", "conditions_confidence", "status", "applies_to", "description",
    "source", "confidence", "note",
)  # fmt: skip


def build_release(
    meta: Mapping[str, Any], folder: Path, earlier: Release | None, earlier_rows: Mapping[str, Row]
) -> tuple[Release, dict[str, Row]]:
    """One release and its field rows (the base of the next release's difference)."""
    rows, changes = _field_rows(folder / "fields.csv", earlier_rows)
    value_rows = read_rows(folder / "values.csv", ("defined_list", "value", "order", "confidence"))
    fixes = folder / "fixes.csv"
    release = Release(
        id=meta["id"],
        title=meta["title"],
        previous=earlier.id if earlier else None,
        valid_from=meta["valid_from"],
        valid_to=meta.get("valid_to"),
        voluntary=meta["voluntary"],
        confidence=meta["confidence"],
        source=meta["source"],
        note=meta["note"],
        fields=tuple(sorted((_field(r) for r in rows.values()), key=lambda f: f.order)),
        lists=_lists(value_rows, read_rows(folder / "lists.csv", ("defined_list", "confidence", "complete"))),
        mappings=tuple(_mapping(r, earlier.id, meta["id"]) for r in value_rows) if earlier else (),
        field_changes=changes,
        fixes=tuple(_fix(r) for r in read_rows(fixes)) if fixes.exists() else (),
    )
    return release, rows


def _field_rows(path: Path, earlier: Mapping[str, Row]) -> tuple[dict[str, Row], tuple[FieldChange, ...]]:
    table = read_rows(path, ("name", *_ATTRIBUTES))
    if not earlier:
        return {r["name"]: r for r in table}, ()
    rows = dict(earlier)
    for row in table:
        name = row["name"]
        if (row["change"] == "add") == (name in earlier):
            raise StandardError(
                what=f"'{name}' cannot be the subject of '{row['change']}'",
                where=str(path),
                remedy="Add only fields that the earlier release lacks; change or remove only those it has",
            )
        if row["change"] == "remove":
            del rows[name]
        else:
            rows[name] = _changed(rows.get(name, {}), row)
    return rows, tuple(_field_change(r) for r in table)


def _changed(before: Row, row: Row) -> Row:
    return (
        before
        | {"name": row["name"]}
        | {k: row[k].removeprefix("-") if row[k] == "-" else row[k] for k in _ATTRIBUTES if row[k] or k not in before}
    )


def _field_change(row: Row) -> FieldChange:
    return FieldChange(
        name=row["name"],
        change=cast("Literal['add', 'change', 'remove']", row["change"]),
        replaced_by=row["replaced_by"],
        attributes=tuple(k for k in _ATTRIBUTES if row[k]) if row["change"] == "change" else (),
        source=row["source"],
        confidence=confidence(row["confidence"] or "confirmed", f"fields.csv, {row['name']}"),
        note=row["note"],
    )


def _field(row: Row) -> Field:
    where = f"fields.csv, {row['name']}"
    return Field(
        name=row["name"],
        order=whole_number(row["order"], where),
        header=row["header"],
        national_name=row["national_name"],
        type=cast("Literal['text', 'date', 'decimal', 'integer']", row["type"]),
        format=row["format"],
        defined_list=row["defined_list"],
        module=row["module"],
        module_order=int(row["module_order"]) if row["module_order"] else None,
        value_shown=cast("Literal['raw', 'masked', 'hidden']", row["value_shown"]),
        identifying=row["identifying"] == "yes",
        applicable_when=row["applicable_when"],
        mandatory_when=row["mandatory_when"],
        conditions_confidence=confidence(row["conditions_confidence"], where),
        status=row["status"],
        applies_to=row["applies_to"],
        description=row["description"],
        source=row["source"],
        confidence=confidence(row["confidence"], where),
        note=row["note"],
    )


def _lists(value_rows: Iterable[Row], list_rows: Iterable[Row]) -> dict[str, DefinedList]:
    values: dict[str, list[Value]] = {}
    for row in value_rows:
        if row["value"] and row["order"]:  # a further earlier value of the same value carries no attributes
            values.setdefault(row["defined_list"], []).append(value_of(row))
    return {r["defined_list"]: list_of(r, values.get(r["defined_list"], ())) for r in list_rows}


def value_of(row: Row) -> Value:
    """A list value from its row."""
    return Value(
        value=row["value"],
        order=whole_number(row["order"], f"values.csv, {row['defined_list']}, {row['value']}"),
        group=row.get("group", ""),
        confidence=confidence(row["confidence"], f"values.csv, {row['defined_list']}, {row['value']}"),
        note=row.get("note", ""),
        source=row.get("source", ""),
        was=row.get("was", ""),
    )


def list_of(row: Row, values: Iterable[Value]) -> DefinedList:
    """A defined list from its row and values."""
    return DefinedList(
        name=row["defined_list"],
        values=tuple(sorted(values, key=lambda v: v.order)),
        confidence=confidence(row["confidence"], f"lists.csv, {row['defined_list']}"),
        complete=row["complete"] == "yes",
        note=row.get("note", ""),
    )


def _mapping(row: Row, earlier: str, release: str) -> ValueMapping:
    return ValueMapping(
        defined_list=row["defined_list"],
        from_release=earlier,
        from_value=row["from_value"] or None,
        to_release=release,
        to_value=row["value"] or None,
        confidence=confidence(row["map_confidence"], f"values.csv, {row['defined_list']}, {row['from_value']}"),
        source=row["map_source"],
    )


def _fix(row: Row) -> Fix:
    return Fix(row["defined_list"], row["raw"], row["value"], confidence(row["confidence"], "fixes.csv"), row["source"])
