"""The lists of values that the methods accept."""

from __future__ import annotations

from functools import cache

from asccld.measures.registry import measure_table


@cache
def listed(table: str) -> tuple[str, ...]:
    """The values of a list: the first column of its table."""
    return tuple(next(iter(row.values())) for row in measure_table(table))


@cache
def listed_where(table: str, column: str, answer: str) -> tuple[str, ...]:
    """The values of a list for which a column of its table says so."""
    return tuple(next(iter(row.values())) for row in measure_table(table) if row[column] == answer)
