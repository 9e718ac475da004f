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

from asccld.identifying.patterns import in_ranges
from asccld.standard import Release, Standard
from asccld.standard.conditions import columns_of, parse
from asccld.validation.conditions import ConditionCompiler
from asccld.validation.kinds import (
    APPLICABLE,
    BLANK,
    KINDS,
    MANDATORY,
    NOT_APPLICABLE,
    WRONG_CHECK_DIGIT,
    WRONG_FORM,
    is_blank,
    is_filled,
    kind_of,
)
from asccld.validation.rules import Check

CellTest = Callable[[int, int], bool]
"""Of a cell's status and kind."""


@dataclass(frozen=True)
class Probe:
    """What a check asks of a chunk."""

    failed: pl.Expr | None
    """None where nothing in this chunk can fail."""
    checked: pl.Expr
    cells: CellTest | None = None
    """The same as `checked` where status and kind of the check's own cell decide: these are counted anyway."""


@dataclass(frozen=True)
class Context:
    """What a check may need to know besides the rows."""

    release: Release
    standard: Standard
    columns: frozenset[str]
    """Columns of the prepared chunk."""
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
    if columns_of(when) & (context.release.by_name.keys() - {c.removeprefix("kind.") for c in context.columns}):
        return None  # a column that the condition needs is missing from the file: reported once, not on every row
    holds = context.compiler.compile(when)
    if check.rule.parameters.get("undetermined") == "holds":
        holds = holds.fill_null(value=True)
    return Probe(None if made.failed is None else made.failed & holds, made.checked & holds)


def _name(check: Check) -> str:
    return check.field.name if check.field else ""


def _present(check: Check, context: Context) -> bool:
    return context.has(f"kind.{_name(check)}")


def _of_filled(failed: pl.Expr | None, check: Check) -> Probe:
    """A probe that looks at every filled cell."""
    return Probe(failed, is_filled(_name(check)), lambda _, kind: kind != BLANK)


_EVERY_ROW = pl.col("row").is_not_null()


def _of_rows(failed: pl.Expr | None) -> Probe:
    return Probe(failed, _EVERY_ROW, lambda _status, _kind: True)


def _flag(prefix: str) -> Builder:
    def build(check: Check, context: Context) -> Probe | None:
        flag = f"{prefix}.{_name(check)}"
        return _of_rows(pl.col(flag) if context.has(flag) else None) if _present(check, context) else None

    return build


def _of_status(wanted: int, *, blank: bool) -> Builder:
    """Cells of one status that are blank, or filled, and should not be."""

    def build(check: Check, context: Context) -> Probe | None:
        if not _present(check, context):
            return None
        name = _name(check)
        looked_at = pl.col(f"status.{name}") == wanted
        wrong = is_blank(name) if blank else is_filled(name)
        return Probe(looked_at & wrong, looked_at, lambda status, _: status == wanted)

    return build


def _list(check: Check, context: Context) -> Probe | None:
    problem = next(i for i, kind in enumerate(KINDS) if kind == check.rule.parameters["problem"])
    return _of_filled(kind_of(_name(check)) == problem, check) if context.has(f"code.{_name(check)}") else None


def _date(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"date.{name}"):
        return None
    if check.rule.parameters["problem"] == "unreadable":
        return _of_filled(kind_of(name) == WRONG_FORM, check)
    return _of_filled(pl.col(f"other_format.{name}") if context.has(f"other_format.{name}") else None, check)


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
    if "above" in limits and context.has("kind.date_of_death"):
        failed = failed & is_blank("date_of_death")
    return Probe(failed, age.is_not_null()) if context.has(f"date.{_name(check)}") else None


def _number(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"number.{name}"):
        return None
    number = pl.col(f"number.{name}")
    match check.rule.parameters["problem"]:
        case "unreadable":
            return _of_filled(kind_of(name) == WRONG_FORM, check)
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
    if not _present(check, context):
        return None
    if "number" in check.rule.parameters:
        number = pl.col(f"number.{_name(check)}")
        return Probe(number == float(check.rule.parameters["number"]), number.is_not_null())
    return _of_rows(_EVERY_ROW)


def _format(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    return _of_filled(kind_of(name) == WRONG_FORM, check) if context.has(f"value.{name}") else None


def _nhs_check_digit(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    if not context.has(f"digits.{name}"):
        return None
    return Probe(kind_of(name) == WRONG_CHECK_DIGIT, pl.col(f"digits.{name}").is_not_null())


def _nhs_range(check: Check, context: Context) -> Probe | None:
    name = _name(check)
    inside = in_ranges(pl.col(f"digits.{name}"), check.rule.parameters["ranges"])
    return _of_filled(inside, check) if context.has(f"digits.{name}") else None


def _equals(check: Check, context: Context) -> Probe | None:
    if context.la_code is None or not context.has(f"value.{_name(check)}"):
        return None
    return _of_filled(pl.col(f"value.{_name(check)}") != context.la_code, check)


def _register(check: Check, context: Context) -> Probe | None:
    if not context.has(f"value.{_name(check)}"):
        return None
    councils = context.standard.council_by_code
    value = pl.col(f"value.{_name(check)}")
    if check.rule.parameters["register"] == "councils":
        known = [c.la_code for c in councils.values() if c.status != "pseudo"]
        return _of_filled((kind_of(_name(check)) != WRONG_FORM) & ~value.is_in(known), check)
    start = context.period[0] if context.period else context.today
    abolished = [c.la_code for c in councils.values() if c.to_date is not None and c.to_date < start]
    return _of_filled(value.is_in(abolished), check)


def _all_blank(check: Check, context: Context) -> Probe | None:
    columns = [c for c in check.rule.parameters["columns"].split() if context.has(f"kind.{c}")]
    if not columns or not _present(check, context):
        return None
    return _of_rows(pl.all_horizontal(is_blank(c) for c in columns))


def _same_value(check: Check, context: Context) -> Probe | None:
    name = f"same.{_name(check)}"
    order = context.release.by_name
    others = [
        o
        for o in check.rule.parameters["other"].split()
        if context.has(f"same.{o}") and order[o].order < order[_name(check)].order
    ]
    if not others or not context.has(name):
        return None
    same = reduce(lambda a, b: a | b, ((pl.col(name) == pl.col(f"same.{o}")).fill_null(value=False) for o in others))
    return Probe(same, pl.col(name).is_not_null())


BUILDERS: Mapping[str, Builder] = {
    "trimmed": _flag("trimmed"),
    "literal_null": _flag("literal_null"),
    "required": _of_status(MANDATORY, blank=True),
    "not_applicable": _of_status(NOT_APPLICABLE, blank=False),
    "cost_scope": _of_status(APPLICABLE, blank=False),
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
