"""Person details against a plain reading of the method, row by row, on people made up at random."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend

from asccld.measures.main_table import main_type
from asccld.processing.columns import main_columns
from measures.dhsc.stories import TYPES, measured

OPEN, FIRST = date(9999, 1, 1), date.min
DAYS = [date(2025, 1, 1), date(2025, 6, 1), date(2026, 3, 1), date(2031, 1, 1)]
VALUES: dict[str, list[str | None]] = {
    "accommodation_status_cleaned": [None, "Unknown", "Refuge", "refuge ", "Tenant: Private landlord", "Elsewhere"],
    "employment_status_cleaned": [None, "Unknown", "Invalid and not mapped", "Paid: Hours per week unknown"],
    "gender_cleaned": [None, "Male", "MALE", "Female", "Unknown", "invalid and not mapped"],
    "ethnicity_cleaned": [None, "White: Irish", "No data: Refused", "No data: Undeclared or not known"],
    "client_funding_status_cleaned": [None, "Fully client funded", "fully social care funded", "Other", "Unknown"],
    "primary_support_reason_cleaned": [None, "Mental health support", "Social support: Support to unpaid carer"],
    "la_person_unique_identifier": [None, "L1", "L2", "Unknown", "Invalid and not mapped"],
    "der_birth_year": [None, "1940", "1941"],
    "der_birth_month": [None, "1", "2"],
    "date_of_death": [None, None, "2025-05-01", "2025-05-02"],
}
KNOWN_FUNDING = {"fully social care funded", "joint client and social care funded", "fully client funded"}
CARER = "social support: support to unpaid carer"
Row = Mapping[str, Any]


def made_up(seed: int, people: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for person in range(people):
        for _ in range(chance.randint(1, 4)):
            start = chance.choice(DAYS)
            rows.append(
                {
                    "la_code": "901",
                    "la_name": "Exampleshire",
                    "der_unique_record_id": len(rows) + 1,
                    "der_nhs_la_combined_person_id": f"P{person}",
                    "event_type": "Request",
                    "client_type_cleaned": "Service user",
                    "ref_period_end_date": chance.choice([date(2025, 12, 31), date(2026, 3, 31)]),
                    "event_start_date": start,
                    "der_event_end_date": chance.choice([None, *DAYS]),
                    **{name: chance.choice(values) for name, values in VALUES.items()},
                }
            )
    return rows


def folded(text: str) -> str:
    return text.rstrip(" ").lower()


def latest(rows: Sequence[Row], said: Sequence[tuple[int, str]], conflict: str, extra: Sequence[int] = ()) -> str:
    """The common rule, read from the page: `said` is known-rank and value of each row."""
    fifth = extra or [0] * len(rows)
    keys = [
        (rank, row["ref_period_end_date"], row["der_event_end_date"] or OPEN, row["event_start_date"] or FIRST, more)
        for row, (rank, _), more in zip(rows, said, fifth, strict=True)
    ]
    tied = {folded(value) for key, (_, value) in zip(keys, said, strict=True) if key == max(keys)}
    return tied.pop() if len(tied) == 1 else folded(conflict)


def said_of(rows: Sequence[Row], column: str) -> list[tuple[int, str]]:
    values = [r[column] if r[column] is not None else "Invalid and not mapped" for r in rows]
    invalid = [folded(v) == "invalid and not mapped" for v in values]
    if column == "employment_status_cleaned":
        return [(0 if bad or folded(v) == "unknown" else 1, v) for v, bad in zip(values, invalid, strict=True)]
    if column == "ethnicity_cleaned":
        nothing = "No data: Undeclared or not known"
        texts = [nothing if bad else v for v, bad in zip(values, invalid, strict=True)]
        ranks = {folded(nothing): 0, "no data: refused": 1}
        return [(ranks.get(folded(v), 2), v) for v in texts]
    texts = ["Unknown" if bad else v for v, bad in zip(values, invalid, strict=True)]
    if column == "client_funding_status_cleaned":
        texts = [v if folded(v) in KNOWN_FUNDING else "Unknown" for v in texts]
    low = {"unknown", CARER} if column == "primary_support_reason_cleaned" else {"unknown"}
    return [(0 if folded(v) in low else 1, v) for v in texts]


def plain(rows: Sequence[Row]) -> dict[str, Any]:
    found: dict[str, Any] = {
        column.removesuffix("_cleaned"): latest(
            rows, said_of(rows, column), "No data: Undeclared or not known" if "ethnicity" in column else "Unknown"
        )
        for column in VALUES
        if column.endswith("_cleaned")
    }
    ids = said_of(rows, "la_person_unique_identifier")
    counts = [sum(folded(other) == folded(v) for _, other in ids) for _, v in ids]
    found["la_person_unique_identifier_latest"] = latest(rows, ids, "Unknown", counts)
    births = sorted(
        (r["der_birth_year"] is None or r["der_birth_month"] is None, -r["ref_period_end_date"].toordinal(),
         int(r["der_birth_year"] or 0), int(r["der_birth_month"] or 0))
        for r in rows
    )  # fmt: skip
    found["der_birth_year"], found["der_birth_month"] = births[0][2] or None, births[0][3] or None
    deaths = [(r["ref_period_end_date"], r["date_of_death"]) for r in rows if r["date_of_death"]]
    found["date_of_death"] = max(deaths)[1] if deaths else None
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_at_random_are_as_a_plain_reading_has_them(con: BaseBackend, seed: int) -> None:
    rows = made_up(seed, 800)
    columns = {name: TYPES[main_type(name)] for name in main_columns("joined")}
    told = pl.DataFrame(rows, infer_schema_length=None)
    typed = told.with_columns(
        pl.col("date_of_death").str.to_date(), pl.col("der_birth_year", "der_birth_month").cast(pl.Int64)
    )
    full = typed.select(
        (pl.col(n) if n in typed.columns else pl.lit(None, kind).alias(n)) for n, kind in columns.items()
    )
    main = con.create_table(ibis.util.gen_name("random"), full.to_arrow(), temp=True)
    made = measured(con, ["person_details"], main)["person_details"][""].to_polars()
    of_person: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_person[row["der_nhs_la_combined_person_id"]].append(row)
    assert made.height == len(of_person)
    for row in made.to_dicts():
        wanted = plain(of_person[row["der_nhs_la_combined_person_id"]])
        shown = {k: folded(row[k]) if isinstance(row[k], str) else row[k] for k in wanted}
        shown["date_of_death"] = str(row["date_of_death"]) if row["date_of_death"] else None
        assert shown == wanted, of_person[row["der_nhs_la_combined_person_id"]]
