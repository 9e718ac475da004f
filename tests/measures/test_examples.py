"""The 62 worked cases of the method: what the published scripts made of a few rows, for every measure that has some."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import Settings, compute, needed_columns, settings_for

CASES = json.loads((Path(__file__).parent / "salt_examples.json").read_text(encoding="utf-8"))
PERIOD = CASES["period"]
KINDS: dict[str, Any] = {
    "text": pl.String,
    "date": pl.Date,
    "timestamp": pl.Datetime("us"),
    "integer": pl.Int64,
}


@dataclass(frozen=True)
class Place:
    """Where the rows of an example's result are: an output of a measure, and its columns."""

    measure: str
    suffix: str
    columns: dict[str, str]
    table: str | None = None
    """The label of the sub-table that the example is about."""


REASON = {
    "LA": "la_code",
    "PSR": "primary_support_reason",
    "Service type": "service_type",
    "Delivery mechanism": "delivery_mechanism",
    "ID": "id",
}
FOLLOWED = {"raw": "final_outcome", "mapped": "final_outcome_mapped", "type": "record_type"}
STATUS = {"LA": "la_code", "Gender": "gender", "Accommodation": "accommodation_status", "ID": "id"}
SUPPORT = {"LA": "la_code", "ID": "id", "Support provided": "support_provided"}
PLACES = {
    "STS001 detail rows": Place(
        "sts001", "_requests", {"LA": "la_code", "ID": "id", "Route": "route_of_access", **FOLLOWED}
    ),
    "STS002a detail rows (and ASCOF 2A counts)": Place("sts002a", "_episodes", {"ID": "id", **FOLLOWED}),
    "STS002b existing-client episodes": Place(
        "sts002b",
        "_episodes",
        {
            "LA": "la_code",
            "ID": "id",
            "Episode start": "cluster_start_date",
            "Episode end": "cluster_end_date",
            "Episode no.": "st_max_count",
        },
    ),
    "LTS001a Table 1b persons": Place("lts001a", "_people", REASON, "1b"),
    "LTS001b Table 2 persons": Place(
        "lts001b", "_2_people", REASON | {"Has unpaid carer": "has_unpaid_carer", "PSR": ""}
    ),
    "LTS001c Table 1b persons": Place("lts001c", "_people", REASON, "1b"),
    "LTS003 carers": Place("lts003", "_people", SUPPORT),
    "LTS004 Tables 2a+2b persons": Place("lts004", "_2_people", STATUS),
    "ASCOF 2E persons before gender split": Place("nhse_ascof_2e", "_people", STATUS),
    "ASCOF 3D": Place("nhse_ascof_3d", "_carers", SUPPORT),
    "ASCOF 3D clients": Place(
        "nhse_ascof_3d",
        "",
        {
            "LA": "la_code",
            "Denominator": "total_client_denom",
            "3D1a num": "3d1a_total_num",
            "3D1a %": "3d1a_total_outcome",
            "3D2a num": "3d2a_total_num",
            "3D2a %": "3d2a_total_outcome",
        },
    ),
    "ASCOF 2B/2C new admissions": Place(
        "nhse_ascof_2c", "_people", {"ID": "id", "LA": "la_code", "Age": "der_age_snapshot_date"}
    ),
}


def settings(**options: str) -> Settings:
    """The dates of all examples, with options of ours."""
    admissions = PERIOD["ascof_2b2c"]
    dates = {
        "import_after": PERIOD["submission_import_after"][:10],
        "import_by": PERIOD["submission_import_by"],
        "sts_import_by": PERIOD["version_import_by"][:10],
        "lts001c_chain_start_before": PERIOD["twelve_month_start_before"],
        "ascof_2b2c_snapshot": admissions["snapshot"],
        "ascof_2b2c_import_before": admissions["closed_version_import_before"],
        "today": PERIOD["run_date"],
    }
    start, end = (date.fromisoformat(PERIOD[name]) for name in ("start", "end"))
    return settings_for(start, end, {**dates, **options})


def events(con: ibis.BaseBackend, rows: list[dict[str, Any]], *measures: str) -> Table:
    """Events of an example: columns that are not given take the default, or are missing."""
    kinds = needed_columns(measures)
    data = [
        {name.lower(): value for name, value in {**CASES["row_defaults"], **row}.items()} | {"der_unique_record_id": at}
        for at, row in enumerate(rows, 1)
    ]
    known = [_typed(_renamed(row), kinds) for row in data]
    frame = pl.DataFrame(known, schema={name: KINDS[kind] for name, kind in kinds.items()})
    return con.create_table(ibis.util.gen_name("example"), ibis.memtable(frame), temp=True)


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {("la_person_unique_identifier" if "la_person_unique" in c else c): v for c, v in row.items()}


def _typed(row: dict[str, Any], kinds: dict[str, str]) -> dict[str, Any]:
    return {name: _value(row.get(name), kind) for name, kind in kinds.items()}


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    readers: dict[str, Any] = {"date": date.fromisoformat, "timestamp": datetime.fromisoformat, "integer": int}
    return readers.get(kind, str)(value)


def shown(rows: pl.DataFrame, columns: list[str]) -> list[list[str]]:
    return sorted([_text(value) for value in row] for row in rows.select(columns).rows())


def _text(value: Any) -> str:
    return "NULL" if value is None else f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def place_of(example: dict[str, Any]) -> Place:
    counts = example["table"] == "ASCOF 3D" and "Denominator" in example["result_columns"]
    return PLACES["ASCOF 3D clients" if counts else example["table"]]


@pytest.mark.parametrize("example", CASES["examples"], ids=lambda example: example["id"])
def test_a_worked_case_gives_what_the_published_scripts_give(con: ibis.BaseBackend, example: dict[str, Any]) -> None:
    place = place_of(example)
    measures = [place.measure, *(["nhse_ascof_2a"] if "ascof_2a" in example else [])]
    tables = compute(measures, events(con, example["rows"], *measures), settings(), hold=keeper(con), wording="r1")
    found = tables[place.measure][place.suffix].to_polars()
    if place.table:
        found = found.filter(pl.col("table") == place.table)
    columns = [place.columns[name] for name in example["result_columns"]]
    wanted = sorted([_text(value) for value in row] for row in example["result"])
    assert shown(found, columns) == wanted
    if "ascof_2a" in example:
        counts = tables["nhse_ascof_2a"][""].select("denominator", "numerator").to_polars().sum()
        assert counts.to_dicts() == [example["ascof_2a"]]


def test_no_case_is_left_out() -> None:
    assert len(CASES["examples"]) == 62
    assert {place_of(e).measure for e in CASES["examples"]} == {place.measure for place in PLACES.values()}
