"""Checking a file: one pass in chunks, then the rules that need the whole.

Every chunk is prepared (typed, coded), given its national statuses, and asked all row rules in one `select`;
findings are taken from the masks. Memory holds a chunk, about 80 bytes of every event, and the findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple, Protocol

import polars as pl

from asccld.intake.model import Chunk
from asccld.standard import Field
from asccld.validation import wholefile
from asccld.validation.conditions import ConditionCompiler
from asccld.validation.dqvalues import DQValues
from asccld.validation.findings import Findings
from asccld.validation.lexicon import Lexicon
from asccld.validation.masking import People
from asccld.validation.prepare import prepare, without_blank_rows
from asccld.validation.result import HIDDEN
from asccld.validation.rowrules import Context, Probe, probe
from asccld.validation.rules import Check
from asccld.validation.shapes import YEARS_BEFORE, own_date, shown_value
from asccld.validation.slipped import slipped_rows
from asccld.validation.status import in_order_of_decision, with_status
from asccld.validation.tallies import Tallies, event_type_column
from asccld.validation.terms import Terms

_IDS = ("nhs_number", "la_person_unique_identifier", *(f"adult_{n}_linked_person_id" for n in (1, 2, 3)))
_OLD_PERIOD = 10
"""Years ago."""
_SWAPPED = 20 + 1
"""More different unknown texts than this in a column that is mostly wrong are no local codes (and one is OVERFLOW)."""


class Progress(Protocol):
    """Told how many events have been checked so far."""

    def __call__(self, events: int, /) -> None:
        """Take note of the number."""
        ...


class Ready(NamedTuple):
    """A chunk whose cells are as submitted in `frame` and ready for the rules in `prepared`.

    `slipped` tells the rows none of whose values is shown.
    """

    frame: pl.DataFrame
    prepared: pl.DataFrame
    slipped: pl.Series


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
    references: list[pl.Series] = field(default_factory=list[pl.Series])
    memory: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    suspect: list[pl.Series] = field(default_factory=list[pl.Series])
    names: list[pl.Series] = field(default_factory=list[pl.Series])
    births: list[pl.Series] = field(default_factory=list[pl.Series])
    header_rows: list[int] = field(default_factory=list[int])
    """Rows that repeat the header: two exports glued together."""
    bad_shapes: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    events: int = 0
    blank_rows: int = 0

    def __post_init__(self) -> None:
        """Work out what does not change from chunk to chunk."""
        release = self.terms.release
        self.first_year = self.findings.first_year = _first_year(self.period, self.terms.today)
        if self.dq_values is not None:
            self.dq_values.first_year = self.first_year
        self.fields: list[Field] = [f for f in release.fields if f.name in set(self.columns.values())]
        self.tallies = Tallies(release)
        self.stages = in_order_of_decision(release.fields)
        for f in self.fields:
            found = release.list_of(f.name)
            if found and found.values:
                show_all = self.findings.show_identifiers
                self.lexicons[f.name] = Lexicon(f, release, self.terms.standard, show_all=show_all)

    def ready(self, chunk: Chunk) -> Ready | None:
        """Prepare one chunk and give its cells their national statuses; None when it holds no event.

        Runs while the chunk before is being judged: of what both use, this only adds to lexicons.
        """
        if chunk.shape.height:
            self.bad_shapes.append(chunk.shape)
        named = chunk.frame.select("row", *(pl.col(str(p)).alias(n) for p, n in self.columns.items()))
        frame = without_blank_rows(named, list(self.columns.values()))
        self.blank_rows += named.height - frame.height
        self.header_rows += _repeating_header(frame, self.fields)
        if frame.is_empty():
            return None
        prepared = prepare(frame, self.fields, self.lexicons)
        types = self.tallies.types
        prepared = prepared.with_columns(event_type_column(self.lexicons.get("event_type"), types))
        service = types.index("Service") if "Service" in types else len(types)
        prepared = prepared.with_columns(is_service=pl.col("type") == service)
        prepared = with_status(prepared, self.terms.release, self.lexicons, self.stages)
        return Ready(frame, prepared, slipped_rows(prepared, self.lexicons))

    def judge(self, chunk: Ready) -> None:
        """Ask all row rules of a chunk, count it, and keep what the whole-file rules need."""
        self.suspect.append(chunk.slipped.arg_true().cast(pl.UInt32) + self.events)
        self._ask(chunk.prepared)
        self.tallies.add(chunk.prepared, self.fields)
        if self.dq_values is not None:
            self.dq_values.add(chunk.prepared, chunk.frame, self.lexicons, chunk.slipped)
        known = self.terms.release.by_name
        self.memory.append(wholefile.narrow(chunk.frame, chunk.prepared, known, self.lexicons))
        self._remember(chunk.prepared)

    def _remember(self, prepared: pl.DataFrame) -> None:
        self.rows.append(prepared["row"])
        for name in ("value.first_name", "value.last_name"):
            if name in prepared.columns:
                self.names.append(prepared.select(pl.col(name).str.to_lowercase().unique()).to_series() + "")
        has_reference = "value.event_reference" in prepared.columns
        # a copy of its own: a view would keep the whole chunk alive
        reference = pl.col("value.event_reference") + "" if has_reference else pl.lit(None, pl.String)
        self.references.append(
            prepared.select(reference.alias("reference")).to_series()
            if has_reference
            else pl.repeat(None, prepared.height, dtype=pl.String, eager=True)
        )
        if "date.date_of_birth" in prepared.columns:
            recent = pl.col("date.date_of_birth").filter(pl.col("date.date_of_birth").dt.year() >= self.first_year)
            self.births.append(prepared.select(recent.unique()).to_series())
        self.events += prepared.height

    def _ask(self, prepared: pl.DataFrame) -> None:
        probes = self._probes(prepared)
        checked = self._count_checked(prepared, probes)
        for (check, _), seen in zip(probes, checked, strict=True):
            self.findings.tallies[check.index].checked += seen
        asked = [(c, p.failed) for c, p in probes if p.failed is not None]
        failed = prepared.select(e.fill_null(value=False).alias(str(c.index)) for c, e in asked)
        counts = failed.sum().row(0)
        self._list([(c, n) for (c, _), n in zip(asked, counts, strict=True) if n], prepared, failed)
        self.findings.mark(failed)

    @staticmethod
    def _count_checked(prepared: pl.DataFrame, probes: Sequence[tuple[Check, Probe]]) -> list[int]:
        keys = [p.key or f"check.{c.index}" for c, p in probes]
        expressions = dict(zip(keys, (p.checked for _, p in probes), strict=True))
        counts = prepared.select(e.sum().alias(k) for k, e in expressions.items()).row(0, named=True)
        return [counts[k] for k in keys]

    def _probes(self, prepared: pl.DataFrame) -> list[tuple[Check, Probe]]:
        columns = frozenset(prepared.columns)
        present = frozenset(f.name for f in self.fields)
        compiler = ConditionCompiler(
            self.lexicons,
            present | {"age_at_period_end"},
            frozenset(self.terms.release.by_name) - present,
            set(present),
        )
        context = Context(
            self.terms.release,
            self.terms.standard,
            columns,
            self.lexicons,
            compiler,
            self.terms.la_code,
            self.terms.today,
            self.period,
        )
        made = ((c, probe(c, context)) for c in self.terms.checks)
        return [(c, p) for c, p in made if p is not None]

    def _list(self, failing: Sequence[tuple[Check, int]], prepared: pl.DataFrame, failed: pl.DataFrame) -> None:
        """Take the findings of every failing check from the masks, in one go."""
        masked = prepared.hstack(failed.select(str(c.index) for c, _ in failing))
        taken = masked.select(e for c, _ in failing for e in self._taken(c, prepared.columns))
        for check, number in failing:
            name = f"text.{check.index}"
            texts = taken[name].item() if name in taken.columns else None
            self.findings.add(check, number, taken[f"at.{check.index}"].item() + self.events, texts)

    def _taken(self, check: Check, columns: Sequence[str]) -> Iterator[pl.Expr]:
        """Places of failing rows and, where it differs from row to row, the text's code or the value to show."""
        failed = pl.col(str(check.index))
        room = self.findings.room(check)
        yield _first_of(failed.arg_true(), room).alias(f"at.{check.index}")
        if check.field is None or not self.findings.shows_value(check):
            return
        name = check.field.name
        if name in self.lexicons:
            yield _first_of(pl.col(f"code.{name}").filter(failed), room).alias(f"text.{check.index}")
        elif f"value.{name}" in columns:
            # a copy of its own: a view would keep the whole chunk alive
            value = pl.col(f"value.{name}").filter(failed) + ""
            if not self.findings.show_identifiers:
                value = shown_value(value, check.field, self.findings.first_year)
                value = pl.when(own_date(name, columns).filter(failed)).then(pl.lit(HIDDEN)).otherwise(value)
            yield _first_of(value, room).alias(f"text.{check.index}")

    def finish(self, header_row: int, blank_rows: int) -> None:
        """Judge what needs every row; `blank_rows` is how many rows without a value the reading passed over."""
        wholefile.judge(pl.concat(self.memory), self.terms.checks, self.findings, self.lexicons)
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
        self.references.append(pl.repeat(None, listed.len(), dtype=pl.String, eager=True))
        positions = pl.int_range(self.events, self.events + listed.len(), dtype=pl.UInt32, eager=True)
        self.findings.add(check, blank.len(), positions)

    @cached_property
    def people(self) -> People:
        """What the file says of its people, when it has been read."""
        names = pl.concat(self.names).drop_nulls().unique() if self.names else pl.Series([], dtype=pl.String)
        births = pl.concat(self.births).drop_nulls().unique() if self.births else pl.Series([], dtype=pl.Date)
        kept = [m[f"key.{n}"].unique() for m in self.memory for n in _IDS if f"key.{n}" in m.columns]
        ids = pl.concat(kept).drop_nulls().unique() if kept else pl.Series([], dtype=pl.UInt64)
        return People(names, ids, births)

    @property
    def swapped(self) -> frozenset[str]:
        """List columns that hold something else: under a wrong heading, their texts may be names."""
        invalid = pl.col("field_validity") == "Failed: Invalid"
        counts = (
            self.tallies.fields()
            .group_by("field")
            .agg(
                invalid=pl.col("count").filter(invalid).sum(),
                filled=pl.col("count").filter(~pl.col("field_validity").str.contains("Blank")).sum(),
            )
        )
        mostly = set(counts.filter(pl.col("invalid") * 2 > pl.col("filled"))["field"])
        names = set(self.people.names)
        return frozenset(n for n, x in self.lexicons.items() if n in mostly and (_too_many(x) or _among(names, x)))

    @property
    def hidden_positions(self) -> pl.Series:
        """Events whose cells may have slipped into other columns: none of their values is shown."""
        if self.findings.show_identifiers or not self.suspect:
            return pl.Series([], dtype=pl.UInt32)
        return pl.concat(self.suspect)


def _repeating_header(frame: pl.DataFrame, fields: Sequence[Field]) -> list[int]:
    repeats = pl.all_horizontal(pl.col(f.name) == f.header for f in fields[:3])
    return frame.filter(repeats.fill_null(value=False))["row"].to_list()


def _too_many(lexicon: Lexicon) -> bool:
    return len(lexicon.of_kind("unknown")) > _SWAPPED


def _among(names: set[str], lexicon: Lexicon) -> bool:
    """Whether a value of the list stands in a name column: the two headings have changed places."""
    return any(e.kind == "valid" and e.text.lower() in names for e in lexicon.entries)


def _first_year(period: tuple[date, date] | None, today: date) -> int:
    """The first year whose dates are no birth date of an adult; a period long past or to come is not believed."""
    stated = period[0].year if period else today.year
    return (stated if today.year - stated in range(_OLD_PERIOD) else today.year) - YEARS_BEFORE


def _first_of(values: pl.Expr, room: int | None) -> pl.Expr:
    """The values as one list, at most so many."""
    return (values if room is None else values.head(room)).implode()
