"""The worked examples of the method pages: blocks of rows that go in, and of rows that must come out.

A block of text begins with what it is: `joined main table` or `single main table`, `reference table NAME`,
`quality table`, or the name of a table that comes out, perhaps with `: some rows`. Then come the columns and rows,
parted by bars.
`option NAME=VALUE` lines stand before the main table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import MeasureReference, compute_from_main, measures, settings_for
from asccld.measures.main_table import main_type
from asccld.processing.columns import main_columns, method_table
from repository.files import ROOT

PAGES = ROOT / "docs" / "reference" / "measures"
NAMES = [m.name for m in measures() if m.input != "events"]
PERIOD = (date(2025, 4, 1), date(2026, 3, 31))
SHORT = {"person": "der_nhs_la_combined_person_id", "start": "event_start_date", "end": "der_event_end_date"}
TYPES: dict[str, Any] = {"string": pl.String, "date": pl.Date, "int64": pl.Int64, "timestamp": pl.Datetime("us")}
COUNCIL = {"la_code": "901", "la_name": "Exampleshire"}
Rows = list[dict[str, str | None]]


@dataclass
class Example:
    """One example of a page."""

    mode: str = "joined"
    rows: Rows = field(default_factory=list[dict[str, str | None]])
    options: dict[str, str] = field(default_factory=dict[str, str])
    references: dict[str, Rows] = field(default_factory=dict[str, Rows])
    quality: Rows | None = None
    wanted: list[tuple[str, bool, Rows]] = field(default_factory=list[tuple[str, bool, Rows]])
    """Table, whether all of its rows are shown, and the rows."""


def examples(name: str) -> list[Example]:
    """Each main table of a page begins an example; none where there is no page."""
    page = PAGES / f"{name}.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found: list[Example] = []
    pending = Example()
    for block in re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL):
        pending = _with_block(found, pending, block.strip().splitlines())
    return found


def _with_block(found: list[Example], pending: Example, lines: list[str]) -> Example:
    """What a block adds; returns the example that blocks before the next main table belong to."""
    options = dict(line.removeprefix("option ").split("=", 1) for line in lines if line.startswith("option "))
    head, *body = [line for line in lines if not line.startswith("option ")]
    rows = _rows(body)
    if head.endswith(" main table"):
        pending.mode, pending.rows, pending.options = head.split()[0], rows, options
        found.append(pending)
        return Example()
    if head.startswith("reference table "):
        pending.references[head.removeprefix("reference table ")] = rows
    elif head == "quality table":
        pending.quality = rows
    else:
        table, _, which = head.partition(":")
        found[-1].wanted.append((table, which.strip() != "some rows", rows))
    return pending


def _rows(lines: list[str]) -> Rows:
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]
    return [dict(zip(cells[0], (c or None for c in line), strict=True)) for line in cells[1:]]


def check(con: ibis.BaseBackend, name: str, example: Example) -> None:
    """Fail unless every table comes out as the page shows it."""
    assert example.wanted, "an example that shows no result"
    outputs = {f"{name}{s}": t for s, t in _computed(con, name, example).items()}
    for table, all_rows, rows in example.wanted:
        assert table in outputs, f"{table} is no table of {name}: {list(outputs)}"
        columns = [SHORT.get(c, c) for c in rows[0]]
        got = [tuple(_text(r[c]) for c in columns) for r in outputs[table].to_polars().to_dicts()]
        want = [tuple((v or "").lower() for v in row.values()) for row in rows]
        if all_rows:
            assert sorted(got) == sorted(want), (table, sorted(got), sorted(want))
        else:
            assert [w for w in want if w not in got] == [], (table, want, got)


def _computed(con: ibis.BaseBackend, name: str, example: Example) -> Any:
    reference = MeasureReference.read()
    councils = [{**COUNCIL, "region": "South East", "la_area_code": "E10000999"}]
    given: dict[str, Rows] = {
        "REF_ONS_Codes_LA_Region_Lookup": councils,  # type: ignore[dict-item]
        "REF_ONS_Codes_LA_Region_Lookup_April_2024": councils,  # type: ignore[dict-item]
        **example.references,
    }
    frames = {n: _texts([{c.lower(): v for c, v in r.items()} for r in rows]) for n, rows in given.items()}
    tables = dict(reference.tables) | {n: ibis.memtable(f) for n, f in frames.items()}
    options = dict(example.options)
    days = [date.fromisoformat(options.pop(k, str(d))) for k, d in zip(("start", "end"), PERIOD, strict=True)]
    made = compute_from_main(
        [name],
        main_table(con, example.rows, example.mode),
        settings_for(days[0], days[1], options),
        reference=MeasureReference(tables),
        quality=_quality(example.quality) if example.quality is not None else None,
        hold=keeper(con),
    )
    return made[name]


def main_table(con: ibis.BaseBackend, rows: Rows, mode: str) -> Table:
    """A main table of these rows; what follows from a value, such as its group, is filled in."""
    columns = main_columns(mode)
    full = [_filled({_full_name(c, columns): v for c, v in row.items()}, place) for place, row in enumerate(rows, 1)]
    frame = _texts(full)
    typed = frame.select(
        _typed(pl.col(c), TYPES[main_type(c)]) if c in frame.columns else pl.lit(None, TYPES[main_type(c)]).alias(c)
        for c in columns
    )
    return con.create_table(ibis.util.gen_name("page"), typed.to_arrow(), temp=True)


def _full_name(column: str, columns: tuple[str, ...]) -> str:
    name = SHORT.get(column, column)
    return name if name in columns or name == "age" else f"{name}_cleaned"


def _filled(row: dict[str, str | None], place: int) -> dict[str, str | None]:
    given = {
        **COUNCIL, "der_unique_record_id": str(place), "event_type": "Service", "client_type_cleaned": "Service user",
        "ref_period_start_date": "2023-04-01", "ref_period_end_date": "2026-03-31", **row,
    }  # fmt: skip
    outcome, service = row.get("event_outcome_cleaned"), row.get("service_type_cleaned")
    if outcome and "event_outcome_grouped" not in row:
        given["event_outcome_grouped"] = "NFA" if outcome.startswith("NFA") else outcome
    if service and "service_type_grouped" not in row:
        given["service_type_grouped"] = service.partition(":")[0]
    if age := given.pop("age", None):
        given |= {
            "der_age_event_start_date": age,
            "der_working_age_band": "18 to 64" if int(age) < 65 else "65 and above",
        }
    return given


def _typed(column: pl.Expr, kind: Any) -> pl.Expr:
    return column.str.to_date().cast(kind) if kind in {pl.Date, pl.Datetime("us")} else column.cast(kind)


def _texts(rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys(name for row in rows for name in row)
    return pl.DataFrame([{n: row.get(n) for n in names} for row in rows], schema=dict.fromkeys(names, pl.String))


def _quality(rows: Rows) -> Table:
    """The collector's table: every field that is not told of is not applicable and blank."""
    fields = method_table("dq_fields")
    shown = {f["data_field"].lower(): pl.String for f in fields if f["value_shown"] == "raw"}
    codes = {f[c].lower(): pl.Int64 for f in fields for c in ("status_column", "check_column")}
    kinds = {"der_unique_record_id": pl.Int64, "la_code": pl.String, "la_name": pl.String, "importdate": pl.Date}
    names = {**shown, **kinds, **codes}
    full = [{**COUNCIL, **dict.fromkeys(codes, "0"), **row} for row in rows]
    frame = pl.DataFrame([{n: r.get(n) for n in names} for r in full], schema=dict.fromkeys(names, pl.String))
    return ibis.memtable(frame.select(_typed(pl.col(n), kind) for n, kind in names.items()))


def _text(value: object) -> str:
    """As a page writes it: a whole number without decimals, six digits of any other."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value.date() if isinstance(value, datetime) else value).lower()
