"""Faults in a clean file, each written down: which row, which field, which rule finds it.

Recipes are applied one after the other to rows drawn at random. Two masks per row remember which columns were written
and which are relied on, so that no fault hides another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import Release, Standard, load_standard
from asccld.synthetic.appended import appended_rows
from asccld.synthetic.chance import mixed, number_of, share
from asccld.synthetic.recipe import Kitchen, Recipe
from asccld.synthetic.recipes import recipes_for
from asccld.validation import Check, checks_for, load_policy, load_rules

KINDS = ("cells", "groups", "rows", "periods", "councils")
"""Single cells; one row against others of its person; whole rows; the reporting period; the council."""
_PERIOD = "reporting_period"
_FIRST_ROW = 2
"""The header is row 1."""
_LARGEST_SHARE = 0.35
"""Of the rows that can have a fault: at most so many get it, fillers aside."""
_FIRST_SHARE = 0.02
"""Of those rows: so many in a first round, so that a fault with few possible rows is not crowded out."""
_WHOLE_ROWS = 0.04
"""Added rows of each kind (repeated rows, repeated events, blank rows), as a share of all rows times the rate."""


def inject_faults(
    frame: pl.DataFrame,
    *,
    rate: float,
    seed: int,
    release: str = "r2",
    kinds: Collection[str] = KINDS,
    standard: Standard | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A faulty copy of a clean file, and the truth: `row` (the header is row 1), `field`, `rule` of every fault.

    `frame` is a clean file as `make_councils` gives it; `rate` is the share of its cells that become faulty. Every rule
    that single rows can break is broken at least once where the file has a row for it. Added rows come last.
    """
    if not 0 <= rate <= 0.1:
        raise AsccldError(what="The share of faulty cells must lie between 0 and 0.1", remedy="Give for example 0.05")
    standard = standard or load_standard()
    chosen = standard.releases[release]
    named = frame.rename({header: name for name, header in chosen.headers.items()}).with_row_index("row")
    work = _Work(named, seed, round(rate * frame.height * frame.width))
    recipes = _recipes(_kitchen(named, chosen, standard), kinds) if work.budget and frame.height else []
    _apply(work, recipes)
    faulty, truth = work.frame(), work.truth()
    if "rows" in kinds and recipes:
        count = max(1, round(_WHOLE_ROWS * rate * frame.height))
        faulty, truth = appended_rows(faulty, truth, work.written_anywhere(), seed, count)
    return faulty.rename(dict(chosen.headers)), _as_seen(truth)


def _kitchen(frame: pl.DataFrame, release: Release, standard: Standard) -> Kitchen:
    starts = frame["reporting_period_start_date"].drop_nulls()
    people = frame["la_person_unique_identifier"].drop_nulls()
    return Kitchen(release, standard, frame.height, starts[0], people[0])


def checks_of(release: Release) -> tuple[Check, ...]:
    """Every rule of the shipped table on every field of the release."""
    return checks_for(release, load_policy(None, [r.id for r in load_rules()]))


def kind_of(check: Check) -> str:
    """Which kind of fault the check finds."""
    name = check.field.name if check.field else ""
    if name.startswith(_PERIOD):
        return "periods"
    if name == "la_code":
        return "councils"
    return "groups" if check.rule.type == "one_per_group" else "cells"


def _recipes(kitchen: Kitchen, kinds: Collection[str]) -> list[Recipe]:
    checks = (c for c in checks_of(kitchen.release) if kind_of(c) in kinds)
    return [recipe for check in checks for recipe in recipes_for(check, kitchen)]


