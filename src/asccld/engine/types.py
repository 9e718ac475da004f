"""Giving columns the types that the method needs, and saying at once which of them do not have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from asccld.engine.errors import WrongTypes

_NULL_TYPE = re.compile(r"""\bkind=\W*NULL\W""")

_WORDS = (
    (dt.Date, "date"),
    (dt.Timestamp, "date with time"),
    (dt.Integer, "whole number"),
    (dt.Decimal, "number"),
    (dt.Floating, "number"),
    (dt.Boolean, "true or false"),
    (dt.String, "text"),
)


def of_types(table: ibis.Table, wanted: Mapping[str, Any], where: str) -> ibis.Table:
    """The table with the wanted columns only, in their order and of their types.

    Texts are read as dates and numbers, as long as every one of them can be; NULL and blank are not known.
    """
    types = {name: _type(kind) for name, kind in wanted.items()}
    faults = {name: fault for name, kind in types.items() if (fault := _hopeless(table[name].type(), kind))}
    tries = {
        name: kind
        for name, kind in types.items()
        if table[name].type().is_string() and not kind.is_string() and name not in faults
    }
    if tries and not _can_try(table):
        faults |= {name: f"is text and should be a {_word(kind)}" for name, kind in tries.items()}
        tries = {}
    faults |= _unread(table, tries)
    if faults:
        raise WrongTypes({name: faults[name] for name in wanted if name in faults}, where)
    return table.select(**{name: _as(table[name], kind) for name, kind in types.items()})


def with_typed_nulls(table: ibis.Table) -> ibis.Table:
    """The table with text in place of columns that have no type, because every value in them is missing.

    Polars and pandas write such columns; DuckDB gives their type a name that Ibis does not know.
    """
    untyped = [name for name, kind in table.schema().items() if _is_untyped(kind)]
    return table.mutate(**{name: table[name].cast("string") for name in untyped}) if untyped else table


def _is_untyped(kind: dt.DataType) -> bool:
    return kind.is_null() or (isinstance(kind, dt.Unknown) and bool(_NULL_TYPE.search(str(kind))))


def _type(wanted: Any) -> dt.DataType:  # noqa: ANN401 - a type of Ibis, Polars or Arrow, or its name
    if isinstance(wanted, dt.DataType | str):
        return dt.dtype(wanted)
    import polars as pl
    from ibis.formats.polars import PolarsType

    is_polars = isinstance(wanted, pl.DataType) or (isinstance(wanted, type) and issubclass(wanted, pl.DataType))
    return PolarsType.to_ibis(wanted) if is_polars else dt.dtype(wanted)


def _as(column: Any, kind: dt.DataType) -> Any:  # noqa: ANN401 - columns of every type
    has = column.type()
    if _same(has, kind):
        return column
    if has.is_string():
        return column.strip().nullif("").try_cast(kind)
    if has.is_timestamp() and kind.is_timestamp():
        return column.cast(dt.Timestamp())  # without a time zone: as the collector's clock showed it
    return column.cast(kind)


def _same(has: dt.DataType, kind: dt.DataType) -> bool:
    """Whether a column may stay as it is: how long a text may be and how fine a clock is make no difference."""
    if has.is_timestamp() and kind.is_timestamp():
        return getattr(has, "timezone", None) is None
    return type(has) is type(kind) and (not has.is_decimal() or has == kind)


def _hopeless(has: dt.DataType, kind: dt.DataType) -> str:
    """Why no value of one type can be of the other, or nothing."""
    numbers = has.is_numeric() or has.is_boolean()
    times = has.is_date() or has.is_timestamp()
    fits = {
        "text": has.is_string() or has.is_integer(),
        "date": times or has.is_string(),
        "date with time": times or has.is_string(),
        "true or false": numbers or has.is_string(),
    }.get(_word(kind), numbers or has.is_string())
    return "" if fits else f"is a {_word(has)} and should be a {_word(kind)}"


def _word(kind: dt.DataType) -> str:
    other = "value of a type that is not known here" if isinstance(kind, dt.Unknown) else str(kind)
    return next((word for of, word in _WORDS if isinstance(kind, of)), other)


def _can_try(table: ibis.Table) -> bool:
    return ibis.get_backend(table).name in {"duckdb", "pyspark", "mssql"}


def _unread(table: ibis.Table, tries: Mapping[str, dt.DataType]) -> dict[str, str]:
    """How many values of each text column cannot be read, by looking at all of them in one pass."""
    if not tries:
        return {}
    text = {name: table[name].strip().nullif("") for name in tries}
    counts = {name: (text[name].notnull() & text[name].try_cast(kind).isnull()).sum() for name, kind in tries.items()}
    found = table.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return {name: f"has {found[name]:,} values that are no {_word(tries[name])}" for name in tries if found[name]}
