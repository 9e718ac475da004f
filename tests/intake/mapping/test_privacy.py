"""No report of a mapping shows a value of an item that could point at a person, whatever is mapped by mistake."""

import json
from pathlib import Path

import polars as pl
import pytest

from asccld.cli import map_views
from asccld.identifying.masking import shown
from asccld.intake.mapping.report import Report
from asccld.intake.mapping.submission import map_extracts
from asccld.intake.mapping.suggesting_headers import is_of_names
from asccld.standard import load_standard
from asccld.synthetic import make_councils, write_extracts
from intake.mapping.commands import run

RELEASE = load_standard().releases["r2"]
IDENTIFYING = [f.name for f in RELEASE.fields if f.identifying]


def outputs(report: Report, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    map_views.show(report, out=None, every=True)
    map_views.write(report, folder / "report.json")
    map_views.write(report, folder / "report.csv")
    said = capsys.readouterr()
    files = [(folder / name).read_text("utf-8") for name in ("report.json", "report.csv", "out.csv.map.json")]
    return "\n".join([said.out, said.err, json.dumps(report.content), *files])


@pytest.mark.parametrize("wrong", ["FIRST_NAMES", "LAST_NAMES", "NHS_ID", "PERSON_ID", "DOB", "POSTCODE", "SEX"])
def test_no_output_shows_a_detail_of_a_person(wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gender is taken from a column of names, of numbers and so on; the last one is right."""
    submission = next(iter(make_councils(people=250, seed=4)))
    write_extracts(tmp_path, "mosaic", submission)
    mapping = tmp_path / "mapping.toml"
    text = mapping.read_text("utf-8")
    assert 'gender = "SEX"' in text
    mapping.write_text(text.replace('gender = "SEX"', f'gender = "{wrong}"'), "utf-8")
    report = map_extracts(mapping, tmp_path / "out.csv")
    assert (report.findings.height > 0) == (wrong != "SEX")
    shown = set(outputs(report, tmp_path, capsys).replace('"', " ").replace("'", " ").replace(",", " ").split())
    details = {
        word
        for name in IDENTIFYING
        if name != "event_description"
        for value in submission.frame[RELEASE.headers[name]].drop_nulls().unique()
        for word in str(value).split()
    }
    ordinary = {word for known in RELEASE.lists.values() for value in known.texts for word in value.split()}
    assert shown & {word for word in details if len(word) > 3} - {w.strip(":,") for w in ordinary} == set()


def test_words_of_a_code_list_are_shown_although_somebody_has_such_a_name(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("ID,LAST,SEX\n1,Day,DAY\n2,Young,OLD\n3,Home,M\n4,Male,?\n")
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\nfields = { last_name = "LAST", gender = "SEX" }\n'
    )
    report = map_extracts(tmp_path / "m.toml")
    assert sorted(report.values["local"]) == ["?", "DAY", "M", "OLD"]


def test_a_name_alone_is_hidden_unless_it_is_a_code_of_many_rows(tmp_path: Path) -> None:
    ordinary = ["Frailty", "Falls", "Stroke", "Memory", "Mobility", "Discharge"]
    words = ["Bloggs", "ward", "JANE", *["Ward"] * 9, *["Dale"] * 10, *ordinary]
    people = [("Jane", "Bloggs"), ("Tom", "Ward"), ("Sue", "Dale"), *[("Cy", "Day")] * 25]
    rows = [f"{first},{last},{word}" for (first, last), word in zip(people, words, strict=True)]
    (tmp_path / "e.csv").write_text("FIRST,LAST,WHY\n" + "\n".join(rows) + "\n")
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\n'
        'fields = { first_name = "FIRST", last_name = "LAST", primary_support_reason = "WHY" }\n'
    )
    report = map_extracts(tmp_path / "m.toml")
    shown = dict(report.values.select("local", "rows").iter_rows())
    assert shown == {"Dale": 10, "(hidden)": 12} | dict.fromkeys(ordinary, 1)


def test_dates_of_birth_that_cannot_be_read_are_counted_only(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("DOB\n1st of May 1950\n2nd of May 1950\n")
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\nfields = { date_of_birth = "DOB" }\n'
    )
    found = map_extracts(tmp_path / "m.toml").findings
    assert found.select("local", "rows", "first_row").rows() == [("(hidden)", 2, 2)]
    assert found.filter(pl.col("message").str.contains("1950")).is_empty()


def test_whole_names_and_streets_are_hidden_in_a_column_that_is_mostly_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three of seven texts are people's: too few to make it a column of names."""
    reasons = [
        "Ann Lee",
        "LEE, Ann",
        "Bo O'Grady (next of kin)",
        "1 High Street, Hale",
        "Frailty",
        "Day care",
        "PD-ACC",
    ]
    people = [("Ann", "Lee"), ("Bo", "O'Grady"), *[("Cy", "Day")] * 5]
    rows = [f'{first},{last},"{why}"' for (first, last), why in zip(people, reasons, strict=True)]
    (tmp_path / "e.csv").write_text("FIRST,LAST,WHY\n" + "\n".join(rows) + "\n")
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\n'
        'fields = { first_name = "FIRST", last_name = "LAST", primary_support_reason = "WHY" }\n'
    )
    report = map_extracts(tmp_path / "m.toml", tmp_path / "out.csv")
    assert sorted(report.values["local"]) == ["(hidden)", "Day care", "Frailty", "PD-ACC"]
    assert sorted(report.findings["rows"]) == [1, 1, 1, 4]
    said = outputs(report, tmp_path, capsys)
    assert not [part for part in ("Ann", "Lee", "LEE", "Grady", "High St") if part in said]


@pytest.mark.parametrize(
    ("first_row", "says"),
    [
        ("1,9990181594,01/02/1950,03/04/2025,Margaret,Lee,14 High Street", "hold data, not headers"),
        ("Margaret,Lee,Female,White British", "hold data, not headers"),
        ("Report: Contacts by Mr Bob Ray", "be a title, not headers"),
        ("Run by Bob Ray,,,,", "be a title, not headers"),
    ],
)
def test_a_first_row_that_is_no_header_is_not_shown_and_told_once(tmp_path: Path, first_row: str, says: str) -> None:
    (tmp_path / "e.csv").write_text(f"{first_row}\n" * 3)
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\nfields = { la_person_unique_identifier = "ID", gender = "SEX" }\n'
    )
    done = run(tmp_path, "map", "check", "--mapping", "m.toml")
    assert (done.returncode, done.stderr.count("the first row seems to " + says)) == (2, 1)
    drafted = run(tmp_path, "map", "suggest", "e.csv")
    assert (drafted.returncode, drafted.stderr.count("the first row seems to " + says)) == (2, 1)
    said = done.stdout + done.stderr + drafted.stdout + drafted.stderr
    assert not [part for part in ("Margaret", "Lee", "Bob", "Ray", "9990181594", "1950", "High") if part in said]


