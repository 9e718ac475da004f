"""The rule types that look at one row: each compiles a check to a probe over a prepared chunk.

A probe has a `failed` expression (true where the row breaks the rule; null is no failure) and a `checked` expression
(true where the rule had something to look at: the denominator). Adding a rule of a known type needs no code, only a
row in rules.csv; a second compiler (SQL) would be a second module like this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce

import polars as pl

from asccld.standard import Release, Standard
from asccld.standard.conditions import columns_of, parse
from asccld.validation.conditions import ConditionCompiler
from asccld.validation.lexicon import Kind, Lexicon, is_one_of
from asccld.validation.patterns import in_ranges
from asccld.validation.rules import Check
from asccld.validation.status import WRONG_CHECK_DIGIT, WRONG_FORM


@dataclass(frozen=True)
class Probe:
    """What a check asks of a chunk."""

    failed: pl.Expr | None
    """None where nothing in this chunk can fail."""
    checked: pl.Expr
    key: str | None = None
    """Probes with the same key have the same `checked`: it is counted once."""


@dataclass(frozen=True)
class Context:
    """What a check may need to know besides the rows."""

    release: Release
    standard: Standard
    columns: frozenset[str]
    """Columns of the prepared chunk."""
    lexicons: Mapping[str, Lexicon]
    compiler: ConditionCompiler
    la_code: str | None
    today: date
    period: tuple[date, date] | None

    def has(self, *columns: str) -> bool:
        """True when the prepared chunk has all the columns."""
        return self.columns >= set(columns)


Builder = Callable[[Check, Context], Probe | None]


def probe(check: Check, context: Context) -> Probe | None:
    """The probe of a check with its `when`, or None where the check cannot apply to this chunk."""
    builder = BUILDERS.get(check.rule.type)
    made = builder(check, context) if builder else None
    if made is None or check.rule.when == "always":
        return made
    when = parse(check.rule.when)
    if columns_of(when) & (context.release.by_name.keys() - {c.removeprefix("blank.") for c in context.columns}):
        return None  # a column that the condition needs is missing from the file: reported once, not on every row
    holds = context.compiler.compile(when)
    if check.rule.parameters.get("undetermined") == "holds":
        holds = holds.fill_null(value=True)
    return Probe(None if made.failed is None else made.failed & holds, made.checked & holds)


def _name(check: Check) -> str:
    return check.field.name if check.field else ""


def _filled(check: Check) -> pl.Expr:
    return ~pl.col(f"blank.{_name(check)}")


_EVERY_ROW = pl.col("row").is_not_null()


def _flag(prefix: str) -> Builder:
    def build(check: Check, context: Context) -> Probe | None:
        name = _name(check)
        if not context.has(f"blank.{name}"):
            return None
        flagged = pl.col(f"{prefix}.{name}") if context.has(f"{prefix}.{name}") else None
        return Probe(flagged, _EVERY_ROW, "rows")

    return build


def _required(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"blank.{name}"):
        return None
    mandatory = pl.col(f"status.{name}") == 2
    return Probe(mandatory & pl.col(f"blank.{name}"), mandatory, f"mandatory.{name}")


def _not_applicable(check: Check, context: Context) -> Probe | None:
    if not context.has(f"blank.{_name(check)}"):
        return None
    not_applicable = pl.col(f"status.{_name(check)}") == 0
    return Probe(not_applicable & _filled(check), not_applicable)


def _cost_scope(check: Check, context: Context) -> Probe | None:
    if not context.has(f"blank.{_name(check)}"):
        return None
    not_due = pl.col(f"status.{_name(check)}") == 1
    return Probe(not_due & _filled(check), not_due)


_LIST_KINDS: Mapping[str, Kind] = {
    "unknown": "unknown",
    "case": "case",
    "near": "near",
    "earlier": "earlier",
    "dropped": "dropped",
    "later": "later",
}


def _list(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"code.{name}"):
        return None
    codes = context.lexicons[name].of_kind(_LIST_KINDS[check.rule.parameters["problem"]])
    return Probe(
        is_one_of(pl.col(f"code.{name}"), codes) if codes else None,
        _filled(check),
        f"filled.{name}",
    )


def _date(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"date.{name}"):
        return None
    if check.rule.parameters["problem"] == "unreadable":
        return Probe(_filled(check) & pl.col(f"date.{name}").is_null(), _filled(check), f"filled.{name}")
    other = pl.col(f"other_format.{name}") if context.has(f"other_format.{name}") else None
    return Probe(other, _filled(check), f"filled.{name}")


def _date_order(check: Check, context: Context) -> Probe | None:
    earlier, later = (f"date.{check.rule.parameters[k]}" for k in ("earlier", "later"))
    if not context.has(earlier, later):
        return None
    return Probe(pl.col(earlier) > pl.col(later), pl.col(earlier).is_not_null() & pl.col(later).is_not_null())


def _date_not_after(check: Check, context: Context) -> Probe | None:
    name = f"date.{_name(check)}"
    return Probe(pl.col(name) > context.today, pl.col(name).is_not_null()) if context.has(name) else None


def _age(check: Check, context: Context) -> Probe | None:
    age = pl.col("age_at_period_end")
    limits = check.rule.parameters
    failed = age > int(limits["above"]) if "above" in limits else age < int(limits["below"])
    if "above" in limits and context.has("blank.date_of_death"):
        failed = failed & pl.col("blank.date_of_death")
    return Probe(failed, age.is_not_null()) if context.has(f"date.{_name(check)}") else None


def _number(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"number.{name}"):
        return None
    number = pl.col(f"number.{name}")
    match check.rule.parameters["problem"]:
        case "unreadable":
            return Probe(_filled(check) & number.is_null(), _filled(check))
        case "decimals":
            return Probe(
                pl.col(f"value.{name}").str.contains(r"\.[0-9]{3,}$") & number.is_not_null(), number.is_not_null()
            )
        case _:
            return Probe(number != number.floor(), number.is_not_null())


def _number_range(check: Check, context: Context) -> Probe | None:
    number = pl.col(f"number.{_name(check)}")
    limits = check.rule.parameters
    failed = number < float(limits["minimum"]) if "minimum" in limits else number > float(limits["maximum"])
    return Probe(failed, number.is_not_null()) if context.has(f"number.{_name(check)}") else None


def _condition(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"blank.{name}"):
        return None
    if "number" in check.rule.parameters:
        number = pl.col(f"number.{name}")
        return Probe(number == float(check.rule.parameters["number"]), number.is_not_null())
    return Probe(_EVERY_ROW, _EVERY_ROW)


def _format(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    # the form was judged for the national check already
    wrong = pl.col(f"check.{name}") == WRONG_FORM
    return Probe(wrong, _filled(check), f"filled.{name}") if context.has(f"value.{name}") else None


def _nhs_check_digit(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    wrong = pl.col(f"check.{name}") == WRONG_CHECK_DIGIT
    return Probe(wrong, pl.col(f"digits.{name}").is_not_null()) if context.has(f"digits.{name}") else None


def _nhs_range(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    inside = in_ranges(pl.col(f"digits.{name}"), check.rule.parameters["ranges"])
    return Probe(inside, _filled(check), f"filled.{name}") if context.has(f"digits.{name}") else None


def _equals(check: Check, context: Context) -> Probe | None:
    if context.la_code is None or not context.has(f"value.{_name(check)}"):
        return None
    return Probe(pl.col(f"value.{_name(check)}") != context.la_code, _filled(check))


def _register(check: Check, context: Context) -> Probe | None:
    if not context.has(f"value.{_name(check)}"):
        return None
    councils = context.standard.council_by_code
    value = pl.col(f"value.{_name(check)}")
    if check.rule.parameters["register"] == "councils":
        known = [c.la_code for c in councils.values() if c.status != "pseudo"]
        formed = pl.col(f"check.{_name(check)}") != WRONG_FORM
        return Probe(formed & ~value.is_in(known), _filled(check))
    start = context.period[0] if context.period else context.today
    abolished = [c.la_code for c in councils.values() if c.to_date is not None and c.to_date < start]
    return Probe(value.is_in(abolished), _filled(check))


def _all_blank(check: Check, context: Context) -> Probe | None:
    columns = [f"blank.{c}" for c in check.rule.parameters["columns"].split() if context.has(f"blank.{c}")]
    if not columns or not context.has(f"blank.{_name(check)}"):
        return None
    return Probe(pl.all_horizontal(columns), _EVERY_ROW)


def _same_value(check: Check, context: Context) -> Probe | None:
    name = f"value.{_name(check)}"
    order = context.release.by_name
    others = [
        o
        for o in check.rule.parameters["other"].split()
        if context.has(f"value.{o}") and order[o].order < order[_name(check)].order
    ]
    if not others or not context.has(name):
        return None
    same = reduce(lambda a, b: a | b, ((pl.col(name) == pl.col(f"value.{o}")).fill_null(value=False) for o in others))
    return Probe(same, pl.col(name).is_not_null())


BUILDERS: Mapping[str, Builder] = {
    "trimmed": _flag("trimmed"),
    "literal_null": _flag("literal_null"),
    "required": _required,
    "not_applicable": _not_applicable,
    "cost_scope": _cost_scope,
    "list": _list,
    "date": _date,
    "date_order": _date_order,
    "date_not_after": _date_not_after,
    "age": _age,
    "number": _number,
    "number_range": _number_range,
    "condition": _condition,
    "format": _format,
    "nhs_check_digit": _nhs_check_digit,
    "nhs_range": _nhs_range,
    "equals": _equals,
    "register": _register,
    "all_blank": _all_blank,
    "same_value": _same_value,
}
