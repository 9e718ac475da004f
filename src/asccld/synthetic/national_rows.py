"""From one council's made-up history to its collected events: typed, pseudonymous, and worn as real data are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from asccld.standard import Release, Standard
from asccld.submissions.collected_columns import COLLECTED
from asccld.submissions.collected_derived import full_years
from asccld.synthetic.chance import mixed, number_of, share
from asccld.synthetic.choices import number
from asccld.synthetic.extract import typed_rows_of
from asccld.synthetic.model import History
from asccld.synthetic.wording import in_release

_HEX = 4
"""Hexadecimal digits that are looked up at a time."""
_BITS = 1 << 4 * _HEX
_NEVER_WORN = {"client_type", "event_type", "la_code"}
"""Decide what an event is, or whose."""


@dataclass(frozen=True)
class Stamp:
    """What the register writes on every row of a file."""

    period_start: date
    period_end: date
    received: datetime
    file_id: int
    first_record_id: int


def with_pseudonyms(history: History) -> History:
    """The history whose people have pseudonyms for identifiers, so that links are pseudonyms as well.

    They only look like pseudonyms: a keyed hash of millions of made-up people would take longer than making them.
    """
    plan = history.plan
    person = pl.col("person").cast(pl.UInt64) + plan.people_before
    has_number = share(pl.col("key"), "has number") >= number("national", "no_nhs_number")
    traced = share(pl.col("key"), "traced") >= pl.when(has_number).then(number("national", "not_traced")).otherwise(
        number("national", "not_found")
    )
    pseudonym = _pseudonym(person, f"{plan.seed} nhs number")
    people = history.people.with_columns(
        nhs_number=pl.when(has_number).then(pseudonym),
        traced=pl.when(traced).then(pseudonym),
        la_person_unique_identifier=_pseudonym(person, f"{plan.seed} {plan.la_code} local"),
    )
    return replace(history, people=people)


@lru_cache(maxsize=1)
def _hexadecimals() -> pl.Series:
    return pl.Series([f"{value:0{_HEX}x}" for value in range(_BITS)])


def _pseudonym(key: pl.Expr, name: str) -> pl.Expr:
    """32 hexadecimal digits that depend on the key."""
    halves = (mixed(key, f"{name} {half}") for half in (1, 2))
    parts = ((half // (_BITS**place)) % _BITS for half in halves for place in range(4))
    return pl.concat_str(pl.lit(_hexadecimals()).gather(part.cast(pl.UInt32)) for part in parts)


def collected_rows(history: History, stamp: Stamp, rows: int, standard: Standard) -> pl.DataFrame:
    """Exactly so many rows of one file, as the register would keep them."""
    release = standard.in_force(stamp.period_end) or standard.latest
    repeated = int(rows * number("national", "repeated_events"))
    financial = release.id != standard.latest.id
    found = typed_rows_of(history, stamp.period_start, stamp.period_end, financial=financial, limit=rows - repeated)
    worn = _worn(in_release(found, release), release)
    again = worn[pl.int_range(rows - worn.height, eager=True) * 61 % worn.height]
    without_outcome = pl.when(pl.int_range(pl.len()) % 2 == 0).then("event_outcome")
    whole = pl.concat([worn, again.with_columns(without_outcome.alias("event_outcome"))])
    return whole.select(_typed(history, stamp))


def _worn(rows: pl.DataFrame, release: Release) -> pl.DataFrame:
    """Some cells of list columns in other capitals, or with a word of the council's own."""
    listed = [f.name for f in release.fields if f.name in rows.columns and release.list_of(f.name)]
    return rows.with_columns(_worn_cell(name) for name in listed if name not in _NEVER_WORN)


def _worn_cell(name: str) -> pl.Expr:
    drawn, text = share(pl.col("event_key"), f"worn {name}"), pl.col(name)
    capitals, local = number("national", "other_capitals"), number("national", "local_words")
    return (
        pl.when(text.is_null())
        .then(None)
        .when(drawn < local)
        .then(pl.lit("Not recorded locally"))
        .when(drawn < local + capitals)
        .then(text.str.to_uppercase())
        .otherwise(text)
        .alias(name)
    )


def _typed(history: History, stamp: Stamp) -> list[pl.Expr]:
    born, start = pl.col("birth").cast(pl.Date), pl.col("start").cast(pl.Date)
    traced = pl.col("traced").is_not_null()
    made = {
        "la_code": pl.lit(history.plan.la_code),
        "la_name": pl.lit(history.plan.la_name),
        "importdate": pl.lit(stamp.received),
        "importfileid": pl.lit(stamp.file_id),
        "der_unique_record_id": stamp.first_record_id + pl.int_range(pl.len()),
        "reporting_period_start_date": pl.lit(stamp.period_start),
        "reporting_period_end_date": pl.lit(stamp.period_end),
        "der_nhs_number_pseudo": pl.col("nhs_number"),
        "der_nhs_number_traced_pseudo": pl.col("traced"),
        "der_birth_year": born.dt.year(),
        "der_birth_month": born.dt.month(),
        "der_age_event_start_date": full_years(born, start),
        "der_age_reporting_period_end_date": full_years(born, pl.lit(stamp.period_end)),
        "der_dbs_check_status": pl.when(traced).then(pl.lit("Verified")).otherwise(pl.lit("Not verified")),
        "der_conversation": (share(pl.col("event_key"), "conversation") < number("national", "conversations")),
        "der_conversation_1": pl.lit(0),
        "der_postcode_sector": pl.col("postcode").str.head(-2),
        **_areas(pl.col("postcode"), history.plan.la_code),
        "date_of_death": pl.col("death").cast(pl.Date),
        "event_start_date": start,
        "event_end_date": pl.col("end").cast(pl.Date),
        "event_description": pl.lit(None),
        "unit_cost": pl.col("unit_cost") / 100,
        "planned_units_per_week": pl.col("planned_units_per_week") / 100,
    }
    return [made.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in COLLECTED.items()]


def _areas(postcode: pl.Expr, council: str) -> dict[str, pl.Expr]:
    """Codes in the form of the national statistics: small areas by postcode district, all else by council."""
    district = postcode.str.extract(r"(\d+) ").str.zfill(2)
    whole = f"{number_of(council) % 10_000:04}"
    small, middle = (pl.concat_str(pl.lit(f"{kind}9{whole[-3:]}"), district) for kind in ("E01", "E02"))
    return {
        "der_postcode_constituency_code": pl.lit(f"E1400{whole}"),
        "der_postcode_district_unitary_authority": pl.lit(f"E0900{whole}"),
        "der_postcode_electoral_ward": pl.concat_str(pl.lit(f"E05{whole}"), district),
        "der_postcode_local_authority": pl.lit(f"E0900{whole}"),
        "der_postcode_ccg_code": pl.lit(f"E3800{whole}"),
        "der_postcode_lsoa_code": small,
        "der_postcode_msoa_code": middle,
        "der_postcode_yr2011_lsoa": small,
        "der_postcode_yr2011_msoa": middle,
    }
