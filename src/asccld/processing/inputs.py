"""What a table must have to be processed, and what is refused before any figure is made of it."""

from __future__ import annotations

from typing import Any

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.processing.columns import needed_columns

ALIASES = {"der_la_person_unique_identifier_pseudo": "la_person_unique_identifier"}
"""Other names of a column in national tables."""

CARRIED = ("event_reference", "event_description")
"""Collected columns that no main table has, but the step before it: they may be absent."""

_TYPES = {"text": "string", "date": "date", "timestamp": "timestamp", "integer": "int64", "number": "float64"}


class RepeatedRecords(AsccldError):
    """Record ids that stand more than once in the chosen files: joined by them, rows would multiply."""

    def __init__(self, rows: int, records: int, where: str, *, blank: int = 0) -> None:
        if blank:
            which = "every row" if blank == rows else f"{blank:,} of {counted(rows, 'row')}"
            remedy = "Each row needs a record id of its own: number the rows"
            super().__init__(f"der_unique_record_id is blank in {which} of the chosen files", where, remedy)
            return
        super().__init__(
            f"The chosen files have {rows:,} rows but only {records:,} different der_unique_record_id",
            where,
            "Each row needs its own record id. Was a file loaded twice? Remove the second, or number the rows anew",
        )


def input_columns(present: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Columns to read with their types, and those of them that may be absent; `present` says what the table has.

    What is only carried through (file id, number of adults cared for) keeps the type that it has.
    """
    wanted: dict[str, Any] = {}
    for name, kind in needed_columns().items():
        wanted[name] = present.get(name, "string") if kind == "any" else _TYPES[kind]
    return wanted | dict.fromkeys(CARRIED, "string"), CARRIED