def test_a_header_that_looks_like_a_detail_is_listed_nowhere(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("Person ID,Sex,Seen by Mr Bob Ray,01/02/1950\n1,M,x,y\n")
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\n'
        'fields = { la_person_unique_identifier = "Person ID", gender = "G" }\n'
    )
    done = run(tmp_path, "map", "check", "--mapping", "m.toml")
    assert "Its columns are: Person ID, Sex, (hidden)" in done.stderr
    drafted = run(tmp_path, "map", "suggest", "e.csv")
    said = done.stderr + drafted.stdout + drafted.stderr
    assert not [part for part in ("Bob", "Ray", "1950") if part in said]


def shown_words(folder: Path, header: str, *words: str, people: str = "") -> set[str]:
    """The words of a column of reasons that a check, its reports and a draft of a mapping show."""
    given = (people or "P0001,Margaret Thistlethwaite;P0002,Zoë O'Brien;P0003,Carys Grant").split(";")
    rows = [
        f"{given[at % len(given)]},01/02/1950,{word},0{at % 9 + 1}/04/2025,0{at % 9 + 1}/05/2025"
        for at, word in enumerate((*words, *["Frailty"] * 60, *["CARERS GRANT"] * 16))
    ]
    text = f"Person ID,{header},DOB,Primary Need,Start date,End date\n" + "\n".join(rows) + "\n"
    (folder / "contacts.csv").write_text(text, "utf-8")
    (folder / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\nevent_type = 'Request'\n"
        '[extract.contacts]\nfile = "contacts.csv"\nselect = "all"\n[extract.contacts.fields]\n'
        'la_person_unique_identifier = "Person ID"\nprimary_support_reason = "Primary Need"\n'
    )
    drafted = run(folder, "map", "suggest", "contacts.csv")
    checked = run(folder, "map", "check", "--mapping", "m.toml", "--all", "--report", "r.json", "--report", "r.csv")
    assert (drafted.returncode, checked.returncode) == (0, 1)
    assert '"Frailty"' in drafted.stdout
    assert f"and {len(words)} texts that could point at a person" in drafted.stdout
    reports = [(folder / name).read_text("utf-8") for name in ("r.json", "r.csv")]
    said = "\n".join([drafted.stdout, drafted.stderr, checked.stdout, checked.stderr, *reports])
    assert said.count("CARERS GRANT") >= 4
    return {word for word in words if word in said}


