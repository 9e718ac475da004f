"""The national data-quality values table: how many records have each status, validity and value of each field.

Method: DHSC `GetDQValues` and `8.DQ_Values_table` (dhsc-2026-06). Counting unit: records of the single main table.
Columns in: der_unique_record_id; the collector's data-quality table, with `cond_<field>` and `chk_<field>`. Columns
out: `DQ_COLUMNS`, per council and for England. Known limitation: values of identifying fields are never shown, and the
rules behind the codes are the collector's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from asccld.processing.columns import RECORD_ID, method_table
from asccld.processing.text import folded
from asccld.standard.tables import Row

DQ_COLUMNS = ("la_name", "la_code", "module", "datafield", "fieldstatus", "fieldvalidity", "value", "count")
ENGLAND = ("England", "99999")
MASKED = "N/A - PID"
LONGEST_VALUE = 255


def item_columns(present: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the data-quality table needs, with their types; `present` says what the table has."""
    wanted: dict[str, Any] = {RECORD_ID: "int64"} | {c: present.get(c, "string") for c in ("la_code", "la_name")}
    wanted["importdate"] = present.get("importdate", "timestamp")
    for row in method_table("dq_fields"):
        wanted |= {row["status_column"]: "int64", row["check_column"]: "int64"}
        if row["value_shown"] == "raw":
            name = row["data_field"].lower()
            wanted.setdefault(name, present.get(name, "string"))
    return wanted


def dq_counts(records: Table, items: Table) -> Table:
    """Rows by council, import, field, codes and value: what the national procedure hands on.

    Records that the data-quality table does not hold disappear, and so do those without council.
    """
    asked = records.select(asked_id=records[RECORD_ID]).view()
    rows = asked.inner_join(items, asked.asked_id == items[RECORD_ID]).select(*(items[c] for c in items.columns))
    rows = rows.filter(rows.la_code.notnull(), rows.la_name.notnull())
    return ibis.union(*(_of_field(rows, row) for row in method_table("dq_fields")))


def _of_field(rows: Table, row: Row) -> Table:
    """One field of all rows. Values are counted without regard to case, and show one of their spellings."""
    field = rows.select(
        "la_name",
        "la_code",
        "importdate",
        cond=rows[row["status_column"]].cast("int32"),
        chk=rows[row["check_column"]].cast("int32"),
        value=_shown(rows, row),
    )
    keyed = field.mutate(name_key=folded(field.la_name), code_key=folded(field.la_code), value_key=folded(field.value))
    counted = keyed.group_by("name_key", "code_key", "importdate", "cond", "chk", "value_key").agg(
        la_name=keyed.la_name.min(), la_code=keyed.la_code.min(), value=keyed.value.min(), count=keyed.count()
    )
    return counted.select(
        "la_name",
        "la_code",
        "importdate",
        "cond",
        "chk",
        "value",
        "count",
        module=ibis.literal(row["module"]),
        datafield=ibis.literal(row["data_field"]),
        fieldstatus=label("cond", counted.cond),
        fieldvalidity=label("chk", counted.chk),
    )


def _shown(rows: Table, row: Row) -> Value:
    if row["value_shown"] == "masked":
        return ibis.literal(MASKED)
    if row["value_shown"] == "hidden":
        return ibis.null("string")
    text = rows[row["data_field"].lower()].cast("string")
    return cast("StringValue", text).substr(0, LONGEST_VALUE)


def label(codes: str, code: IntegerValue) -> StringValue:
    """The label of a condition (`cond`) or check (`chk`) code; missing where the code has none."""
    known = [r for r in method_table("dq_status_codes") if r["code_column"] == codes]
    cases = [
        (
            (code >= int(r["lowest"])) & (code <= int(r["highest"])) if r["highest"] else code >= int(r["lowest"]),
            r["label"],
        )
        for r in known
    ]
    return cast("StringValue", ibis.cases(*cases, else_=ibis.null("string")))


def dq_values(records: Table, items: Table) -> Table:
    """The values table of the dashboard: counts per council, and for England without the values themselves."""
    counts = dq_counts(records, items)
    name, code = ENGLAND
    england = counts.mutate(la_name=ibis.literal(name), la_code=ibis.literal(code), value=ibis.null("string"))
    both = ibis.union(counts.select(*DQ_COLUMNS), england.select(*DQ_COLUMNS))
    keys = ("module", "datafield", "fieldstatus", "fieldvalidity")
    keyed = both.mutate(name_key=folded(both.la_name), code_key=folded(both.la_code), value_key=folded(both.value))
    summed = keyed.group_by("name_key", "code_key", *keys, "value_key").agg(
        la_name=keyed.la_name.min(), la_code=keyed.la_code.min(), value=keyed.value.min(), count=keyed["count"].sum()
    )
    return summed.select(*DQ_COLUMNS)
