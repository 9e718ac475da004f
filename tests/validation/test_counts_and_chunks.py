"""Whatever the rows: counts agree with each other, findings are in order, and how a file is cut changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from asccld.identifying import HIDDEN
from asccld.intake import limits
from asccld.synthetic import inject_faults, make_councils
from asccld.validation import ValidationResult, load_rules, validate
from asccld.validation.engine import Run
from asccld.validation.result import SEVERITIES
from validation.spec import (
    PEOPLE,
    SLOW_IS_FINE,
    STANDARD,
    Row,
    headers_of,
    nhs_number,
    result_of,
    valid_row,
    write_workbook,
)

if TYPE_CHECKING:
    from asccld.validation.engine import Judged, Taken

EVENT_TYPES = ("Request", "Assessment", "Service", "Review")
FAULTS: list[Row] = [
    {},
    {},
    {},
    {"gender": "Robot"},
    {"gender": "female "},
    {"gender": ""},
    {"gender": "NULL"},
    {"event_type": "Servise"},
    {"event_type": ""},
    {"ethnicity": "White - Irish"},
    {"client_type": "Unpaid carer", "adult_1_linked_person_id": "P3", "dementia": "Yes"},
    {"client_type": "Unpaid carer known by association"},
    {"la_code": "508"},
    {"la_code": ""},
    {"reporting_period_end_date": "30/06/2026"},
    {"reporting_period_start_date": "2025-04-01"},
    {"event_start_date": "31/02/2026"},
    {"event_start_date": "2026-01-05"},
    {"event_end_date": ""},
    {"event_end_date": "20/03/2026 00:00"},
    {"date_of_birth": "01/06/2050"},
    {"date_of_birth": "x", "nhs_number": "y"},
    {"date_of_death": "01/02/2026"},
    {"nhs_number": nhs_number(3)},
    {"nhs_number": "1111111111"},
    {"nhs_number": " 999"},
    {"la_person_unique_identifier": "P3"},
    {"unit_cost": "-1.005"},
    {"unit_cost": "free"},
    {"planned_units_per_week": "200"},
    {"event_reference": PEOPLE[5]},
    {"postcode": "nowhere"},
    dict.fromkeys(STANDARD.releases["r2"].by_name, ""),
    dict.fromkeys(STANDARD.releases["r2"].by_name, " "),
]


@st.composite
def small_files(draw: st.DrawFn, most: int = 20) -> list[Row]:
    """A valid row to begin with, then anything: a few people, each row with up to three faults."""
    rows: list[Row] = [valid_row("r2", 0)]
    for _ in range(draw(st.integers(0, most))):
        row = valid_row("r2", draw(st.integers(0, 6)), draw(st.sampled_from(EVENT_TYPES)))
        for fault in draw(st.lists(st.sampled_from(FAULTS), max_size=3)):
            row.update(fault)
        rows.append(row)
    return rows


PROPERTY = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=SLOW_IS_FINE,
)


@PROPERTY
@given(rows=small_files())
def test_the_counts_of_a_result_agree(rows: list[Row]) -> None:
    result = result_of(rows, la="503")
    _fields_count_every_cell(result)
    _rules_and_findings_agree(result)
    _rows_agree(result)
    _in_order(result)


def _fields_count_every_cell(result: ValidationResult) -> None:
    by_field = result.fields.group_by("field").agg(pl.col("count").sum())
    assert set(by_field["field"]) == set(STANDARD.releases["r2"].by_name)
    assert set(by_field["count"]) == {result.file.rows}


def _rules_and_findings_agree(result: ValidationResult) -> None:
    rules = result.rules
    assert rules.select((pl.col("failed") >= pl.col("listed")).all()).item()
    assert rules.select((pl.col("checked") >= pl.col("failed")).all()).item()
    failed = rules.group_by("severity").agg(pl.col("failed").sum(), pl.col("listed").sum())
    for severity, count, listed in failed.iter_rows():
        assert result.counts[severity] == count
        assert result.findings.filter(severity=severity).height == listed == count  # no small file reaches a cap
    for rule, outcome, count, checked in rules.select("rule", "outcome", "failed", "checked").iter_rows():
        assert outcome == ("failed" if count else "passed" if checked else "not applicable"), rule
    listed = result.findings.group_by(pl.col("rule").cast(pl.String)).len().sort("rule")
    counted = rules.group_by("rule").agg(len=pl.col("listed").sum()).filter(pl.col("len") > 0).sort("rule")
    assert_frame_equal(listed, counted.select("rule", "len"), check_dtypes=False)


def _rows_agree(result: ValidationResult) -> None:
    for severity in SEVERITIES:
        of_events = result.findings.filter(pl.col("severity") == severity, pl.col("rule") != "row-blank")
        assert result.rows_with[severity] == of_events["row"].drop_nulls().n_unique()
    months = int(result.months["events"].sum())
    assert months <= result.file.rows


def _in_order(result: ValidationResult) -> None:
    rules = [rule.id for rule in load_rules()]
    fields = list(STANDARD.releases["r2"].by_name)
    places = [
        (SEVERITIES.index(severity), rules.index(rule), fields.index(field) if field else -1, row or 0)
        for severity, rule, field, row in result.findings.select("severity", "rule", "field", "row").iter_rows()
        if not rule.startswith(("column-", "excel-"))  # these are in the order of the file's columns
    ]
    assert places == sorted(places)


# ------------------------------------------------------------------ chunks


@contextmanager
def chunks_of(rows: int) -> Iterator[None]:
    with patch("asccld.validation.reading.CHUNK_ROWS", rows):
        yield


def same(one: ValidationResult, other: ValidationResult) -> None:
    for table in ("findings", "rules", "fields", "months"):
        a, b = (getattr(result, table).cast({pl.Enum: pl.String, pl.Categorical: pl.String}) for result in (one, other))
        assert_frame_equal(a, b, check_row_order=table != "months")
    assert one.dq_values is not None
    assert other.dq_values is not None
    assert_frame_equal(one.dq_values, other.dq_values)
    for attribute in ("counts", "rows_with", "verdict", "reasons", "period", "derived_period", "la_code"):
        assert getattr(one, attribute) == getattr(other, attribute), attribute
    assert one.file.rows == other.file.rows


@PROPERTY
@given(rows=small_files(), size=st.sampled_from([7, 3]))
def test_the_size_of_a_chunk_changes_nothing(rows: list[Row], size: int) -> None:
    whole = result_of(rows, dq_values=True)
    with chunks_of(size):
        same(whole, result_of(rows, dq_values=True))


def test_what_is_spread_over_chunks_is_found() -> None:
    spread: list[Row] = [valid_row("r2", n) for n in range(30)]
    spread[29] = {**valid_row("r2", 29), "nhs_number": PEOPLE[0]}  # two people, one NHS number
    spread[20] = valid_row("r2", 1)  # a row given twice
    spread[21] = {**valid_row("r2", 2), "event_reference": "again"}  # an event given twice
    spread[5] = {**spread[5], "adult_1_linked_person_id": "P28"}  # somebody who comes later
    with chunks_of(7):
        found = result_of(spread).findings.select("rule", "row").cast({"rule": pl.String}).rows()
    assert set(found) >= {
        ("nhs-number-shared", 2),
        ("nhs-number-shared", 31),
        ("duplicate-row", 22),
        ("duplicate-event", 23),
    }
    assert "linked-person-not-in-file" not in {rule for rule, _ in found}


def test_a_list_that_is_capped_is_counted_in_full_and_shows_the_first() -> None:
    rows: list[Row] = [{**valid_row("r2", 0), "event_reference": f"E{n} "} for n in range(1200)]
    whole = result_of(rows, dq_values=True)
    about = whole.rules.filter(rule="text-trimmed", field="event_reference").row(0, named=True)
    assert (about["failed"], about["listed"]) == (1200, 1000)
    listed = whole.findings.filter(rule="text-trimmed")["row"].to_list()
    assert listed == list(range(2, 1002))
    assert whole.counts["info"] >= 1200
    assert whole.rows_with["info"] == 1200
    with chunks_of(300):
        same(whole, result_of(rows, dq_values=True))


@pytest.mark.parametrize("kind", ["unknown", "slip"])
def test_a_column_full_of_different_texts_is_counted_in_full(kind: str) -> None:
    texts = [f"Robot {n}" if kind == "unknown" else "Unknown" + " " * n for n in range(1500)]
    rows: list[Row] = [
        {**valid_row("r2", 0), "gender": text, "event_reference": str(n)} for n, text in enumerate(texts)
    ]
    whole = result_of(rows, dq_values=True)
    assert whole.rules.filter(rule="value-unknown", field="gender")["failed"].item() == (
        1500 if kind == "unknown" else 0
    )
    with chunks_of(100):
        same(whole, result_of(rows, dq_values=True))


# ------------------------------------------------------------------ a faulty file, cut and checked in many ways

KIB = 1024
WHOLE = 64 * KIB * KIB
COUNCIL, OTHER_COUNCIL = "503", "508"
GLUED = range(1_500, 2_100)
"""Rows of another council: the most frequent one in some chunks, not in the file."""
HEADERS = headers_of(STANDARD.releases["r2"])


@cache
def faulty_file() -> pl.DataFrame:
    """A few thousand events with faults of every kind, more unknown texts than are told apart, and slipped rows."""
    made = next(iter(make_councils(rows=3_000, release="r2", seed=11)))
    frame, _ = inject_faults(made.frame, rate=0.03, seed=11, release="r2")
    row = pl.int_range(pl.len())
    glued = row.is_between(GLUED.start, GLUED.stop - 1)
    person = pl.col(HEADERS["la_person_unique_identifier"])
    return frame.with_columns(
        pl.when(glued).then(pl.lit(OTHER_COUNCIL)).otherwise(pl.lit(COUNCIL)).alias(HEADERS["la_code"]),
        pl.when(row % 4 == 1)
        .then(pl.format("Local code {}", row))
        .otherwise(HEADERS["ethnicity"])
        .alias(HEADERS["ethnicity"]),
        pl.when(row % 3 == 1).then(person.str.to_lowercase()).otherwise(person).alias(person.meta.output_name()),
        pl.when(row % 50 == 7).then(None).otherwise(HEADERS["nhs_number"]).alias(HEADERS["nhs_number"]),
        pl.when(row % 50 == 8).then(pl.lit("ten pounds")).otherwise(HEADERS["unit_cost"]).alias(HEADERS["unit_cost"]),
    )


@cache
def as_csv(folder: Path) -> Path:
    path = folder / "file.csv"
    faulty_file().write_csv(path)
    return path


def checked(path: Path) -> ValidationResult:
    return validate(path, release="r2", la=COUNCIL, dq_values=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faulty")


@pytest.fixture(scope="module")
def usual(folder: Path) -> ValidationResult:
    """The result as anybody gets it."""
    return checked(as_csv(folder))


@contextmanager
def batches_of(size: int, *, at_once: int) -> Iterator[None]:
    """Batches of about so many bytes, so many of them judged side by side."""
    with (
        patch.multiple(limits, BATCH_BYTES=size, FIRST_BATCH_BYTES=size, MIN_BATCH_BYTES=min(size, 256 * KIB)),
        patch("asccld.validation.checking._AT_ONCE", at_once),
    ):
        yield


def test_the_file_is_as_faulty_as_it_should_be(usual: ValidationResult) -> None:
    about = {(rule, field): failed for rule, field, failed in usual.rules.select("rule", "field", "failed").iter_rows()}
    assert about["value-unknown", "ethnicity"] >= 700
    overflow = usual.findings.filter(pl.col("value").str.starts_with("(more than 500"))
    assert overflow.height >= 150
    assert about["la-code-several", "la_code"] == len(GLUED)
    slipped = [n + 2 for n in GLUED if n % 50 == 7]  # without an NHS number, and of another council
    assert set(usual.findings.filter(pl.col("row").is_in(slipped))["value"].drop_nulls()) == {HIDDEN}
    assert len({rule for (rule, _), failed in about.items() if failed}) > 50


@pytest.mark.parametrize("at_once", [1, 4])
@pytest.mark.parametrize("size", [256 * KIB, 1024 * KIB, WHOLE])
def test_neither_batches_nor_threads_change_a_result(
    size: int, at_once: int, folder: Path, usual: ValidationResult
) -> None:
    with batches_of(size, at_once=at_once):
        same(usual, checked(as_csv(folder)))


def test_a_chunk_that_takes_long_changes_no_result(folder: Path, usual: ValidationResult) -> None:
    """The first of four is the last to be done: what is made of them still comes in the order of the file."""
    judge, started, lock = Run.judge, [0], Lock()

    def slow(run: Run, chunk: Taken) -> Judged:
        with lock:
            started[0] += 1
            wait = (-started[0] % 4) * 0.2
        time.sleep(wait)
        return judge(run, chunk)

    with batches_of(256 * KIB, at_once=4), patch.object(Run, "judge", slow):
        same(usual, checked(as_csv(folder)))
    assert started[0] > 4


def test_a_file_gets_the_same_result_as_csv_parquet_or_workbook(folder: Path, usual: ValidationResult) -> None:
    parquet, workbook = folder / "file.parquet", folder / "file.xlsx"
    faulty_file().write_parquet(parquet)
    same(usual, checked(parquet))
    names = {header: name for name, header in HEADERS.items()}
    rows = faulty_file().rename(names).fill_null("").to_dicts()
    write_workbook(workbook, rows, HEADERS, frozenset())
    same(usual, checked(workbook))


@pytest.mark.parametrize("columns", [("gender",), ("la_code",), ("unit_cost",), ("gender", "event_type", "ethnicity")])
def test_a_file_with_few_columns_is_judged_like_any_other(columns: tuple[str, ...], tmp_path: Path) -> None:
    release = STANDARD.releases["r2"]
    rows = [{c: valid_row("r2", n, "Service")[c] for c in columns} for n in range(3)]
    headers = {release.headers[c]: [str(row[c]) for row in rows] for c in columns}
    path = tmp_path / "few.csv"
    pl.DataFrame(headers).write_csv(path)
    result = validate(path, release="r2")
    assert result.verdict == "REJECTED"
    assert result.file.rows == 3
