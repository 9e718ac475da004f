"""From the rows of a person, or of an event, to the figures: what was submitted, what each step did, what counts it.

Nothing here changes a figure: the steps of the main tables are made once more, of these rows alone, with the files
chosen as they are for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import ibis
import polars as pl

from asccld.errors import AsccldError
from asccld.measures import measure_named
from asccld.measures.explaining import RECORD_IDS, unit_outputs
from asccld.processing import process
from asccld.processing.columns import PERSON_SOURCES
from asccld.processing.explain import rows_dropped, rows_merged
from asccld.processing.inputs import input_columns
from asccld.processing.main import decided
from asccld.processing.periods import reporting_periods
from asccld.processing.submissions import chosen_submissions, submissions_by_period, submitted
from asccld.reports.council.layout import heading_of
from asccld.reports.council.material import Traced
from asccld.reports.council.originals import LOCAL_ID, RECORD, REFERENCE

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from asccld.processing import Reference
    from asccld.processing.columns import Mode

MOST: Final = 50
"""Persons and events that one report traces."""
SHOWN: Final = (
    "client_type",
    "event_type",
    "event_start_date",
    "event_end_date",
    "event_outcome",
    "request_route_of_access",
    "assessment_type",
    "service_type",
    "service_component",
    "delivery_mechanism",
    "primary_support_reason",
    "accommodation_status",
    "employment_status",
    "has_unpaid_carer",
    "gender",
    "ethnicity",
    "date_of_death",
    "unit_cost",
    "cost_frequency_unit_type",
    "planned_units_per_week",
    "review_reason",
    "importdate",
)
"""What decides where a row counts."""
FACTS: Final = frozenset({"services", "requests", "assessments", "reviews", "costs"})
OF_ROWS: Final = frozenset(
    {
        "event_start_date",
        "event_end_date",
        "event_outcome_grouped",
        "request_route_of_access",
        "assessment_type",
        "service_type",
        "service_component",
        "review_type",
        "event_count",
        "cost_per_week",
        "total_cost_period",
    }
)
"""Of rows of activity and costs, what tells one from another."""
MOST_TOLD: Final = 12
_STEPS: Final = {
    "files": "1. The file is chosen",
    "events in period": "2. The row is in the period",
    "values": "3. Values are put into the standard's words",
    "cropping": "4. It is closed, because a later file lacks it",
    "unique events": "5. One record of each event is kept",
    "main": "6. It is in the main table",
}
_SCHEMA: Final = {
    "submission": pl.Int64,
    "row": pl.Int64,
    "event_reference": pl.String,
    "record": pl.Int64,
    "main_table": pl.String,
    "step": pl.String,
    "reference_period": pl.String,
    "outcome": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True)
class Subject:
    """A person, or an event, that is traced."""

    number: int
    asked_by: str
    label: str
    records: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """How the main tables of the report are made."""

    joined_start: date
    start: date
    end: date
    as_of: date
    reference: Reference
    options: Mapping[str, str]


def subjects_of(asked: Sequence[tuple[str, str]], events: Table, known: pl.DataFrame) -> tuple[Subject, ...]:
    """The records of each; raises AsccldError for one of which there is none, without repeating it."""
    if len(asked) > MOST:
        raise AsccldError(f"A report traces at most {MOST} persons and events", "--person, --persons", "Ask for fewer")
    found: list[Subject] = []
    for number, (kind, text) in enumerate(asked, start=1):
        records = _records(kind, text.strip(), events, known)
        if not records:
            what = f"The {kind} that was asked for (number {number}) is in no file of the report"
            remedy = "Give the council's own identifier, or a pseudonym of the tables of people; check the council too"
            raise AsccldError(what, "--person" if kind == "person" else "--event-reference", remedy)
        found.append(Subject(number, kind, text.strip(), tuple(records)))
    return tuple(found)


def _records(kind: str, text: str, events: Table, known: pl.DataFrame) -> list[int]:
    """Records of a reference, or of everybody who has the identifier, and of the same person under another."""
    column = REFERENCE if kind == "event reference" else LOCAL_ID
    mine = known.filter(pl.col(column).cast(pl.String).str.strip_chars().str.to_lowercase() == text.lower())
    records = mine[RECORD].drop_nulls().to_list()
    if kind != "person":
        return records
    rows = cast("Any", events)
    sources = [c for c in PERSON_SOURCES if c in events.columns]
    of_text = [rows[c].lower() == text.lower() for c in sources]
    of_records = [rows[RECORD].isin(records)] if records else []
    start = rows.filter(ibis.or_(*of_text, *of_records)).select(*sources).distinct().to_polars()
    same = [rows[c].isin(values) for c in sources if (values := start[c].drop_nulls().unique().to_list())]
    if not same:
        return records
    return sorted({*records, *rows.filter(ibis.or_(*same)).select(RECORD).to_polars()[RECORD].to_list()})


def counted_by(subjects: Sequence[Subject], tables: Mapping[str, Mapping[str, Table]]) -> list[pl.DataFrame]:
    """Where the measures count these records: record, measure, table and the cell in words."""
    wanted = sorted({record for s in subjects for record in s.records})
    found: list[pl.DataFrame] = []
    for name, made in tables.items():
        for output in unit_outputs(measure_named(name)):
            if output.suffix not in made or RECORD_IDS not in made[output.suffix].columns or not wanted:
                continue
            rows = cast("Any", made[output.suffix])
            pattern = f",({'|'.join(map(str, wanted))}),"
            listed = ibis.literal(",").concat(rows[RECORD_IDS].cast("string"), ",")
            frame = rows.filter(listed.re_search(pattern)).to_polars()
            if frame.height:
                found.append(_told(frame, f"{name}{output.suffix}", output.title, output.id_column or "", wanted))
    return found


def _told(frame: pl.DataFrame, table: str, title: str, id_column: str, wanted: list[int]) -> pl.DataFrame:
    told = OF_ROWS if table in FACTS else frozenset(frame.columns) - {"la_code", "la_name", id_column}
    cells = [c for c in frame.columns if c in told and not c.endswith(RECORD_IDS)]
    words = [
        pl.when(pl.col(c).is_not_null() & (pl.col(c).cast(pl.String) != "")).then(
            pl.lit(f"{heading_of(c)}: ") + pl.col(c).cast(pl.String)
        )
        for c in cells[:MOST_TOLD]
    ]
    counted = frame.select(
        pl.col(RECORD_IDS).cast(pl.String).str.split(",").alias("record"),
        pl.lit(table).alias("table"),
        pl.lit(title).alias("title"),
        pl.concat_list(words).list.drop_nulls().list.join("; ").alias("cell"),
    ).explode("record", empty_as_null=False)
    numbers = counted.with_columns(pl.col("record").str.strip_chars().cast(pl.Int64, strict=False))
    return numbers.filter(pl.col("record").is_in(wanted))


def trace(
    subjects: Sequence[Subject], events: Table, known: pl.DataFrame, counted: Sequence[pl.DataFrame], run: Run
) -> tuple[Traced, ...]:
    """Everything about each subject."""
    wanted = sorted({record for s in subjects for record in s.records})
    rows = cast("Any", events)
    mine = rows.filter(rows[RECORD].isin(wanted))
    numbers = known.filter(pl.col(RECORD).is_in(wanted)).select(RECORD, "submission", "row", REFERENCE)
    submitted_rows = _submitted(mine, numbers)
    steps = pl.concat([_steps(events, mine, mode, run) for mode in ("joined", "single")])
    steps = steps.join(numbers.rename({RECORD: "record"}), on="record", how="left", maintain_order="left")
    places = (
        pl.concat(counted)
        if counted
        else pl.DataFrame(schema={"record": pl.Int64, "table": pl.String, "title": pl.String, "cell": pl.String})
    )
    return tuple(
        Traced(
            s.number,
            s.asked_by,
            s.label,
            submitted_rows.filter(pl.col("record").is_in(s.records)),
            steps.filter(pl.col("record").is_in(s.records))
            .sort("main_table", "record", "step", "first", nulls_last=True, maintain_order=True)
            .select(_SCHEMA.keys()),
            _places(places.filter(pl.col("record").is_in(s.records))),
        )
        for s in subjects
    )


def _places(found: pl.DataFrame) -> pl.DataFrame:
    """One row for each place: several records of one event are named together."""
    each = (
        found.unique(maintain_order=True)
        .group_by("table", "title", "cell", maintain_order=True)
        .agg(pl.col("record").cast(pl.String).str.join(", "))
    )
    return each.select(pl.col("table"), pl.col("title").alias("holds"), "cell", pl.col("record").alias("records"))


def _submitted(mine: Table, numbers: pl.DataFrame) -> pl.DataFrame:
    shown = [c for c in SHOWN if c in mine.columns]
    rows = mine.select(RECORD, *shown).to_polars()
    joined = rows.join(numbers, on=RECORD, how="left").sort(RECORD)
    filled = [c for c in shown if joined[c].null_count() < joined.height]
    dates = [pl.col(c).cast(pl.Date) for c in filled if joined.schema[c].is_temporal()]
    return joined.with_columns(dates).select("submission", "row", REFERENCE, pl.col(RECORD).alias("record"), *filled)


def _steps(events: Table, mine: Table, mode: Mode, run: Run) -> pl.DataFrame:
    """What the steps of one main table did to each record."""
    columns, optional = input_columns(dict(mine.schema().items()))
    present = [c for c in columns if c in mine.columns or c not in optional]
    typed = mine.select(*(c for c in present if c in mine.columns))
    start = run.joined_start if mode == "joined" else run.start
    periods = ibis.memtable(reporting_periods(events).to_polars())
    made = process(
        typed,
        mode=mode,
        start=start,
        end=run.end,
        as_of=run.as_of,
        reference=run.reference,
        options=run.options,
        derive=lambda _: periods,
    )
    by_period = submissions_by_period(periods, mode, start, run.end, as_of=run.as_of, basis="Derived", excluded=())
    files = chosen_submissions(by_period, mode)
    chosen = _chosen(typed, made.explanation["files"])
    dropped = _by_record(partial(rows_dropped, options=made.options), submitted(typed, files))
    kept = decided(typed, files, mode, made.reference, made.options)
    merged = _by_record(partial(rows_merged, mode=mode), kept) if _has_rows(kept) else dropped.head(0)
    main = made.main.to_polars()
    return pl.concat([chosen, dropped, _cleaned(typed, main), merged, _in_main(main)]).with_columns(
        pl.col("step").replace(_STEPS), pl.lit(mode).alias("main_table")
    )


def _has_rows(table: Table) -> bool:
    return bool(table.count().to_pyarrow().as_py())


def _by_record(explain: Any, rows: Table) -> pl.DataFrame:  # noqa: ANN401 - a function from table to table
    """What a step says of files, of each record by itself: the record stands in the place of the council's name."""
    told = explain(rows.mutate(la_name=rows[RECORD].cast("string"))).to_polars()
    return _step(told.with_columns(pl.col("la_name").cast(pl.Int64).alias("record")))


