"""Charts of Excel's own: they follow the cells of their table, or those of the sheet Chart data for several series."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.reports.council.charts import reach
from asccld.reports.council.model import Column
from asccld.reports.council.wording import decimals_of
from asccld.reports.council.workbook_looks import (
    BLOCK_SIZE,
    BLUE,
    QUIET,
    TITLE_SIZE,
    added_sheet,
    look_of,
    look_with,
    write_cell,
)
from asccld.reports.council.workbook_names import headings
from asccld.reports.council.workbook_page import ACROSS, Page, lines_of
from asccld.reports.display import visible, whole_words
from asccld.reports.excel_writing import LINE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.model import Block, Chart, Kind
    from asccld.reports.council.workbook_looks import Looks

SHEET: Final = "Chart data"
COLOURS: Final = (BLUE, "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
"""The palette of the Government Analysis Function."""
HIGHEST: Final = 620
"""Pixels of the highest chart: it must fit on a printed page."""
_AROUND = 130
ROOMY: Final = 14
"""Bars up to which each has room for a name of two lines."""
MOST_SERIES: Final = len(COLOURS)
NAMES, SERIES = 48, 16
"""Characters of the columns on the sheet of numbers: of names, and of a series."""
LONGEST_ALT: Final = 1_000
THOUSAND: Final = 1_000
"""From which on the figures of an axis are written with commas."""
WIDTH: Final = 860
PIXELS_OF_A_ROW: Final = 20
_LINE_OF_A_NAME: Final = 34
"""Letters of a bar's name on a line: LibreOffice gives names a third of the picture."""
_LETTERS = {"name": "Calibri", "size": 11, "color": "#0B0C0C"}


@dataclass(frozen=True)
class Range:
    """Where the numbers of a chart are: rows and columns of a sheet, counted from 0."""

    sheet: str
    first: int
    last: int
    x: int
    series: tuple[tuple[str, int], ...]
    """Name and column of each."""


class ChartData:
    """The sheet for charts of several series: their numbers side by side."""

    def __init__(self, book: Workbook, looks: Looks) -> None:
        self.book, self._looks = book, looks
        self._waiting: list[tuple[str, pl.DataFrame, str, str]] = []
        self._row = 3

    @property
    def is_used(self) -> bool:
        """Whether there is anything on the sheet."""
        return bool(self._waiting)

    def place(self, title: str, wide: pl.DataFrame, along: str, figures: str) -> Range:
        """Keep these numbers; the first column is the axis, each other a series, with the looks of their cells."""
        first = self._row + 2
        self._waiting.append((title, wide, along, figures))
        self._row = first + wide.height + 1
        series = tuple((name, place) for place, name in enumerate(wide.columns[1:], start=1))
        return Range(SHEET, first, first + wide.height - 1, 0, series)

    def finish(self) -> None:
        """Write the sheet, if there is anything on it; charts look for it by its name."""
        if not self._waiting:
            return
        most = max(wide.width for _, wide, _, _ in self._waiting)
        page = Page(added_sheet(self.book, SHEET), self._looks, [NAMES, *[SERIES] * max(most - 1, ACROSS)])
        page.prepare()
        page.line("Numbers behind the charts of several series", self._looks.title_line, height=TITLE_SIZE * 1.5)
        page.link("Contents", "Back to the contents")
        page.row += 2
        for title, wide, along, figures in self._waiting:
            begins = page.row
            page.line(title, self._looks.block_line, height=BLOCK_SIZE * 1.5)
            self._table(page, wide, along, figures)
            page.keep(begins, page.row)
            page.row += 1
        page.finish()

    def _table(self, page: Page, wide: pl.DataFrame, along: str, figures: str) -> None:
        names = headings(["", *wide.columns[1:]])
        page.height(page.row, LINE * max(lines_of(name, SERIES) for name in names))
        for place, name in enumerate(names):
            page.sheet.write_string(
                page.row, place, name if place else "", self._looks.figure_head if place else self._looks.head
            )
        for number, cells in enumerate(wide.iter_rows(), start=page.row + 1):
            page.height(number, LINE * lines_of(cells[0] if isinstance(cells[0], str) else "", NAMES))
            for place, value in enumerate(cells):
                write_cell(page.sheet, self._looks, (number, place), value, figures if place else along)
        page.row += 1 + wide.height


