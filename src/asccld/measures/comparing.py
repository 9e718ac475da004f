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

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.identifying.masking import shown as masked
from asccld.measures.explaining import RECORD_IDS
from asccld.processing.text import folded

NUMBERS = (
    "numerator", "denominator", "outcome", "count", "total", "median_waiting_time",
    "number_of_waiting_times_identified", "outcome_percent", "discharges", "reablement_count", "died", "readmitted",
    "entered_lt_resnurs",
)  # fmt: skip
_ENDS_OF_NUMBERS = ("_denom", "_num", "_outcome")
COUNCILS = ("la_code", "area")
"""What says of which council a figure is: its code, or in ASCOF 2D its name."""
_NO_KEYS = frozenset({"la_name", "outcome_lower", "outcome_upper"})
"""Neither compared nor what tells a cell: all other columns of ours do."""
SAME, DIFFERENT, ONLY_OURS, ONLY_PUBLISHED = "same", "different", "only here", "only published"
NOT_SHOWN = "not shown"
STATUSES = (DIFFERENT, ONLY_OURS, ONLY_PUBLISHED, NOT_SHOWN, SAME)
"""In the order in which they want to be seen."""
NEWLY, NO_LONGER, OTHERWISE = "counted now", "counted then", "counted otherwise"
NEAR = 0.05
"""Outcomes are published with one decimal."""
SUPPRESSED = ("[c]", "c", "*", "-", "[z]", "z")
"""What stands for a number that is not shown."""
_THOUSANDS = r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
_ROW = "row_of_file"
_MOST = 5


class NothingToCompare(AsccldError):
    """Tables whose cells cannot be told, or numbers that cannot be read."""


def compared(ours: Table, published: Table) -> Table:
    """Every cell of our figures beside the published one; of what is published only our measures and periods.

    Raises NothingToCompare for a table that lacks a column of the cell or has a cell twice, and for what is no number.
    """
    cell = key_columns(ours.columns)
    numbers = [c for c in ours.columns if is_number(c) and c in published.columns]
    _refuse_lacking(ours, published, cell, numbers)
    left = _keyed(ours, cell, numbers, "our")
    right = _of_the_same(_keyed(published, cell, numbers, "published"), left, cell)
    for table, place in ((left, "--from"), (right, "--published")):
        _refuse_repeated(table, cell, place)
        _refuse_unreadable(table, numbers, place)
    joined = left.outer_join(right, [left[f"key_{c}"] == right[f"key_{c}"] for c in cell])
    shown: dict[str, Value] = {c: ibis.coalesce(joined[f"our_{c}"], joined[f"published_{c}"]) for c in cell}
    for name in numbers:
        shown |= {name: joined[f"our_{name}"], f"published_{name}": joined[f"published_{name}"]}
        shown[f"{name}_difference"] = joined[f"our_{name}"] - joined[f"published_{name}"]
    told = joined.select(**shown, status=_status(joined, numbers))
    rank = ibis.cases(*((told.status == status, i) for i, status in enumerate(STATUSES)))
    return told.order_by(rank, *cell)


def key_columns(columns: Sequence[str]) -> list[str]:
    """The columns that tell a cell: all but the numbers and the council's name."""
    return [c for c in columns if not is_number(c) and c not in _NO_KEYS]


def is_number(column: str) -> bool:
    """Whether a column is compared."""
    return column in NUMBERS or column.endswith(_ENDS_OF_NUMBERS)


def _refuse_lacking(ours: Table, published: Table, cell: Sequence[str], numbers: Sequence[str]) -> None:
    if not set(COUNCILS) & set(cell):
        what = f"Our table has no {' or '.join(COUNCILS)}"
        raise NothingToCompare(what, "--from", "Only figures of councils are compared")
    if missing := [c for c in cell if c not in published.columns]:
        what = f"The published table lacks {', '.join(missing)}, without which its figures cannot be told apart"
        raise NothingToCompare(what, "--published", f"Add the columns as our table has them: {', '.join(cell)}")
    if not numbers:
        wanted = ", ".join(c for c in ours.columns if is_number(c)) or "none"
        what = f"The published table has none of the numbers of ours, which are: {wanted}"
        raise NothingToCompare(what, "--published", "Name its columns as ours are named")


