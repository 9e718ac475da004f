"""ASCOF 2E: people with long-term support who live at home or with family, NHS England's version.

Method: NHS England, ASCOF 2E (nhse-2024-03), from the latest submission of each council. Counting unit: people, by
council. Columns in: see `asccld measures show`. Columns out: those of the script's final table. Known limitation: the
last status of the period is used; people of other genders are in no figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import NumericValue, Table, Value

from asccld.measures.codes import code_in, place_of
from asccld.measures.identity import sure_people
from asccld.measures.lists import listed, listed_where
from asccld.measures.picking import agreed_status, best_rows, days_before, known_flag
from asccld.measures.salt.long_term import long_term_rows
from asccld.measures.setting import COMMUNITY, NURSING, RESIDENTIAL, ranks_of
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, alive, in_list, touches
from asccld.processing.run import Tables
from asccld.processing.text import folded, same

STATUS = "accommodation_status"
STATUSES = listed("accommodation")
FIGURES = ("total", "male", "female")


def nhse_ascof_2e(source: Source, settings: Settings) -> Mapping[str, Table]:
    """The share of people with long-term support who live at home or with family."""
    people = partial(_people, source, settings)
    return Tables(
        {
            "": lambda: _figures(people(), settings),
            "_conflicts": lambda: _conflicts(source, settings),
            "_people": lambda: people().select("la_code", "gender", STATUS, "id", "record_ids"),
        }
    )


def _latest(source: Source, settings: Settings) -> Table:
    """Rows of the latest start, known before unknown, of each person at each council."""
    return source.shared("ascof_2e latest", lambda: _latest_rows(source, settings))


def _latest_rows(source: Source, settings: Settings) -> Table:
    rows = long_term_rows(source)
    kept = rows.filter(
        rows.setting_rank.isin(ranks_of(NURSING, RESIDENTIAL, COMMUNITY)),
        touches(rows, settings.start, settings.end),
        alive(rows, settings.start),
    )
    if settings.documented("d24"):
        kept = kept.filter(kept.is_service)
    people = sure_people(kept, within_la=settings.documented("x9"))
    known = known_flag(people[f"{STATUS}_code"], place_of("Unknown", STATUSES))
    judged = people.select(
        RECORD, "la_code", "person", "id", "gender", "event_start_date", f"{STATUS}_code", f"{STATUS}_other",
        known=known, merit=days_before(people, settings.end) * 2 - known,
    )  # fmt: skip
    return best_rows(judged, ["la_code", "person"])


def _people(source: Source, settings: Settings) -> Table:
    rows = partial(_latest, source, settings)
    agrees = settings.documented("x13")
    return source.shared("ascof_2e", lambda: agreed_status(rows(), STATUS, STATUSES, missing_gender_agrees=agrees))


def _conflicts(source: Source, settings: Settings) -> Table:
    """People with several statuses of the same day: a count that the script prints on its way."""
    rows = _latest(source, settings)
    status = ibis.coalesce(folded(rows[f"{STATUS}_other"]), rows[f"{STATUS}_code"].cast("string"))
    found = rows.group_by("la_code", "person", of_gender=folded(rows.gender)).agg(
        id=rows.id.min(),
        gender=rows.gender.min(),
        event_start_date=rows.event_start_date.min(),
        maxaccommodationknown=rows.known.max(),
        count=status.nunique(),
    )
    several = found.filter(found["count"] > 1)
    return several.select("la_code", "id", "gender", "event_start_date", "maxaccommodationknown", "count")


def _figures(people: Table, settings: Settings) -> Table:
    everybody = settings.documented("d24")
    settled = code_in(people[f"{STATUS}_code"], STATUSES, listed_where("accommodation", "settled", "yes"))
    of = {
        "total": people.person.notnull() if everybody else in_list(people.gender, "Male", "Female"),
        "male": same(people.gender, "Male"),
        "female": same(people.gender, "Female"),
    }
    # Somebody of two genders is in both figures and once in the total: so first by person.
    flags = {f"{f}_denom": of[f].any() for f in FIGURES} | {f"{f}_num": (of[f] & settled).any() for f in FIGURES}
    single = people.group_by("la_code", "person").agg(**flags)
    found = single.group_by("la_code").agg(**{name: single[name].sum().fill_null(0) for name in flags})
    found = found.filter(found.total_denom > 0)
    filled = found.mutate(**_blanks(found, zero=settings.documented("x21")))
    shares = {f"{f}_outcome": filled[f"{f}_num"] / filled[f"{f}_denom"] * 100 for f in FIGURES}
    columns = [f"{f}_{part}" for part in ("denom", "num", "outcome") for f in FIGURES]
    return filled.mutate(**shares).select("la_code", *columns)


def _blanks(found: Table, *, zero: bool) -> dict[str, Value]:
    """A figure of nobody is blank, or a numerator of nobody is zero where there is a denominator (X21)."""
    blank: dict[str, Value] = {f"{f}_denom": found[f"{f}_denom"].nullif(0) for f in FIGURES}
    for f in FIGURES:
        number = cast("NumericValue", found[f"{f}_num"])
        blank[f"{f}_num"] = (found[f"{f}_denom"] > 0).ifelse(number, None) if zero else number.nullif(0)
    return blank
