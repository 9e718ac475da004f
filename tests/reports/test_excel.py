"""The workbook, read back."""

import errno
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from asccld.reports import ReportError, write_excel
from asccld.reports.excel_sheets import CAUTION, FIELDS, FINDINGS, RULES
from asccld.reports.quality import by_field
from asccld.reports.sampling import fair_share
from asccld.validation.result import ValidationResult
from reports.hostile import FORMULA, LONG, hostile
from reports.made_up import made_up

Rows = list[list[Any]]


def sheets(path: Path) -> dict[str, Rows]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def written(rejected: ValidationResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("excel") / "report.xlsx"
    write_excel(rejected, path)
    return path


def test_four_sheets_with_their_headings(written: Path) -> None:
    found = sheets(written)
    assert list(found) == ["Summary", "Rules", "Fields", "Findings"]
    assert found["Rules"][0] == [column.heading for column in RULES.values()]
    assert found["Fields"][0] == [column.heading for column in FIELDS.values()]
    assert found["Findings"][1] == [column.heading for column in FINDINGS.values()]


def test_the_figures_are_those_of_the_result(written: Path, rejected: ValidationResult) -> None:
    found = sheets(written)
    summary = {str(row[0]): row[1] for row in found["Summary"]}
    assert found["Summary"][1][0] == "REJECTED"
    assert [summary[f"Findings: {name} ({what})"] for name, what in (("error", "wrong by the standard"),)] == [
        rejected.counts["error"]
    ]
    place = {heading: number for number, heading in enumerate(found["Rules"][0])}
    counted = {(row[place["Rule id"]], row[place["Field"]] or None): row[place["Found"]] for row in found["Rules"][1:]}
    assert counted == {
        (rule, header): n for rule, header, n in rejected.rules.select("rule", "header", "failed").iter_rows()
    }
    whole = {row[0]: row[3] for row in found["Fields"][1:] if row[2] == "(all)"}
    assert whole == pytest.approx(dict(by_field(rejected.fields).select("header", "completeness").iter_rows()))


def test_findings_are_complete_and_say_so(written: Path, rejected: ValidationResult) -> None:
    rows = sheets(written)["Findings"]
    assert [row[1] or None for row in rows[2:]] == rejected.findings["row"].to_list()
    listed, found = rejected.findings.height, sum(rejected.counts.values())
    assert rows[0][0].startswith(f"All {found:,} findings" if listed == found else f"{listed:,} of {found:,}")


def test_beyond_the_cap_every_rule_is_there_and_the_rest_is_counted(rejected: ValidationResult, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    write_excel(rejected, path, cap=400, findings_path=tmp_path / "all.csv")
    found = sheets(path)
    rows = found["Findings"]
    assert len(rows) == 402
    assert rows[0][0].startswith(f"400 of {sum(rejected.counts.values()):,} findings")
    assert str(tmp_path / "all.csv") in rows[0][0]
    shown = RULES["shown"].heading
    assert sum(row[found["Rules"][0].index(shown)] for row in found["Rules"][1:]) == 400
    assert {row[-1] for row in rows[2:]} == set(rejected.findings["rule"])


def test_without_a_findings_file_the_way_to_one_is_told(rejected: ValidationResult, tmp_path: Path) -> None:
    write_excel(rejected, tmp_path / "report.xlsx", cap=10)
    assert "--findings" in sheets(tmp_path / "report.xlsx")["Findings"][0][0]


@pytest.mark.parametrize("cap", [0, 1, 50, 200, 5_000])
def test_a_fair_share(rejected: ValidationResult, cap: int) -> None:
    shown = fair_share(rejected.findings, cap)
    pairs = rejected.findings.select(pl.struct("rule", "field").n_unique()).item()
    assert shown.height == min(cap, rejected.findings.height)
    if cap >= pairs:
        assert shown.select(pl.struct("rule", "field").n_unique()).item() == pairs
    order = rejected.findings.with_row_index().join(shown, on=shown.columns, how="semi", nulls_equal=True)
    assert order["index"].is_sorted()


def test_the_room_that_is_left_goes_to_the_most_severe(rejected: ValidationResult) -> None:
    shown = fair_share(rejected.findings, 1_000)
    missing = rejected.findings.height - shown.height
    assert missing > 0
    worst = rejected.findings.filter(severity="reject").height
    assert shown.filter(severity="reject").height == worst


def test_no_cell_is_a_formula_and_no_link_is_made(rejected: ValidationResult, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    write_excel(hostile(rejected), path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name).decode("utf-8") for name in package.namelist() if name.endswith(".xml")}
    assert not [name for name, text in parts.items() if re.search(r"<f[ >]|<hyperlink|externalLink", text)]
    assert "quotePrefix" in parts["xl/styles.xml"]
    values = {row[4] for row in sheets(path)["Findings"][2:]}
    assert FORMULA in values
    assert LONG not in values
    assert max(len(str(value)) for value in values) < 1_100


@pytest.mark.parametrize("name", ["clean", "empty"])
def test_nothing_to_tell(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    write_excel(request.getfixturevalue(name), tmp_path / "report.xlsx")
    found = sheets(tmp_path / "report.xlsx")
    assert found["Findings"][0][0] == "No findings."
    assert found["Summary"][1][0] == "ACCEPTED"


def test_shown_identifiers_are_told(rejected: ValidationResult, tmp_path: Path) -> None:
    write_excel(replace(rejected, identifiers_shown=True), tmp_path / "report.xlsx", cap=5)
    found = sheets(tmp_path / "report.xlsx")
    assert any(row[0] == "Caution" for row in found["Summary"])
    assert str(found["Findings"][0][0]).startswith(CAUTION)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as parts:
        assert CAUTION in parts.read("docProps/core.xml").decode()


def test_a_cap_beyond_what_a_sheet_holds_is_lowered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asccld.reports.excel.MOST_FINDINGS", 1_200)
    result = made_up(rows=20_000)
    write_excel(result, tmp_path / "report.xlsx", cap=10**9)
    assert len(sheets(tmp_path / "report.xlsx")["Findings"]) == 1_202


def test_rules_that_list_only_some_findings_are_told(rejected: ValidationResult, tmp_path: Path) -> None:
    more = replace(rejected, counts={**rejected.counts, "info": rejected.counts["info"] + 5})
    write_excel(more, tmp_path / "report.xlsx")
    first = sheets(tmp_path / "report.xlsx")["Findings"][0][0]
    assert "the others are of rules that list only their first ones" in first


@pytest.mark.parametrize(
    ("cause", "told"),
    [(PermissionError(errno.EACCES, "denied"), "may not be written"), ("odd", "workbook could not be written")],
)
def test_trouble_of_the_writer_is_told(
    cause: object, told: str, rejected: ValidationResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FileCreateError(cause)

    monkeypatch.setattr(Workbook, "_store_workbook", fail)
    with pytest.raises(ReportError, match=told):
        write_excel(rejected, tmp_path / "report.xlsx", cap=5)
    assert list(tmp_path.iterdir()) == []
