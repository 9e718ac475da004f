"""Checking a file: one pass in chunks, then the rules that need the whole.

A chunk is taken (its texts are learnt: one chunk after the other), judged (typed, given its national statuses, asked
all row rules, counted: several chunks at a time, so the expressions of each are run one after the other) and added to
what the run knows (again in order). Memory holds the chunks under way, some 150 bytes of every event, and the findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from threading import Lock
from typing import NamedTuple, Protocol

import polars as pl

from asccld.identifying.masking import People, References
from asccld.identifying.shapes import CODE_FORMATS, YEARS_BEFORE
from asccld.intake.model import Chunk
from asccld.standard import Field
from asccld.validation import wholefile
from asccld.validation.dqvalues import DQValues
from asccld.validation.findings import MANY_TEXTS, Findings, Found
from asccld.validation.lexicon import Coded, Lexicon, encode, looked_up
from asccld.validation.listing import listed, own_copy
from asccld.validation.plan import Plan
from asccld.validation.prepare import prepare, without_blank_rows
from asccld.validation.rules import Check
from asccld.validation.slipped import Slips, signs_of_slips
from asccld.validation.tallies import Counted, Tallies, count, event_type_column
from asccld.validation.terms import Terms

_OLD_PERIOD = 10
"""Years ago."""
_SWAPPED = MANY_TEXTS + 1
"""Of unknown texts; one is OVERFLOW."""


class Progress(Protocol):
    """Told how many events have been checked so far."""

    def __call__(self, events: int, /) -> None:
        """Take note of the number."""
        ...


class Taken(NamedTuple):
    """A chunk without blank rows: its cells as submitted, and the codes of the list columns."""

    frame: pl.DataFrame
    coded: Sequence[Coded]


class Judged(NamedTuple):
    """What is kept of a chunk."""

    rows: pl.Series
    references: References
    signs: pl.Series
    """Of slipped rows."""
    people: People
    memory: pl.DataFrame
    combinations: pl.DataFrame
    found: Found
    counted: Counted
    checked: dict[int, int]
    dq_values: Sequence[pl.DataFrame]


@dataclass
class Run:
    """One file being checked; `columns` maps positions in the file to fields."""

    terms: Terms
    columns: dict[int, str]
    findings: Findings
    period: tuple[date, date] | None = None
    dq_values: DQValues | None = None
    lexicons: dict[str, Lexicon] = field(default_factory=dict[str, Lexicon])
    rows: list[pl.Series] = field(default_factory=list[pl.Series])
    references: list[References] = field(default_factory=list[References])
    memory: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    combinations: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    signs: list[pl.Series] = field(default_factory=list[pl.Series])
    persons: list[People] = field(default_factory=list[People])
    header_rows: list[int] = field(default_factory=list[int])
    """Rows that repeat the header: two exports glued together."""
    bad_shapes: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    events: int = 0
    blank_rows: int = 0
    _plans: dict[frozenset[str], Plan] = field(default_factory=dict[frozenset[str], Plan])
    _planning: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Work out what does not change from chunk to chunk."""
        release = self.terms.release
        self.first_year = self.findings.first_year = _first_year(self.period, self.terms.today)
        if self.dq_values is not None:
            self.dq_values.first_year = self.first_year
        self.fields: list[Field] = [f for f in release.fields if f.name in set(self.columns.values())]
        self.tallies = Tallies(release)
        self._kept = wholefile.kept_for(self.terms.checks)
        for f in self.fields:
            found = release.list_of(f.name)
            if found and found.values:
                show_all = self.findings.show_identifiers
                self.lexicons[f.name] = Lexicon(f, release, self.terms.standard, show_all=show_all)

    def take(self, chunk: Chunk) -> Taken | None:
        """Take the next chunk and learn its texts; None when it holds no event."""
        if chunk.shape.height:
            self.bad_shapes.append(chunk.shape)
        named = chunk.frame.select("row", *(pl.col(str(p)).alias(n) for p, n in self.columns.items())).rechunk()
        frame = without_blank_rows(named, list(self.columns.values()))
        self.blank_rows += named.height - frame.height
        self.header_rows += _repeating_header(frame, self.fields)
        if frame.is_empty():
            return None
        return Taken(frame, encode(frame, self.lexicons))

    def judge(self, chunk: Taken) -> Judged:
        """Ask all row rules of a chunk and count it; changes nothing, so that chunks can be judged side by side."""
        prepared = prepare(chunk.frame, looked_up(chunk.coded, compared=wholefile.COMPARED), self.fields)
        types = self.tallies.types
        prepared = prepared.with_columns(event_type_column(self.lexicons.get("event_type"), types))
        service = types.index("Service") if "Service" in types else len(types)
        plan = self._plan(prepared)
        prepared = plan.with_steps(prepared.with_columns(is_service=pl.col("type") == service))
        hides = not self.findings.show_identifiers
        signs = signs_of_slips(prepared, self.lexicons if hides else ())
        counted = count(prepared, self.fields)
        memory = wholefile.narrow(chunk.frame, prepared, list(self.lexicons), self._kept)
        references = _references(prepared)
        return Judged(
            prepared["row"],
            References.of(references) if hides else References.as_they_are(references),
            signs,
            People.of(prepared, self.first_year) if hides else People.nobody(),
            memory,
            wholefile.combinations(memory),
            listed(self.findings, plan.failed(prepared), prepared),
            counted,
            plan.checked(prepared),
            self.dq_values.count(prepared, chunk.frame, signs) if self.dq_values else (),
        )

    def _plan(self, prepared: pl.DataFrame) -> Plan:
        columns = frozenset(prepared.columns)
        with self._planning:
            if columns not in self._plans:
                self._plans[columns] = Plan.of(columns, self.terms, self.lexicons, self.period)
            return self._plans[columns]

    def add(self, chunk: Judged) -> None:
        """Add a chunk to what is known, in the order of the file."""
        self.rows.append(chunk.rows)
        self.references.append(chunk.references)
        self.signs.append(chunk.signs)
        self.persons.append(chunk.people)
        self.memory.append(chunk.memory)
        self.combinations.append(chunk.combinations)
        self.findings.take(chunk.found, self.events)
        for index, seen in chunk.checked.items():
            self.findings.tallies[index].checked += seen
        self.tallies.add(chunk.counted)
        if self.dq_values is not None:
            self.dq_values.add(chunk.dq_values)
        self.events += chunk.rows.len()

    def finish(self, header_row: int, blank_rows: int) -> None:
        """Judge what needs every row; `blank_rows` is how many rows without a value the reading passed over."""
        for check, wanted in next(iter(self._plans.values())).by_cells:
            if check.field:
                self.findings.tallies[check.index].checked += self.tallies.number(check.field.name, wanted)
        people = pl.concat(self.combinations).unique()
        wholefile.judge(pl.concat(self.memory), people, self.terms.checks, self.findings, self.lexicons)
        for check in self.terms.checks:
            if check.rule.type == "blank_row":
                self._report_blank_rows(check, header_row, blank_rows + self.blank_rows)

    def _report_blank_rows(self, check: Check, header_row: int, passed_over: int) -> None:
        """Rows that hold no event: the gaps in the numbers of those that do, and what follows the last of them."""
        rows = pl.concat(self.rows)
        first, last = header_row + 1, int(rows[-1])
        gaps = last - header_row - rows.len()
        self.findings.tallies[check.index].checked += rows.len() + max(gaps, passed_over)
        if max(gaps, passed_over) == 0:
            return
        before = pl.int_range(first, last + 1, dtype=pl.UInt32, eager=True)
        blank = before.filter(~before.is_in(rows.implode())) if gaps else before.clear()
        after = pl.int_range(last + 1, last + 1 + max(0, passed_over - gaps), dtype=pl.UInt32, eager=True)
        blank = blank.append(after)
        listed = blank.head(self.findings.room(check) or 0)
        self.rows.append(listed)
        positions = pl.int_range(self.events, self.events + listed.len(), dtype=pl.UInt32, eager=True)
        self.findings.add(check, blank.len(), positions)

    @cached_property
    def people(self) -> People:
        """What the file says of its people, when it has been read."""
        return People.together(self.persons)

    def shown_references(self) -> pl.Series:
        """The references of all events as they may be shown; those of blank rows, which `finish` adds, are null."""
        references = References.together(self.references)
        return references.texts if self.findings.show_identifiers else references.shown(self.people)

    def swapped(self, cells: pl.DataFrame) -> frozenset[str]:
        """Columns of lists and codes that hold something else: under a wrong heading, their texts may be a person's.

        `cells` are the counts by field (FIELD_COLUMNS).
        """
        invalid = pl.col("field_validity") == "Failed: Invalid"
        counts = cells.group_by("field").agg(
            invalid=pl.col("count").filter(invalid).sum(),
            filled=pl.col("count").filter(~pl.col("field_validity").str.contains("Blank")).sum(),
        )
        mostly = set(counts.filter(pl.col("invalid") * 2 > pl.col("filled"))["field"])
        names = set(self.people.names)
        lists = {n for n, x in self.lexicons.items() if n in mostly and (_too_many(x) or _among(names, x))}
        codes = {f.name for f in self.fields if f.name in mostly and f.format in CODE_FORMATS}
        return frozenset(lists | codes)

    @cached_property
    def slips(self) -> Slips:
        """What tells slipped rows from others, when the file has been read."""
        return Slips.of(self.signs, self._councils())

    def _councils(self) -> list[pl.Series]:
        return [m["one.la_code"] for m in self.memory if "one.la_code" in m.columns]

    @cached_property
    def hidden_positions(self) -> pl.Series:
        """Events whose cells may have slipped into other columns: none of their values is shown."""
        if self.findings.show_identifiers or not self.signs:
            return pl.Series([], dtype=pl.UInt32)
        councils = self._councils()
        slipped = self.slips.among(pl.concat(self.signs), pl.concat(councils) if councils else None)
        return slipped.arg_true().cast(pl.UInt32)


def _references(prepared: pl.DataFrame) -> pl.Series:
    if "value.event_reference" not in prepared.columns:
        return pl.repeat(None, prepared.height, dtype=pl.String, eager=True)
    return own_copy(prepared["value.event_reference"])


def _repeating_header(frame: pl.DataFrame, fields: Sequence[Field]) -> list[int]:
    few = fields[:3]
    same = frame.filter(pl.col(few[0].name) == few[0].header)
    return same.filter(pl.all_horizontal([pl.col(f.name) == f.header for f in few]))["row"].to_list()


def _too_many(lexicon: Lexicon) -> bool:
    return sum(e.kind == "unknown" for e in lexicon.entries) > _SWAPPED


def _among(names: set[str], lexicon: Lexicon) -> bool:
    """Whether a value of the list stands in a name column: the two headings have changed places."""
    return any(e.kind == "valid" and e.text.lower() in names for e in lexicon.entries)


def _first_year(period: tuple[date, date] | None, today: date) -> int:
    """The first year whose dates are no birth date of an adult; a period long past or to come is not believed."""
    stated = period[0].year if period else today.year
    return (stated if today.year - stated in range(_OLD_PERIOD) else today.year) - YEARS_BEFORE
