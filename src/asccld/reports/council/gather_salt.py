"""The tables of the SALT return, as they looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.measures import measure_named
from asccld.reports.council.gather_methods import method_note
from asccld.reports.council.layout import Outline, outlines
from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline
from asccld.reports.salt_layout import blocks, rates
from asccld.reports.salt_tables import salt_tables, suffixes_needed

if TYPE_CHECKING:
    from asccld.reports.council.material import Material
    from asccld.reports.salt_figures import Cell, Grid
    from asccld.reports.salt_tables import SaltTable

LABEL: Final = "row"
FEWEST_BARS: Final = 3
OUTCOME: Final = "Outcome (%)"
RATE: Final = "Outcome ("
"""How the headings of outcomes begin, whatever their unit."""


def salt_chapters(material: Material) -> Iterator[Chapter]:
    """One chapter for each sheet of the return, with all of its tables."""
    tables = _by_measure(material)
    placed = salt_tables(tables, published=material.shareable)
    together = material.council_code is None or not material.several
    for outline in (o for o in outlines() if o.group == "salt"):
        mine = [t for t in placed if slug_of(t.sheet) == outline.slug and (t.by_council or together)]
        yield _chapter(outline, material, mine)


def slug_of(sheet: str) -> str:
    """The chapter of a sheet."""
    return f"salt-{sheet.lower().replace(' ', '-')}"


def _by_measure(material: Material) -> Mapping[str, Mapping[str, pl.DataFrame]]:
    """The tables of which the return is laid out, by measure and suffix."""
    found: dict[str, dict[str, pl.DataFrame]] = {}
    for measure in dict.fromkeys(m for o in outlines() if o.group == "salt" for m in o.measures):
        tables = {s: t for s in suffixes_needed(measure) if (t := material.table(f"{measure}{s}")) is not None}
        if len(tables) == len(suffixes_needed(measure)):
            found[measure] = tables
    return found


def _chapter(outline: Outline, material: Material, placed: list[SaltTable]) -> Chapter:
    grids = [(table, table.grid(None if material.several else material.council_code)) for table in placed]
    made = tuple(_block(number, t, g, outline) for number, (t, g) in enumerate(grids, start=1))
    method = method_note(outline.measure, material) if outline.measure else None
    missing = "" if made else material.absent.get(outline.measure, "It was not computed.")
    if outline.slug == "salt-sts004":
        missing = "Client Level Data does not follow a person to the 91st day; ASCOF 2D takes its place."
    found = tuple(_headlines(outline, grids)) if outline.slug != "salt-sts004" else ()
    caution = " ".join(dict.fromkeys(material.cautions[m] for m in outline.measures if m in material.cautions))
    return Chapter(
        outline.slug, outline.group, outline.title, outline.definition, found, made, method, missing, caution
    )


def _block(number: int, table: SaltTable, grid: Grid, outline: Outline) -> Block:
    names = [f"c{place}" for place in range(1, len(grid.columns) + 1)]
    cells: list[tuple[Cell, ...]] = list(zip(*(row for _, row in grid.rows), strict=True)) or [() for _ in names]
    frame = {LABEL: pl.Series([label for label, _ in grid.rows], dtype=pl.String)}
    marks: dict[str, pl.Series] = {}
    columns = [Column(LABEL, table.heading or table.title.partition(":")[0])]
    for name, heading, values in zip(names, grid.columns, cells, strict=True):
        is_share = heading == OUTCOME
        frame[name] = _numbers(values, is_share=is_share)
        marks[name] = pl.Series([v if isinstance(v, str) else None for v in values], dtype=pl.String)
        columns.append(Column(name, heading, "percent" if is_share else "count"))
    rows = pl.DataFrame(frame)
    chart = _chart(table, grid, rows, names, outline)
    return Block(
        f"table-{number}",
        table.title,
        table.note,
        tuple(columns),
        rows,
        chart,
        _source(table),
        derived=True,
        marks=marks,
        totals=grid.totals[0],
    )


def _source(table: SaltTable) -> str | None:
    """The measure's table of which it is laid out; None where it is made of several, or of none."""
    laid_out = [
        f"{b.measure}{b.suffix}" for b in blocks() if b.title == table.title and b.sheet == table.sheet and b.is_filled
    ]
    rated = dict.fromkeys(r.measure for r in rates() if r.title == table.title)
    found = [*laid_out, *rated]
    return found[0] if len(found) == 1 else None


def _numbers(values: tuple[Cell, ...], *, is_share: bool) -> pl.Series:
    known = [None if isinstance(v, str) else v for v in values]
    is_whole = not is_share or any(isinstance(v, int) for v in known)
    return pl.Series(known, dtype=pl.Int64 if is_whole else pl.Float64)


def _chart(table: SaltTable, grid: Grid, rows: pl.DataFrame, names: list[str], outline: Outline) -> Chart | None:
    """The totals of the rows, where there are some to compare."""
    if not names or not grid.totals[0] or len(grid.rows) < FEWEST_BARS + 1 or outline.slug == "salt-sts004":
        return None
    if rows[names[-1]].drop_nulls().head(len(grid.rows) - 1).sum() == 0:
        return None
    what = (table.heading or "row").lower()
    return Chart("bars", LABEL, names[-1], None, table.title, f"The total of each row of the table, by {what}.")


def _headlines(outline: Outline, grids: list[tuple[SaltTable, Grid]]) -> Iterator[Headline]:
    """The total of each table whose last row and column are totals; the outcome of a table with one."""
    for table, grid in grids[:2]:
        if not grid.rows or grid.columns[-1].startswith(RATE):
            continue
        if not (grid.totals[0] or len(grid.rows) == 1):
            continue
        cell = grid.rows[-1][1][-1]
        unit = measure_named(outline.measure).unit
        label = f"{table.sheet}: {table.title}"
        if isinstance(cell, str):
            yield Headline(label, None, None, None, unit, "count", mark=cell)
        else:
            yield Headline(label, cell, None, None, unit, "count")
