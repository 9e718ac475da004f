"""pointblank: one validation step for each rule; the extracts give the rows."""
# pyright: reportMissingImports=false

from __future__ import annotations

import pointblank as pb
import polars as pl
from given import FIRST_ROW, Rule, job
from polars_rules import condition, holds, read

_EVERY_ROW = 10**9


def with_step(plan: pb.Validate, rule: Rule) -> pb.Validate:  # noqa: PLR0911  one return for each kind of rule
    """The plan with one more step: pointblank's own step where it has one, an expression where it has not."""
    column = rule["field"]
    match rule["kind"]:
        case "in_set":
            # its set step counts blanks as failures, the standard does not
            return plan.col_vals_in_set(columns=column, set=[*rule["values"], None])
        case "matches":
            return plan.col_vals_regex(columns=column, pattern=rule["pattern"], na_pass=True)
        case "minimum":
            return plan.col_vals_ge(columns=f"number.{column}", value=rule["limit"], na_pass=True)
        case "maximum":
            return plan.col_vals_le(columns=f"number.{column}", value=rule["limit"], na_pass=True)
        case "required" if not rule.get("when"):
            return plan.col_vals_not_null(columns=column)
        case "order" if not rule.get("when"):
            return plan.col_vals_le(
                columns=f"date.{rule['earlier']}", value=pb.col(f"date.{rule['later']}"), na_pass=True
            )
        case "forbidden":
            return plan.col_vals_expr(expr=~condition(rule["when"]))
        case _:
            return plan.col_vals_expr(expr=holds(rule).fill_null(value=True))


def main() -> None:
    """Check the extract and write what failed."""
    given = job()
    plan = pb.Validate(read(given))
    for rule in given.rules:
        plan = with_step(plan, rule)
    done = plan.interrogate(collect_extracts=True, extract_limit=_EVERY_ROW)
    extracts = done.get_data_extracts()
    parts = [
        extracts[at].select(pl.lit(rule["id"]).alias("rule"), row=pl.col("_row_num_").cast(pl.Int64) + (FIRST_ROW - 1))
        for at, rule in enumerate(given.rules, 1)
        if extracts.get(at) is not None and len(extracts[at])
    ]
    pl.concat(parts).write_csv(given.out)


if __name__ == "__main__":
    main()
