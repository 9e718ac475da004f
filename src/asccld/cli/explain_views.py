"""What `asccld explain` prints: those who are counted, and the records behind them, by pseudonym and record id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from asccld.cli.tabular import show_json, show_table, talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    import polars as pl
    from ibis.expr.types import Table

    from asccld.measures import Measure, Output

SHOWN_OF_RECORDS = (
    "der_unique_record_id", "la_code", "importdate", "client_type", "event_type", "event_start_date",
    "event_end_date", "request_route_of_access", "service_type", "service_component",
    "delivery_mechanism", "primary_support_reason", "event_outcome", "has_unpaid_carer", "ethnicity", "gender",
    "accommodation_status", "employment_status", "method_of_review", "review_reason",
    # of a main table
    "ref_period_end_date", "client_type_cleaned", "der_event_end_date", "service_type_cleaned",
    "service_component_cleaned", "delivery_mechanism_cleaned", "event_outcome_cleaned", "assessment_type_cleaned",
    "primary_support_reason_cleaned", "accommodation_status_cleaned", "gender_cleaned",
)  # fmt: skip
"""Of a record, what decides where somebody counts, and nothing that names them."""
AS_THEY_ARE = frozenset({"record_ids", "sequel_record_ids", "der_unique_record_id", "la_code", "importdate"})
DAYS = ("_date", "_start", "_end")
PERIODS = "stat_reporting_period_"
COMPUTED = ("_cost", "_per_week", "_per_year", "weeks_of_service", "total_cost_period", "_wait_time")
"""How columns of amounts end: what is written as one is shown, with all its digits."""
AMOUNT = r"^-?[0-9]{1,7}([.][0-9]*)?$"
"""Fewer digits before the point than an NHS number or a day written without signs."""
_ONE = {"people": "person", "requests": "request", "episodes": "episode", "reviews": "review"}

Row = dict[str, str | None]


@dataclass(frozen=True)
class Explained:
    """Those of one table who are counted in the figure."""

    table: str
    title: str
    unit: str
    counted: int
    rows: list[Row]
    records: list[Row]


@dataclass(frozen=True)
class Question:
    """A figure, or a person, and how much of the answer is wanted."""

    measure: Measure
    cell: Mapping[str, str]
    person: str | None
    limit: int


def explained(asked: Question, tables: Mapping[str, Table], events: Table | None) -> list[Explained]:
    """The answer from each table; raises UnknownCell for a value that none of them has."""
    from asccld.measures.explaining import units_of

    outputs = units_of(asked.measure, tables, asked.cell)
    found = [(output, _wanted(asked, output, tables[output.suffix])) for output in outputs]
    if not any(rows.height for _, rows in found):
        _refuse_unknown(asked, [tables[output.suffix] for output in outputs])
    answered = [(output, rows) for output, rows in found if rows.height] or found[:1]
    return [_explained(asked, output, rows, events) for output, rows in answered]


def show(answers: Sequence[Explained], *, as_json: bool) -> None:
    """Print the answers: tables on stdout, what was counted on stderr."""
    if as_json:
        show_json([asdict(answer) for answer in answers])
        return
    for answer in answers:
        one = _ONE.get(answer.unit, answer.unit.removesuffix("s"))
        talk(f"{answer.table}: {counted(answer.counted, one, answer.unit)}{_part(answer)}")
        _print(answer.rows)
        if answer.records:
            typer.echo("\nThe records behind them")
            _print(answer.records)


def _wanted(asked: Question, output: Output, units: Table) -> pl.DataFrame:
    from asccld.measures.explaining import counted_in, counted_person

    found = counted_in(units, asked.cell) if asked.person is None else counted_person(units, output, asked.person)
    return found.order_by([c for c in found.columns if not c.endswith("record_ids")]).to_polars()


def _refuse_unknown(asked: Question, tables: Sequence[Table]) -> None:
    from asccld.identifying.masking import shown
    from asccld.measures.explaining import UnknownCell, values_like
    from asccld.standard.names import did_you_mean

    if asked.person is not None:
        remedy = "Copy the pseudonym from a table of people, or leave --person out and give --cell"
        raise AsccldError(f"Nobody with that identifier is counted in {asked.measure.name}", "--person", remedy)
    lost = [values_like(table, asked.cell) for table in tables]
    for column in asked.cell:
        if all(column in found for found in lost):
            known = [shown(text) for found in lost for text in found[column]]
            near = did_you_mean(asked.cell[column], known) or f"There are: {', '.join(dict.fromkeys(known[:12]))}"
            what = f"Nobody is counted in {asked.measure.name} with this {column}"
            raise UnknownCell(what, f"--cell {column}={shown(asked.cell[column])}", near)


def _explained(asked: Question, output: Output, rows: pl.DataFrame, events: Table | None) -> Explained:
    kept = rows.head(asked.limit) if asked.limit else rows
    records = [] if events is None or kept.is_empty() else _records(events, kept)
    table = f"{asked.measure.name}{output.suffix}"
    return Explained(table, output.title, output.unit, rows.height, _safe(kept, output.id_column), records)


def _records(events: Table, rows: pl.DataFrame) -> list[Row]:
    import polars as pl

    from asccld.measures.explaining import records_behind

    lists = [rows[name].cast(pl.String) for name in rows.columns if name.endswith("record_ids")]
    if not lists:
        return []
    listed = pl.concat(lists)
    ids = listed.drop_nulls().str.split(",").explode().str.strip_chars().unique(maintain_order=True)
    wanted = ids.filter(ids != "").to_list()
    found = records_behind(events, wanted)
    columns = [c for c in SHOWN_OF_RECORDS if c in found.columns]
    rows = found.select(*(found[c].cast("string").name(c) for c in columns)).to_polars()
    if lacking := len(wanted) - rows["der_unique_record_id"].n_unique():
        talk(f"The input does not hold {lacking:,} of {counted(len(wanted), 'record')}: is it that of the tables?")
    return _safe(rows, None)


def _safe(rows: pl.DataFrame, id_column: str | None) -> list[Row]:
    """Rows as they may be shown: a real NHS number in place of a pseudonym is hidden, and so is what looks like one."""
    texts = [
        _safe_ids(values) if name == id_column else _safe_texts(values)
        for name, values in ((c.name, c) for c in rows.get_columns())
    ]
    return rows.select(texts).to_dicts() if texts else []


def _safe_ids(values: pl.Series) -> pl.Series:
    import polars as pl

    from asccld.identifying import HIDDEN
    from asccld.privacy import valid_nhs_numbers

    text = values.cast(pl.String)
    number = valid_nhs_numbers(text).is_not_null()
    return text.to_frame().select(pl.when(number).then(pl.lit(HIDDEN)).otherwise(pl.col(text.name)).alias(text.name))[
        text.name
    ]


def _safe_texts(values: pl.Series) -> pl.Series:
    """A text of no list may be anything; dates, numbers and codes are what they are."""
    import polars as pl

    from asccld.identifying.masking import shown

    text = values.cast(pl.String)
    if values.dtype != pl.String or values.name in AS_THEY_ARE or values.name.endswith(DAYS):
        return text
    if values.name.startswith(PERIODS):
        return text
    known = text.unique().drop_nulls()
    if values.name.endswith(COMPUTED):
        known = known.filter(~known.str.contains(AMOUNT))
    safe = pl.Series([shown(value) for value in known], dtype=pl.String)
    return text.replace_strict(known, safe, default=text, return_dtype=pl.String)


def _print(rows: Sequence[Row]) -> None:
    """Those columns in which anything stands."""
    if rows:
        columns = [c for c in rows[0] if any(row[c] for row in rows)]
        show_table(columns, ([row[c] for c in columns] for row in rows), as_json=False)


def _part(answer: Explained) -> str:
    shown = len(answer.rows)
    return f"; the first {shown} are shown, --limit 0 shows all" if shown < answer.counted else ""
