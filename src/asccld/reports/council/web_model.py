"""What the templates draw: the report with every value already a text, every link already a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.counting import counted
from asccld.reports.council import wording
from asccld.reports.council.layout import outlines, people_slug
from asccld.reports.council.model import GROUPS, PERSONAL, Block, Chapter, Group, Report
from asccld.reports.display import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asccld.reports.council.model import Column, Headline

MOST_ROWS: Final = 2_000
MOST_PERSONS: Final = 500
"""Rows of a table on a page: a browser is no place for a hundred thousand. The file and the workbook have all."""
LONG_TEXT: Final = 28
"""Characters of a text that would be squeezed into a narrow column."""
INDEX: Final = "index.html"
ABOUT: Final = "about.html"
RESERVED: Final = frozenset({"index", "about"})


@dataclass(frozen=True)
class Heading:
    """The top of a column."""

    text: str
    css: str


@dataclass(frozen=True)
class TableView:
    """A table as it is shown."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: bool
    cut: str
    """What is not shown; blank where all is."""
    marks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """A headline as texts."""

    label: str
    value: str
    unit: str
    of: str
    previous: str
    change: str
    judgement: str
    england: str


@dataclass(frozen=True)
class Link:
    """A page and what it is called."""

    href: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Source:
    """The files that numbers are from, or why there is none."""

    said: str
    """How the numbers are related to them; a whole sentence where there is none."""
    files: tuple[Link, ...] = ()
    """A blank address where the file is not there."""
    why: str = ""
    """Why the file is not there."""


@dataclass(frozen=True)
class GroupView:
    """The chapters of a group."""

    id: Group
    title: str
    personal: bool
    caution: str
    """What must be known before any figure of the group is used."""
    links: tuple[Link, ...]
    figures: tuple[tuple[Link, Figure], ...]
    heads: tuple[str, str]
    """What stands over the figures, and over those that they are compared with."""


def page_of(chapter: Chapter) -> str:
    """The file name of a chapter's page; raises ValueError for a name that another page has."""
    if chapter.slug in RESERVED:
        message = f"A chapter may not be called {chapter.slug}"
        raise ValueError(message)
    return f"{chapter.slug}.html"


def groups_of(report: Report) -> tuple[GroupView, ...]:
    """The groups that have chapters, in their order."""
    return tuple(_group(group, report) for group in GROUPS if report.of_group(group))


def caution_of(group: Group, report: Report, only: Chapter | None = None) -> str:
    """What must be known before any figure of a group, or only of a chapter of it, is used; mostly nothing."""
    chapters = report.of_group(group)
    late = (wording.no_longer_in_force(c, report.period[1]) for c in chapters)
    own = (c.caution for c in chapters if only is None or only is c)
    return " ".join(dict.fromkeys(said for said in (*late, *own) if said))


def related(report: Report) -> Mapping[str, tuple[Link, ...]]:
    """From the page of a figure to those who are counted in it, and back: the links of each chapter by its slug."""
    known = {chapter.slug: Link(page_of(chapter), chapter.title) for chapter in report.chapters}
    pairs = [(o.slug, people_slug(name)) for o in outlines() for name in o.measures]
    there = [(one, other) for one, other in pairs if one in known and other in known]
    both = [*there, *((other, one) for one, other in there)]
    return {slug: tuple(known[other] for one, other in both if one == slug) for slug in known}


def _group(group: Group, report: Report) -> GroupView:
    chapters = report.of_group(group)
    links = tuple(Link(page_of(c), c.title, c.definition) for c in chapters)
    figures = tuple((Link(page_of(c), c.title), figure(h)) for c in chapters for h in c.headlines)
    heads = next((c.heads for c in chapters if c.heads), ("This period", "Previous"))
    return GroupView(group, GROUPS[group], group in PERSONAL, caution_of(group, report), links, figures, heads)


def figure(headline: Headline) -> Figure:
    """A headline as texts; blank where there is nothing to say."""
    told = [None if v is None else wording.headline_value(v, headline) for v in (headline.previous, headline.england)]
    return Figure(
        label=headline.label,
        value=headline.mark or wording.headline_value(headline.value, headline),
        unit="" if headline.mark or headline.value is None else wording.unit_of(headline),
        of=wording.of_how_many(headline),
        previous=told[0] or "",
        change=wording.change_words(headline),
        judgement=wording.judgement(headline),
        england=told[1] or "",
    )


def table_view(block: Block, *, personal: bool) -> TableView:
    """The table of a block: laid out side by side where it is long, cut where it is very long."""
    shown, cut = _cut(block, MOST_PERSONS if personal else MOST_ROWS)
    rows = wording.texts(shown)
    marks = tuple(wording.marks_in(rows, block.columns))
    headings = tuple(Heading(c.heading, _css(c, place, rows)) for place, c in enumerate(block.columns))
    if (beside := _side_by_side(shown, rows)) is not None:
        names = beside.columns[1:]
        headings = (headings[0], *(Heading(name, "n") for name in names))
        rows = beside.rows()
    return TableView(headings, tuple(rows), block.totals, cut, marks)


def _side_by_side(block: Block, rows: Sequence[tuple[str, ...]]) -> pl.DataFrame | None:
    """A column for each series, where the table is that of the picture and every cell of it is there."""
    chart, names = block.chart, [c.name for c in block.columns]
    if chart is None or chart.colour is None or names != [chart.x, chart.colour, chart.y] or block.totals:
        return None
    table = pl.DataFrame(rows, schema=["x", "series", "y"], orient="row")
    if table.select("x", "series").is_duplicated().any() or table["x"].n_unique() * table["series"].n_unique() != len(
        rows
    ):
        return None
    return table.pivot(on="series", index="x", values="y", maintain_order=True)


def _css(column: Column, place: int, rows: Sequence[tuple[str, ...]]) -> str:
    """Figures stand on the right, dates in one line, and long texts get room in a wide table."""
    if wording.is_number(column.kind) or column.kind == "date":
        return "n" if wording.is_number(column.kind) else "d"
    return "t" if any(len(row[place]) > LONG_TEXT for row in rows) else ""


def _cut(block: Block, most: int) -> tuple[Block, str]:
    rows = block.rows.height
    if rows <= most:
        return block, ""
    marks = {name: series.head(most) for name, series in block.marks.items()}
    said = f"The first {number(most)} of {counted(rows, 'row')} are shown here; the workbook has all."
    return replace(block, rows=block.rows.head(most), marks=marks, totals=False), said
