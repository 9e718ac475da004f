"""Where the numbers of a table are as a file: the CSV of its measure, of earlier periods too, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asccld.reports.council.layout import outlines
from asccld.reports.council.web_model import Link, Source
from asccld.reports.council.wording import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asccld.reports.council.model import Block, Chapter, Report

COURSE: Final = "period_end"
"""The column of a table that has a row for each of several periods."""
PREVIOUS: Final = "previous_"
"""Begins the columns of a table that has the period before beside its own."""
_NO_MEASURE: Final = "Not in a CSV file, because no measure makes it; the workbook has it as a table."
_NOT_HELD: Final = "Not in a CSV file, because Client Level Data does not hold these numbers."
_PERSONAL: Final = "which has a row for each person or event, and is only written with --people"


def source_of(report: Report, chapter: Chapter, block: Block, tables: Path | None, way: str) -> Source:
    """Where the numbers of a block are from; links where the files are there, `way` being the path to their folder.

    A report to be shared has a file for each table that it shows, in place of those of the measures.
    """
    shown = f"{chapter.slug}_{block.slug}.csv"
    if tables is not None and (tables / shown).is_file():
        return Source("This table as a file:", (Link(f"{way}/{shown}", shown),))
    names = [f"{name}.csv" for name in _names(chapter, block)]
    if not names:
        return Source(_NOT_HELD if chapter.group == "salt" else _NO_MEASURE)
    if tables is not None:
        names += [earlier for name in names for earlier in _earlier(report, block, tables, name)]
    there = [tables is not None and (tables / name).is_file() for name in names]
    files = tuple(Link(f"{way}/{name}" if is_there else "", name) for name, is_there in zip(names, there, strict=True))
    why = "" if tables is None or all(there) else _PERSONAL
    return Source("Made from" if block.derived else "The same numbers are in", files, why)


def _names(chapter: Chapter, block: Block) -> tuple[str, ...]:
    """The tables of the measures: its own, or all of the chapter's measures where it is laid out from several."""
    if block.source is not None:
        return (block.source,)
    figures = [c.name for c in block.columns if is_number(c.kind)]
    if not block.derived or all(block.rows[name].is_null().all() for name in figures):
        return ()
    return next((o.measures for o in outlines() if o.slug == chapter.slug), ())


def _earlier(report: Report, block: Block, tables: Path, name: str) -> Iterator[str]:
    """The same table of the earlier periods that the block shows."""
    ends = {str(day) for day in block.rows[COURSE].to_list()} if COURSE in block.rows.columns else set[str]()
    compared = report.previous if any(c.name.startswith(PREVIOUS) for c in block.columns) else None
    for path in sorted(tables.glob(f"*_*/{name}"), reverse=True):
        folder = path.parent.name
        if folder.rpartition("_")[2] in ends or (compared and folder == f"{compared[0]}_{compared[1]}"):
            yield f"{folder}/{name}"
