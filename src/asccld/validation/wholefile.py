"""The rules that need more than one row: a narrow memory of every event, judged when the file has been read.

What is kept of an event is a few hashes and small codes (about 90 bytes), never its texts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from asccld.validation.findings import Findings
from asccld.validation.kinds import is_filled
from asccld.validation.lexicon import OVERFLOW, Lexicon
from asccld.validation.rules import Check

_ONE_PER_FILE = ("reporting_period_start_date", "reporting_period_end_date", "la_code")
_LINKED = ("adult_1_linked_person_id", "adult_2_linked_person_id", "adult_3_linked_person_id")
_GROUPED = ("la_person_unique_identifier", "nhs_number", "date_of_birth", "date_of_death", "gender")
_IDENTITY_BY_TYPE = ("request_route_of_access", "assessment_type", "service_type", "service_component")
"""Details that tell events of one type apart (national identity of an event, single submissions)."""
COMPARED = (
    "gender",
    "event_type",
    "client_type",
    *_IDENTITY_BY_TYPE,
    "delivery_mechanism",
    "cost_frequency_unit_type",
)
"""List columns whose values are compared between rows."""

WHOLE_FILE_TYPES = frozenset({"one_per_file", "one_per_group", "resolves", "unique_rows", "unique_events"})
"""Rule types judged here."""


def kept_for(checks: Iterable[Check]) -> frozenset[str]:
    """What has to be kept for some checks: `keys`, `event`, `cells`."""
    return frozenset(kept for check in checks for kept in _KEPT_FOR.get(check.rule.type, ()))


_KEPT_FOR = {
    "unique_rows": ("cells",),
    "unique_events": ("cells", "event"),
    "one_per_group": ("keys",),
    "resolves": ("keys",),
}


def narrow(frame: pl.DataFrame, prepared: pl.DataFrame, lists: Sequence[str], kept: frozenset[str]) -> pl.DataFrame:
    """What the whole-file rules keep of a chunk, one row per event; of the COMPARED it needs `same.`.

    `lists` are the list columns, `kept` is that of `kept_for`.
    """
    has = frozenset(prepared.columns)
    columns = [_text(n, prepared) for n in _ONE_PER_FILE if f"value.{n}" in has]
    if "keys" in kept:
        keys = [_small(n, has).alias(f"key.{n}") for n in (*_GROUPED, *_LINKED) if f"kind.{n}" in has]
        columns += prepared.select("row", *keys).drop("row").get_columns()
    if "event" in kept:
        columns.append(_event_key(prepared, has).alias("event"))
    if "cells" in kept:
        columns.append(_cells(frame, prepared, lists).alias("cells"))
    return pl.DataFrame(columns)


def _cells(frame: pl.DataFrame, prepared: pl.DataFrame, lists: Iterable[str]) -> pl.Series:
    """A hash of all cells as submitted: of list columns their codes, and the text where others share its code."""
    coded = [n for n in lists if n in frame.columns]
    other = [(prepared[f"code.{n}"] == OVERFLOW).arg_true() for n in coded]
    rest = pl.repeat(0, frame.height, dtype=pl.UInt64, eager=True)
    for place, (name, at) in enumerate(zip(coded, other, strict=True)):
        if at.len():
            rest = rest.scatter(at, rest[at] ^ frame[name][at].cast(pl.String).hash(place))
    codes = [prepared[f"code.{n}"] for n in coded]
    return pl.DataFrame([*frame.drop("row", *coded).get_columns(), *codes, rest.alias("rest")]).hash_rows()


def _text(name: str, prepared: pl.DataFrame) -> pl.Series:
    """The text of a cell as a category; of a date always as dd/mm/yyyy."""
    value = prepared[f"value.{name}"]
    if f"other_format.{name}" in prepared.columns:
        other = prepared[f"other_format.{name}"].arg_true()
        value = value.scatter(other, prepared[f"date.{name}"].gather(other).dt.to_string("%d/%m/%Y"))
    return value.cast(pl.Categorical).alias(f"one.{name}")


def _small(name: str, has: frozenset[str]) -> pl.Expr:
    if f"code.{name}" in has:
        return pl.when(is_filled(name)).then(pl.col(f"same.{name}").cast(pl.UInt64))
    if f"date.{name}" in has:
        return pl.col(f"date.{name}").to_physical().cast(pl.Int64).cast(pl.UInt64, wrap_numerical=True)
    return pl.col(f"same.{name}")


def _event_key(prepared: pl.DataFrame, has: frozenset[str]) -> pl.Series:
    """The national identity of an event as one number; null where a part of it is missing.

    Source: DHSC methodology 6 (council, person, type, dates, client type, and by type route, assessment type or
    service; for services also mechanism and cost, and not the end date).
    """
    needed = ("code.event_type", "date.event_start_date", "same.la_person_unique_identifier")
    if not set(needed) <= has:
        return pl.repeat(None, prepared.height, dtype=pl.UInt64, eager=True)
    person = [pl.col(c) for c in ("same.nhs_number", "same.la_person_unique_identifier") if c in has]
    parts = [pl.coalesce(person), pl.col("same.event_type"), pl.col("date.event_start_date"), *_end_unless_service(has)]
    parts += [pl.col(f"same.{c}") for c in COMPARED if f"code.{c}" in has and c not in ("gender", "event_type")]
    parts += [pl.col(f"number.{c}") for c in ("unit_cost", "planned_units_per_week") if f"number.{c}" in has]
    known = is_filled("event_type") & pl.col("date.event_start_date").is_not_null() & pl.coalesce(person).is_not_null()
    keys = prepared.select(p.alias(str(i)) for i, p in enumerate(parts)).hash_rows()
    return keys.set(prepared.select(known.fill_null(value=False).not_()).to_series(), None)


def _end_unless_service(has: frozenset[str]) -> list[pl.Expr]:
    if not {"date.event_end_date", "is_service"} <= has:
        return []
    return [pl.when(~pl.col("is_service")).then(pl.col("date.event_end_date"))]


def combinations(events: pl.DataFrame) -> pl.DataFrame:
    """What the memory says of people, each combination once."""
    return events.select(c for c in (f"key.{n}" for n in _GROUPED) if c in events.columns).unique()


def judge(
    events: pl.DataFrame,
    people: pl.DataFrame,
    checks: Iterable[Check],
    findings: Findings,
    lexicons: Mapping[str, Lexicon],
) -> None:
    """Apply every cross-row check to the memory of all events; `people` are their `combinations`."""

    def one(check: Check) -> None:
        match check.rule.type:
            case "one_per_file":
                _one_per_file(events, check, findings)
            case "one_per_group":
                _one_per_group(events, people, check, findings, lexicons)
            case "resolves":
                _resolves(events, people, check, findings)
            case "unique_rows":
                _repeated(events, "cells", check, findings)
            case _:
                _repeated(events, "event", check, findings)

    with ThreadPoolExecutor() as pool:  # each check counts and lists only what is its own
        deque(pool.map(one, (c for c in checks if c.rule.type in WHOLE_FILE_TYPES)), maxlen=0)


def _filled(events: pl.DataFrame, name: str) -> int:
    return events.height - events[name].null_count()


def _one_per_file(events: pl.DataFrame, check: Check, findings: Findings) -> None:
    name = f"one.{check.field.name}" if check.field else ""
    if name not in events.columns:
        return
    column = events[name]
    findings.tallies[check.index].checked += _filled(events, name)
    given = column.drop_nulls()
    if given.n_unique() > 1:
        most = given.unique(maintain_order=True)[given.unique_counts().arg_max() or 0]
        positions = (column != most).fill_null(value=False).arg_true()
        findings.add(check, positions.len(), positions, column.gather(positions).cast(pl.String))


def _one_per_group(
    events: pl.DataFrame, people: pl.DataFrame, check: Check, findings: Findings, lexicons: Mapping[str, Lexicon]
) -> None:
    group, value = (f"key.{check.rule.parameters[k]}" for k in ("group", "value"))
    if not {group, value} <= set(events.columns):
        return
    findings.tallies[check.index].checked += _filled(events, group)
    pairs = people.select(group, value).drop_nulls().unique()
    several = pairs.filter(pl.col(group).is_duplicated())[group].unique()
    if several.is_empty():
        return
    found = events.select((pl.col(group).is_in(several.implode()) & pl.col(value).is_not_null()).fill_null(value=False))
    positions = found.to_series().arg_true()
    coded = check.field is not None and check.field.name in lexicons
    codes = events[f"key.{check.field.name}"].gather(positions).cast(pl.UInt16) if check.field and coded else None
    findings.add(check, positions.len(), positions, codes)


def _resolves(events: pl.DataFrame, people: pl.DataFrame, check: Check, findings: Findings) -> None:
    linked = f"key.{check.field.name}" if check.field else ""
    target = f"key.{check.rule.parameters['target']}"
    if not {linked, target} <= set(events.columns):
        return
    findings.tallies[check.index].checked += _filled(events, linked)
    known = people[target].drop_nulls().unique()
    given = events[linked].drop_nulls().unique()
    lost = given.filter(~given.is_in(known.implode()))
    if lost.len():
        positions = events.select(pl.col(linked).is_in(lost.implode()).fill_null(value=False)).to_series().arg_true()
        findings.add(check, positions.len(), positions)


def _repeated(events: pl.DataFrame, key: str, check: Check, findings: Findings) -> None:
    findings.tallies[check.index].checked += _filled(events, key)
    again = (~pl.col(key).is_first_distinct()) & pl.col(key).is_not_null()
    if key == "event":  # a row that is repeated whole is reported as that
        again = again & pl.col("cells").is_first_distinct()
    positions = events.select(again.alias("again")).to_series().arg_true()
    if positions.len():
        findings.add(check, positions.len(), positions)
