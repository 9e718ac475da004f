"""Checking a file: one pass in chunks, then the rules that need the whole.

Every chunk is prepared (typed, coded), given its national statuses, and asked all row rules in one `select`;
findings are taken from the masks. Memory holds a chunk, about 80 bytes of every event, and the findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import polars as pl

from asccld.intake.model import Chunk
from asccld.standard import Field
from asccld.validation import wholefile
from asccld.validation.conditions import ConditionCompiler
from asccld.validation.dqvalues import DQValues
from asccld.validation.findings import Findings
from asccld.validation.lexicon import Lexicon
from asccld.validation.masking import shown_value
from asccld.validation.prepare import prepare, without_blank_rows
from asccld.validation.rowrules import Context, Probe, probe
from asccld.validation.rules import Check
from asccld.validation.status import in_order_of_decision, with_status
from asccld.validation.tallies import Tallies, event_type_column
from asccld.validation.terms import Terms


class Progress(Protocol):
    """Told how many events have been checked so far."""

    def __call__(self, events: int, /) -> None:
        """Take note of the number."""
        ...


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
    bad_shapes: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    events: int = 0
    blank_rows: int = 0

    def __post_init__(self) -> None:
        """Work out what does not change from chunk to chunk."""
        release = self.terms.release
        self.fields: list[Field] = [f for f in release.fields if f.name in set(self.columns.values())]
        self.tallies = Tallies(release)
        self.stages = in_order_of_decision(release.fields)
        for f in self.fields:
            found = release.list_of(f.name)
            if found and found.values:
                show_all = self.findings.show_identifiers
                self.lexicons[f.name] = Lexicon(f, release, self.terms.standard, show_all=show_all)

    def take(self, chunk: Chunk) -> None:
        """Check one chunk."""
        if chunk.shape.height:
            self.bad_shapes.append(chunk.shape)
        named = chunk.frame.select("row", *(pl.col(str(p)).alias(n) for p, n in self.columns.items()))
        frame = without_blank_rows(named, list(self.columns.values()))
        self.blank_rows += named.height - frame.height
        if frame.height:
            self._check(frame)

    def _check(self, frame: pl.DataFrame) -> None:
        prepared = prepare(frame, self.fields, self.lexicons)
        types = self.tallies.types
        prepared = prepared.with_columns(event_type_column(self.lexicons.get("event_type"), types))
        service = types.index("Service") if "Service" in types else len(types)
        prepared = prepared.with_columns(is_service=pl.col("type") == service)
        prepared = with_status(prepared, self.terms.release, self.lexicons, self.stages)
        self._ask(prepared)
        self.tallies.add(prepared, self.fields)
        if self.dq_values is not None:
            self.dq_values.add(prepared, frame, self.lexicons)
        self.memory.append(wholefile.narrow(frame, prepared, self.terms.release.by_name, self.lexicons))
        self._remember(prepared)

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
        if {"check.nhs_number", "check.date_of_birth"} <= set(prepared.columns):
            # neither the NHS number nor the birth date has its form: the cells of this row may have slipped
            slipped = (prepared["check.nhs_number"] == -4) & (prepared["check.date_of_birth"] == -4)
            self.suspect.append(slipped.arg_true().cast(pl.UInt32) + self.events)
        self.events += prepared.height

    def _ask(self, prepared: pl.DataFrame) -> None:
        probes = self._probes(prepared)
        checked = self._count_checked(prepared, probes)
        for (check, _), seen in zip(probes, checked, strict=True):
            self.findings.tallies[check.index].checked += seen
        failing = [(c, p.failed) for c, p in probes if p.failed is not None]
        failed = prepared.select(e.fill_null(value=False).alias(str(c.index)) for c, e in failing)
        for (check, _), bad in zip(failing, failed.sum().row(0), strict=True):
            if bad:
                self._list(check, failed[str(check.index)], prepared, bad)
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

    def _list(self, check: Check, mask: pl.Series, prepared: pl.DataFrame, failed: int) -> None:
        at = mask.arg_true()
        room = self.findings.room(check)
        at = at if room is None else at.head(room)
        part = pl.DataFrame(
            {
                "detail": self._details(check, prepared, at),
                "position": at.cast(pl.UInt32) + self.events,
                "value": self._values(check, prepared, at),
            }
        )
        self.findings.add(check, failed, part)

    def _details(self, check: Check, prepared: pl.DataFrame, at: pl.Series) -> pl.Series:
        name = check.field.name if check.field else ""
        if name not in self.lexicons or not self.findings.shows_value(check):
            return pl.repeat(check.index, at.len(), dtype=pl.UInt32, eager=True)
        codes = prepared[f"code.{name}"].gather(at)
        lexicon = self.lexicons[name]
        ids = [0] * len(lexicon.entries)
        for code in codes.unique():
            ids[code] = self.findings.detail_of_text(check, lexicon, code)
        return pl.Series(ids, dtype=pl.UInt32).gather(codes)

    def _values(self, check: Check, prepared: pl.DataFrame, at: pl.Series) -> pl.Series:
        name = check.field.name if check.field else ""
        if name in self.lexicons or not self.findings.shows_value(check) or f"value.{name}" not in prepared.columns:
            return pl.repeat(None, at.len(), dtype=pl.String, eager=True)
        value = prepared.select(pl.col(f"value.{name}").gather(at))
        if self.findings.show_identifiers or check.field is None:
            return value.select(pl.col(f"value.{name}") + "").to_series()
        return value.select(shown_value(pl.col(f"value.{name}") + "", check.field.type)).to_series()

    def finish(self, header_row: int, blank_rows: int) -> None:
        """Judge what needs every row; `blank_rows` is how many rows without a value the reading passed over."""
        if self.names and not self.findings.show_identifiers:
            self.findings.hide_names(pl.concat(self.names).drop_nulls().unique())
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
        part = pl.DataFrame({"position": positions}).select(
            pl.lit(check.index, pl.UInt32).alias("detail"), "position", pl.lit(None, pl.String).alias("value")
        )
        self.findings.add(check, blank.len(), part)

    @property
    def hidden_positions(self) -> pl.Series:
        """Events whose cells may have slipped into other columns: none of their values is shown."""
        if self.findings.show_identifiers or not self.suspect:
            return pl.Series([], dtype=pl.UInt32)
        return pl.concat(self.suspect)
