"""A sheet that is written from top to bottom, and where its printed pages end: not within a chart or a short table."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from asccld.reports.council.workbook_names import quoted
from asccld.reports.display import visible
from asccld.reports.excel_writing import LINE, LONGEST_TEXT

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.workbook_looks import Looks

ACROSS: Final = 6
"""The last column over which sentences run."""
SLACK: Final = 0.95
"""Of a column's characters, those that fit in a font that is wider than the one the width is counted in."""
_RUNNING, _BETWEEN = 1.1, 0.7
"""How many more characters fit in a long sentence, letters being narrower than digits; the room between columns."""
_POINTS_OF_A_CHARACTER, _POINTS_BESIDE = 5.25, 3.75


class _Paper(NamedTuple):
    """What of a page lies within its margins, in points; somewhat less of the height, for printers differ."""

    width: float
    height: float
    size: int
    upright: bool
    reduces_to: float
    """Of its size, to how much a sheet may be reduced before it is printed on the next wider paper."""


_A4, _A3 = 9, 8
_PAPERS: Final = (
    _Paper(537, 745, _A4, upright=True, reduces_to=0.6),
    _Paper(784, 500, _A4, upright=False, reduces_to=0.5),
    _Paper(1132, 730, _A3, upright=False, reduces_to=0),
)
_FULL: Final = 0.6
"""How much of a page is used before a table that is longer than a page begins on a new one."""
HIGHEST_ROW: Final = 409.0
"""Points: Excel takes no higher row."""


@dataclass
class Page:
    """A sheet, and the row that is written next."""

    sheet: Worksheet
    looks: Looks
    widths: list[int]
    row: int = 0
    _heights: dict[int, float] = field(default_factory=dict[int, float])
    _together: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _following: set[int] = field(default_factory=set[int])
    _tables: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def prepare(self) -> None:
        """Widths, and the title that stays in sight and stands on every printed page."""
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)

    def height(self, row: int, points: float) -> None:
        """Make a row so high."""
        self._heights[row] = min(points, HIGHEST_ROW)
        self.sheet.set_row(row, self._heights[row])

    def line(self, text: str, look: Any, *, height: float = LINE) -> None:  # noqa: ANN401 - a format has no types
        """A text that runs on over the columns to its right."""
        self.sheet.write_string(self.row, 0, visible(text, LONGEST_TEXT), look)
        self.height(self.row, height)
        self.row += 1

    def sentence(self, text: str, look: Any, *, size: float = 11) -> None:  # noqa: ANN401 - a format has no types
        """A text over the first columns, as many lines high as its size needs; none for a blank one."""
        if text:
            times = size / 11
            self.sheet.merge_range(self.row, 0, self.row, ACROSS, visible(text, LONGEST_TEXT), look)
            self.height(self.row, LINE * times * lines_of(text, self._across(0) / times) + 3)
            self.row += 1

    def link(self, name: str, text: str) -> None:
        """A link to a sheet, at the beginning of the row that is written."""
        self.sheet.write_url(self.row, 0, address_of(name), self.looks.link, visible(text, LONGEST_TEXT))

    def pair(self, term: str, text: str) -> None:
        """A term, and what there is to say of it."""
        self.sheet.write_string(self.row, 0, term, self.looks.term)
        self.beside(text)

    def beside(self, text: str) -> None:
        """A text over the columns beside the first, in the row that is written."""
        self.sheet.merge_range(self.row, 1, self.row, ACROSS, visible(text, LONGEST_TEXT), self.looks.text)
        self.height(self.row, LINE * lines_of(text, self._across(1)) + 2)
        self.row += 1

    def _across(self, first: int) -> float:
        """Characters of a sentence that fit beside each other from this column on."""
        return _RUNNING * sum(width + _BETWEEN for width in self.widths[first : ACROSS + 1])

    def keep(self, first: int, after: int, *, follows: bool = False) -> None:
        """These rows belong on one printed page, if they fit on one; if they follow what is before them, with that."""
        self._together.append((first, after))
        if follows:
            self._following.add(first)

    def table(self, headings: int, after: int) -> None:
        """There is a table with these rows; its headings are repeated where it is the one on the sheet and is long."""
        self._tables.append((headings, after))

    def finish(self) -> None:
        """Break printed pages where that parts nothing that belongs together; each is as wide as the sheet."""
        wide = sum(w * _POINTS_OF_A_CHARACTER + _POINTS_BESIDE for w in self.widths)
        room = self._room(wide)
        self.sheet.print_area(0, 0, max(self.row - 1, 1), len(self.widths) - 1)
        if len(self._tables) == 1 and self._of(*self._tables[0]) > room:
            self.sheet.repeat_rows(self._tables[0][0])
        breaks = self._breaks(room)
        if breaks:
            self.sheet.set_h_pagebreaks(breaks)

    def _room(self, wide: float) -> float:
        """Choose the paper, on its side only where the sheet is wide; returns the points that it holds of the sheet."""
        paper = next(p for p in _PAPERS if p.width >= p.reduces_to * wide)
        self.sheet.set_paper(paper.size)
        if paper.upright:
            self.sheet.set_portrait()
        return paper.height * max(1.0, wide / paper.width)

    def _breaks(self, room: float) -> list[int]:
        """The rows before which a page ends."""
        title, used, breaks = self._of(0, 1), 0.0, list[int]()
        for (first, after), (following, _) in pairwise([*self._parts(room), (self.row, self.row)]):
            size, rest = self._of(first, after), self._of(after, max(following, after))
            if used and (used + size > room >= size or (size > room and used > _FULL * room)):
                breaks.append(first)
                used = title
            used = (used + size + rest) % room if size > room else used + size + rest
        return breaks

    def _parts(self, room: float) -> list[tuple[int, int]]:
        """What belongs together, from the top of the sheet on: what follows something stands with it where both fit."""
        first = min((f for f, _ in self._together), default=0)
        parts = [(0, first)] if first else []
        for begins, after in sorted(self._together):
            if begins in self._following and parts and self._of(0, 1) + self._of(parts[-1][0], after) <= room:
                parts[-1] = (parts[-1][0], after)
            else:
                parts.append((begins, after))
        return parts

    def _of(self, first: int, after: int) -> float:
        return sum(self._heights.get(row, LINE) for row in range(first, after))


def address_of(sheet: str) -> str:
    """The link to a sheet of the workbook."""
    return f"internal:'{quoted(sheet)}'!A1"


def lines_of(text: str | None, width: float) -> int:
    """Lines that a text takes in a column of this width."""
    return len(textwrap.wrap(text, max(int(width * SLACK), 4))) if text else 1