@dataclass
class _Work:
    """A file in the making: the clean rows, the masks, and what was written so far."""

    clean: pl.DataFrame
    seed: int
    budget: int
    """Cells still to be made faulty."""
    written: pl.Series = field(init=False)
    relied_on: pl.Series = field(init=False)
    edits: dict[str, list[tuple[pl.Series, pl.Series]]] = field(
        default_factory=dict[str, list[tuple[pl.Series, pl.Series]]]
    )
    found: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def __post_init__(self) -> None:
        nothing = pl.repeat(0, self.clean.height, dtype=pl.UInt64, eager=True)
        self.written, self.relied_on = nothing, nothing.clone()
        self._bits = {name: 1 << at for at, name in enumerate(self.clean.columns)}

    def mask(self, columns: Iterable[str]) -> int:
        """The columns as bits."""
        return sum(self._bits[name] for name in columns)

    def free(self, recipe: Recipe) -> pl.Series:
        """Rows on which the recipe disturbs no other fault and none disturbs it."""
        writes, reads = self.mask(recipe.writes), self.mask(recipe.reads | recipe.writes.keys())
        return ((self.written & reads) == 0) & ((self.relied_on & writes) == 0)

    def one_per_group(self, recipe: Recipe, group: str, rows: pl.Series) -> pl.Series:
        """One row of each group in which nothing that the recipe compares was written."""
        compared = self.mask({group, *recipe.writes})
        spoilt = self.clean[group].filter((self.written & compared) != 0).unique()
        groups = self.clean[group].gather(rows)
        return rows.filter(groups.is_first_distinct() & ~groups.is_in(spoilt.implode()))

    def make(self, recipe: Recipe, rows: pl.Series) -> None:
        """Write the fault on these rows."""
        here = self.clean[rows].select(*(expr.alias(name) for name, expr in recipe.writes.items()), _row=pl.col("row"))
        for name in recipe.writes:
            self.edits.setdefault(name, []).append((rows, here[name]))
        self._claim(recipe, rows)
        pairs = ((recipe.rule, recipe.field), *recipe.also)
        self.found += [
            pl.DataFrame({"row": here["_row"]}).with_columns(field=pl.lit(name), rule=pl.lit(rule))
            for rule, name in pairs
        ]
        self.budget -= rows.len() * len(recipe.writes)

    def _claim(self, recipe: Recipe, rows: pl.Series) -> None:
        writes, reads = self.mask(recipe.writes), self.mask(recipe.reads)
        self.written = self.written.scatter(rows, self.written.gather(rows) | writes)
        if recipe.group is not None:
            members = self.clean[recipe.group].is_in(self.clean[recipe.group].gather(rows).unique().implode())
            rows, reads = members.arg_true(), self.mask({recipe.group, *recipe.writes})
        self.relied_on = self.relied_on.scatter(rows, self.relied_on.gather(rows) | reads)

    def frame(self) -> pl.DataFrame:
        """The faulty file."""
        changed = (_edited(self.clean[name], edits) for name, edits in self.edits.items())
        return self.clean.with_columns(changed).drop("row")

    def truth(self) -> pl.DataFrame:
        """Every fault made, by position."""
        nothing = pl.DataFrame(schema={"row": pl.UInt32, "field": pl.String, "rule": pl.String})
        return pl.concat([nothing, *self.found])

    def written_anywhere(self) -> pl.DataFrame:
        """For each row: was it written in column so and so."""
        names = (n for n in self.clean.columns if n != "row")
        return pl.DataFrame({name: (self.written & self._bits[name]) != 0 for name in names})


def _edited(column: pl.Series, edits: Sequence[tuple[pl.Series, pl.Series]]) -> pl.Series:
    rows = pl.concat([at for at, _ in edits])
    return column.scatter(rows, pl.concat([values for _, values in edits]))


def _apply(work: _Work, recipes: Sequence[Recipe]) -> None:
    """A like number of every fault, those with the fewest possible rows first; then fillers up to the budget."""
    possible = work.clean.select(recipe.where.alias(str(at)) for at, recipe in enumerate(recipes)) if recipes else None
    if possible is None:
        return
    sizes = possible.select(pl.all().sum()).row(0)
    order = sorted(range(len(recipes)), key=lambda at: (recipes[at].group is None, sizes[at], recipes[at].name, at))
    order = _some_of(order, work, recipes)
    quota = max(1, work.budget // max(len(recipes), 1))
    for largest in (_FIRST_SHARE, _LARGEST_SHARE):
        for at in order:
            limit = len(recipes[at].writes) * max(1, round(sizes[at] * largest))
            wanted = min(max(quota, len(recipes[at].writes)), limit, work.budget)
            _make(work, recipes[at], possible[str(at)], wanted, f"{largest}")
    fillers = [at for at in order if recipes[at].filler]
    for turn in range(4):
        for left, at in enumerate(fillers):
            share_of_rest = -(-work.budget // (len(fillers) - left))
            _make(work, recipes[at], possible[str(at)], share_of_rest, f"fill {turn}")


def _some_of(order: list[int], work: _Work, recipes: Sequence[Recipe]) -> list[int]:
    """All recipes; where there are fewer faults to make than recipes, as many of them as the seed chooses."""
    if work.budget >= sum(len(recipes[at].writes) for at in order):
        return order
    chosen = set(sorted(order, key=lambda at: number_of(f"{work.seed} {recipes[at].name}"))[: work.budget])
    return [at for at in order if at in chosen]


def _make(work: _Work, recipe: Recipe, possible: pl.Series, wanted: int, name: str) -> None:
    count = wanted // len(recipe.writes) if wanted >= len(recipe.writes) else 0
    if count < 1:
        return
    candidates = (possible & work.free(recipe)).arg_true()
    if recipe.group is not None:
        candidates = work.one_per_group(recipe, recipe.group, candidates)
    rows = _drawn(candidates, count, f"{work.seed} {name} {recipe.name}")
    if rows.len():
        work.make(recipe, rows)


def _drawn(rows: pl.Series, count: int, name: str) -> pl.Series:
    """`count` of the rows, all equally likely, in ascending order."""
    if rows.len() <= count:
        return rows
    frame = pl.DataFrame({"row": rows})
    enough = (count + 8 * count**0.5 + 20) / rows.len()
    near = frame.filter(share(pl.col("row"), name) < enough) if enough < 1 else frame
    return near.sort(mixed(pl.col("row"), name), "row").head(count)["row"].sort()


def _as_seen(truth: pl.DataFrame) -> pl.DataFrame:
    """Rows as the CSV file shows them."""
    rows = truth.with_columns(row=(pl.col("row") + _FIRST_ROW).cast(pl.UInt32))
    return rows.sort("row", "field", "rule", nulls_last=True)
