"""The tables by which values are cleaned: ours, or those of a folder given with `--reference`.

The Department's own tables are not public. Ours hold what the standard says: the values of Release 2, what each value
of Release 1 became, and known misspellings, each with its confidence. A folder replaces them table by table, in the
names and columns of the national reference tables (`REF_Gender_Mapping.csv`: `Gender_Raw, Gender_Cleaned`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis.expr.types import Table

from asccld.processing.columns import method_table
from asccld.processing.text import folded

if TYPE_CHECKING:
    import polars as pl

HIERARCHY = "REF_Event_Outcome_Hierarchy_R2"
COUNCILS = "REF_ONS_Codes_LA_Region_Lookup"
"""The list of councils from which a file is expected: it explains, and changes no figure."""

OF_MEASURES = (
    "REF_ONS_Codes_LA_Region_Lookup_April_2024",
    "REF_ONS_Pop_Gender_Pub_Age_Bands",
    "REF_ONS_LSOA11_UTLA23_Lookup",
    "REF_Has_Unpaid_Carer_Mapping",
    "ASCOF2D_SUS",
    "ASCOF2D_Part1_Metrics",
    "ASCOF2D_Part2_Metrics",
    "LA_PBI_ASCOF",
)
"""Beginnings of the names of tables that measures read, and that may lie in the same folder."""


def reference_columns() -> dict[str, tuple[str, ...]]:
    """Name of each reference table -> its columns, spelt as in the national database."""
    tables = {
        r["table"]: tuple(c for c in (r["raw_column"], r["cleaned_column"], r["grouped_column"]) if c)
        for r in method_table("mapped_fields")
    }
    return tables | {HIERARCHY: ("Event_Outcome_Spec", "Event_Outcome_Hierarchy")}


@dataclass(frozen=True)
class Reference:
    """The lookup tables of one run; `tables` by national name, columns in lower case."""

    tables: Mapping[str, Table]
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where each table came from: `shipped`, or the name of a file."""

    @staticmethod
    def shipped() -> Reference:
        """The tables that come with the package."""
        return Reference.read(None)

    @staticmethod
    def read(folder: Path | None) -> Reference:
        """The shipped tables, each replaced by the one of that name in the folder.

        Raises BadReference for a table that lacks a column or has a raw value twice.
        """
        from asccld.processing.lookups import reference_frames

        frames, sources = reference_frames(folder)
        return Reference.of_frames(frames, sources)

    @staticmethod
    def of_frames(frames: Mapping[str, pl.DataFrame], sources: Mapping[str, str] | None = None) -> Reference:
        """Tables held in memory."""
        return Reference({name: ibis.memtable(frame) for name, frame in frames.items()}, sources or {})

    @staticmethod
    def unbound() -> Reference:
        """Tables of those names in whatever database the SQL will run: for `asccld sql`."""
        return Reference({name: _unbound(name, columns) for name, columns in reference_columns().items()})

    def held(self, hold: Callable[[Table], Table]) -> Reference:
        """The same tables kept in the engine, whose planner then knows how small they are."""
        return Reference({name: hold(table) for name, table in self.tables.items()}, self.sources)

    @cached_property
    def _of_field(self) -> dict[str, dict[str, str]]:
        return {row["field"]: row for row in method_table("mapped_fields")}

    def lookup(self, name: str) -> Table:
        """The table of a mapped field: `<field>_key` to compare with, `<field>_cleaned`, perhaps `<field>_grouped`."""
        row = self._of_field[name]
        table = self.tables[row["table"]]
        columns = {f"{name}_key": folded(table[row["raw_column"].lower()])}
        columns[f"{name}_cleaned"] = table[row["cleaned_column"].lower()]
        if row["grouped_column"]:
            columns[f"{name}_grouped"] = table[row["grouped_column"].lower()]
        return table.select(**columns)

    def hierarchy(self) -> Table:
        """The ranks of event outcomes."""
        table = self.tables[HIERARCHY]
        return table.select(
            outcome_key=folded(table.event_outcome_spec),
            event_outcome_hierarchy=table.event_outcome_hierarchy.cast("int32"),
        )


def _unbound(name: str, columns: tuple[str, ...]) -> Table:
    kinds = {c.lower(): "int32" if c == "Event_Outcome_Hierarchy" else "string" for c in columns}
    return ibis.table(kinds, name=name)
