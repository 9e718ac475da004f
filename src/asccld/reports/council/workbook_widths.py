"""How wide the columns of a sheet are: what the widest of its tables needs there, so that no number is `####`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.reports.council.wording import decimals_of, headline_value, is_number, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.reports.council.model import Block, Chapter, Column, Headline

FIRST_WIDTHS: Final = (30, 58)
"""The narrowest and the widest that the first column may be, in characters."""
LABEL_WIDTH: Final = 46
"""The widest that the first column gets for the names of figures."""
TEXT_WIDTHS: Final = (12, 44)
NUMBER_WIDTHS: Final = (11, 24)
DATE_WIDTH: Final = 13
MANY_COLUMNS: Final = 14
"""Columns from which on none but the first is wide."""
NARROW: Final = 20


def widths_of(chapter: Chapter, fewest: int) -> list[int]:
    """The width of each column in characters, of at least so many columns."""
    most = max((len(b.columns) for b in chapter.blocks), default=1)
    widths = [FIRST_WIDTHS[0], *[NUMBER_WIDTHS[0]] * (max(most, fewest) - 1)]
    for headline in chapter.headlines:
        widths[0] = max(widths[0], min(len(headline.label) + 6, LABEL_WIDTH))
        for place, text in enumerate(_figures(headline), start=1):
            widths[place] = max(widths[place], len(text) + 2)
    for block in chapter.blocks:
        for place, column in enumerate(block.columns):
            low, high = _limits(place, column, len(block.columns))
            widths[place] = max(widths[place], min(max(low, _longest(block, column)), high))
    return widths


def _figures(headline: Headline) -> Iterator[str]:
    """The figures as they stand beside each other; the change is no longer than either of its figures."""
    yield headline_value(headline.value, headline)
    yield from (shown(n, "count") for n in (headline.numerator, headline.denominator))
    yield from (headline_value(n, headline) for n in (headline.previous, headline.previous, headline.england))


def _limits(place: int, column: Column, columns: int) -> tuple[int, int]:
    if column.kind != "text":
        return (FIRST_WIDTHS[0], FIRST_WIDTHS[0]) if place == 0 else NUMBER_WIDTHS
    if place == 0:
        return FIRST_WIDTHS
    return (TEXT_WIDTHS[0], NARROW) if columns >= MANY_COLUMNS else TEXT_WIDTHS


def _longest(block: Block, column: Column) -> int:
    values = block.rows[column.name]
    if column.kind == "text":
        lengths = values.cast(pl.String).str.len_chars().max()
        return int((lengths if isinstance(lengths, int) else 0) * 1.15) + 2
    if not is_number(column.kind):
        return DATE_WIDTH
    largest = values.cast(pl.Float64, strict=False).fill_nan(None).abs().max()
    digits = shown(largest if isinstance(largest, float) else 0.0, column.kind, decimals_of(values, column.kind))
    return max(len(digits), *(len(word) for word in (column.heading.split() or [""]))) + 2