def _chosen(rows: Table, files: Table) -> pl.DataFrame:
    """For the file of each record: whether it serves, else why not, by reference period; reasons that repeat once."""
    known = rows.select(RECORD, "la_name", "importdate").to_polars()
    told = files.to_polars().join(known, on=("la_name", "importdate"), how="inner")
    worded = told.with_columns(
        pl.col(RECORD).cast(pl.Int64).alias("record"),
        pl.lit("files").alias("step"),
        pl.when("serves").then(pl.lit("chosen")).otherwise(pl.lit("not chosen")).alias("outcome"),
    )
    return _step(worded)


def _cleaned(rows: Table, main: pl.DataFrame) -> pl.DataFrame:
    """Values of the main table that are not as they were submitted."""
    names = [c for c in rows.columns if f"{c}_cleaned" in main.columns]
    raw = rows.select(RECORD, *(rows[c].cast("string") for c in names)).to_polars()
    raw.columns = [RECORD, *names]
    used = main.select(RECORD, *(pl.col(f"{c}_cleaned").cast(pl.String).alias(c) for c in names))
    before = raw.unpivot(names, index=RECORD, variable_name="field", value_name="before")
    after = used.unpivot(names, index=RECORD, variable_name="field", value_name="after")
    both = before.join(after, on=(RECORD, "field"), how="inner", maintain_order="left")
    changed = both.filter(pl.col("before").ne_missing(pl.col("after")))
    field = pl.col("field").replace_strict({c: heading_of(c) for c in names}, return_dtype=pl.String)
    words = pl.format("{}: {} counts as {}", field, _quoted("before"), _quoted("after"))
    return _step(
        changed.with_columns(
            pl.col(RECORD).cast(pl.Int64).alias("record"),
            pl.lit("values").alias("step"),
            pl.lit("changed").alias("outcome"),
            words.alias("reason"),
        )
    )


