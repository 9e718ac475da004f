"""How to make each rule of `rules.csv` fire: for every type of rule, the builder of its recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from asccld.standard import Field
from asccld.synthetic import cell_recipes as cell
from asccld.synthetic import row_recipes as row
from asccld.synthetic.identifiers import test_numbers
from asccld.synthetic.list_recipes import wrong_values
from asccld.synthetic.recipe import DAY, ROW, Builder, Kitchen, Recipe, day, filled, one, written
from asccld.validation import Check


def recipes_for(check: Check, kitchen: Kitchen) -> Iterator[Recipe]:
    """The recipes of a check; none where the file or the release has no place for its fault."""
    builder = BUILDERS.get(check.rule.id) or BUILDERS.get(check.rule.type)
    if builder is not None and check.field is not None:
        yield from builder(check, check.field, kitchen)


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
        yield one(check, f, pl.lit(code), pl.col(f.name) != code, also=also)


def _one_per_file(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    if f.type == "date":
        yield one(check, f, written(day(f.name).dt.offset_by("-1d")), filled(f.name))
    else:
        yield from _council(check, f, kitchen)


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
        other = written(day(value).dt.offset_by("-400d" if value == "date_of_birth" else "1d"))
    else:
        other = pl.lit("Q") + ROW.cast(pl.String)
    where = filled(group) & filled(value) & (pl.len().over(group) > 1)
    yield Recipe(check.rule.id, f.name, {value: other}, where, frozenset({group}) - {value}, group=group)


BUILDERS: Mapping[str, Builder] = {
    "trimmed": cell.trimmed,
    "literal_null": cell.literal_null,
    "required": row.required,
    "planned-units-blank-no-unit": row.units_without_unit,
    "not_applicable": row.not_applicable,
    "cost_scope": row.cost_scope,
    "all_blank": row.all_blank,
    "list": wrong_values,
    "date": cell.date_form,
    "date_order": row.date_order,
    "date_not_after": row.date_in_future,
    "age": row.age,
    "number": cell.number,
    "number_range": cell.number_range,
    "condition": row.condition,
    "format": cell.form,
    "nhs_check_digit": cell.check_digit,
    "nhs_range": cell.nhs_range,
    "register": _council,
    "same_value": row.same_value,
    "resolves": row.resolves,
    "one_per_file": _one_per_file,
    "one_per_group": _one_per_group,
}
"""By rule id where a rule needs its own, else by type of rule: a new rule of a known type needs nothing here."""
