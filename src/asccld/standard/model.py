"""The shapes of the standard: what a release, a field, a value and a council are.

Everything here is plain, immutable data; `loader` fills it from the tables in `data/` and `proof` checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

Confidence = Literal["confirmed", "inferred", "gap"]
Change = Literal["No change", "Changed (capitalisation only)", "Changed", "Not mapped", "New"]


@dataclass(frozen=True)
class Field:
    """One data item of a release; `name` is the column name in every table of this package."""

    name: str
    order: int
    header: str
    national_name: str
    type: Literal["text", "date", "decimal", "integer"]
    format: str
    defined_list: str
    module: str
    module_order: int | None
    """Place in the national data-quality table; None for an item that table leaves out."""
    value_shown: Literal["raw", "masked", "hidden"]
    """What the national data-quality table shows of the value."""
    identifying: bool
    """True when a value could point at a person: never shown unless the user asks."""
    applicable_when: str
    mandatory_when: str
    conditions_confidence: Confidence
    status: str
    applies_to: str
    description: str
    source: str
    confidence: Confidence
    note: str


@dataclass(frozen=True)
class FieldChange:
    """How one release treats a field of the release before it."""

    name: str
    change: Literal["add", "change", "remove"]
    replaced_by: str
    attributes: tuple[str, ...]
    source: str
    confidence: Confidence
    note: str


@dataclass(frozen=True)
class Value:
    """One entry of a defined list, in the list's order."""

    value: str
    order: int
    group: str
    confidence: Confidence
    note: str
    source: str
    was: str = ""
    """The text of the shipped entry that a local overlay replaced, blank where it replaced none."""


@dataclass(frozen=True)
class DefinedList:
    """A closed list of values; `confidence` is that of its weakest entry, and `gap` means nobody has the list."""

    name: str
    values: tuple[Value, ...]
    confidence: Confidence
    complete: bool
    """True only when the sources show the whole list."""
    note: str

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The values as text, in order."""
        return tuple(v.value for v in self.values)


@dataclass(frozen=True)
class ValueMapping:
    """What a value of the earlier release becomes: `to_value` None is "not mapped", `from_value` None is "new"."""

    defined_list: str
    from_release: str
    from_value: str | None
    to_release: str
    to_value: str | None
    confidence: Confidence
    source: str

    @property
    def change(self) -> Change:
        """The comparison in the words of the official mapping workbook."""
        if self.from_value is None:
            return "New"
        if self.to_value is None:
            return "Not mapped"
        if self.from_value == self.to_value:
            return "No change"
        return "Changed (capitalisation only)" if self.from_value.lower() == self.to_value.lower() else "Changed"


@dataclass(frozen=True)
class Fix:
    """A known misspelling and the value it means."""

    defined_list: str
    raw: str
    value: str
    confidence: Confidence
    source: str


@dataclass(frozen=True)
class Release:
    """One release of the standard, complete, and how it differs from the one before."""

    id: str
    title: str
    previous: str | None
    valid_from: date
    valid_to: date | None
    voluntary: bool
    confidence: Confidence
    source: str
    note: str
    fields: tuple[Field, ...]
    lists: Mapping[str, DefinedList]
    mappings: tuple[ValueMapping, ...]
    field_changes: tuple[FieldChange, ...]
    fixes: tuple[Fix, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by column name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Column name -> header of the submission file, in file order."""
        return {f.name: f.header for f in self.fields}

    def list_of(self, field: str) -> DefinedList | None:
        """The defined list of a field, None when the field has none in this release."""
        return self.lists.get(self.by_name[field].defined_list) if field in self.by_name else None


@dataclass(frozen=True)
class Council:
    """A council with adult social care responsibilities; `la_code` is empty where no source gives it."""

    la_code: str
    ons_code: str
    name: str
    region: str
    status: Literal["current", "abolished", "pseudo"]
    from_date: date | None
    to_date: date | None
    successors: tuple[str, ...]
    confidence: Confidence
    note: str
    source: str


@dataclass(frozen=True)
class HierarchyEntry:
    """One rank of a hierarchy; rank 1 wins."""

    hierarchy: str
    release: str
    field: str
    rank: int
    value: str
    confidence: Confidence
    source: str


@dataclass(frozen=True)
class CalendarRules:
    """When files are due and what notice a change needs."""

    covers_months: int
    quarter_end_months: tuple[int, ...]
    deadline_months_after: int
    first_period_end: date
    minor_months: int
    major_months: int
    confidence: Confidence
    source: str
    note: str


@dataclass(frozen=True)
class Adoption:
    """Where a local overlay came from."""

    source_file: str
    sha256: str
    adopted_on: str
    entries: int


@dataclass(frozen=True)
class Standard:
    """All releases and registers; `fingerprint` changes whenever any entry does."""

    releases: Mapping[str, Release]
    councils: tuple[Council, ...]
    hierarchies: tuple[HierarchyEntry, ...]
    modules: tuple[str, ...]
    calendar: CalendarRules
    fingerprint: str
    adoptions: tuple[Adoption, ...] = ()

    @property
    def latest(self) -> Release:
        """The newest release."""
        return tuple(self.releases.values())[-1]

    def in_force(self, period_end: date) -> Release | None:
        """The newest release for a reporting period that ends on this day; None before the first."""
        started = [r for r in self.releases.values() if r.valid_from <= period_end]
        return started[-1] if started else None

    @cached_property
    def council_by_code(self) -> Mapping[str, Council]:
        """Councils and the pseudo-code by social care code; councils whose code is a gap are left out."""
        return {c.la_code: c for c in self.councils if c.la_code}
