"""Release 2 wording turned back into that of Release 1, in which these methods are written.

A file has one release: whichever more of its values belong to alone. `data/r2_to_r1.csv` says what becomes of each
value; where several Release 1 values meet in one Release 2 value, the choice is ours and marked so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import Literal, cast

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from asccld.measures.lookups import looked_up
from asccld.measures.registry import measure_table
from asccld.processing.run import Hold
from asccld.processing.text import folded, folded_text

Wording = Literal["auto", "r1", "r2"]
WORDINGS: tuple[Wording, ...] = ("auto", "r1", "r2")

COLUMNS = {
    "Client Type": "client_type",
    "Event Outcome": "event_outcome",
    "Service Type": "service_type",
    "Service Component": "service_component",
    "Delivery Mechanism": "delivery_mechanism",
    "Primary Support Reason": "primary_support_reason",
    "Has Unpaid Carer": "has_unpaid_carer",
    "Ethnicity": "ethnicity",
    "Gender": "gender",
    "Employment Status": "employment_status",
    "Accommodation Status": "accommodation_status",
    "Method of Review": "method_of_review",
    "Review Reason": "review_reason",
    "Request: Route of Access": "request_route_of_access",
}
"""The column of each defined list that a measure reads."""

TELLING = ("event_outcome", "ethnicity", "accommodation_status", "primary_support_reason", "service_component")
"""Columns that are mostly filled and whose values the releases spell differently."""

MOST_TELLING = 3

FILE = ("la_code", "importdate")


@dataclass(frozen=True)
class Found:
    """Which wording was found, and what of it has no counterpart."""

    events: Table
    """In Release 1 wording."""
    files_r1: int
    files_r2: int
    unmapped: Table | None
    """Release 2 files' values without a Release 1 value: columns `column_name`, `rows_not_mapped`, `values_not_mapped`;
    None where no file is in Release 2 wording."""
    codes_tidy: bool = False
    """Whether every council's code was seen to be in capitals and without trailing spaces."""

    @property
    def used(self) -> str:
        """`r1`, `r2`, or `r1 and r2`."""
        names = [name for name, files in (("r1", self.files_r1), ("r2", self.files_r2)) if files]
        return " and ".join(names) or "r1"


def in_release_1(events: Table, keep: Hold, wording: Wording = "auto") -> Found:
    """The events in Release 1 wording. With `auto` the files are looked through first; that runs one query."""
    if wording == "r1":
        return Found(events, 1, 0, None)
    if wording == "r2":
        return Found(_mapped(events), 0, 1, unmapped(events))
    files = keep(file_wordings(events))
    untidy = (files.la_code != tidy_code(files.la_code)).sum()
    counts = files.aggregate(
        r1=(~files.is_r2).sum().fill_null(0), r2=files.is_r2.sum().fill_null(0), untidy=untidy.fill_null(0)
    )
    found = counts.to_pyarrow().to_pylist()[0]
    r1, r2, tidy = int(found["r1"]), int(found["r2"]), not found["untidy"]
    if not r2:
        return Found(events, r1, r2, None, tidy)
    if not r1:
        return Found(_mapped(events), r1, r2, unmapped(events), tidy)
    in_r2 = files.filter(files.is_r2).select(*FILE)
    with_r2 = cast("Table", events.semi_join(in_r2, FILE))
    others = cast("Table", events.anti_join(in_r2, FILE))
    return Found(ibis.union(others, _mapped(with_r2)), r1, r2, unmapped(with_r2), tidy)


def tidy_code(code: Value) -> StringValue:
    """A council's code without the trailing spaces and small letters that make no difference to the database."""
    return folded(code).upper()


def file_wordings(events: Table) -> Table:
    """Each file with `is_r2`: whether more of its values are of Release 2 only than of Release 1 only."""
    columns = _telling(events)
    texts = {column: folded(events[column]) for column in columns}
    r1 = _total(texts[c].isin(sorted(_only(c, "r1"))).sum() for c in columns if _only(c, "r1"))
    r2 = _total(texts[c].isin(sorted(_only(c, "r2"))).sum() for c in columns if _only(c, "r2"))
    return events.group_by(*FILE).agg(is_r2=r2 > r1)


def _telling(events: Table) -> list[str]:
    """The columns by which a file's wording is judged: those of the data that tell most, or else all."""
    telling = [c for c in TELLING if c in events.columns]
    return telling[:MOST_TELLING] or list(_present(events))


def unmapped(events: Table) -> Table:
    """Values of Release 2 events that have no Release 1 value: how many rows and different values in each column."""
    found = [_unmapped_of(events, column) for column in _present(events)]
    return ibis.union(*found) if len(found) > 1 else found[0]


def _unmapped_of(events: Table, column: str) -> Table:
    """One row; values are counted as they are spelt first, so that few are left to be folded and looked for."""
    spelt = events.group_by(value=events[column]).agg(rows=events.count())
    text = folded(spelt.value)
    lost = spelt.filter(text != "", text.notin(sorted({*_turned(column), *_listed(column)})))
    return lost.aggregate(
        column_name=ibis.literal(column),
        rows_not_mapped=lost.rows.sum().fill_null(0),
        values_not_mapped=folded(lost.value).nunique(),
    )


def _mapped(events: Table) -> Table:
    return events.mutate(**{column: _in_r1(events[column], _turned(column)) for column in _present(events)})


def _in_r1(value: Value, turned: Mapping[str, str]) -> Value:
    return looked_up(value, {old: new for old, new in turned.items() if folded_text(new) != old}, value)


def _present(events: Table) -> Iterable[str]:
    return [column for column in COLUMNS.values() if column in events.columns]


def _total(counts: Iterable[IntegerValue]) -> IntegerValue:
    return reduce(lambda a, b: cast("IntegerValue", a + b), (c.fill_null(0) for c in counts))


@cache
def _turned(column: str) -> dict[str, str]:
    """Release 2 value, as compared, to its Release 1 value; values without one are left out."""
    rows = [r for r in measure_table("r2_to_r1") if COLUMNS.get(r["defined_list"]) == column]
    return {folded_text(r["r2_value"]): r["r1_value"] for r in rows if r["r1_value"]}


@cache
def _listed(column: str) -> frozenset[str]:
    """The Release 1 values of a column, as compared."""
    from asccld.standard import load_standard

    lists = load_standard().releases["r1"].lists
    name = next(n for n, c in COLUMNS.items() if c == column)
    own = {folded_text(t) for t in lists[name].texts} if name in lists else set[str]()
    return frozenset(own | {folded_text(v) for v in _turned(column).values()})


@cache
def _only(column: str, release: str) -> frozenset[str]:
    """Values that one release has and the other has not."""
    rows = [r for r in measure_table("r2_to_r1") if COLUMNS.get(r["defined_list"]) == column]
    r1, r2 = _listed(column), {folded_text(r["r2_value"]) for r in rows}
    return frozenset(r1 - r2 if release == "r1" else r2 - r1)
