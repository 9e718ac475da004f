"""The latest known value of a field for every person, and whether the latest rows contradict each other.

Method: DHSC `Create_person_details_table` (dhsc-2026-06), section "common latest known value rule": a value that says
something goes before one that does not, then the later reference period, the later end, the later start; where the
rows that are tied for first say different things, the field's conflict value stands. `data/person_fields.csv` holds
what each field treats as unknown. A person's rows are read twice, never sorted: first the best rank of each field is
found, then the values of the rows that have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table, Value

from asccld.measures.lookups import looked_up
from asccld.measures.main_table import PERSON, PERSON_ID
from asccld.measures.registry import measure_table
from asccld.measures.source import RECORD, record_list, with_record_ids
from asccld.processing.run import Hold
from asccld.processing.text import OPEN_END, days_from, folded, folded_text

INVALID = "Invalid and not mapped"
FIRST_DAY, FIRST_PERIOD = date(1, 1, 1), date(1970, 1, 1)
DAYS, PERIODS = 2**22, 2**17
"""More days than the calendar has, and more than lie between 1970 and 2328, when a reference period may end."""


@dataclass(frozen=True)
class PersonField:
    """One detail of a person, and which of its values say something."""

    name: str
    column: str
    invalid_becomes: str
    accepted: tuple[str, ...]
    """The only values that are taken; all others are invalid. Empty: every value is taken."""
    unknown: tuple[str, ...]
    refused: tuple[str, ...]
    """Values between unknown and known."""
    conflict: str


@cache
def person_fields() -> tuple[PersonField, ...]:
    """The details that follow the common rule."""
    return tuple(
        PersonField(
            name=r["field"],
            column=r["column"],
            invalid_becomes=r["invalid_becomes"],
            accepted=_texts(r["accepted"]),
            unknown=_texts(r["unknown"]),
            refused=_texts(r["refused"]),
            conflict=r["conflict"],
        )
        for r in measure_table("person_fields")
    )


def _texts(cell: str) -> tuple[str, ...]:
    return tuple(text for text in cell.split("|") if text)


def cleaned(rows: Table, field: PersonField) -> StringValue:
    """The value as it is ranked and shown: missing and invalid values replaced."""
    value, instead = rows[field.column], ibis.literal(field.invalid_becomes)
    if field.accepted:
        kept: dict[str, Value | str] = {folded_text(text): text for text in field.accepted}
        return cast("StringValue", looked_up(value, kept, instead).coalesce(instead))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return cast("StringValue", looked_up(value, {folded_text(INVALID): instead}, value).coalesce(instead))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def known_rank(value: Value, field: PersonField) -> IntegerValue:
    """0 for a value that says nothing; 1, or 2 where there is a rank between, for one that does."""
    ranks: dict[str, Value | str] = {folded_text(text): ibis.literal(0, "int64") for text in field.unknown}
    ranks |= {folded_text(text): ibis.literal(1, "int64") for text in field.refused}
    return cast("IntegerValue", looked_up(value, ranks, ibis.literal(2 if field.refused else 1, "int64")))


def period_number(rows: Table) -> IntegerValue:
    """The reference period by the day of its end; 0 where there is none."""
    days = days_from(cast("DateValue", ibis.literal(FIRST_PERIOD)), cast("DateValue", rows.ref_period_end_date))
    return cast("IntegerValue", days.clip(0, PERIODS - 1).fill_null(0).cast("int64"))


def day_number(day: Value) -> IntegerValue:
    """A day as a number; 0 where it is missing."""
    days = days_from(cast("DateValue", ibis.literal(FIRST_DAY)), cast("DateValue", day))
    return cast("IntegerValue", days.clip(0, DAYS - 1).fill_null(0).cast("int64"))


def end_number(rows: Table) -> IntegerValue:
    """The end of an event as a number; an open one is the latest."""
    return day_number(rows.der_event_end_date.coalesce(ibis.literal(date.fromisoformat(OPEN_END))))


def recency(rows: Table) -> IntegerValue:
    """Reference period, end and start of a row in one number: the later, the larger; a missing one is the earliest."""
    ended = period_number(rows) * DAYS + end_number(rows)
    return cast("IntegerValue", ended * DAYS + day_number(rows.event_start_date))


def latest_known(rows: Table, fields: Iterable[PersonField], keep: Hold) -> Table:
    """One row per person: la_code, person, its id, for each field the value, and `<field>_tied`.

    `<field>_tied` says whether the latest rows contradict each other. `keep` holds the few values of each field, so
    that rows are told apart by small numbers and not by texts.
    """
    codes = {field: keep(value_codes(rows, field)) for field in fields}
    ranked = _coded(rows, codes)
    best = ranked.group_by(*PERSON).agg(**{_best(f): ranked[_rank(f)].max() for f in codes})
    joined = ranked.inner_join(best, list(PERSON))
    found = joined.group_by(*PERSON).agg(**{PERSON_ID: joined[PERSON_ID].min()}, **_best_codes(joined, codes))
    return _named(found, codes)


def value_codes(rows: Table, field: PersonField) -> Table:
    """Each submitted value of a field: `raw`, its `known` rank, its `code`, alike for equal texts, and the `text`."""
    present = rows.select(raw=rows[field.column].coalesce(INVALID)).distinct()
    text = cleaned(present.rename({field.column: "raw"}), field)
    said = present.rename({field.column: "raw"}).mutate(text=text)
    keyed = said.mutate(key=folded(said.text), known=known_rank(said.text, field))
    alike = ibis.window(group_by="key")
    return keyed.select(
        raw=keyed[field.column],
        known=keyed.known,
        code=ibis.dense_rank().over(ibis.window(order_by="key")).cast("int32"),
        text=keyed.text.min().over(alike),
    )


def _coded(rows: Table, codes: Mapping[PersonField, Table]) -> Table:
    """Person, and for each field the code of its value and the rank of the row."""
    made = rows.select(
        *PERSON, PERSON_ID, recency=recency(rows), **{f.name: rows[f.column].coalesce(INVALID) for f in codes}
    )
    for field, known in codes.items():
        joined = made.inner_join(known, made[field.name] == known.raw)
        others = [c for c in made.columns if c != field.name]
        merit = joined.known * (PERIODS * DAYS * DAYS) + joined.recency
        made = joined.select(*others, **{_rank(field): merit, field.name: joined.code})
    return made.drop("recency")


def _best_codes(rows: Table, fields: Iterable[PersonField]) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for field in fields:
        is_best = cast("BooleanValue", rows[_rank(field)] == rows[_best(field)])
        made[field.name] = rows[field.name].min(where=is_best)
        made[_tied(field)] = rows[field.name].max(where=is_best)
    return made


def _named(found: Table, codes: Mapping[PersonField, Table]) -> Table:
    """The texts of the codes, the conflict value where there are two."""
    for field, known in codes.items():
        texts = known.select("code", "text").distinct()
        joined = found.left_join(texts, found[field.name] == texts.code)
        tied = cast("BooleanValue", found[field.name] != found[_tied(field)])
        others = [found[c] for c in found.columns if c not in {field.name, _tied(field)}]
        shown = tied.ifelse(field.conflict, texts.text)
        found = joined.select(*others, **{field.name: shown, _tied(field): tied})
    return found


def _merit(rows: Table, field: PersonField) -> IntegerValue:
    return cast("IntegerValue", known_rank(rows[field.name], field) * (PERIODS * DAYS * DAYS) + rows.recency)


def of_most_merit(rows: Table) -> Table:
    """The rows of each person that have the largest `merit`."""
    best = rows.group_by(*PERSON).agg(best=rows.merit.max())
    joined = rows.inner_join(best, list(PERSON))
    return joined.filter(joined.merit == joined.best)


def conflicts(rows: Table, found: Table, fields: Iterable[PersonField]) -> Table:
    """One row per person and field whose latest rows contradict each other: what they say, and what stands instead."""
    return ibis.union(*(_conflicts_of(rows, found, f) for f in fields))


def _conflicts_of(rows: Table, found: Table, field: PersonField) -> Table:
    tied = found.filter(found[_tied(field)]).select(*PERSON)
    theirs = cast("Table", rows.semi_join(tied, list(PERSON)))
    valued = theirs.select(*PERSON, PERSON_ID, RECORD, recency=recency(theirs), **{field.name: cleaned(theirs, field)})
    kept = of_most_merit(valued.mutate(merit=_merit(valued, field)))
    spelt = kept.group_by(*PERSON, key=folded(kept[field.name])).agg(text=kept[field.name].min())
    texts = spelt.group_by(*PERSON).agg(texts=spelt.text.collect())
    people = kept.group_by(*PERSON).agg(**{PERSON_ID: kept[PERSON_ID].min()}, record_ids=record_list(kept, once=True))
    joined = with_record_ids(people).inner_join(texts, list(PERSON))
    return joined.select(
        "la_code",
        PERSON_ID,
        field=ibis.literal(field.name),
        values=joined.texts.sort().join("; "),
        resolved=ibis.literal(field.conflict),
        record_ids=joined.record_ids,
    )


def _rank(field: PersonField) -> str:
    return f"{field.name}_rank"


def _best(field: PersonField) -> str:
    return f"{field.name}_best"


def _tied(field: PersonField) -> str:
    return f"{field.name}_tied"
