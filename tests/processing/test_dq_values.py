"""Section 7 of the method reference: the national data-quality values table."""

from typing import Any

import ibis
import polars as pl
import pytest

from asccld.processing import dq_values
from asccld.processing.columns import method_table
from asccld.processing.dqvalues import label

VALID, BLANK, RELEASE_1 = (2, 1), (2, -1), (2, -7)


def items(rows: list[dict[str, Any]]) -> ibis.Table:
    """A collector's table: every field valid and empty unless given."""
    fields = method_table("dq_fields")
    columns = {"der_unique_record_id": pl.Int64, "la_code": pl.String, "la_name": pl.String, "importdate": pl.Date}
    columns |= {f["data_field"].lower(): pl.String for f in fields if f["value_shown"] == "raw"}
    columns |= {f[c]: pl.Int64 for f in fields for c in ("status_column", "check_column")}
    return ibis.memtable(pl.DataFrame([dict.fromkeys(columns) | row for row in rows], schema=columns))


def review(record: int, codes: tuple[int, int], value: str | None, la_name: str | None = "Alderton") -> dict[str, Any]:
    told = {"cond_method_of_review": codes[0], "chk_method_of_review": codes[1], "method_of_review": value}
    return {"der_unique_record_id": record, "la_code": "201", "la_name": la_name, **told}


def counted(rows: list[dict[str, Any]], records: list[int], field: str = "Method_of_Review") -> set[tuple[Any, ...]]:
    table = dq_values(ibis.memtable({"der_unique_record_id": records}), items(rows)).to_polars()
    found = table.filter(pl.col("datafield") == field)
    return set(found.select("la_name", "fieldstatus", "fieldvalidity", "value", "count").rows())


def test_three_reviews_valid_blank_and_in_the_wording_of_release_1() -> None:
    rows = [review(1, VALID, "Online"), review(2, BLANK, None), review(3, RELEASE_1, "Face to Face")]
    assert counted(rows, [1, 2, 3]) == {
        ("Alderton", "Mandatory", "Passed: Valid", "Online", 1),
        ("Alderton", "Mandatory", "Failed: Blank (Mandatory)", None, 1),
        ("Alderton", "Mandatory", "Failed: Release 1", "Face to Face", 1),
        ("England", "Mandatory", "Passed: Valid", None, 1),
        ("England", "Mandatory", "Failed: Blank (Mandatory)", None, 1),
        ("England", "Mandatory", "Failed: Release 1", None, 1),
    }


def test_only_records_of_the_main_table_and_of_a_council_count() -> None:
    rows = [review(1, VALID, "Online"), review(2, VALID, "Online"), review(3, VALID, "Online", la_name=None)]
    assert counted(rows, [1, 3, 99]) == {
        ("Alderton", "Mandatory", "Passed: Valid", "Online", 1),
        ("England", "Mandatory", "Passed: Valid", None, 1),
    }


def test_identifying_fields_show_no_value() -> None:
    rows = [review(1, VALID, "Online") | {"cond_nhs_number": 2, "chk_nhs_number": 1}]
    assert {value for *_, value, _ in counted(rows, [1], "NHS_Number")} == {"N/A - PID", None}


def test_long_values_are_cut_as_in_the_national_table() -> None:
    values = {value for *_, value, _ in counted([review(1, (2, -2), "x" * 300)], [1])}
    assert values == {"x" * 255, None}


@pytest.mark.parametrize(
    ("codes", "code", "said"),
    [
        ("cond", 2, "Mandatory"),
        ("cond", -1, "Undetermined"),
        ("cond", 7, None),
        ("chk", 3, "Passed: Valid"),
        ("chk", 0, "Passed: Blank (Not Mandatory)"),
        ("chk", -6, "Failed: Invalid"),
        ("chk", -7, "Failed: Release 1"),
        ("chk", -8, None),
    ],
)
def test_labels(codes: str, code: int, said: str | None) -> None:
    table = ibis.memtable({"code": [code]})
    assert table.select(said=label(codes, table.code)).to_polars()["said"].to_list() == [said]
