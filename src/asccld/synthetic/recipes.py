"""How to make each rule of `rules.csv` fire: for every type of rule, cells to write and rows where that is a fault.

A recipe reads and writes named columns of one row, all still clean. Whoever applies recipes keeps the columns that one
recipe reads or writes from being written by another, so that every fault is found whatever else is wrong on its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from asccld.standard import Field, Release, Standard
from asccld.synthetic.choices import settings
from asccld.synthetic.identifiers import test_numbers, with_check_digit
from asccld.synthetic.where import holds, read_by
from asccld.validation import Check

ROW = pl.col("row")
"""Position of the row in the file, counted from 0."""
DAY = "%d/%m/%Y"
UNKNOWN_TEXT = "Not a value of this list"


@dataclass(frozen=True)
class Recipe:
    """A fault: which rows can have it, what to write, and what else then is wrong."""

    rule: str
    field: str
    writes: Mapping[str, pl.Expr]
    where: pl.Expr
    reads: frozenset[str] = frozenset()
    also: tuple[tuple[str, str], ...] = ()
    """Further (rule, field) that this fault makes fire."""
    group: str | None = None
    """Column that names the group whose other rows must stay as they are."""
    filler: bool = False
    """May be used as often as needed to reach the wanted share of faulty cells."""


@dataclass(frozen=True)
class Kitchen:
    """What the recipes know of the file."""

    release: Release
    standard: Standard
    rows: int
    period_start: str
    """The file's own, as written; tells which councils were abolished before it."""
    known_person: str
    """The identifier of a person in the file."""
    columns: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", frozenset(self.release.by_name))

    @cached_property
    def earlier(self) -> Release | None:
        """The release before this one."""
        return self.standard.releases[self.release.previous] if self.release.previous else None

    @cached_property
    def every_value(self) -> frozenset[str]:
        """The values of all lists of all releases."""
        return frozenset(t for r in self.standard.releases.values() for d in r.lists.values() for t in d.texts)

    def holds(self, condition: str) -> pl.Expr:
        """True where a condition of the standard holds."""
        return holds(condition, self.columns)

    def reads(self, *conditions: str) -> frozenset[str]:
        """Columns that decide the conditions."""
        return frozenset[str]().union(*(read_by(c, self.release) for c in conditions))

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a field's list."""
        found = self.release.list_of(name)
        return found.texts if found else ()


Builder = Callable[[Check, Field, Kitchen], Iterator[Recipe]]


def recipes_for(check: Check, kitchen: Kitchen) -> Iterator[Recipe]:
    """The recipes of a check; none where the file or the release has no place for its fault."""
    builder = BUILDERS.get(check.rule.id) or BUILDERS.get(check.rule.type)
    if builder is not None and check.field is not None:
        yield from builder(check, check.field, kitchen)


def filled(name: str) -> pl.Expr:
    """True where the cell has a value."""
    return pl.col(name).is_not_null()


def blank(name: str) -> pl.Expr:
    """True where the cell has none."""
    return pl.col(name).is_null()


def day(name: str) -> pl.Expr:
    """The date in a cell."""
    return pl.col(name).str.to_date(DAY)


def _written(date: pl.Expr) -> pl.Expr:
    return date.dt.strftime(DAY)


def _some_days() -> pl.Expr:
    return pl.duration(days=ROW % 28 + 1)


def _one(check: Check, f: Field, value: pl.Expr, where: pl.Expr, **more: Any) -> Recipe:  # noqa: ANN401 - passed on as they are
    return Recipe(check.rule.id, f.name, {f.name: value}, where, **more)


# ---- a single cell, whatever the rest of the row says


