"""How the report's values are written on pages and on the terminal: one way for each kind of column."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from asccld.measures.registry import measure_table
from asccld.reports.display import MONTHS, visible
from asccld.reports.display import day as long_day
from asccld.reports.rounding import rounded_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from asccld.reports.council.model import Block, Chapter, Column, Headline, Kind, Value

NO_FIGURE: Final = "–"
CHANGE_UNTOLD: Final = f"{NO_FIGURE} (the rounded figures do not tell the change)"
LONGEST_TEXT: Final = 400
MARKS: Final[Mapping[str, str]] = {
    "[c]": "suppressed: the count is small, or would give a small one away",
    "not in CLD": "Client Level Data does not hold it",
    NO_FIGURE: "there is no figure",
}
"""What stands in place of a number, and what it means."""

_DECIMALS: Final[Mapping[Kind, int]] = {"count": 0, "number": 1, "percent": 1, "money": 2, "days": 0}


def shown(value: Value, kind: Kind, decimals: int | None = None) -> str:
    """One value as a reader sees it; a text where a number is expected stands as it is."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NO_FIGURE if is_number(kind) else ""
    if isinstance(value, datetime | date):
        return short_day(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return visible(value, LONGEST_TEXT)
    return str(value) if kind in {"text", "date"} else _number(value, kind, decimals)


def short_day(moment: date) -> str:
    """`1 Oct 2025`: short enough to stand in one line of a column."""
    return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"


def decimals_of(values: Iterable[object], kind: Kind) -> int | None:
    """The decimals of a whole column of figures, so that they stand below each other; None for other columns.

    Whole numbers stand for percentages that are told in whole per cent, as in a report to be shared.
    """
    if kind not in _DECIMALS:
        return None
    if kind == "days":
        return int(any(isinstance(value, float) and not value.is_integer() for value in values))
    if kind in {"percent", "number"} and not any(isinstance(value, float) for value in values):
        return 0
    return _DECIMALS[kind]


def is_number(kind: Kind) -> bool:
    """Whether values of this kind stand on the right of their column."""
    return kind in _DECIMALS


def texts(block: Block) -> list[tuple[str, ...]]:
    """The cells of a block as they are shown."""
    how = [_writer(column, block) for column in block.columns]
    return [tuple(write(value) for value, write in zip(row, how, strict=True)) for row in block.cells()]


def _writer(column: Column, block: Block) -> Callable[[Value], str]:
    """How the values of a column are written: months by their name, figures with decimals that agree."""
    if column.kind == "date" and column.name == "month":
        return lambda value: shown(value, "date").partition(" ")[2] if isinstance(value, date) else shown(value, "date")
    decimals = decimals_of(block.rows[column.name], column.kind)
    return lambda value: shown(value, column.kind, decimals)


def marks_in(rows: Iterable[tuple[str, ...]], columns: Iterable[Column]) -> list[tuple[str, str]]:
    """The signs that occur in the columns of figures, with their meaning."""
    figures = [place for place, column in enumerate(columns) if is_number(column.kind)]
    there = {row[place] for row in rows for place in figures}
    return [(mark, meaning) for mark, meaning in MARKS.items() if mark in there]


def headline_value(value: float | None, headline: Headline) -> str:
    """A value of this headline's kind: its own, the previous one or that of England."""
    return shown(value, headline.kind, headline_decimals(value, headline))


def unit_of(headline: Headline) -> str:
    """What stands behind the value; the signs for money and percentages stand with it."""
    unit = headline.unit.removeprefix("£").strip() if headline.kind == "money" else headline.unit
    return "" if unit == "%" and headline.kind == "percent" else unit


def of_how_many(headline: Headline) -> str:
    """`120 of 300`, or blank where the figure is no share, or where either number is not to be shown."""
    if headline.mark or headline.numerator is None or (headline.denominator is None and headline.kind == "count"):
        return ""
    counted = shown(headline.numerator, "count")
    return (
        f"{counted} counted" if headline.denominator is None else f"{counted} of {shown(headline.denominator, 'count')}"
    )


def change_words(headline: Headline) -> str:
    """How the figure moved: `up 2.3 percentage points`; blank where there is nothing to compare with."""
    if headline.untold:
        return CHANGE_UNTOLD
    change = headline.change
    if change is None or headline.mark:
        return ""
    size = shown(
        abs(change), "number" if headline.kind == "percent" else headline.kind, headline_decimals(change, headline)
    )
    if not any(digit in "123456789" for digit in size):
        return "no change"
    unit = {"percent": " percentage point", "days": " day"}.get(headline.kind, "")
    several = "s" if unit and size != "1" else ""
    return f"{'up' if change > 0 else 'down'} {size}{unit}{several}"


def judgement(headline: Headline) -> str:
    """`better` or `worse`, where the figure has a good direction and moved."""
    words = change_words(headline)
    if headline.good == "none" or not words.startswith(("up", "down")):
        return ""
    return "better" if words.startswith(headline.good) else "worse"


def headline_decimals(value: float | None, headline: Headline) -> int | None:
    """The decimals of one of its values: whole days without any, percentages all alike."""
    alike = (headline.value, headline.previous, headline.england)
    return decimals_of((value,) if headline.kind == "days" else alike, headline.kind)


def cautions(chapter: Chapter, end: date) -> list[str]:
    """What must be known before a figure of a chapter is used, for a period with this end; mostly nothing."""
    return [said for said in (no_longer_in_force(chapter, end), chapter.caution) if said]


def no_longer_in_force(chapter: Chapter, end: date) -> str:
    """That the method of a chapter is not the one in force for a period with this end; blank where it is."""
    version = chapter.method.version if chapter.method else ""
    row = next((r for r in measure_table("methods") if r["method"] == version), None)
    if row is None or not row["last_end"] or end <= (last := date.fromisoformat(row["last_end"])):
        return ""
    what = "SALT method" if chapter.group == "salt" else "Method"
    return f"{what} in force until {long_day(last)}: figures of a later period are not official."


def _number(value: float, kind: Kind, decimals: int | None) -> str:
    places = _DECIMALS[kind] if decimals is None else decimals
    if decimals is None and kind in {"count", "days"} and isinstance(value, float) and not value.is_integer():
        places = 1
    digits = f"{rounded_value(abs(value), places):,.{places}f}"
    sign = "-" if value < 0 and any(digit in "123456789" for digit in digits) else ""
    return f"{sign}{'£' if kind == 'money' else ''}{digits}{'%' if kind == 'percent' else ''}"
