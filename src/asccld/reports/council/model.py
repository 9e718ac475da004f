"""What a council's report says, as plain data: the workbook, the pages and the terminal draw the same `Report`.

Nothing here knows a measure. Numbers are as the measures give them: a percentage is 66.7 and not 0.667, and is shown
with one decimal. A cell without a number is null, and `marks` says what stands there instead (`[c]`, `not in CLD`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

import polars as pl

Kind = Literal["text", "count", "number", "percent", "money", "date", "days"]
"""How the values of a column are written; `number` is a rate or another figure with one decimal."""

Group = Literal[
    "changes", "quality", "ascof", "waiting", "salt", "activity", "costs", "people", "derivation", "methods"
]

GROUPS: Final[Mapping[Group, str]] = {
    "quality": "Data quality",
    "changes": "What changed",
    "ascof": "ASCOF",
    "waiting": "Waiting times",
    "salt": "SALT tables",
    "activity": "Activity",
    "costs": "Costs",
    "people": "People behind the figures",
    "derivation": "From the rows to the figures",
    "methods": "Methods and versions",
}
"""The groups of chapters in their order, each with its title."""

PERSONAL: Final = frozenset[Group]({"people", "derivation"})
"""Groups that hold personal data: there only when asked for, never in a shareable report, and under PERSONAL_BANNER."""

PERSONAL_BANNER: Final = "Contains personal data. Keep it where such data may be kept, and do not send it on."
SHAREABLE_BANNER: Final = (
    "Made to be shared: counts are rounded, small ones are suppressed as [c], and no person is listed."
)

Value = str | int | float | date | None


@dataclass(frozen=True)
class Column:
    """One column of a block."""

    name: str
    """The column of the block's rows; the same as in the CSV where the block has a `source`."""
    heading: str
    kind: Kind = "text"
    identifying: bool = False
    """Whether its values point at a person."""


@dataclass(frozen=True)
class Chart:
    """A picture of a block, described as data; the table stays beside it, so nothing is told by the picture alone."""

    kind: Literal["bars", "lines", "stacked"]
    x: str
    """The column along the axis: categories in the order of the rows, or dates."""
    y: str
    """The column that is drawn."""
    colour: str | None
    """The column that tells the series apart; None for one series."""
    title: str
    alt: str
    """What the picture shows, in a sentence for somebody who does not see it."""


@dataclass(frozen=True)
class Block:
    """One table, with a picture of it where that helps."""

    slug: str
    """Unique in its chapter: letters, digits and hyphens."""
    title: str
    note: str
    """What must be known to read it; may be blank."""
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    """Has the columns, in the order in which they are shown; may be empty, and may have others, which are not shown."""
    chart: Chart | None = None
    source: str | None = None
    """The table of OUT/tables it is from, such as `ascof_2a_disaggregated`; None where no measure makes it."""
    derived: bool = False
    """Whether its numbers are made from those of `source`, by adding up or laying out, and are not rows of it."""
    marks: Mapping[str, pl.Series] = field(default_factory=dict[str, pl.Series])
    """By column, for each row the text to show instead of a missing number, or null."""
    totals: bool = False
    """Whether the last row is a total."""
    scope: str = ""
    """What the rows are of, where the block is one of several alike: `Period` or `Previous period`."""

    def __post_init__(self) -> None:
        """Refuse a column that is not there: no renderer could draw it."""
        used = [c.name for c in self.columns]
        drawn = [n for n in (self.chart.x, self.chart.y, self.chart.colour) if n] if self.chart else []
        for name in (*used, *drawn, *self.marks):
            if name not in self.rows.columns:
                raise KeyError(f"{self.slug}: no column {name}")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show: say so in a sentence in place of an empty table."""
        return self.rows.is_empty()

    def cells(self) -> Iterator[tuple[Value, ...]]:
        """The rows as they are shown: a mark where there is one, None where there is nothing."""
        shown = [c.name for c in self.columns]
        marks = [self.marks.get(name) for name in shown]
        for place, row in enumerate(self.rows.select(shown).iter_rows()):
            yield tuple(
                value if mark is None or mark[place] is None else str(mark[place])
                for value, mark in zip(row, marks, strict=True)
            )


@dataclass(frozen=True)
class Headline:
    """One figure that a chapter is about."""

    label: str
    value: float | None
    numerator: float | None
    denominator: float | None
    unit: str
    """What the value is in: `%`, `per 100,000`, `days`, `£ a week`, `people`."""
    kind: Kind
    previous: float | None = None
    """The same figure of the previous period."""
    england: float | None = None
    """The published figure of England for the period, where the user gave it."""
    good: Literal["up", "down", "none"] = "none"
    """In which direction the figure gets better; `none` also where it moved no more than chance explains."""
    mark: str = ""
    """What to show in place of the value: `[c]`, or why there is none."""
    untold: bool = False
    """Whether both figures are shown and their change is not: rounded, they moved otherwise than the true ones."""

    @property
    def change(self) -> float | None:
        """The value less the previous one."""
        return None if self.untold or self.value is None or self.previous is None else self.value - self.previous


@dataclass(frozen=True)
class MethodNote:
    """How a figure is made, and what it cannot tell."""

    name: str
    version: str
    source: str
    """Publication and version of the official method."""
    page: str
    """Its page in the documentation of this program: a path such as docs/reference/measures/ascof_2a.md."""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """One measure, or one subject: a sheet or a few, a page."""

    slug: str
    """Unique in the report: letters, digits and hyphens, at most 24 characters."""
    group: Group
    title: str
    definition: str
    """In one sentence what the figure is."""
    headlines: tuple[Headline, ...] = ()
    blocks: tuple[Block, ...] = ()
    method: MethodNote | None = None
    missing: str = ""
    """Why there is no figure (a table that was not given, no rows), and what to do; blank where there is one."""
    caution: str = ""
    """What the figures do not hold, to be said wherever they stand; mostly blank."""
    heads: tuple[str, str] | None = None
    """What the figures and those beside them are of, where that is not this period and the previous one."""

    @property
    def headline(self) -> Headline | None:
        """The first figure."""
        return self.headlines[0] if self.headlines else None


@dataclass(frozen=True)
class Report:
    """Everything that the renderers draw."""

    council_code: str | None
    """None: all councils of the data together."""
    council_name: str
    period: tuple[date, date]
    previous: tuple[date, date] | None
    made_at: datetime
    """In UTC."""
    versions: tuple[tuple[str, str], ...]
    """What made it: program, standard, methods, input; names and values in the order to show."""
    shareable: bool
    chapters: tuple[Chapter, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know about the whole, such as a store that ends before the period does."""

    @property
    def personal(self) -> bool:
        """Whether any chapter holds personal data."""
        return any(chapter.group in PERSONAL for chapter in self.chapters)

    @property
    def title(self) -> str:
        """Council and period in a line."""
        code = f" ({self.council_code})" if self.council_code else ""
        return f"Adult social care in {self.council_name}{code}"

    def of_group(self, group: Group) -> tuple[Chapter, ...]:
        """The chapters of a group in their order."""
        return tuple(chapter for chapter in self.chapters if chapter.group == group)