def _trimmed(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    text = pl.col(f.name)
    yield _one(check, f, pl.when(ROW % 2 == 0).then(text + " ").otherwise("  " + text), filled(f.name), filler=True)


def _literal_null(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    yield _one(check, f, pl.lit("NULL"), blank(f.name), filler=True)


def _list(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    problem = check.rule.parameters["problem"]
    if problem == "unknown":
        yield _one(check, f, pl.lit(UNKNOWN_TEXT), filled(f.name), filler=True)
    elif problem == "dropped":
        yield from _dropped(check, f, kitchen)
    elif swaps := _SWAPS[problem](f, kitchen):
        value = pl.col(f.name)
        text = value.replace_strict(swaps, default=None, return_dtype=pl.String)
        yield _one(check, f, text, value.is_in(list(swaps)), filler=True)


def _dropped(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    lost = [
        m.from_value
        for m in kitchen.release.mappings
        if m.defined_list == f.defined_list and m.to_value is None and m.from_value
    ]
    if lost:
        yield _one(check, f, pl.lit(pl.Series(lost)).gather(ROW % len(lost)), filled(f.name))


def _in_capitals(f: Field, kitchen: Kitchen) -> dict[str, str]:
    return {t: t.upper() for t in kitchen.texts(f.name) if t.upper() not in kitchen.every_value}


def _misspelt(f: Field, kitchen: Kitchen) -> dict[str, str]:
    """A letter doubled in the middle, in values long enough that nobody takes it for another word."""
    doubled = {t: t[: len(t) // 2] + t[len(t) // 2 - 1 :] for t in kitchen.texts(f.name) if len(t) > 4}
    return {t: slip for t, slip in doubled.items() if slip not in kitchen.every_value}


def _of_earlier(f: Field, kitchen: Kitchen) -> dict[str, str]:
    return {
        m.to_value: m.from_value
        for m in kitchen.release.mappings
        if m.defined_list == f.defined_list
        and m.from_value
        and m.to_value
        and m.from_value != m.to_value
        and m.from_value not in kitchen.texts(f.name)
    }


def _of_later(f: Field, kitchen: Kitchen) -> dict[str, str]:
    """Only where the later wording is more than another capital letter, which is a fault of its own."""
    here = kitchen.texts(f.name)
    taken = {t.casefold() for t in here} | {v.casefold() for v in _of_earlier(f, kitchen).values()}
    later = (r for r in kitchen.standard.releases.values() if r.previous == kitchen.release.id)
    return {
        m.from_value: m.to_value
        for r in later
        for m in r.mappings
        if m.defined_list == f.defined_list and m.from_value and m.to_value and m.to_value.casefold() not in taken
    }


_SWAPS: Mapping[str, Callable[[Field, Kitchen], dict[str, str]]] = {
    "case": _in_capitals,
    "near": _misspelt,
    "earlier": _of_earlier,
    "later": _of_later,
}


def _date(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    if check.rule.parameters["problem"] == "unreadable":
        yield _one(check, f, pl.lit("31/02/2025"), filled(f.name))
    else:
        yield _one(check, f, day(f.name).dt.strftime("%Y-%m-%d"), filled(f.name))


def _number(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    text = pl.col(f.name)
    value = {"unreadable": "about " + text, "decimals": text + "5", "whole": text + ".5"}
    yield _one(check, f, value[check.rule.parameters["problem"]], filled(f.name))


def _number_range(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    limits = check.rule.parameters
    value = "-" + pl.col(f.name) if "minimum" in limits else pl.lit(str(int(limits["maximum"]) + 5))
    yield _one(check, f, value, filled(f.name))


def _format(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    text = pl.col(f.name)
    spaced = pl.concat_str(text.str.slice(0, 3), text.str.slice(3, 3), text.str.slice(6), separator=" ")
    value = {"nhs-number": spaced, "postcode": pl.lit("Not known"), "gp-practice-code": pl.lit("GP1")}
    yield _one(check, f, value.get(check.rule.parameters["format"], "Location " + text), filled(f.name))


def _check_digit(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    text = pl.col(f.name)
    other = (text.str.slice(9).cast(pl.Int32) + 1) % 10
    yield _one(check, f, text.str.slice(0, 9) + other.cast(pl.String), filled(f.name))


def _nhs_range(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    low = check.rule.parameters["ranges"].split("-")[0]
    if check.rule.id == "nhs-number-test":
        return
    if check.rule.id == "nhs-number-placeholder":
        value = pl.lit(pl.Series([str(d) * 10 for d in range(10)])).gather(ROW % 10)
    else:
        stems = pl.int_range(int(low) // 10, int(low) // 10 + kitchen.rows * 2 + 10, dtype=pl.Int64, eager=True)
        value = pl.lit(with_check_digit(pl.DataFrame({"stem": stems}))["number"]).gather(ROW)
    yield _one(check, f, value, filled(f.name))


# ---- a cell and what decides it


def _applies(f: Field, kitchen: Kitchen) -> pl.Expr:
    return kitchen.holds(f.applicable_when)


def _required(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    where = _applies(f, kitchen) & kitchen.holds(f.mandatory_when) & kitchen.holds(check.rule.when)
    reads = kitchen.reads(f.applicable_when, f.mandatory_when, check.rule.when)
    nothing = pl.lit(None, dtype=pl.String)
    filler = check.rule.id == "required-blank"
    yield _one(check, f, nothing, where & filled(f.name), reads=reads - {f.name}, filler=filler)


def _units_without_unit(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    unit = "cost_frequency_unit_type"
    for recipe in _required(check, f, kitchen):
        due = _applies(f, kitchen) & kitchen.holds(f.mandatory_when) & filled(f.name) & filled(unit)
        writes = {name: pl.lit(None, dtype=pl.String) for name in (f.name, unit)}
        also = (("required-blank", unit),)
        yield Recipe(recipe.rule, f.name, writes, due, recipe.reads - {unit}, also)


def _not_applicable(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    where = ~_applies(f, kitchen) & kitchen.holds(check.rule.when) & blank(f.name)
    reads = kitchen.reads(f.applicable_when, f.mandatory_when, check.rule.when) - {f.name}
    yield _one(check, f, _example(f, kitchen), where, reads=reads, filler=check.rule.id == "not-applicable")


def _example(f: Field, kitchen: Kitchen) -> pl.Expr:
    """A value that is right in itself."""
    if texts := kitchen.texts(f.name):
        return pl.lit(pl.Series(texts)).gather(ROW % len(texts))
    if f.type == "date":
        return pl.col("reporting_period_start_date")
    if f.name.endswith("linked_person_id"):
        return pl.lit(kitchen.known_person)
    examples = {"decimal": "12.00", "integer": "1", "cqc-location-id": "1-1000000001"}
    return pl.lit(examples.get(f.type) or examples.get(f.format) or "Local note")


def _cost_scope(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    not_due = _applies(f, kitchen) & ~kitchen.holds(f.mandatory_when) & kitchen.holds(check.rule.when)
    reads = kitchen.reads(f.applicable_when, f.mandatory_when, check.rule.when)
    yield _one(check, f, _example(f, kitchen), not_due & blank(f.name), reads=reads - {f.name})


def _all_blank(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    columns = [c for c in check.rule.parameters["columns"].split() if c in kitchen.columns]
    where = kitchen.holds(check.rule.when) & pl.any_horizontal(filled(c) for c in columns)
    always = [c for c in columns if kitchen.release.by_name[c].mandatory_when == "always"]
    nothing = {c: pl.lit(None, dtype=pl.String) for c in columns}
    also = tuple(("required-blank", c) for c in always)
    yield Recipe(check.rule.id, f.name, nothing, where, kitchen.reads(check.rule.when) - set(columns), also)


def _date_order(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """The rule's own field moves to the wrong side of the other date."""
    earlier, later = check.rule.parameters["earlier"], check.rule.parameters["later"]
    other = later if f.name == earlier else earlier
    wrong = day(other) + _some_days() if f.name == earlier else day(other) - _some_days()
    where = filled(f.name) & filled(other) & kitchen.holds(check.rule.when)
    also = (("period-inconsistent", f.name),) if f.name.startswith("reporting_period") else ()
    reads = kitchen.reads(check.rule.when) | {other}
    yield _one(check, f, _written(wrong), where, reads=reads - {f.name}, also=also)


def _date_in_future(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    also = (("period-inconsistent", f.name),) if f.name.startswith("reporting_period") else ()
    yield _one(check, f, pl.lit("01/01/2099"), filled(f.name), also=also)


def _age(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    end, death = "reporting_period_end_date", "date_of_death"
    limits = check.rule.parameters
    years = int(limits["above"]) + 10 if "above" in limits else int(limits["below"]) - 8
    born = day(end).dt.offset_by(f"-{years}y")
    young = "below" in limits
    where = blank(death) if not young else filled("event_start_date") & (day("event_start_date") > born)
    reads = frozenset({end, "event_start_date"} if young else {end, death}) & kitchen.columns
    yield _one(check, f, _written(born), where & filled(f.name), reads=reads)


def _same_value(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    other = check.rule.parameters["other"].split()[0]
    first = "adult_1_linked_person_id"
    where = filled(other) & filled(f.name if other != first else other) & filled(first)
    yield _one(check, f, pl.col(other), where, reads=frozenset({other}))


def _resolves(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    unknown = pl.lit("X") + ROW.cast(pl.String)
    yield _one(check, f, unknown, _applies(f, kitchen), reads=kitchen.reads(f.applicable_when))


def _condition(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    if "number" in check.rule.parameters:
        yield _one(check, f, pl.lit(f"{float(check.rule.parameters['number']):.2f}"), filled(f.name))
        return
    fault = settings("faults").get(check.rule.id)
    if fault is None:
        return
    values = {name: _containing(text, name, kitchen) for name, text in fault["set"].items() if name in kitchen.columns}
    if values and all(values.values()):
        yield Recipe(
            check.rule.id,
            f.name,
            {name: pl.lit(value) for name, value in values.items()},
            kitchen.holds(fault["where"]),
            kitchen.reads(fault["where"], check.rule.when) - values.keys(),
        )


def _containing(text: str, name: str, kitchen: Kitchen) -> str | None:
    earlier = kitchen.earlier.list_of(name) if kitchen.earlier else None
    texts = kitchen.texts(name) + (earlier.texts if earlier else ())
    return next((t for t in texts if text.casefold() in t.casefold()), None)


# ---- councils and periods


def _council(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """Another code on single rows: also makes the file one of several councils."""
    start = pl.lit(kitchen.period_start).str.to_date(DAY)
    began = pl.select(start).item()
    councils = kitchen.standard.councils
    if check.rule.id == "la-code-unknown":
        codes = ["998"]
    elif check.rule.id == "la-code-abolished":
        codes = [c.la_code for c in councils if c.la_code and c.to_date and c.to_date < began]
    else:
        codes = [c.la_code for c in councils if c.la_code and c.status == "current"][:2]
    also = () if check.rule.id == "la-code-several" else (("la-code-several", f.name),)
    for code in codes[:1] if also else codes:
        yield _one(check, f, pl.lit(code), pl.col(f.name) != code, also=also)


def _one_per_file(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    if f.type == "date":
        yield _one(check, f, _written(day(f.name).dt.offset_by("-1d")), filled(f.name))
    else:
        yield from _council(check, f, kitchen)


def _register(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    yield from _council(check, f, kitchen)


# ---- one row against the others of its group


def _one_per_group(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """One row of a group says something else; the others must keep what they say."""
    group, value = check.rule.parameters["group"], check.rule.parameters["value"]
    texts = kitchen.texts(value)
    numbers = test_numbers()
    if value == "nhs_number":
        other = pl.lit(numbers).gather(len(numbers) - 1 - ROW % len(numbers))
    elif texts:
        other = pl.when(pl.col(value) == texts[0]).then(pl.lit(texts[1])).otherwise(pl.lit(texts[0]))
    elif kitchen.release.by_name[value].type == "date":
        other = _written(day(value).dt.offset_by("-400d" if value == "date_of_birth" else "1d"))
    else:
        other = pl.lit("Q") + ROW.cast(pl.String)
    where = filled(group) & filled(value) & (pl.len().over(group) > 1)
    yield Recipe(check.rule.id, f.name, {value: other}, where, frozenset({group}) - {value}, group=group)


BUILDERS: Mapping[str, Builder] = {
    "trimmed": _trimmed,
    "literal_null": _literal_null,
    "required": _required,
    "planned-units-blank-no-unit": _units_without_unit,
    "not_applicable": _not_applicable,
    "cost_scope": _cost_scope,
    "all_blank": _all_blank,
    "list": _list,
    "date": _date,
    "date_order": _date_order,
    "date_not_after": _date_in_future,
    "age": _age,
    "number": _number,
    "number_range": _number_range,
    "condition": _condition,
    "format": _format,
    "nhs_check_digit": _check_digit,
    "nhs_range": _nhs_range,
    "register": _register,
    "same_value": _same_value,
    "resolves": _resolves,
    "one_per_file": _one_per_file,
    "one_per_group": _one_per_group,
}
"""By rule id where a rule needs its own, else by type of rule: a new rule of a known type needs nothing here."""
