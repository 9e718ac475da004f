"""What a draft says of dates, of the identifiers of people, and of what it leaves out."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from asccld.intake.mapping.loading import read_mapping
from asccld.intake.mapping.proving import prove
from asccld.intake.mapping.running import map_extracts
from asccld.intake.mapping.suggesting import suggest
from asccld.intake.mapping.suggesting_columns import Column
from asccld.intake.mapping.suggesting_text import draft_text
from asccld.standard import load_standard
from intake.mapping.commands import run

STANDARD = load_standard()
UK, US, OPEN = ["01/04/2025", "28/04/2025"], ["04/01/2025", "04/28/2025"], ["01/04/2025", "03/04/2025"]


def extract(folder: Path, name: str, columns: dict[str, list[str]]) -> Path:
    path = folder / f"{name}.csv"
    pl.DataFrame(columns).write_csv(path)
    return path


def events(folder: Path, name: str, start: list[str], end: list[str]) -> Path:
    rows = {"Ref": ["A1", "A2"], "Swift No": ["9", "9"], "Started": start, "Completed": end}
    return extract(folder, name, rows)


def draft(folder: Path, *paths: Path) -> tuple[str, dict[str, Any]]:
    """The draft as text and as what is applied, after it has been run."""
    text = draft_text(suggest(paths, STANDARD, STANDARD.latest, la="503"), folder)
    (folder / "draft.toml").write_text(text, encoding="utf-8")
    map_extracts(prove(read_mapping(folder / "draft.toml"), STANDARD), None)
    return text, tomllib.loads(text)


def test_extracts_with_the_day_and_with_the_month_first_have_formats_of_their_own(tmp_path: Path) -> None:
    _, told = draft(tmp_path, events(tmp_path, "assessments", UK, UK), events(tmp_path, "reviews", US, US))
    assert told["formats"]["dates"] == ["dd/mm/yyyy"]
    assert told["extract"]["reviews"]["formats"]["dates"] == ["mm/dd/yyyy"]
    assert "formats" not in told["extract"]["assessments"]


def test_a_column_that_does_not_tell_is_read_as_the_others_of_its_extract(tmp_path: Path) -> None:
    text, told = draft(tmp_path, events(tmp_path, "reviews", OPEN, US))
    assert told["extract"]["reviews"]["formats"]["dates"] == ["mm/dd/yyyy"]
    assert "UNSURE whether" not in text


def test_where_no_column_tells_the_day_is_first_and_somebody_is_asked(tmp_path: Path) -> None:
    text, told = draft(tmp_path, events(tmp_path, "reviews", OPEN, OPEN))
    assert told["formats"]["dates"] == ["dd/mm/yyyy"]
    assert "# UNSURE whether day or month stands first in Started, Completed" in text
    done = run(tmp_path, "map", "suggest", "reviews.csv")
    assert "nothing tells whether day or month stands first in Started, Completed" in done.stderr


def test_two_columns_of_one_extract_may_differ(tmp_path: Path) -> None:
    _, told = draft(tmp_path, events(tmp_path, "reviews", UK, US))
    fields = told["extract"]["reviews"]["fields"]
    assert fields["event_start_date"] == "Started"
    assert fields["event_end_date"] == {"column": "Completed", "dates": ["mm/dd/yyyy"]}


def test_one_slip_does_not_turn_the_dates_of_a_column(tmp_path: Path) -> None:
    slip = ["01/04/2025", "02/04/2025", "03/04/2025", "05/04/2025", "06/04/2025", "04/28/2025"]
    ids = [f"A{at}" for at in range(6)]
    path = extract(tmp_path, "reviews", {"Review ID": ids, "Started": slip, "Completed": [*UK, *UK, *UK]})
    assert draft(tmp_path, path)[1]["formats"]["dates"] == ["dd/mm/yyyy"]


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["1-Apr-25", "28-Apr-25"], "dd-mon-yy"),
        (["01-Apr-25", "28-Apr-25"], "dd-mon-yy"),
        (["01-APR-2025", "28-APR-2025"], "dd-mon-yyyy"),
        (["2025-04-01 00:00:00", "2025-04-28 00:00:00"], "yyyy-mm-dd"),
        (["01/04/2025 00:00", "28/04/2025 00:00"], "dd/mm/yyyy"),
        (["Apr  1 2025 12:00AM", "Apr 28 2025 12:00AM"], "mon dd yyyy"),
        (["28/04/25", "01/04/25"], "dd/mm/yy"),
        (["28.04.2025", "01.04.2025"], "dd.mm.yyyy"),
        (["20250401", "20250428"], "yyyymmdd"),
    ],
)
def test_dates_are_known_however_they_are_written(texts: list[str], written: str, tmp_path: Path) -> None:
    _, told = draft(tmp_path, events(tmp_path, "assessments", texts, texts))
    assert told["formats"]["dates"] == [written]
    result = map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), None)
    assert "unreadable" not in result.findings["kind"].to_list()


def test_the_serial_numbers_of_a_spreadsheet_are_dates_where_the_header_says_so(tmp_path: Path) -> None:
    days = ["45748", "45775"]
    _, told = draft(tmp_path, events(tmp_path, "assessments", days, days))
    assert told["extract"]["assessments"]["fields"]["event_start_date"] == {"column": "Started", "dates": ["excel"]}
    counted = pl.DataFrame({"text": days, "rows": [1, 1]})
    assert Column("Quantity", counted).kind == "number"


def test_texts_with_the_month_first_among_real_dates_are_not_sure(tmp_path: Path) -> None:
    """A mapping would turn the real ones round."""
    with xlsxwriter.Workbook(str(tmp_path / "reviews.xlsx")) as book:
        rows = {"Review ID": ["R1", "R2"], "Started": US, "Completed": US}
        pl.DataFrame(rows).write_excel(book, "reviews")
    text, told = draft(tmp_path, tmp_path / "reviews.xlsx")
    assert "event_start_date" not in told["extract"]["reviews"]["fields"]
    assert "save the extract as CSV" in text


def test_the_key_of_the_people_is_their_identifier(tmp_path: Path) -> None:
    people = {"Swift No": ["100", "101"], "DoB": ["01/02/1940", "28/02/1950"], "Client Name": ["A B", "C D"]}
    start = {"Contact No": ["1", "2"], "Swift No": ["100", "100"], "Received": UK, "Completed": UK}
    text, told = draft(tmp_path, extract(tmp_path, "persons", people), extract(tmp_path, "contacts", start))
    assert told["extract"]["persons"]["fields"]["la_person_unique_identifier"] == "Swift No"
    assert told["extract"]["contacts"]["join"] == {"persons": "Swift No"}
    assert "Client Name" in text


def test_an_exact_header_goes_before_another_word_and_identifiers_are_no_list(tmp_path: Path) -> None:
    columns = {"Form": ["A1", "A2", "A3"], "Assessment Type": ["Full", "Short", "Full"], "Started": [*UK, "02/05/2025"]}
    _, told = draft(tmp_path, extract(tmp_path, "assessments", columns))
    assert told["extract"]["assessments"]["fields"]["assessment_type"] == "Assessment Type"
    del columns["Assessment Type"]
    text, told = draft(tmp_path, extract(tmp_path, "assessments", columns))
    assert "assessment_type" not in told["extract"]["assessments"]["fields"]
    assert "A1" not in text
    assert "key" not in told["extract"]["assessments"]


@pytest.mark.parametrize("header", ["Planned End Date", "Carer NHS Number", "Previous Surname", "Contact Outcome Date"])
def test_a_header_that_says_more_than_a_field_is_never_sure(header: str, tmp_path: Path) -> None:
    texts = ["999 271 8285", "999 889 8617"] if "NHS" in header else UK
    _, told = draft(tmp_path, extract(tmp_path, "reviews", {"Ref": ["1", "2"], "Start Date": UK, header: texts}))
    assert header not in told["extract"]["reviews"]["fields"].values()


def test_every_column_stands_somewhere(tmp_path: Path) -> None:
    headers = [
        "Ref",
        "Start",
        "Event Type",
        "Gender",
        "Twice",
        "twice",
        "Service type",
        "Service",
        "Odd",
        "other.X",
        "",
    ]
    (tmp_path / "services.csv").write_text(",".join(headers) + "\n" + ",".join(["x"] * 11) + "\n", encoding="utf-8")
    other = extract(tmp_path, "other", {"Team": ["North"], "Person ID": ["1"]})
    text, _ = draft(tmp_path, tmp_path / "services.csv", other)
    assert [h for h in [*headers, "(blank)", "Team"] if h not in text] == []


def test_what_is_left_out_is_named_with_the_reason_and_not_counted_as_sure(tmp_path: Path) -> None:
    events(tmp_path, "reviews", UK, UK)
    extract(tmp_path, "odd", {"Gender": ["M", "F"], "Seen": ["on Monday", "on Tuesday"]})
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    done = run(tmp_path, "map", "suggest", ".")
    assert done.returncode == 0
    assert "Left out of the draft: odd: no column holds dates in a known format" in done.stderr
    assert "Left out of the draft: empty.csv: " in done.stderr
    assert "2 extracts: 4 of 6 columns" in done.stderr
    assert "# LEFT OUT of this draft: odd: " in done.stdout
    assert "# LEFT OUT of this draft: empty.csv: " in done.stdout


def test_people_alone_are_no_events(tmp_path: Path) -> None:
    people = {"Person ID": ["1", "2"], "DoB": UK, "Sex": ["M", "F"]}
    text, told = draft(tmp_path, extract(tmp_path, "people", people))
    assert "No extract seems to hold events" in text
    assert told["values"]["gender"]["map"] == {"F": "Female", "M": "Male"}
    result = map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), None)
    assert result.rows == 0


def test_two_columns_of_services_have_two_lists_of_codes(tmp_path: Path) -> None:
    home = {"Ref": ["1", "2"], "Start": UK, "End": UK, "Service": ["Home care", "Home care"]}
    beds = {"Ref": ["3", "4"], "Start": UK, "End": UK, "Package": ["Nursing care", "Home care"]}
    _, told = draft(tmp_path, extract(tmp_path, "services", home), extract(tmp_path, "placements", beds))
    assert {c["columns"][0] for c in told["codes"].values()} == {"Service", "Package"}
    assert told["extract"]["services"]["codes"] != told["extract"]["placements"]["codes"]


def test_a_slip_in_the_future_is_no_end_of_the_period(tmp_path: Path) -> None:
    ends = ["30/06/2025"] * 199 + ["30/06/2052"]
    path = extract(tmp_path, "reviews", {"Ref": [f"R{at}" for at in range(200)], "Start": ends, "End": ends})
    assert draft(tmp_path, path)[1]["period"]["end"].isoformat() == "2025-06-30"
    text, _ = draft(tmp_path, extract(tmp_path, "people", {"Person ID": ["1", "2"], "DoB": UK}))
    assert "no end of an event was found" in text


def test_free_text_is_sent_only_if_somebody_says_so(tmp_path: Path) -> None:
    notes = [f"Rang Mrs {at} about her son" for at in range(40)]
    columns = {"Ref": [f"R{at}" for at in range(40)], "Start": UK * 20, "Notes": notes}
    text, told = draft(tmp_path, extract(tmp_path, "reviews", columns))
    assert "event_description" not in told["extract"]["reviews"]["fields"]
    assert '# ? event_description = "Notes"' in text
    assert "Mrs" not in text
