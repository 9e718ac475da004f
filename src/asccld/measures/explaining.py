"""From a figure to those who are counted in it, and from them to the records.

A cell is told by the columns of a measure's tables: `la_code=506,table=1a`. Who is counted in it are the rows of its
tables of people, requests, episodes or reviews that have these values; each names the records that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Table

from asccld.errors import AsccldError
from asccld.measures.model import Measure, Output
from asccld.processing.text import folded, folded_text
from asccld.standard.names import did_you_mean

RECORD_IDS = "record_ids"
_NEXT = re.compile(r",(?=\s*\w+\s*=)")
"""A comma before another column; any other belongs to a value, such as `White - English, Welsh, ...`."""


class UnknownCell(AsccldError):
    """A cell that is told in columns that no table of the measure's people has."""


def cell_of(texts: Iterable[str]) -> dict[str, str]:
    """`COLUMN=VALUE[,COLUMN=VALUE...]` as a mapping; raises UnknownCell."""
    cell: dict[str, str] = {}
    for text in texts:
        for part in _NEXT.split(text):
            column, equals, value = part.partition("=")
            if not equals or not column.strip():
                raise UnknownCell(f"'{part}' is not COLUMN=VALUE", "--cell", "Example: --cell la_code=506,table=1a")
            cell[column.strip().lower()] = value  # a blank before it may make another category (x22)
    return cell


def units_of(measure: Measure, tables: Mapping[str, Table], cell: Mapping[str, str]) -> tuple[Output, ...]:
    """The tables of people, requests, episodes or reviews that have all these columns; raises UnknownCell."""
    columns = {o: _told_by(tables[o.suffix], o) for o in unit_outputs(measure)}
    known = list(dict.fromkeys(c for told in columns.values() for c in told))
    if not columns:
        remedy = "Explain the measure from which a figure comes, such as ascof_2a"
        raise UnknownCell(f"{measure.name} has no table of those who are counted", None, remedy)
    for column in cell:
        if column not in known:
            near = did_you_mean(column, known) or f"There are: {', '.join(known)}"
            raise UnknownCell(f"Who is counted in {measure.name} is not told by '{column}'", "--cell", near)
    found = tuple(o for o, told in columns.items() if set(cell) <= set(told))
    if not found:
        listed = "; ".join(f"{measure.name}{o.suffix}: {', '.join(told)}" for o, told in columns.items())
        raise UnknownCell("No table has all these columns", f"--cell {', '.join(cell)}", f"There are: {listed}")
    return found


def unit_outputs(measure: Measure) -> tuple[Output, ...]:
    """The tables with a row for each who is counted."""
    return tuple(o for o in measure.outputs if o.id_column)


def _told_by(units: Table, output: Output) -> list[str]:
    return [c for c in units.columns if c != output.id_column and not c.endswith(RECORD_IDS)]


def counted_in(units: Table, cell: Mapping[str, str]) -> Table:
    """The rows that are counted in the cell; texts are compared as the methods do, a blank is also a missing value."""
    conditions = [_is(units, column, value) for column, value in cell.items()]
    return units.filter(*conditions) if conditions else units


def counted_person(units: Table, output: Output, person: str) -> Table:
    """The rows of a person, by the identifier that the table shows."""
    return counted_in(units, {cast("str", output.id_column): person})


def values_like(units: Table, cell: Mapping[str, str]) -> dict[str, list[str]]:
    """For each column of a cell of which no row has the value: the values that there are."""
    lost: dict[str, list[str]] = {}
    for column, value in cell.items():
        held = units.select(value=units[column].cast("string")).distinct().order_by("value").limit(500)
        known = ["" if text is None else str(text) for text in held.to_pyarrow()["value"].to_pylist()]
        if folded_text(value) not in {folded_text(text) for text in known}:
            lost[column] = known
    return lost


def records_behind(events: Table, record_ids: Sequence[str]) -> Table:
    """The events of these records, by the column `der_unique_record_id`."""
    ids = [int(text) for text in record_ids]
    return events.filter(events.der_unique_record_id.isin(ids)).order_by("der_unique_record_id")


def _is(units: Table, column: str, value: str) -> BooleanValue:
    text = folded(units[column].cast("string"))
    wanted = folded_text(value)
    same = cast("BooleanValue", text == wanted)
    return same if wanted else cast("BooleanValue", ibis.or_(same, units[column].isnull()))
