"""Putting a report in place: all of its parts at once, over an earlier one, and never over anything else."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from asccld.cli.report_making import input_of, write
from asccld.reports import ReportError
from asccld.reports.council.gather import gathered
from asccld.reports.council.model import Block, Column
from asccld.reports.council.placing import ABOUT, FORMAT, PARTS, Placed, placing, shown_table, write_shown_tables
from reports.council.made_council import Made


def fill(placed: Placed, text: str) -> None:
    placed.workbook.write_text(text, encoding="utf-8")
    placed.pages.mkdir()
    (placed.pages / "index.html").write_text(text, encoding="utf-8")
    (placed.tables / "a.csv").write_text(text, encoding="utf-8")
    (placed.folder / ABOUT).write_text(json.dumps({"format": FORMAT, "text": text}), encoding="utf-8")


def fail(out: Path) -> None:
    with placing(out) as placed:
        fill(placed, "second")
        _ = 1 / 0


def test_a_second_report_takes_the_place_of_the_first(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    for text in ("first", "second"):
        with placing(out) as placed:
            fill(placed, text)
    assert {p.name for p in out.iterdir()} == set(PARTS)
    assert (out / "pages" / "index.html").read_text(encoding="utf-8") == "second"


def test_a_failure_leaves_the_first_as_it_was_and_no_folder_where_there_was_none(tmp_path: Path) -> None:
    with placing(tmp_path / "out") as placed:
        fill(placed, "first")
    for out in (tmp_path / "out", tmp_path / "new" / "out"):
        with pytest.raises(ZeroDivisionError):
            fail(out)
    assert (tmp_path / "out" / "report.xlsx").read_text(encoding="utf-8") == "first"
    assert {p.name for p in (tmp_path / "out").iterdir()} == set(PARTS)
    assert not (tmp_path / "new").exists()


def test_the_place_of_a_failure_is_told_as_the_user_named_it(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as error, placing(tmp_path / "out") as placed:
        raise ReportError("The disk is full", str(placed.workbook), "Free some space")
    assert error.value.where == str(tmp_path / "out" / "report.xlsx")


def test_a_report_to_be_shared_is_written_when_nothing_is_found(made: Made, tmp_path: Path) -> None:
    asked = replace(made.told, shareable=True, people=False, persons=())
    report = gathered(replace(made.material, shareable=True))
    with input_of(asked) as given, placing(tmp_path / "shared") as placed:
        write(report, given, placed)
    names = {p.name for p in (tmp_path / "shared" / "tables").iterdir()}
    assert "ascof-2a_figures.csv" in names
    assert not [n for n in names if "people" in n]
    texts = "".join(
        p.read_text(encoding="utf-8") for p in (tmp_path / "shared").rglob("*") if p.suffix in {".csv", ".html"}
    )
    assert made.person not in texts


def test_the_columns_of_shared_salt_tables_are_headed_as_they_are_shown(made: Made, tmp_path: Path) -> None:
    write_shown_tables(made.report, Placed(tmp_path))
    first = (tmp_path / "tables" / "salt-ascof-2e_table-1.csv").read_text(encoding="utf-8").partition("\n")[0]
    assert first.endswith("Numerator,Denominator,Outcome (%)")


def test_numbers_below_nought_stay_numbers_and_only_texts_are_guarded() -> None:
    rows = pl.DataFrame({
        "name": ["-5", "=1+1", "plain"], "change": [-5, 3, None], "rate": [-1.5, 512.0, float("nan")],
        "count": [None, -10, 5], "day": [date(2026, 3, 31)] * 3,
    })  # fmt: skip
    columns = tuple(Column(name, name) for name in rows.columns)
    block = Block("x", "X", "", columns, rows, marks={"count": pl.Series(["[c]", None, None])})
    assert shown_table(block).write_csv().splitlines()[1:] == [
        "'-5,-5,-1.5,[c],2026-03-31",
        "'=1+1,3,512,-10,2026-03-31",
        "plain,,,5,2026-03-31",
    ]
