"""Great Expectations on pandas, with the expectations it comes with; rows from the COMPLETE result format.

It has no expectation for a check digit, and what it has cannot be combined into one: that rule is left out.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import json

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from given import DAY, FIRST_ROW, Job, Rule, Tree, job

LEFT_OUT_KINDS = ("check_digit",)


def read(job: Job) -> pd.DataFrame:
    """The extract as text under short names, with a date or number column beside each that rules compare."""
    frame = pd.read_csv(job.extract, dtype=str, keep_default_na=False, na_values=[""]).rename(columns=job.names)
    extra = {f"date_{n}": pd.to_datetime(frame[n], format=DAY, errors="coerce") for n in job.of_type("date")}
    extra |= {
        f"number_{n}": pd.to_numeric(frame[n], errors="coerce")
        for n in (*job.of_type("decimal"), *job.of_type("integer"))
    }
    return pd.concat(
        [frame, pd.DataFrame(extra), pd.Series(range(FIRST_ROW, FIRST_ROW + len(frame)), name="row")], axis=1
    )


def expectation(rule: Rule) -> gxe.Expectation:  # noqa: PLR0911  one return for each kind of rule
    """The expectation that says the rule."""
    column = rule["field"]
    when = {"row_condition": condition(rule["when"]), "condition_parser": "pandas"} if rule.get("when") else {}
    match rule["kind"]:
        case "in_set":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=rule["values"])
        case "matches":
            return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=rule["pattern"])
        case "not_matches":
            return gxe.ExpectColumnValuesToNotMatchRegex(column=column, regex=rule["pattern"])
        case "date":
            return gxe.ExpectColumnValuesToMatchStrftimeFormat(column=column, strftime_format=DAY)
        case "minimum":
            return gxe.ExpectColumnValuesToBeBetween(column=f"number_{column}", min_value=rule["limit"])
        case "maximum":
            return gxe.ExpectColumnValuesToBeBetween(column=f"number_{column}", max_value=rule["limit"])
        case "required":
            return gxe.ExpectColumnValuesToNotBeNull(column=column, **when)
        case "order":
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=f"date_{rule['later']}", column_B=f"date_{rule['earlier']}", or_equal=True,
                ignore_row_if="either_value_is_missing", **when,
            )  # fmt: skip
        case "forbidden":
            # "must not happen on these rows": the row number, which is always there, must be missing
            return gxe.ExpectColumnValuesToBeNull(column="row", **when)
        case other:
            raise AssertionError(other)


def condition(tree: Tree) -> str:
    """A condition in the language of pandas' `query`."""
    if "all" in tree:
        return "(" + " and ".join(condition(t) for t in tree["all"]) + ")"
    if "any" in tree:
        return "(" + " or ".join(condition(t) for t in tree["any"]) + ")"
    if "in" in tree:
        return f"({tree['field']} in {json.dumps(tree['in'])})"
    return f"({tree['field']}.{'isnull' if tree['blank'] else 'notnull'}())"


def main() -> None:
    """Check the extract and write what failed."""
    given = job()
    rules = [r for r in given.rules if r["kind"] not in LEFT_OUT_KINDS]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("extract").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": read(given)})
    suite = gx.ExpectationSuite(name="subset", expectations=[_named(r) for r in rules])
    result = batch.validate(
        suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["row"]}
    )
    failed = [
        (r.expectation_config.meta["rule"], cell["row"])
        for r in result.results
        for cell in r.result.get("unexpected_index_list") or []
    ]
    pd.DataFrame(failed, columns=pd.Index(["rule", "row"])).to_csv(given.out, index=False)


def _named(rule: Rule) -> gxe.Expectation:
    made = expectation(rule)
    made.meta = {"rule": rule["id"]}
    return made


if __name__ == "__main__":
    main()
