"""What a mapping file asks for, in the standard's terms: made by `proving`, used by every step after it."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from asccld.intake.mapping.loading import MappingFile
from asccld.intake.mapping.model import ExtractSpec, Source, ValueMap
from asccld.intake.mapping.positions import Path as Place
from asccld.intake.mapping.suggesting_words import ValueLists
from asccld.standard import Field, Release
from asccld.standard.model import Council


@dataclass(frozen=True)
class CodeRow:
    """A row of a code list: `texts` of the columns, None for any text; `place` is where it stands."""

    texts: tuple[str | None, ...]
    values: tuple[str, ...]
    place: str

    @property
    def wild(self) -> int:
        """How many columns may hold any text."""
        return self.texts.count(None)


@dataclass(frozen=True)
class Codes:
    """A code list; `fields` are names of the standard."""

    name: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    rows: tuple[CodeRow, ...]
    ignore_case: bool


@dataclass(frozen=True)
class Words:
    """What local words of a field mean."""

    name: str
    field: str
    spec: ValueMap
    national: tuple[str, ...]
    """The values of the defined list; none where the field has no list that anybody holds."""

    @property
    def closed(self) -> bool:
        """Whether a word that nothing is said of is a finding."""
        return bool(self.national) or bool(self.spec.map) or bool(self.spec.patterns)


@dataclass(frozen=True)
class FieldSource:
    """Where a field comes from within one extract; `place` is where the file says so."""

    field: Field
    source: Source
    words: Words | None
    dates: tuple[str, ...]
    """Formats for Polars; of dates only."""
    place: Place


@dataclass(frozen=True)
class ExtractPlan:
    """One extract and what is made of it."""

    name: str
    spec: ExtractSpec
    dates: tuple[str, ...]
    decimal: str
    blanks: tuple[str, ...]
    sources: tuple[FieldSource, ...]
    constants: Table[str, str]
    codes: tuple[Codes, ...]

    @property
    def given(self) -> frozenset[str]:
        """The fields that this extract gives."""
        coded = (f for c in self.codes for f in c.fields)
        return frozenset((*(s.field.name for s in self.sources), *self.constants, *coded))


@dataclass(frozen=True)
class Plan:
    """A whole mapping, proven against the standard."""

    file: MappingFile
    release: Release
    start: date
    end: date
    constants: Table[str, str]
    extracts: Table[str, ExtractPlan]
    councils: Table[str, Council]
    """Of the standard, by LA Code."""
    lists: ValueLists
    """To tell what a word without a value may mean."""

    @property
    def events(self) -> Sequence[ExtractPlan]:
        """The extracts whose rows are events, in the order of the file."""
        return [e for e in self.extracts.values() if e.spec.holds_events]

    @property
    def lookups(self) -> Sequence[ExtractPlan]:
        """The extracts that are looked up."""
        return [e for e in self.extracts.values() if not e.spec.holds_events]

    @property
    def given(self) -> frozenset[str]:
        """The fields that anything gives."""
        return frozenset((*self.constants, *(f for e in self.extracts.values() for f in e.given)))