def _of_the_same(right: Table, left: Table, cell: Sequence[str]) -> Table:
    """What is published of our measures and periods."""
    keys = [f"key_{c}" for c in cell if c in {"reporting_period", "measure", "description"}]
    return cast("Table", right.semi_join(left.select(*keys).distinct(), keys)) if keys else right


def _refuse_repeated(table: Table, cell: Sequence[str], place: str) -> None:
    keys = [f"key_{c}" for c in cell]
    times = table.group_by(*keys).agg(times=table.count())
    repeated = times.filter(times.times > 1)
    found = repeated.aggregate(cells=repeated.count(), rows=repeated.times.sum()).to_pyarrow().to_pylist()[0]
    if found["cells"]:
        what = (
            f"{counted(found['rows'], 'row')} stand for {counted(found['cells'], 'figure')}: the same {', '.join(cell)}"
        )
        raise NothingToCompare(what, place, "Keep one row for each figure")


def _refuse_unreadable(table: Table, numbers: Sequence[str], place: str) -> None:
    for name in numbers:
        wrong = table.filter(table[f"unread_{name}"].notnull()).order_by(_ROW).limit(_MOST)
        rows = wrong.select(_ROW, text=wrong[f"unread_{name}"]).to_pyarrow().to_pylist()
        if rows:
            listed = ", ".join(f"row {row[_ROW] + 2}: '{masked(str(row['text']))}'" for row in rows)
            remedy = f"Write a number, leave it blank, or for one that is not shown: {', '.join(SUPPRESSED)}"
            raise NothingToCompare(f"Not a number in {name}, {listed} (row 1 is the heading)", place, remedy)


def _keyed(table: Table, cell: Sequence[str], numbers: Sequence[str], prefix: str) -> Table:
    """Texts to compare by, a missing one as a blank; and all under names of their own."""
    keys = {f"key_{c}": folded(table[c].cast("string")).fill_null("") for c in cell}
    texts = {f"{prefix}_{c}": table[c].cast("string") for c in cell}
    values: dict[str, Value] = {}
    for name in numbers:
        text = cast("StringValue", table[name].cast("string")).strip().nullif("")
        plain = text.re_search(_THOUSANDS).ifelse(text.replace(",", ""), text)
        number, hidden = plain.try_cast("float64"), text.lower().isin(SUPPRESSED)
        values[f"{prefix}_{name}"] = number
        values[f"{prefix}_hidden_{name}"] = hidden.fill_null(False)
        values[f"unread_{name}"] = (number.isnull() & ~hidden).ifelse(text, ibis.null("string"))
    there = {f"{prefix}_is_there": ibis.literal(True), _ROW: ibis.row_number()}
    return table.select(**keys, **texts, **values, **there)


def _status(joined: Table, numbers: Sequence[str]) -> StringValue:
    hidden = {n: joined[f"our_hidden_{n}"] | joined[f"published_hidden_{n}"] for n in numbers}
    unlike = [
        ~hidden[n]
        & _differs(
            joined[f"our_{n}"],
            joined[f"published_{n}"],
            NEAR if n.startswith("outcome") or n.endswith("outcome") else 0,
        )
        for n in numbers
    ]
    return cast(
        "StringValue",
        ibis.cases(
            (joined.published_is_there.isnull(), ONLY_OURS),
            (joined.our_is_there.isnull(), ONLY_PUBLISHED),
            (ibis.or_(*unlike), DIFFERENT),
            (ibis.or_(*hidden.values()), NOT_SHOWN),
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
