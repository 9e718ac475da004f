"""How the tables of the SALT return are laid out: which rows and columns, in which order and wording.

The wording is that of NHS England's published description of the method. The return's own form is not among the facts
that we hold, so sheets, totals and the order of tables are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from asccld.measures.registry import measure_table
from asccld.standard import load_standard
from asccld.standard.tables import Row, read_rows

DATA = Path(__file__).parent / "data"
BETWEEN: Final = "\x1f"
"""Joins the values of several columns."""

Holds = Literal["count", "other", "absent"]


@dataclass(frozen=True)
class Entry:
    """One row or column of a table."""

    label: str
    holds: Holds
    """`count`; `other`: what is on no other row; `absent`: what the data set cannot fill."""
    values: tuple[str, ...]
    """What is counted there, as the measure's table has it, without capitals."""


@dataclass(frozen=True)
class Block:
    """One table of counts."""

    sheet: str
    title: str
    measure: str
    suffix: str
    where: str
    """Which rows of the measure's table: `table=1a`, `age=18..64`, both with `&` between, or all."""
    rows: tuple[Entry, ...]
    row_from: str
    columns: tuple[Entry, ...]
    column_from: str
    count: str
    """The column that is summed; blank where each row counts as one."""
    all_people: bool
    """Whether it counts everybody whom the measure's other tables count in parts."""
    heading: str
    note: str

    @property
    def is_filled(self) -> bool:
        """Whether the data set can fill any cell of it."""
        return bool(self.row_from or self.column_from or self.count)


@dataclass(frozen=True)
class Rate:
    """One row of a table with numerator, denominator and outcome."""

    sheet: str
    title: str
    measure: str
    label: str
    band: str
    numerator: str
    denominator: str
    """Blank where it is not in the data set."""
    outcome: str
    """Its heading, with its unit."""
    note: str


@cache
def blocks() -> tuple[Block, ...]:
    """Every table of counts, in order."""
    return tuple(
        Block(
            sheet=row["sheet"],
            title=row["title"],
            measure=row["measure"],
            suffix=row["suffix"],
            where=row["where"],
            rows=axis(row["rows"]),
            row_from=row["row_from"],
            columns=axis(row["columns"]),
            column_from=row["column_from"],
            count=row["count"],
            all_people=row["all_people"] == "yes",
            heading=row["heading"],
            note=row["note"],
        )
        for row in read_rows(DATA / "salt_blocks.csv")
    )


@cache
def rates() -> tuple[Rate, ...]:
    """Every row of the tables with outcomes, in order."""
    return tuple(Rate(**row) for row in read_rows(DATA / "salt_rates.csv"))


@cache
def axis(name: str) -> tuple[Entry, ...]:
    """The rows or columns of that name: from the lists of the measures or of the standard where there is one."""
    if name == "setting":
        return _settings()
    for row in read_rows(DATA / "salt_lists.csv"):
        if row["axis"] == name:
            return _listed(row)
    rows = [row for row in read_rows(DATA / "salt_axes.csv") if row["axis"] == name]
    return tuple(_entry(row) for row in rows) or _routes(absent=name.endswith("not in CLD"))


def _settings() -> tuple[Entry, ...]:
    rows = measure_table("settings")
    return tuple(Entry(r["category"], "count", (_joined(r["service_type"], r["delivery_mechanism"]),)) for r in rows)


def _listed(row: Row) -> tuple[Entry, ...]:
    """A list that a method itself uses, so that a row is never lost for its spelling."""
    column, _, wanted = row["only"].partition("=")
    rows = (r for r in measure_table(row["table"]) if not column or r[column] == wanted)
    rest = (Entry(row["rest"], "other", ()),) if row["rest"] else ()
    return (*(Entry(r[row["column"]], "count", (_joined(r[row["column"]]),)) for r in rows), *rest)


def _routes(*, absent: bool) -> tuple[Entry, ...]:
    """The standard's own list: no source of the method names the routes."""
    values = load_standard().releases["r1"].lists["Request: Route of Access"].values
    if absent:
        return tuple(Entry(v.value, "absent", ()) for v in values)
    listed = (Entry(v.value, "count", (_joined(v.value),)) for v in values)
    return (*listed, Entry("Not stated, or not on the list", "other", ()))


def _entry(row: Row) -> Entry:
    holds: dict[str, Holds] = {"count": "count", "other": "other", "absent": "absent"}
    texts = [row["label"], *filter(None, row["values"].split("|"))]
    return Entry(row["label"], holds[row["holds"]], tuple(_joined(text) for text in texts))


def labels_by_value(entries: tuple[Entry, ...]) -> Mapping[str, str]:
    """The label under which each value is counted."""
    return {value: entry.label for entry in entries for value in entry.values}


def _joined(*texts: str) -> str:
    return BETWEEN.join(text.strip().lower() for text in texts)
