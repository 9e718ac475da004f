"""The measures by name: what each needs and gives, read from the tables in `data`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

from asccld.errors import AsccldError
from asccld.measures.model import Measure, NotInCld, Output
from asccld.processing.columns import method_table
from asccld.standard.names import did_you_mean
from asccld.standard.tables import Row, read_rows

DATA = Path(__file__).parent / "data"


class UnknownMeasure(AsccldError):
    """A name that no measure has, or that of a table which the data set cannot fill."""


@cache
def measure_table(name: str) -> tuple[Row, ...]:
    """One of the shipped tables of the measures, as text."""
    return tuple(read_rows(DATA / f"{name}.csv"))


@cache
def measures() -> tuple[Measure, ...]:
    """Every measure, in the order of the register."""
    return tuple(_measure(row) for row in measure_table("measures"))


@cache
def not_in_cld() -> tuple[NotInCld, ...]:
    """Tables of the old return that Client Level Data cannot fill."""
    rows = measure_table("not_in_cld")
    return tuple(NotInCld(r["name"], r["title"], r["reason"], r["instead"]) for r in rows)


def measure_named(name: str) -> Measure:
    """The measure of that name; raises UnknownMeasure with the nearest names, or with the reason why there is none."""
    wanted = name.strip().lower()
    known = {m.name: m for m in measures()}
    if wanted in known:
        return known[wanted]
    for missing in not_in_cld():
        if missing.name == wanted:
            raise UnknownMeasure(f"{missing.name}: {missing.reason}", name, f"See {missing.instead}")
    remedy = did_you_mean(wanted, known) or f"There are: {', '.join(known)}"
    raise UnknownMeasure(f"There is no measure '{name}'", None, remedy)


def needed_columns(names: Iterable[str]) -> dict[str, str]:
    """Columns of the events that these measures need, each with its kind: text, date, timestamp or integer.

    Those that work on a main table have theirs in `main_table.needed_main_columns`.
    """
    wanted = {measure_named(name).name for name in names}
    return {r["name"]: r["kind"] for r in measure_table("measure_columns") if wanted & set(r["measures"].split())}


@cache
def option_rows() -> tuple[Row, ...]:
    """Every option of the measures, each with the measures that it changes: ours, then the Department's quirks."""
    uses = {r["id"]: r["applies_to"] for r in measure_table("option_uses")}
    quirks = [r | {"applies_to": uses[r["id"]]} for r in method_table("options") if r["id"] in uses]
    return (*measure_table("options"), *quirks)


def in_force(method: str) -> str:
    """The periods for which a method is the one in force, in words."""
    return next(r["in_force"] for r in measure_table("methods") if r["method"] == method)


def no_longer_in_force(method: str, end: date) -> str:
    """That a method is not the one in force for a period with this end, in words; blank where it is."""
    row = next(r for r in measure_table("methods") if r["method"] == method)
    if not row["last_end"] or end <= date.fromisoformat(row["last_end"]):
        return ""
    return f"{method} is the method of {row['in_force']}: figures of a later period are not official"


def _needs(name: str) -> tuple[str, ...]:
    of_events = [r["name"] for r in measure_table("measure_columns") if name in r["measures"].split()]
    return (*of_events, *dict.fromkeys(_main_needs(name)))


def _main_needs(name: str) -> Iterator[str]:
    """Columns of a main table that a measure needs; `+name` stands for all that another measure needs."""
    for row in measure_table("main_needs"):
        for column in row["columns"].split() if row["measure"] == name else ():
            yield from _main_needs(column[1:]) if column.startswith("+") else (column,)


def _measure(row: Row) -> Measure:
    name = row["name"]
    return Measure(
        name=name,
        title=row["title"],
        unit=row["unit"],
        method=row["method"],
        vocabulary=row["vocabulary"],
        needs=_needs(name),
        outputs=tuple(_output(r) for r in measure_table("outputs") if r["measure"] == name),
        options=tuple(r["id"] for r in option_rows() if name in r["applies_to"].split()),
        parameters=tuple(row["parameters"].split()),
        input=row["input"],
        module=row["module"],
        page=row["page"],
    )


def _output(row: Row) -> Output:
    return Output(
        suffix=row["suffix"],
        title=row["title"],
        unit=row["unit"],
        columns=tuple(row["columns"].split()),
        id_column=row["id_column"] or None,
        zeros=row["zeros"] == "yes",
    )
