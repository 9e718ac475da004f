"""How the national database compares: text, missing values, days and ages. Nobody else re-implements it.

Source: DHSC method reference, section 0 (C1 to C6). The reference system is SQL Server with a collation that ignores
case; trailing spaces do not count there, blank and missing are different values, and a test against a missing value is
neither true nor false. Everything here is one expression that DuckDB, Spark, PostgreSQL and SQL Server compute alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import cast

import ibis
import ibis.expr.datatypes as dt
from ibis.common.exceptions import IbisError
from ibis.expr.types import BooleanValue, Column, DateValue, IntegerValue, StringValue, Table, Value

OPEN_END = "9999-01-01"
"""How an open end is ordered: after every real date."""

DAYS_PER_YEAR = 365.25


@ibis.udf.scalar.builtin(name="rtrim")
def _without_trailing_spaces(text: str) -> str:  # pyright: ignore[reportReturnType]
    """`rtrim`, which takes spaces only; the `rstrip` of Ibis would take tabs and line ends too."""


def folded(value: Value) -> StringValue:
    """The value as the national database compares it: without regard to case and trailing spaces (C1)."""
    return cast("StringValue", _without_trailing_spaces(value)).lower()


def folded_text(text: str) -> str:
    """The same for a text of ours."""
    return text.rstrip(" ").lower()


def same(value: Value, text: str) -> BooleanValue:
    """`value = text` of the national database: missing where the value is missing (C2)."""
    return cast("BooleanValue", folded(value) == folded_text(text))


def contains(value: Value, part: str) -> BooleanValue:
    """`value like '%part%'`, for a part without wildcards."""
    return cast("StringValue", value).lower().like(f"%{part.lower()}%")


def starts(value: Value, beginning: str) -> BooleanValue:
    """`value like 'beginning%'`, for a beginning without wildcards."""
    return cast("StringValue", value).lower().like(f"{beginning.lower()}%")


def is_service(table: Table) -> BooleanValue:
    """Whether the event type contains "service" (C11); missing where the type is missing."""
    return contains(table.event_type, "service")


def not_service(table: Table) -> BooleanValue:
    """Whether there is an event type that does not contain "service"; missing where the type is missing."""
    return cast("BooleanValue", ~is_service(table))


def blank_if_missing(value: Value) -> Value:
    """Blank for a missing value, as most partitions of single tables have it (C3)."""
    return value.fill_null("")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def days_from(start: DateValue, end: DateValue) -> IntegerValue:
    """Midnights between two dates (C5)."""
    return cast("IntegerValue", end.delta(start, unit="day"))


def first_of_month(year: Column, month: Column) -> DateValue:
    """The 1st of a month; missing where the year or the month is missing or impossible (C6)."""
    possible = cast("BooleanValue", year.between(1, 9999) & month.between(1, 12))
    return ibis.date(possible.ifelse(year, None).cast("int32"), possible.ifelse(month, None).cast("int32"), 1)


def age_at(born: DateValue, day: DateValue) -> IntegerValue:
    """Whole years: floor(days / 365.25), which can be one year off around birthdays, as intended (C6)."""
    return cast("IntegerValue", (days_from(born, day) / DAYS_PER_YEAR).floor().cast("int32"))


def on_duckdb(table: Table) -> bool:
    """Whether the table lives in DuckDB, whose `hash` makes the comparison of many columns cheap."""
    try:
        return table.get_backend().name == "duckdb"
    except IbisError:  # a table of no database: its SQL may run anywhere
        return False


def fingerprint(values: Sequence[Value], *, hashed: bool) -> list[Value]:
    """What rows with equal values share: the values themselves or, in DuckDB only, one 64-bit hash of them.

    Missing equals missing, and differs from blank. Use a hash beside a column that already tells most rows apart: then
    two different rows share one less often than once in a hundred million runs.
    """
    if not hashed:
        return list(values)
    return [reduce(_hashed, values)]


def _hashed(left: Value, right: Value) -> Value:
    kinds = ((left.type(), right.type()), dt.uint64)
    return ibis.udf.scalar.builtin(_hash, name="hash", signature=kinds)(left, right)


def _hash(left: object, right: object) -> int: ...  # pyright: ignore[reportReturnType] - the body is DuckDB's


def two_decimals(value: Value) -> StringValue:
    """A cost as the national database compares and shows it: rounded to two decimals, as text; blank if missing."""
    return cast("StringValue", value.cast("decimal(18, 2)").cast("string"))
