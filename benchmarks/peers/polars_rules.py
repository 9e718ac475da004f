"""The subset as Polars expressions, for the peers that are built on Polars."""
# pyright: reportMissingImports=false

from __future__ import annotations

from functools import reduce

import polars as pl
from given import DAY, WEIGHTS, Job, Rule, Tree


def read(job: Job) -> pl.DataFrame:
    """The extract as text under short names, with a date or number column beside each that rules compare."""
    frame = pl.read_csv(job.extract, infer_schema=False).rename(job.names)
    dates = (pl.col(n).str.to_date(DAY, strict=False).alias(f"date.{n}") for n in job.of_type("date"))
    numbers = (
        pl.col(n).cast(pl.Float64, strict=False).alias(f"number.{n}")
        for n in (*job.of_type("decimal"), *job.of_type("integer"))
    )
    return frame.with_columns(*dates, *numbers)


def holds(rule: Rule) -> pl.Expr:  # noqa: PLR0911  one return for each kind of rule
    """True where a row keeps the rule; null where there is nothing to look at."""
    column = pl.col(rule["field"])
    when = condition(rule["when"]) if rule.get("when") else None
    match rule["kind"]:
        case "in_set":
            return column.is_in(rule["values"])
        case "matches":
            return column.str.contains(rule["pattern"])
        case "not_matches":
            return ~column.str.contains(rule["pattern"])
        case "date":
            return column.is_null() | pl.col(f"date.{rule['field']}").is_not_null()
        case "minimum":
            return pl.col(f"number.{rule['field']}") >= rule["limit"]
        case "maximum":
            return pl.col(f"number.{rule['field']}") <= rule["limit"]
        case "check_digit":
            return ~column.str.contains(r"^[0-9]{10}$") | _check_digit(column)
        case "required":
            return column.is_not_null() if when is None else ~when | column.is_not_null()
        case "order":
            kept = pl.col(f"date.{rule['earlier']}") <= pl.col(f"date.{rule['later']}")
            return kept if when is None else ~when | kept
        case _:
            assert when is not None
            return ~when


def condition(tree: Tree) -> pl.Expr:
    """True or false, never null."""
    if "all" in tree:
        return reduce(lambda a, b: a & b, map(condition, tree["all"]))
    if "any" in tree:
        return reduce(lambda a, b: a | b, map(condition, tree["any"]))
    column = pl.col(tree["field"])
    if "in" in tree:
        return column.is_in(tree["in"]).fill_null(value=False)
    return column.is_null() if tree["blank"] else column.is_not_null()


def _check_digit(column: pl.Expr) -> pl.Expr:
    digits = (column.str.slice(i, 1).cast(pl.Int32, strict=False) * w for i, w in enumerate(WEIGHTS))
    return pl.sum_horizontal(*digits) % 11 == 0
