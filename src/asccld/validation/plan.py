"""The expressions that a chunk is asked, made once for every set of columns that chunks have.

They compare kinds, meanings and statuses, never codes of texts: so they stay the same while lexicons grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from asccld.validation.conditions import ConditionCompiler
from asccld.validation.lexicon import Lexicon
from asccld.validation.rowrules import CellTest, Context, probe
from asccld.validation.rules import Check
from asccld.validation.status import in_order_of_decision, status_steps
from asccld.validation.terms import Terms


@dataclass(frozen=True)
class Plan:
    """What to ask of a prepared chunk."""

    steps: Sequence[Sequence[pl.Expr]]
    """Columns to add, one step after the other: statuses, and the tests that rules share."""
    asked: Sequence[tuple[Check, pl.Expr]]
    """Checks that may fail, each with its mask: null is no failure."""
    by_cells: Sequence[tuple[Check, CellTest]]
    """Checks whose denominator the counts of cells give."""
    by_rows: Sequence[tuple[Check, pl.Expr]]
    """Checks whose denominator has to be counted."""

    @classmethod
    def of(
        cls, columns: frozenset[str], terms: Terms, lexicons: dict[str, Lexicon], period: tuple[date, date] | None
    ) -> Plan:
        """The plan for prepared chunks with these columns."""
        present = frozenset(c.removeprefix("kind.") for c in columns if c.startswith("kind."))
        fields = [f for f in terms.release.fields if f.name in present]
        absent = frozenset(terms.release.by_name) - present
        compiler = ConditionCompiler(lexicons, present | {"age_at_period_end"}, absent)
        steps = list(status_steps(in_order_of_decision(fields), compiler))
        context = Context(terms.release, terms.standard, columns, compiler, terms.la_code, terms.today, period)
        made = [(c, probe(c, context)) for c in terms.checks]
        probes = [(c, p) for c, p in made if p is not None]
        return cls(
            [s for s in (*steps, compiler.fresh()) if s],
            [(c, p.failed) for c, p in probes if p.failed is not None],
            [(c, p.cells) for c, p in probes if p.cells is not None],
            [(c, p.checked) for c, p in probes if p.cells is None],
        )

    def with_steps(self, prepared: pl.DataFrame) -> pl.DataFrame:
        """The prepared chunk with statuses and tests."""
        for step in self.steps:
            prepared = prepared.with_columns_seq(step)
        return prepared

    def failed(self, prepared: pl.DataFrame) -> dict[int, pl.Series]:
        """The mask of each check that fails anywhere, by the check's index."""
        masks = prepared.select_seq(e.alias(str(c.index)) for c, e in self.asked).get_columns()
        return {c.index: m for (c, _), m in zip(self.asked, masks, strict=True) if m.any()}

    def checked(self, prepared: pl.DataFrame) -> dict[int, int]:
        """How many rows each check had to look at whose denominator has to be counted, by the check's index."""
        counts = prepared.select_seq(e.sum().alias(str(c.index)) for c, e in self.by_rows)
        return {int(c): n for c, n in counts.row(0, named=True).items()} if self.by_rows else {}
