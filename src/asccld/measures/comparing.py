"""Figures beside published ones: where they differ, and who has changed since the published ones were made.

Columns in: those of a measure's table of figures. Columns out: the cell, our numbers,
the published ones, and the difference. From figures alone nobody can tell who is behind a difference: that takes the
tables of people of the time, made by this program. Known limitation: a person whose identifier has changed since, for
example because the NHS number was traced, is gone under the old one and new under the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, NumericValue, StringValue, Table, Value

from asccld.errors import AsccldError
from asccld.measures.explaining import RECORD_IDS
from asccld.processing.text import folded

NUMBERS = (
    "numerator", "denominator", "outcome", "count", "total", "median_waiting_time",
    "number_of_waiting_times_identified",
)  # fmt: skip
"""Columns that are compared; all other columns that both tables have tell the cell, but for the council's name."""
SAME, DIFFERENT, ONLY_OURS, ONLY_PUBLISHED = "same", "different", "only here", "only published"
NEWLY, NO_LONGER, OTHERWISE = "counted now", "counted then", "counted otherwise"
NEAR = 0.05
"""Outcomes are published with one decimal."""


class NothingToCompare(AsccldError):
    """Two tables without a cell, or without a number, in common."""


def compared(ours: Table, published: Table) -> Table:
    """Every cell of our figures beside the published one; of what is published only our measures and periods.

    Raises NothingToCompare.
    """
    cell = [c for c in ours.columns if c in published.columns and c not in {*NUMBERS, "la_name"}]
    numbers = [c for c in NUMBERS if c in ours.columns and c in published.columns]
    if "la_code" not in cell or not numbers:
        what = f"The published table has {', '.join(published.columns) or 'no columns'}"
        remedy = f"It needs la_code and the columns of our table: {', '.join(ours.columns)}"
        raise NothingToCompare(what, "--published", remedy)
    left, right = _keyed(ours, cell, numbers, "our"), _keyed(published, cell, numbers, "published")
    about = [c for c in cell if c in {"reporting_period", "measure", "description"}]
    if about:
        keys = [f"key_{c}" for c in about]
        right = cast("Table", right.semi_join(left.select(*keys).distinct(), keys))
    joined = left.outer_join(right, [left[f"key_{c}"] == right[f"key_{c}"] for c in cell])
    shown: dict[str, Value] = {c: ibis.coalesce(joined[f"our_{c}"], joined[f"published_{c}"]) for c in cell}
    for name in numbers:
        shown |= {name: joined[f"our_{name}"], f"published_{name}": joined[f"published_{name}"]}
        shown[f"{name}_difference"] = joined[f"our_{name}"] - joined[f"published_{name}"]
    return joined.select(**shown, status=_status(joined, numbers))


def _keyed(table: Table, cell: Sequence[str], numbers: Sequence[str], prefix: str) -> Table:
    """Texts to compare by, a missing one as a blank; and all under names of their own."""
    keys = {f"key_{c}": folded(table[c].cast("string")).fill_null("") for c in cell}
    texts = {f"{prefix}_{c}": table[c].cast("string") for c in cell}
    values = {f"{prefix}_{c}": table[c].cast("string").try_cast("float64") for c in numbers}
    return table.select(**keys, **texts, **values, **{f"{prefix}_is_there": ibis.literal(True)})


def _status(joined: Table, numbers: Sequence[str]) -> StringValue:
    unlike = [_differs(joined[f"our_{n}"], joined[f"published_{n}"], NEAR if n == "outcome" else 0) for n in numbers]
    return cast(
        "StringValue",
        ibis.cases(
            (joined.published_is_there.isnull(), ONLY_OURS),
            (joined.our_is_there.isnull(), ONLY_PUBLISHED),
            (ibis.or_(*unlike), DIFFERENT),
            else_=SAME,
        ),
    )


def _differs(ours: Value, published: Value, near: float) -> BooleanValue:
    gap = (cast("NumericValue", ours) - cast("NumericValue", published)).abs()
    one_missing = ours.isnull() != published.isnull()
    return cast("BooleanValue", (gap > near).fill_null(False) | one_missing)


def changed_units(now: Table, then: Table, id_column: str) -> Table:
    """Who is counted now and was not then, or the other way round, or in another way: with their council.

    `now` and `then` are the same table of people, requests or episodes of two runs. Adds `change`, and `columns`, those
    that differ.
    """
    keys = [c for c in ("la_code", id_column) if c in now.columns and c in then.columns]
    if id_column not in keys:
        raise NothingToCompare(f"One of the tables has no column {id_column}", "--before", "Make both anew")
    shown = [c for c in now.columns if c in then.columns and c not in {*keys, RECORD_IDS}]
    left, right = _marked(now, keys, shown, "now"), _marked(then, keys, shown, "then")
    joined = left.outer_join(right, [left[f"now_{k}"] == right[f"then_{k}"] for k in keys])
    is_new, is_gone = joined.then_is_there.isnull(), joined.now_is_there.isnull()
    unlike = [(joined[f"now_{c}"] != joined[f"then_{c}"]).ifelse(ibis.literal(f" {c}"), "") for c in shown]
    listed = cast("StringValue", sum(unlike[1:], unlike[0]) if unlike else ibis.literal(""))
    told = joined.select(
        **{k: ibis.coalesce(joined[f"now_{k}"], joined[f"then_{k}"]) for k in keys},
        change=ibis.cases((is_new, NEWLY), (is_gone, NO_LONGER), else_=OTHERWISE),
        columns=(is_new | is_gone).ifelse("", listed.strip()),
    )
    return told.filter((told.change != OTHERWISE) | (told["columns"] != "")).distinct()


def _marked(table: Table, keys: Sequence[str], shown: Sequence[str], prefix: str) -> Table:
    """One row per unit; several rows of one unit count as what they say in alphabetical order."""
    texts = table.select(*keys, **{c: table[c].cast("string").fill_null("") for c in shown})
    if not shown:
        one = texts.distinct()
    else:
        one = texts.group_by(*keys).agg(**{c: texts[c].collect(distinct=True).sort().join("|") for c in shown})
    names = {f"{prefix}_{c}": folded(one[c].cast("string")) if c == "la_code" else one[c] for c in one.columns}
    return one.select(**names, **{f"{prefix}_is_there": ibis.literal(True)})
