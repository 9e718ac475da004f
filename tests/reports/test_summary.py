"""The JSON document."""

import json
from pathlib import Path

import pytest

from asccld.reports import summary_of, write_json, write_report
from asccld.validation.result import ValidationResult
from reports.hostile import hostile


def test_the_figures_are_those_of_the_result(rejected: ValidationResult, tmp_path: Path) -> None:
    write_report(rejected, tmp_path / "result.json", findings_path=tmp_path / "findings.csv")
    read = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert read["verdict"] == "REJECTED"
    assert read["reasons"] == list(rejected.reasons)
    assert read["counts"] == rejected.counts
    assert read["rows_with"] == rejected.rows_with
    assert read["rules"] == rejected.rules.to_dicts()
    assert read["period"] == {"start": "2025-10-01", "end": "2026-09-30"}
    assert read["findings"] == {
        "found": sum(rejected.counts.values()),
        "listed": rejected.findings.height,
        "file": str(tmp_path / "findings.csv"),
    }


def test_without_a_path_it_goes_to_standard_output(clean: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(clean)
    printed = capsys.readouterr()
    assert json.loads(printed.out)["verdict"] == "ACCEPTED"
    assert printed.err == ""


def test_every_console_takes_it(rejected: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(hostile(rejected))
    assert capsys.readouterr().out.isascii()


def test_an_empty_file(empty: ValidationResult) -> None:
    summary = summary_of(empty)
    assert summary["file"]["rows"] == summary["findings"]["found"] == 0
    assert summary["quality"] == {}


def test_the_folder_of_the_file_is_not_told(rejected: ValidationResult) -> None:
    assert "submissions" not in json.dumps(summary_of(rejected)["file"])
