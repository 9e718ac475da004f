"""Counted things in words: every room says `1 row` and `2 rows`, never `1 row(s)`."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`, `0 rows`; `many` where an s is not enough."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """`once`, `2 times`."""
    return "once" if count == 1 else f"{count:,} times"


def all_of(count: int, one: str) -> str:
    """`All 2 rows`, `The only row`, `No rows`."""
    return f"The only {one}" if count == 1 else f"All {counted(count, one)}" if count else f"No {one}s"