def drawn(sheet: Worksheet, row: int, block: Block, where: Range, charts: ChartData) -> int:
    """Put the chart of a block at a row, and return how many rows it takes; 0 for none."""
    chart = block.chart
    if chart is None:
        return 0
    ranged = _range(block, chart, where, charts)
    if ranged is None:
        return 0
    bars = ranged.last - ranged.first + 1
    upright = chart.kind == "lines" or block.rows.schema[chart.x].is_temporal()
    names = block.rows[chart.x].cast(pl.String).fill_null("").unique(maintain_order=True).head(bars).to_list()
    height = 300 if upright else min(_AROUND + bars * _step(names, len(ranged.series)), HIGHEST)
    made = _made(charts.book, chart, ranged, block, upright=upright)
    made.set_size({"width": WIDTH, "height": height})
    sheet.insert_chart(
        row,
        0,
        made,
        {"description": visible(chart.alt, LONGEST_ALT), "object_position": 1, "x_offset": 4, "y_offset": 4},
    )
    return height // PIXELS_OF_A_ROW + 2


def _step(names: list[str], series: int) -> int:
    """Pixels for each place on the upright axis of bars: room for the lines of the longest name."""
    lines = max((lines_of(name, _LINE_OF_A_NAME) for name in names), default=1)
    return max(34 if len(names) <= ROOMY else 20, 14 * series, 16 * lines + 4)


def most_bars(series: int) -> int:
    """Places on the upright axis for which there is room."""
    return (HIGHEST - _AROUND) // max(20, 14 * series)


def _range(block: Block, chart: Chart, where: Range, charts: ChartData) -> Range | None:
    """Where the numbers are: in the block's own cells, or on the sheet for them; None for no numbers."""
    rows = block.rows.head(block.rows.height - 1) if block.totals else block.rows
    rows = rows.filter(pl.col(chart.x).is_not_null())
    drawn = rows[chart.y].cast(pl.Float64).fill_nan(None)
    if not (drawn.is_finite() & (drawn != 0)).any():  # bars of nought are no picture
        return None
    shown = [c.name for c in block.columns]
    as_it_stands = chart.x in shown and chart.y in shown and rows.height == where.last - where.first + 1
    if chart.colour in {None, chart.x} and as_it_stands and not _has_marks(block, chart):
        heading = next(c.heading for c in block.columns if c.name == chart.y)
        last = min(where.last, where.first + most_bars(1) - 1) if chart.kind != "lines" else where.last
        return Range(where.sheet, where.first, last, shown.index(chart.x), ((heading, shown.index(chart.y)),))
    wide = _wide(rows, block, chart)
    if wide is None:
        return None
    figures = decimals_of(block.rows[chart.y], _measured(block, chart).kind)
    return charts.place(chart.title, wide, _axis_look(block, chart), look_with(_measured(block, chart).kind, figures))


def _measured(block: Block, chart: Chart) -> Column:
    """The column that is drawn; its numbers may be shown in no column of the table."""
    return next((c for c in block.columns if c.name == chart.y), Column(chart.y, chart.title, "number"))


def _has_marks(block: Block, chart: Chart) -> bool:
    """Whether texts stand among the numbers, which a chart would draw as nought."""
    marks = block.marks.get(chart.y)
    return marks is not None and bool(marks.is_not_null().any())


def _wide(rows: pl.DataFrame, block: Block, chart: Chart) -> pl.DataFrame | None:
    """One row for each place on the axis, one column for each series."""
    y = pl.col(chart.y).cast(pl.Float64)
    if chart.colour is None or chart.colour == chart.x:
        wide = rows.select(pl.col(chart.x).alias("x"), y.alias(_measured(block, chart).heading))
    else:
        named = rows.select(x=chart.x, series=pl.col(chart.colour).cast(pl.String).fill_null("(blank)"), y=y)
        if named["series"].n_unique() > MOST_SERIES:
            return None
        # A sum of nothing is nothing, and not nought.
        added = pl.when(pl.col("y").count() > 0).then(pl.col("y").sum()).alias("y")
        each = named.group_by("x", "series", maintain_order=True).agg(added)
        wide = each.pivot(on="series", index="x", values="y", maintain_order=True)
    return wide if chart.kind == "lines" else wide.head(most_bars(1 if chart.kind == "stacked" else wide.width - 1))


