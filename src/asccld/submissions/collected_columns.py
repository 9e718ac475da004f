"""The columns of the collected events: what a processing step may rely on, whoever collected them.

Names and order are those of the Department's raw table, in lower case. Its superseded columns and the companion table
of statuses are not part of it: the first are no longer read, the second is `asccld.validation`'s data-quality table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from asccld.standard.model import Confidence
from asccld.standard.tables import StandardError, confidence, read_rows

_TABLE = Path(__file__).parent / "data" / "collected_columns.csv"

TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "integer": pl.Int32(),
    "long": pl.Int64(),
    "decimal": pl.Float64(),
}
"""The types in `collected_columns.csv`. Numbers with decimals are floating point, as submitted and unrounded."""

ORIGINS = {
    "import": "written by the register for every row of a file",
    "submitted": "the cell of the file",
    "pseudonym": "a keyed pseudonym of the cell",
    "derived": "worked out from cells that are not kept, or not whole",
    "postcode": "looked up by the postcode, null without a lookup table",
    "placeholder": "null until a later step fills it",
    "withheld": "always null",
}


@dataclass(frozen=True)
class CollectedColumn:
    """One column of the collected events, and where it comes from."""

    name: str
    type: str
    origin: str
    description: str
    source: str
    confidence: Confidence


def read_columns(path: Path = _TABLE) -> tuple[CollectedColumn, ...]:
    """The columns in order; raises StandardError when the table contradicts itself."""
    rows = read_rows(path, ("name", "type", "origin", "description", "source", "confidence"))
    found = tuple(_column(row) for row in rows)
    for column in found:
        if column.type not in TYPES or column.origin not in ORIGINS:
            raise StandardError(
                what="A collected column has an unknown type or origin",
                where=f"{path.name}, {column.name}",
                remedy=f"Types: {', '.join(TYPES)}; origins: {', '.join(ORIGINS)}",
            )
    if len({column.name for column in found}) != len(found):
        raise StandardError("A collected column is listed twice", path.name, "Keep one row for each name")
    return found


def _column(row: Mapping[str, str]) -> CollectedColumn:
    sure = confidence(row["confidence"], row["name"])
    return CollectedColumn(row["name"], row["type"], row["origin"], row["description"], row["source"], sure)


COLUMNS = read_columns()
"""Every collected column, in order."""

COLLECTED: dict[str, pl.DataType] = {column.name: TYPES[column.type] for column in COLUMNS}
"""Name and type of every collected column, in order."""


def named(origin: str) -> tuple[str, ...]:
    """The names of the columns of one origin, in order."""
    return tuple(column.name for column in COLUMNS if column.origin == origin)
