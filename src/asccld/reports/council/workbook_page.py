"""A sheet that is written from top to bottom, and where its printed pages end: not within a chart or a short table."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from asccld.reports.excel_writing import LINE

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.workbook_looks import Looks

ACROSS: Final = 6
"""The last column over which sentences run."""
SLACK: Final = 0.88
"""Of a column's characters, those that fit in a font that is wider than the one the width is counted in."""
_POINTS_OF_A_CHARACTER, _POINTS_BESIDE = 5.25, 3.75
_PAGE_WIDTH, _PAGE_HEIGHT = 784.0, 500.0
"""What of A4 lies within the margins, in points; somewhat less of the height, for printers differ."""
_LARGEST = 100
WIDE: Final = 2.0
"""How many times as wide as A4 a sheet may be before it is printed on A3."""
A3: Final = 8


@dataclass
class Page:
    """A sheet, and the row that is written next."""

    sheet: Worksheet
    looks: Looks
    widths: list[int]
    row: int = 0
    _heights: dict[int, float] = field(default_factory=dict[int, float])
    _together: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def prepare(self) -> None:
        """Widths, and the title that stays in sight and stands on every printed page."""
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)

    def height(self, row: int, points: float) -> None:
        """Make a row so high."""
        self._heights[row] = points
        self.sheet.set_row(row, points)

    def line(self, text: str, look: Any, *, height: float = LINE) -> None:  # noqa: ANN401 - a format has no types
        """A text that runs on over the columns to its right."""
        self.sheet.write_string(self.row, 0, text, look)
        self.height(self.row, height)
        self.row += 1

    def sentence(self, text: str, look: Any, *, size: float = 11) -> None:  # noqa: ANN401 - a format has no types
        """A text over the first columns, as many lines high as its size needs; none for a blank one."""
        if text:
            times = size / 11
            self.sheet.merge_range(self.row, 0, self.row, ACROSS, text, look)
            self.height(self.row, LINE * times * lines_of(text, sum(self.widths[: ACROSS + 1]) / times) + 3)
            self.row += 1

    def pair(self, term: str, text: str) -> None:
        """A term, and what there is to say of it."""
        self.sheet.write_string(self.row, 0, term, self.looks.term)
        self.beside(text)

    def beside(self, text: str) -> None:
        """A text over the columns beside the first, in the row that is written."""
        self.sheet.merge_range(self.row, 1, self.row, ACROSS, text, self.looks.text)
        self.height(self.row, LINE * lines_of(text, sum(self.widths[1 : ACROSS + 1])) + 2)
        self.row += 1

    def keep(self, first: int, after: int) -> None:
        """These rows belong on one printed page, if they fit on one."""
        self._together.append((first, after))

    def finish(self) -> None:
        """Break printed pages where that parts nothing that belongs together; each is as wide as the sheet."""
        across = sum(w * _POINTS_OF_A_CHARACTER + _POINTS_BESIDE for w in self.widths)
        if across > WIDE * _PAGE_WIDTH:
            self.sheet.set_paper(A3)
        scale = min(_LARGEST, 100 * _PAGE_WIDTH / across)
        self.sheet.print_area(0, 0, max(self.row, 1), len(self.widths) - 1)
        breaks = self._breaks(_PAGE_HEIGHT * 100 / scale)
        if breaks:
            self.sheet.set_h_pagebreaks(breaks)

    def _breaks(self, room: float) -> list[int]:
        """The rows before which a page ends."""
        title, used, breaks = self._of(0, 1), 0.0, list[int]()
        for (first, after), (following, _) in pairwise([*sorted(self._parts()), (self.row, self.row)]):
            size, rest = self._of(first, after), self._of(after, max(following, after))
            if used and used + size > room >= size:
                breaks.append(first)
                used = title
            used = (used + size + rest) % room if size > room else used + size + rest
        return breaks

    def _parts(self) -> list[tuple[int, int]]:
        """What belongs together, from the top of the sheet on."""
        first = min((f for f, _ in self._together), default=0)
        return [(0, first), *self._together] if first else list(self._together)

    def _of(self, first: int, after: int) -> float:
        return sum(self._heights.get(row, LINE) for row in range(first, after))


def lines_of(text: str | None, width: float) -> int:
    """Lines that a text takes in a column of this width."""
    return len(textwrap.wrap(text, max(int(width * SLACK), 4))) if text else 1
