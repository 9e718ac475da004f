"""The SALT tables that some measures give, in their order, of one council or of all together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from asccld.reports.salt_figures import SUPPRESSED, Grid, Tables, counts_of, grid_of, is_by_council, rate_rows
from asccld.reports.salt_layout import Block, Rate, blocks, rates

FIGURES = ("Numerator", "Denominator")


@dataclass(frozen=True)
class SaltTable:
    """One table and the sheet on which it stands."""

    sheet: str
    title: str
    heading: str
    note: str
    grid: Callable[[str | None], Grid]
    """What is in it, of a council or (None) of all together."""
    by_council: bool = True
    """Whether it can be told of one council among several."""


def salt_tables(tables: Tables, *, published: bool = False, with_absent: bool = True) -> tuple[SaltTable, ...]:
    """Every table of which the measure is among `tables` (outputs of measures by name and suffix).

    `with_absent` gives also tables of the return that the data set does not have at all. Among those for publication
    is none that repeats another without its councils.
    """
    return (*_counted(tables, published=published, with_absent=with_absent), *_rated(tables, published=published))


def suffixes_needed(measure: str) -> frozenset[str]:
    """The outputs of a measure from which its tables are made."""
    counted = {block.suffix for block in blocks() if block.measure == measure and block.is_filled}
    return frozenset(counted | {"" for rate in rates() if rate.measure == measure})


def councils_of(tables: Tables) -> list[str]:
    """Codes of the councils that are anywhere in these outputs."""
    found = [t["la_code"].cast(pl.String) for made in tables.values() for t in made.values() if "la_code" in t.columns]
    return pl.concat(found).drop_nulls().unique().sort().to_list() if found else []


def _counted(tables: Tables, *, published: bool, with_absent: bool) -> Iterator[SaltTable]:
    made = [(b, _from_block(b, tables, published=published)) for b in blocks() if _is_wanted(b, tables, with_absent)]
    for block, table in made:
        # What another table of the same people would give away cannot be seen from within this one.
        if not published:
            yield table
        elif block.all_people:
            parts = [t for b, t in made if b.measure == block.measure and b != block]
            yield replace(table, grid=partial(_hiding_what_parts_hide, table, parts))
        elif table.by_council:
            yield table


def _is_wanted(block: Block, tables: Tables, with_absent: bool) -> bool:
    if block.is_filled:
        return block.suffix in tables.get(block.measure, {})
    return with_absent if not block.measure else block.measure in tables


def _hiding_what_parts_hide(table: SaltTable, parts: Sequence[SaltTable], council: str | None) -> Grid:
    """The table without those totals that one of its parts hides: another part taken from them would tell it."""
    grid, lasts = table.grid(council), [g for p in parts if (g := p.grid(council)).totals[0]]
    hidden = {c for g in lasts for c, cell in zip(g.columns, g.rows[-1][1], strict=True) if cell == SUPPRESSED}
    *rows, (label, totals) = grid.rows
    kept = tuple(SUPPRESSED if c in hidden and n else n for c, n in zip(grid.columns, totals, strict=True))
    return replace(grid, rows=(*rows, (label, kept)))


def _from_block(block: Block, tables: Tables, *, published: bool) -> SaltTable:
    counts = counts_of(block, tables, published=published) if block.is_filled else None
    by_council = not block.is_filled or is_by_council(block, tables)

    def grid(council: str | None) -> Grid:
        return grid_of(block, counts, council if by_council else None)

    return SaltTable(block.sheet, block.title, block.heading, block.note, grid, by_council)


def _rated(tables: Tables, *, published: bool) -> Iterator[SaltTable]:
    known = [rate for rate in rates() if rate.measure in tables]
    for title in dict.fromkeys(rate.title for rate in known):
        members = tuple(rate for rate in known if rate.title == title)
        note = next((rate.note for rate in members if rate.note), "")
        yield SaltTable(members[0].sheet, title, "", note, partial(_rate_grid, members, tables, published))


def _rate_grid(members: tuple[Rate, ...], tables: Tables, published: bool, council: str | None) -> Grid:
    rows = rate_rows(members, tables, council, published=published)
    return Grid((*FIGURES, members[0].outcome), rows, (False, False))
