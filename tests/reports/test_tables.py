"""Findings and data-quality values as files."""

import csv
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from asccld.reports import (
    ReportError,
    write_dq_values,
    write_excel,
    write_findings,
    write_html,
    write_json,
    write_report,
)
from asccld.reports.tables import MARK, MARKED, TRIGGERS, neutralised
from asccld.validation.result import FINDING_COLUMNS, ValidationResult
from reports.hostile import VALUES, hostile


def test_parquet_is_the_table(rejected: ValidationResult, tmp_path: Path) -> None:
    write_findings(rejected.findings, tmp_path / "findings.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "findings.parquet"), rejected.findings)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_path_may_be_a_text(rejected: ValidationResult, tmp_path: Path, suffix: str) -> None:
    counted = replace(rejected, dq_values=pl.DataFrame({"count": [1]}))
    for name in ("findings", "values"):
        path = f"{tmp_path / name}{suffix}"
        write_findings(rejected.findings, path) if name == "findings" else write_dq_values(counted, path)
        assert Path(path).is_file()


def test_every_report_takes_a_text_as_its_path(rejected: ValidationResult, tmp_path: Path) -> None:
    where = str(tmp_path / "findings.csv")
    write_html(rejected, str(tmp_path / "r.html"))
    write_excel(rejected, str(tmp_path / "r.xlsx"), findings_path=where)
    write_json(rejected, str(tmp_path / "r.json"), findings_path=where)
    assert len(list(tmp_path.iterdir())) == 3


def test_parquet_keeps_the_spelling(rejected: ValidationResult, tmp_path: Path) -> None:
    wicked = hostile(rejected)
    write_findings(wicked.findings, tmp_path / "findings.parquet")
    assert set(pl.read_parquet(tmp_path / "findings.parquet")["value"]) == set(VALUES)


def test_csv_has_every_finding(rejected: ValidationResult, tmp_path: Path) -> None:
    write_findings(rejected.findings, tmp_path / "findings.csv")
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(FINDING_COLUMNS)
    assert [row["rule"] for row in rows] == rejected.findings["rule"].to_list()
    assert [row["row"] for row in rows] == ["" if n is None else str(n) for n in rejected.findings["row"]]


def test_no_cell_of_a_csv_is_a_formula(rejected: ValidationResult, tmp_path: Path) -> None:
    findings = hostile(rejected).findings.with_columns(header=pl.lit("=1", pl.Enum(["=1"])))
    write_findings(findings, tmp_path / "findings.csv")
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell.startswith(TRIGGERS)] == []
    assert "'=1" in cells


@given(st.lists(st.text() | st.sampled_from(VALUES) | st.none(), min_size=1))
def test_an_apostrophe_is_all_that_is_added(texts: list[str | None]) -> None:
    table = pl.DataFrame({"value": texts, "row": range(len(texts))}, schema_overrides={"value": pl.String})
    expected = [f"'{text}" if text and text.startswith(TRIGGERS) else text for text in texts]
    assert neutralised(table)["value"].to_list() == expected


def test_enumerations_keep_what_is_harmless() -> None:
    kinds = pl.Enum(["=1", "ok"])
    table = pl.DataFrame({"a": ["ok", None], "b": ["=1", "ok"]}, schema={"a": kinds, "b": kinds})
    assert neutralised(table).to_dict(as_series=False) == {"a": ["ok", None], "b": ["'=1", "ok"]}


def test_dq_values(rejected: ValidationResult, tmp_path: Path) -> None:
    write_dq_values(rejected, tmp_path / "dq.csv")
    assert rejected.dq_values is not None
    assert pl.read_csv(tmp_path / "dq.csv").columns == rejected.dq_values.columns
    with pytest.raises(ReportError, match="were not counted"):
        write_dq_values(replace(rejected, dq_values=None), tmp_path / "dq.csv")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_that_show_identifiers_say_so_on_every_row(
    rejected: ValidationResult, tmp_path: Path, suffix: str
) -> None:
    shown = replace(rejected, identifiers_shown=True)
    for name in ("findings", "values"):
        path = tmp_path / f"{name}{suffix}"
        for result, marked in ((shown, True), (rejected, False)):
            write_report(result, path) if name == "findings" else write_dq_values(result, path)
            table = pl.read_csv(path, infer_schema=False) if suffix == ".csv" else pl.read_parquet(path)
            assert (table.columns[-1] == MARK) is marked
            assert not marked or table[MARK].unique().to_list() == [MARKED]


@pytest.mark.parametrize("name", ["findings.xlsx", "findings.json", "findings"])
def test_other_formats_are_refused(rejected: ValidationResult, tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError, match=r"\.csv or \.parquet"):
        write_findings(rejected.findings, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
