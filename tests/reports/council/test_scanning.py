"""The last look at a report to be shared: whatever identifier is planted, wherever, it is found and never repeated."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from asccld.reports.council.scanning import IdentifierFound, Identifiers, refuse_identifiers, runs_of
from asccld.reports.council.workbook import write_workbook
from reports.council.made_reports import one_council

REPORT = one_council()
PLANTED = {
    "last_name": "Zwiebelmann-Ó Briain",
    "nhs_number": "9999145469",
    "la_person_unique_identifier": "P08603354",
    "postcode": "JB19 4AY",
    "date_of_birth": "14/10/1947",
    "event_description": "Xanthippe rang about her stairs again today, twice",
    "event_reference": "REQ-916-0001484",
}


@pytest.fixture(scope="module")
def identifiers() -> Identifiers:
    found = Identifiers()
    for name, value in PLANTED.items():
        found.add(name, pl.Series([value, None, ""]))
    found.add("first_name", pl.Series(["Day", "Price", "Bo"]))
    return found


def refused(folder: Path, identifiers: Identifiers) -> str:
    with pytest.raises(IdentifierFound) as error:
        refuse_identifiers(folder, identifiers, REPORT)
    return str(error.value)


def in_page(text: str, folder: Path) -> None:
    (folder / "a.html").write_text(f"<html><body><p>Figures</p><td>{text}</td></body></html>", encoding="utf-8")


def in_attribute(text: str, folder: Path) -> None:
    (folder / "a.html").write_text(f'<html><img alt="A picture of {text}" src="x.svg"></html>', encoding="utf-8")


def in_comment(text: str, folder: Path) -> None:
    (folder / "a.html").write_text(f"<html><!-- {text} --></html>", encoding="utf-8")


def in_table(text: str, folder: Path) -> None:
    (folder / "a.csv").write_text(f'a,b\n1,"{text}"\n', encoding="utf-8")


def in_json(text: str, folder: Path) -> None:
    (folder / "about.json").write_text(json.dumps({"x": ["y", text]}, ensure_ascii=False), encoding="utf-8")


def in_workbook(text: str, folder: Path) -> None:
    write_workbook(replace(REPORT, notes=(f"Made for {text}",)), folder / "report.xlsx")


def in_archive(text: str, folder: Path) -> None:
    with zipfile.ZipFile(folder / "tables.zip", "w") as archive:
        archive.writestr("deep/a.csv", f"a\n{text}\n")


WAYS = (in_page, in_attribute, in_comment, in_table, in_json, in_workbook, in_archive)


@pytest.mark.parametrize("field", PLANTED)
@pytest.mark.parametrize("plant", WAYS)
def test_an_identifier_is_found_wherever_it_is(
    plant: Callable[[str, Path], None], field: str, identifiers: Identifiers, tmp_path: Path
) -> None:
    plant(PLANTED[field], tmp_path)
    said = refused(tmp_path, identifiers)
    assert f"of {field} of the input" in said
    assert PLANTED[field] not in said


@pytest.mark.parametrize("text", ["999 914 5469", "jb194ay", "1947-10-14", "14 October 1947", "ZWIEBELMANN Ó BRIAIN"])
def test_another_way_of_writing_it_is_the_same(text: str, identifiers: Identifiers, tmp_path: Path) -> None:
    in_page(text, tmp_path)
    assert "of the input would be in a report" in refused(tmp_path, identifiers)


def test_the_name_of_a_file_is_looked_at_too(identifiers: Identifiers, tmp_path: Path) -> None:
    (tmp_path / "populations P08603354.csv").write_text("a\n", encoding="utf-8")
    assert "of la_person_unique_identifier of the input" in refused(tmp_path, identifiers)


def test_words_of_strangers_are_not_ordinary_because_the_report_says_them(
    identifiers: Identifiers, tmp_path: Path
) -> None:
    facts = (("asccld", "0.1.0"), ("Reference tables given", "REF_x_P08603354.csv"))
    report = replace(REPORT, versions=facts, notes=("P08603354",))
    in_page("REF_x_P08603354.csv", tmp_path)
    with pytest.raises(IdentifierFound, match="of la_person_unique_identifier of the input"):
        refuse_identifiers(tmp_path, identifiers, report)


def test_ordinary_words_and_figures_that_are_shown_are_none(tmp_path: Path) -> None:
    ordinary = Identifiers()
    ordinary.add("last_name", pl.Series(["Day", "Price", "Care Home"]))
    ordinary.add("la_person_unique_identifier", pl.Series(["930", "1200"]))
    write_workbook(REPORT, tmp_path / "report.xlsx")
    in_page("Day care, price a week, care home; 930 of 1,200", tmp_path)
    assert refuse_identifiers(tmp_path, ordinary, REPORT) == 2


def test_a_field_without_a_value_is_nothing_to_look_for() -> None:
    nothing = Identifiers()
    for name in ("date_of_death", "last_name"):
        nothing.add(name, pl.Series([None, None], dtype=pl.String))
    assert nothing.number == 0


def test_two_days_side_by_side_do_not_make_a_third(tmp_path: Path) -> None:
    days = Identifiers()
    days.add("date_of_death", pl.Series(["04/01/2026"]))
    in_json("2025-04-01", tmp_path)
    (tmp_path / "b.csv").write_text("2025-04-01,2026-03-31\n2025-04-01\n2026-03-31\n", encoding="utf-8")
    assert refuse_identifiers(tmp_path, days, REPORT) == 2


def test_a_number_with_commas_is_one_word_and_one_with_a_point_none() -> None:
    assert "9999145" in runs_of(["of 9,999,145 people"])
    assert not {"9999145469", "857142857"} & runs_of(["12.857142857 and 3.9999145469"])


@pytest.mark.parametrize("text", ["943 476 5919", "9434765919", "943-476-5919", "of 943\u00a0476\u00a05919, here"])
@pytest.mark.parametrize("plant", WAYS)
def test_any_valid_nhs_number_is_found(plant: Callable[[str, Path], None], text: str, tmp_path: Path) -> None:
    plant(text, tmp_path)
    said = refused(tmp_path, Identifiers())
    assert "1 NHS number would be" in said
    assert "leave --shareable out" in said
    assert text not in said


GROUPINGS = (
    "94347 65919",
    "943.476.5919",
    "94/347/65919",
    "9 4 3 4 7 6 5 9 1 9",
    "NHS9434765919x",
    "943\u2013476_5919",
)


@pytest.mark.parametrize("text", GROUPINGS)
def test_a_valid_nhs_number_is_found_however_its_digits_are_grouped(text: str, tmp_path: Path) -> None:
    in_page(text, tmp_path)
    assert "1 NHS number would be" in refused(tmp_path, Identifiers())


def test_a_number_of_the_input_is_found_in_any_grouping_though_its_check_digit_is_wrong(tmp_path: Path) -> None:
    numbers = Identifiers()
    numbers.add("nhs_number", pl.Series(["943 476 5918"]))
    in_table("94347 65918", tmp_path)
    assert "1 NHS number would be" in refused(tmp_path, numbers)


@pytest.mark.parametrize("text", ["2026-03-31 19", "31/03/2026 42", "04/05/2026 31/03/2026"])
def test_days_beside_numbers_are_no_nhs_numbers(text: str, tmp_path: Path) -> None:
    in_page(text, tmp_path)
    assert refuse_identifiers(tmp_path, Identifiers(), REPORT) == 1


@pytest.mark.parametrize("text", ["943 476 5918", "1.9434765919", "19434765919", "9,434,765,919"])
def test_other_numbers_are_no_nhs_numbers(text: str, tmp_path: Path) -> None:
    in_page(text, tmp_path)
    assert refuse_identifiers(tmp_path, Identifiers(), REPORT) == 1


@pytest.mark.parametrize("text", ["Robinson, William", "WILLIAM ROBINSON likes tea", "robinson william"])
@pytest.mark.parametrize("plant", WAYS)
def test_first_and_last_name_together_are_found_in_either_order(
    plant: Callable[[str, Path], None], text: str, tmp_path: Path
) -> None:
    people = Identifiers()
    people.add_names(pl.Series(["William", None, "", "Rose"]), pl.Series(["Robinson", "Care", "Day", None]))
    plant(text, tmp_path)
    assert "of first_name and last_name of the input" in refused(tmp_path, people)


def test_names_of_made_up_people_are_no_wording_of_ours(tmp_path: Path) -> None:
    people = Identifiers()
    people.add("last_name", pl.Series(["Robinson"]))
    in_table("Robinson", tmp_path)
    assert "of last_name of the input" in refused(tmp_path, people)