def _quoted(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_null()).then(pl.lit("nothing")).otherwise("'" + pl.col(name) + "'")


def _in_main(main: pl.DataFrame) -> pl.DataFrame:
    dates = [c for c in ("ref_period_start_date", "ref_period_end_date") if c in main.columns]
    return _step(
        main.select(RECORD, *dates).with_columns(
            pl.col(RECORD).cast(pl.Int64).alias("record"),
            pl.lit("main").alias("step"),
            pl.lit("kept").alias("outcome"),
            pl.lit("it is a row of the main table").alias("reason"),
        )
    )


def _step(told: pl.DataFrame) -> pl.DataFrame:
    """Steps in one form: consecutive reference periods with the same outcome are one row."""
    days = [c for c in ("ref_period_start_date", "ref_period_end_date") if c in told.columns]
    first, last = (days[0], days[-1]) if days else ("", "")
    one = told.group_by("record", "step", "outcome", "reason", maintain_order=True).agg(
        (pl.col(first).min() if first else pl.lit(None, pl.Date)).alias("first"),
        (pl.col(last).max() if last else pl.lit(None, pl.Date)).alias("last"),
    )
    between = pl.col("first").dt.strftime("%d/%m/%Y") + " to " + pl.col("last").dt.strftime("%d/%m/%Y")
    return one.select("record", "step", "first", between.alias("reference_period"), "outcome", "reason")
