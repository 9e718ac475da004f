"""What the Department's measures work on: a main table, the settings, the reference tables, and steps that are shared.

A person is always (council, person): `la_code` and `person`, the identifier as the national database compares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ibis.expr.types import Table

from asccld.errors import AsccldError
from asccld.measures.references import MeasureReference
from asccld.measures.registry import measure_named
from asccld.measures.settings import Settings
from asccld.processing.columns import main_columns, needed_columns
from asccld.processing.run import Hold
from asccld.processing.text import folded

PERSON_ID = "der_nhs_la_combined_person_id"
PERSON = ("la_code", "person")
"""Who a row is about."""

IDENTIFYING = ("la_code", PERSON_ID)
"""Columns of every main table that each measure needs."""

_DATES = ("ref_period_start_date", "ref_period_end_date", "event_end_date_raw", "der_event_end_date")
_NUMBERS = ("event_outcome_hierarchy", "der_latest_age")
_TYPES = {"text": "string", "date": "date", "timestamp": "timestamp", "integer": "int64"}


class NoMainTable(AsccldError):
    """A table that is neither of the two main tables."""


@dataclass
class MainSource:
    """The main table of a run. `shared` computes a step once, however many measures ask for it."""

    rows: Table
    """The columns that the measures need, and `person`; a council's code in capitals, without trailing spaces."""
    mode: str
    """`joined` or `single`."""
    settings: Settings
    reference: MeasureReference
    keep: Hold
    notes: list[str] = field(default_factory=list[str])
    """What the user should know of this run: see `note`."""
    quality: Table | None = None
    """The collector's table of condition and check codes, which dq_values counts."""
    _shared: dict[str, Table] = field(default_factory=dict[str, Table], repr=False)

    def shared(self, name: str, make: Callable[[], Table]) -> Table:
        """The table of that name, made and kept in the engine the first time that it is asked for."""
        if name not in self._shared:
            self._shared[name] = self.keep(make())
        return self._shared[name]

    def note(self, text: str) -> None:
        """Say something once: a table that is missing, a figure that is therefore blank."""
        if text not in self.notes:
            self.notes.append(text)


def needed_main_columns(names: Iterable[str], present: Iterable[str] | None = None) -> dict[str, str]:
    """Columns of the main table that these measures need, with the type of each; only those of `present`, if given."""
    wanted = dict.fromkeys(c for name in names for c in measure_named(name).needs)
    there = set(present) if present is not None else set(wanted)
    return {name: main_type(name) for name in wanted if name in there}


def main_type(column: str) -> str:
    """The type of a column of the main tables."""
    if column in _DATES:
        return "date"
    if column in _NUMBERS:
        return "int64"
    return _TYPES.get(needed_columns().get(column, "text"), "string")


def mode_of(columns: Iterable[str]) -> str:
    """`single` or `joined`: only the single main table has costs, and both have a reference period.

    Raises NoMainTable for any other table.
    """
    there = set(columns)
    missing = [c for c in ("ref_period_end_date", "der_event_end_date", PERSON_ID) if c not in there]
    if missing:
        remedy = "Make one with: asccld process; collected events are given with --events"
        raise NoMainTable(f"This is no main table: it lacks {', '.join(missing)}", "--main", remedy)
    costs = set(main_columns("single")) - set(main_columns("joined"))
    return "single" if costs & there else "joined"


def with_person(rows: Table) -> Table:
    """The main table with `person`, and councils' codes without what makes no difference to the database."""
    return rows.mutate(la_code=folded(rows.la_code).upper(), person=folded(rows[PERSON_ID]))
