"""Faults of a cell and the cells of its row that decide about it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from asccld.standard import Field
from asccld.synthetic.choices import settings
from asccld.synthetic.recipe import ROW, Kitchen, Recipe, blank, day, filled, one, written
from asccld.validation import Check


def _some_days() -> pl.Expr:
    return pl.duration(days=ROW % 28 + 1)


def _applies(f: Field, kitchen: Kitchen) -> pl.Expr:
    return kitchen.holds(f.applicable_when)


def required(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A mandatory cell left blank."""
    where = _applies(f, kitchen) & kitchen.holds(f.mandatory_when) & kitchen.holds(check.rule.when)
    reads = kitchen.reads(f.applicable_when, f.mandatory_when, check.rule.when)
    nothing = pl.lit(None, dtype=pl.String)
    filler = check.rule.id == "required-blank"
    yield one(check, f, nothing, where & filled(f.name), reads=reads - {f.name}, filler=filler)


def units_without_unit(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """Neither the unit nor the planned units."""
    unit = "cost_frequency_unit_type"
    for recipe in required(check, f, kitchen):
        due = _applies(f, kitchen) & kitchen.holds(f.mandatory_when) & filled(f.name) & filled(unit)
        writes = {name: pl.lit(None, dtype=pl.String) for name in (f.name, unit)}
        also = (("required-blank", unit),)
        yield Recipe(recipe.rule, f.name, writes, due, recipe.reads - {unit}, also)


def not_applicable(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A value where the item does not apply."""
    where = ~_applies(f, kitchen) & kitchen.holds(check.rule.when) & blank(f.name)
    reads = kitchen.reads(f.applicable_when, f.mandatory_when, check.rule.when) - {f.name}
    yield one(check, f, _example(f, kitchen), where, reads=reads, filler=check.rule.id == "not-applicable")


def _example(f: Field, kitchen: Kitchen) -> pl.Expr:
    """A value that is right in itself."""
    if texts := kitchen.texts(f.name):
        return pl.lit(pl.Series(texts)).gather(ROW % len(texts))
    if f.type == "date":
        return pl.col("reporting_period_start_date")
    if f.name.endswith("linked_person_id"):
        return pl.lit(kitchen.known_person)
    examples = settings("faults")["examples"]
    return pl.lit(str(examples.get(f.name) or examples[f.type]))


def cost_scope(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A cost where none is due."""
    not_due = _applies(f, kitchen) & ~kitchen.holds(f.mandatory_when) & kitchen.holds(check.rule.when)
    reads = kitchen.reads(f.applicable_when, f.mandatory_when, check.rule.when)
    yield one(check, f, _example(f, kitchen), not_due & blank(f.name), reads=reads - {f.name})


def all_blank(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """Several cells left blank together."""
    columns = [c for c in check.rule.parameters["columns"].split() if c in kitchen.columns]
    where = kitchen.holds(check.rule.when) & pl.any_horizontal(filled(c) for c in columns)
    always = [c for c in columns if kitchen.release.by_name[c].mandatory_when == "always"]
    nothing = {c: pl.lit(None, dtype=pl.String) for c in columns}
    also = tuple(("required-blank", c) for c in always)
    yield Recipe(check.rule.id, f.name, nothing, where, kitchen.reads(check.rule.when) - set(columns), also)


def date_order(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """The rule's own field moves to the wrong side of the other date."""
    earlier, later = check.rule.parameters["earlier"], check.rule.parameters["later"]
    other = later if f.name == earlier else earlier
    wrong = day(other) + _some_days() if f.name == earlier else day(other) - _some_days()
    where = filled(f.name) & filled(other) & kitchen.holds(check.rule.when)
    also = (("period-inconsistent", f.name),) if f.name.startswith("reporting_period") else ()
    reads = kitchen.reads(check.rule.when) | {other}
    yield one(check, f, written(wrong), where, reads=reads - {f.name}, also=also)


def date_in_future(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """A day that is still to come."""
    also = (("period-inconsistent", f.name),) if f.name.startswith("reporting_period") else ()
    yield one(check, f, pl.lit("01/01/2099"), filled(f.name), also=also)


def age(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A birth that makes the person too old or too young."""
    end, death = "reporting_period_end_date", "date_of_death"
    limits = check.rule.parameters
    years = int(limits["above"]) + 10 if "above" in limits else int(limits["below"]) - 8
    born = day(end).dt.offset_by(f"-{years}y")
    young = "below" in limits
    where = blank(death) if not young else filled("event_start_date") & (day("event_start_date") > born)
    reads = frozenset({end, "event_start_date"} if young else {end, death}) & kitchen.columns
    yield one(check, f, written(born), where & filled(f.name), reads=reads)


def same_value(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """What another column says."""
    other = check.rule.parameters["other"].split()[0]
    first = "adult_1_linked_person_id"
    where = filled(other) & filled(f.name if other != first else other) & filled(first)
    yield one(check, f, pl.col(other), where, reads=frozenset({other}))


def resolves(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A person who is not in the file."""
    unknown = pl.lit("X") + ROW.cast(pl.String)
    yield one(check, f, unknown, _applies(f, kitchen), reads=kitchen.reads(f.applicable_when))


def condition(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """What a rule with a condition of its own forbids."""
    if "number" in check.rule.parameters:
        yield one(check, f, pl.lit(f"{float(check.rule.parameters['number']):.2f}"), filled(f.name))
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