@pytest.mark.parametrize(
    "header",
    [
        "Client Name", "Service User Name", "Full Name", "Name", "Customer", "Client Full Name", "PersonName",
        "Forename & Surname", "CLIENT_SURNAME", "Service User Forename",
    ],
)  # fmt: skip
def test_names_below_a_header_of_names_are_hidden_although_nobody_maps_them(header: str, tmp_path: Path) -> None:
    words = ["Margaret Thistlethwaite", "Mrs Thistlethwaite", "thistlethwaite", "OBrien", "Daughter Zoë lives near"]
    assert shown_words(tmp_path, header, *words) == set()


def test_other_headers_are_of_no_names_of_people() -> None:
    assert not [h for h in ("Service Name", "Event Name", "Provider", "Client Type", "Team Name") if is_of_names(h)]


def test_births_are_hidden_in_columns_of_words(tmp_path: Path) -> None:
    words = ["01-Feb-1950", "01/02/50", "1 Feb 1950", "1st February 1950", "born 1/2/50", "Feb 1950", "b. 1950"]
    assert shown_words(tmp_path, "Team", *words) == set()


def test_identifiers_of_people_are_hidden_also_within_a_text(tmp_path: Path) -> None:
    assert shown_words(tmp_path, "Team", "P0001", "p0002", "Sister of P0003", "see (P0001)") == set()


def test_hidden_words_of_services_are_counted_in_a_draft(tmp_path: Path) -> None:
    told = ["Thistlethwaite", "margaret", "Ng", "Sister of P0003"]
    people = ["P0001,Margaret Thistlethwaite", "P0002,Li Ng", "P0003,Carys Grant"]
    words = [*told, *["Home care"] * 60, *["CARERS GRANT"] * 16]
    rows = [f"S{at},{people[at % 3]},01/04/2025,01/05/2025,{word}" for at, word in enumerate(words)]
    header = "Service ID,Person ID,Client Name,Service start,Service end,Service"
    (tmp_path / "services.csv").write_text("\n".join([header, *rows]) + "\n")
    drafted = run(tmp_path, "map", "suggest", "services.csv").stdout
    assert [word for word in told if f'"{word}"' in drafted] == []
    assert '["CARERS GRANT", ' in drafted
    assert "]\n# and 4 texts that could point at a person: is this the right column?" in drafted


def test_what_to_do_about_a_hidden_word_is_to_look_at_its_row(tmp_path: Path) -> None:
    text = "Person ID,First name,Last name,Gender\n" + "1,Jane,Bloggs,M\n" * 30 + "2,Jo,Day,Mrs Bloggs\n"
    (tmp_path / "e.csv").write_text(text)
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n[constants]\nla_code = '503'\n"
        '[extract.e]\nfile = "e.csv"\nselect = "all"\n[extract.e.fields]\n'
        'last_name = "Last name"\ngender = "Gender"\n[values.gender.map]\nM = "Male"\n'
    )
    (fix,) = map_extracts(tmp_path / "m.toml").findings["fix"]
    assert fix == (
        "Look at row 32 in the extract: a text that could point at a person; correct it in the system, "
        "or if it is a code of yours, add it to [values.gender.map]"
    )


def test_what_only_resembles_a_detail_is_shown() -> None:
    words = ["Feb 2025", "Mental Health Act 1983", "MS Nurse", "Band B 1", "Dr", "Missed visit", "May decline"]
    assert [word for word in words if shown(word) != word] == []
