"""The first sheet: what the report is of, its figures at a glance, and links to every sheet."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from asccld.reports.council.model import GROUPS
from asccld.reports.council.workbook_looks import write_cell
from asccld.reports.council.workbook_sheet import banner, figure_cells
from asccld.reports.display import day, period
from asccld.reports.excel_writing import LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.model import Chapter, Headline, Report
    from asccld.reports.council.workbook_looks import Looks

WIDTHS: Final = (46, 13, 13, 13, 16, 13, 13)
AT_A_GLANCE: Final = frozenset({"ascof", "waiting"})
"""Groups whose figures stand on the first sheet."""
_HEADINGS: Final = ("Figure", "Value", "Counted", "Of", "Previous period", "Change", "England")


def contents_sheet(sheet: Worksheet, looks: Looks, report: Report, placed: Mapping[str, str]) -> None:
    """Write the first sheet; `placed` says which sheet has which chapter."""
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, report.title, looks.title)
    row = banner(sheet, looks, 1, report, is_personal=report.personal)
    for term, text in _facts(report):
        sheet.write_string(row, 0, term, looks.term)
        sheet.merge_range(row, 1, row, 6, text, looks.text)
        sheet.set_row(row, LINE * (len(textwrap.wrap(text, 84)) or 1))
        row += 1
    row = _glance(sheet, looks, report, row + 1, placed)
    row = _links(sheet, looks, report, row + 1, placed)
    _legend(sheet, looks, row + 1)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "Period", period(report.period)
    if report.previous:
        yield "Previous period", f"{period(report.previous)}, computed anew from the same files"
    yield "Made", f"{day(report.made_at)}, {report.made_at:%H:%M} UTC"
    for note in report.notes:
        yield "To know", note


def _glance(sheet: Worksheet, looks: Looks, report: Report, row: int, placed: Mapping[str, str]) -> int:
    """The figures of ASCOF and of waiting times, each linked to its sheet."""
    found: list[tuple[Chapter, Headline]] = [
        (c, h) for c in report.chapters if c.group in AT_A_GLANCE for h in c.headlines
    ]
    if not found:
        return row
    sheet.write_string(row, 0, "At a glance", looks.block_title)
    row += 1
    sheet.set_row(row, LINE * 2)
    for place, heading in enumerate(_HEADINGS):
        sheet.write_string(row, place, heading, looks.figure_head if place else looks.head)
    for number, (chapter, headline) in enumerate(found, start=row + 1):
        cells = figure_cells(headline)
        name = str(cells[0][0])
        sheet.set_row(number, LINE * (len(textwrap.wrap(name, WIDTHS[0])) or 1))
        sheet.write_url(number, 0, _address(placed[chapter.slug]), looks.wrapped_link, name)
        for place, (value, look) in enumerate(cells[1:], start=1):
            write_cell(sheet, looks, (number, place), value, look)
    return row + len(found) + 1


def _links(sheet: Worksheet, looks: Looks, report: Report, row: int, placed: Mapping[str, str]) -> int:
    for group, title in GROUPS.items():
        chapters = [c for c in report.of_group(group) if c.slug in placed]
        if not chapters:
            continue
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, title, looks.block_title)
        row += 1
        for chapter in chapters:
            text = f"No figure: {chapter.missing}" if chapter.missing and not chapter.blocks else chapter.definition
            sheet.write_url(row, 0, _address(placed[chapter.slug]), looks.wrapped_link, chapter.title)
            sheet.merge_range(row, 1, row, 6, text, looks.text)
            lines = max(len(textwrap.wrap(text, 84)), len(textwrap.wrap(chapter.title, WIDTHS[0])), 1)
            sheet.set_row(row, LINE * lines + 2)
            row += 1
        row += 1
    return row


def _legend(sheet: Worksheet, looks: Looks, row: int) -> None:
    signs = (
        ("[c]", "Suppressed: the count is small, or would give a small one away."),
        ("not in CLD", "Client Level Data does not hold it."),
        ("blank", "There is no figure."),
        ("Tables", "Every table has a name (Formulas, Name Manager), which a pivot table can use as its source."),
    )
    sheet.write_string(row, 0, "Signs", looks.block_title)
    for number, (sign, meaning) in enumerate(signs, start=row + 1):
        sheet.write_string(number, 0, sign, looks.term)
        sheet.merge_range(number, 1, number, 6, meaning, looks.text)


def _address(sheet: str) -> str:
    return f"internal:'{sheet.replace(chr(39), chr(39) * 2)}'!A1"
