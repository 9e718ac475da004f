"""Typed cells of a worksheet as text, counting every cell that had to be rendered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.intake.model import Repair

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asccld.intake.model import RepairKind

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta


def _number(value: float) -> str:
    """A whole number without a decimal point: Excel keeps 9434765919 as 9434765919.0."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e21 else repr(value)


def _moment(value: dt.datetime) -> str:
    if value.time() == dt.time(0):
        return _date(value)
    return f"{_date(value)} {value:%H:%M:%S}"


def _date(value: dt.date) -> str:
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _time(value: dt.time) -> str:
    return f"{value:%H:%M:%S}"


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


_RENDERERS: Final[dict[type, tuple[RepairKind, Callable[..., str]]]] = {
    float: ("excel_number", _number),
    int: ("excel_number", str),
    bool: ("excel_boolean", _truth),
    dt.datetime: ("excel_date", _moment),
    dt.date: ("excel_date", _date),
    dt.time: ("excel_date", _time),
    dt.timedelta: ("excel_date", _duration),
}


def as_text(value: Cell) -> str:
    """One cell as text."""
    return value if isinstance(value, str) else _RENDERERS[type(value)][1](value)


class RepairCounts:
    """Counts of rendered cells by kind and column."""

    def __init__(self) -> None:
        self._found: dict[tuple[RepairKind, int], tuple[int, int]] = {}

    def add(self, kind: RepairKind, column: int, count: int, first_row: int) -> None:
        """Count `count` more cells, the first of them in `first_row`."""
        before = self._found.get((kind, column))
        first = first_row if before is None else min(before[1], first_row)
        self._found[kind, column] = (count + (before[0] if before else 0), first)

    def repairs(self) -> list[Repair]:
        """What was counted, by column and kind."""
        ordered = sorted(self._found.items(), key=lambda item: (item[0][1], item[0][0]))
        return [Repair(kind, column, count, first) for (kind, column), (count, first) in ordered]

    def column(self, values: Sequence[Cell], column: int, first_row: int) -> pl.Series:
        """A column of cells as text; the first of them is in `first_row`."""
        types = list(map(type, values))
        for found in set(types) - {str}:
            self.add(_RENDERERS[found][0], column, types.count(found), first_row + types.index(found))
        texts = values if set(types) <= {str} else [as_text(value) for value in values]
        return pl.Series(str(column), texts, dtype=pl.String)
