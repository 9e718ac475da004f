"""Sheets of people: one row each, written in constant memory so that a hundred thousand of them take little."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from asccld.counting import counted
from asccld.reports.council.layout import tallies
from asccld.reports.council.model import PERSONAL_BANNER
from asccld.reports.council.workbook_looks import added_sheet, look_of, write_cell
from asccld.reports.council.workbook_names import Sheets, free_name, headings, quoted, table_name
from asccld.reports.excel_writing import LINE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.model import Block, Chapter
    from asccld.reports.council.workbook_looks import Looks

TOP: Final = 4
"""The row of the headings, counted from 0."""
MOST_ROWS: Final = 100_000
"""Of one list of people; all of it is in the folder of tables."""
MOST_OF_ACTIVITY: Final = 20_000
"""Of one list of events, which has several rows for each person: more would take as long as all else together."""
PSEUDONYM: Final = 36
_WIDTHS: Final[Mapping[str, int]] = {"text": 26, "count": 11, "date": 13, "number": 12}


def people_sheets(book: Workbook, looks: Looks, chapter: Chapter, names: dict[str, str]) -> Sheets:
    """A sheet for each block of the chapter."""
    taken = {name.lower() for name in names.values()} - {names[chapter.slug].lower()}
    placed: Sheets = []
    for place, block in enumerate(chapter.blocks):
        name = names[chapter.slug] if place == 0 else free_name(f"{names[chapter.slug]} {block.slug}", taken)
        taken.add(name.lower())
        placed.append((name, block.title))
        if place:
            names[f"{chapter.slug}/{block.slug}"] = name
        _sheet(book, looks, chapter, block, name)
    return placed


def _sheet(book: Workbook, looks: Looks, chapter: Chapter, block: Block, name: str) -> None:
    sheet = added_sheet(book, name, constant_memory=True)
    for place, column in enumerate(block.columns):
        sheet.set_column(place, place, PSEUDONYM if column.heading == "Pseudonym" else _WIDTHS.get(column.kind, 14))
    most = MOST_OF_ACTIVITY if block.source in {t.measure for t in tallies()} else MOST_ROWS
    shown = min(block.rows.height, most)
    _head(sheet, looks, chapter, block, shown)
    # On one line each: nobody knows how high a hundred thousand rows must be.
    kinds = ["plain" if c.kind == "text" else look_of(c, block.rows[c.name]) for c in block.columns]
    for number, cells in enumerate(block.cells(), start=TOP + 1):
        if number > TOP + shown:
            break
        for place, (value, kind) in enumerate(zip(cells, kinds, strict=True)):
            if value is not None:
                write_cell(sheet, looks, (number, place), value, kind)
    last = TOP + max(shown, 1)
    sheet.autofilter(TOP, 0, last, len(block.columns) - 1)
    sheet.freeze_panes(TOP + 1, 1)
    sheet.repeat_rows(TOP)
    area = f"$A${TOP + 1}:${_letters(len(block.columns) - 1)}${last + 1}"
    book.define_name(table_name(chapter.slug, block.slug), f"='{quoted(name)}'!{area}")


def _head(sheet: Worksheet, looks: Looks, chapter: Chapter, block: Block, shown: int) -> None:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, f"{chapter.title}: {block.title}", looks.title_line)
    for place in range(7):
        sheet.write_string(1, place, PERSONAL_BANNER if place == 0 else "", looks.caution)
    rest = f" Only the first {shown:,}; all of them are in the folder tables." if shown < block.rows.height else ""
    sheet.write_string(2, 0, f"{counted(block.rows.height, 'row')}.{rest}", looks.note_line)
    sheet.write_url(3, 0, "internal:'Contents'!A1", looks.link, "Back to the contents")
    sheet.set_row(TOP, LINE * 2)
    for place, heading in enumerate(headings(c.heading for c in block.columns)):
        sheet.write_string(TOP, place, heading, looks.head)


def _letters(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))