def _axis_look(block: Block, chart: Chart) -> str:
    known = next((look_of(c, ()) for c in block.columns if c.name == chart.x), "text")
    return known if block.rows.schema[chart.x].is_temporal() else "text"


def _made(book: Workbook, chart: Chart, ranged: Range, block: Block, *, upright: bool) -> Any:  # noqa: ANN401 - no types
    kind = {"type": "line"} if chart.kind == "lines" else {"type": "column" if upright else "bar"}
    if chart.kind == "stacked":
        kind["subtype"] = "stacked"
    made: Any = book.add_chart(kind)
    for (name, column), colour in zip(ranged.series, COLOURS, strict=False):
        made.add_series(_series(ranged, name, column, colour, is_line=chart.kind == "lines"))
    made.set_title(
        {
            "name": whole_words(_said(chart.title), 160),
            "name_font": {**_LETTERS, "size": 13, "bold": True},
        }
    )
    many = ranged.last - ranged.first + 1 < block.rows[chart.x].drop_nulls().n_unique() - block.totals
    y_title = next((c.heading for c in block.columns if c.name == chart.y), "")
    figures: dict[str, Any] = {
        "name": _said(y_title) + (f" (the first {ranged.last - ranged.first + 1})" if many else ""),
        "name_font": _LETTERS,
        "num_font": _LETTERS,
        "major_gridlines": {"visible": True, "line": {"color": "#D5DBE0"}},
        "line": {"none": True},
        "min": 0,
    }
    if (block.rows[chart.y].cast(pl.Float64).min() or 0) < 0:  # pyright: ignore[reportOperatorIssue]
        del figures["min"]
    if (block.rows[chart.y].cast(pl.Float64).max() or 0) >= THOUSAND:  # pyright: ignore[reportOperatorIssue]
        figures["num_format"] = "#,##0"
    measured: Kind | None = next((c.kind for c in block.columns if c.name == chart.y), None)
    figures["max"], figures["major_unit"] = reach(block.rows.head(block.rows.height - block.totals)[chart.y], measured)
    names: dict[str, Any] = {"num_font": _LETTERS, "line": {"color": QUIET}, "major_tick_mark": "none"}
    if not upright:
        # LibreOffice leaves out names that would touch, unless it is told that they lie flat.
        names |= {"interval_unit": 1, "num_font": {**_LETTERS, "size": 10, "rotation": 0}}
    if block.rows.schema[chart.x].is_temporal():
        names |= {"num_format": "mmm yyyy", "text_axis": True}
    if upright:
        made.set_x_axis(names)
        made.set_y_axis(figures)
    else:
        made.set_y_axis({**names, "reverse": True})  # the first bar is at the top, as in the table
        made.set_x_axis(figures)
    made.show_blanks_as("gap")
    made.set_legend({"none": True} if len(ranged.series) == 1 else {"position": "top", "font": _LETTERS})
    return made


def _said(text: str) -> str:
    """A text of a chart; XlsxWriter takes one like `A!B1` for a place in the workbook."""
    return visible(text, LONGEST_ALT).replace("!", "! ")


def _series(ranged: Range, name: str, column: int, colour: str, *, is_line: bool) -> dict[str, Any]:
    series: dict[str, Any] = {
        "name": _said(name),
        "categories": [ranged.sheet, ranged.first, ranged.x, ranged.last, ranged.x],
        "values": [ranged.sheet, ranged.first, column, ranged.last, column],
    }
    if is_line:
        marker = {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
        return series | {"line": {"color": colour, "width": 2.25}, "marker": marker}
    return series | {"fill": {"color": colour}, "border": {"none": True}, "gap": 60}
