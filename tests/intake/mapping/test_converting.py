"""A Release 1 file becomes a Release 2 file by the release map, and everything else is listed with its reason."""

import csv
from datetime import date
from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.intake import open_extract
from asccld.intake.mapping.converting import (
    COLUMNS,
    Conversion,
    starting_release,
)
from asccld.intake.mapping.converting_decisions import Decision, decisions_in
from asccld.intake.mapping.converting_values import Fates, Outcome
from asccld.standard import load_standard
from asccld.synthetic import make_councils
from asccld.validation import validate
from intake.mapping.commands import Done, run
from repository.files import ROOT

STANDARD = load_standard()
R1, R2 = STANDARD.releases["r1"], STANDARD.releases["r2"]
NO_SUCCESSOR = [(m.defined_list, m.from_value) for m in R2.mappings if m.from_value and not m.to_value]


def file_of(folder: Path, rows: list[dict[str, str | None]], release: str = "r1") -> Path:
    headers = STANDARD.releases[release].headers
    path = folder / "release1.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headers.values())
        writer.writeheader()
        writer.writerows({headers[name]: text for name, text in row.items()} for row in rows)
    return path


def converted(path: Path, *decisions: Decision, start: str = "r1") -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows under column names, and the list of what became of everything."""
    with open_extract(path) as extract:
        conversion = Conversion(extract, STANDARD.releases[start], R2, STANDARD, decisions)
        chunks = list(conversion.chunks())
    frame = pl.concat(chunks) if chunks else conversion.empty()
    return frame.rename({header: name for name, header in R2.headers.items()}), conversion.listed()


def cli(folder: Path, *arguments: str) -> Done:
    return run(folder, "map", "convert", *arguments)


# ---------------------------------------------------------------- whole files


def test_a_whole_release_1_file_becomes_the_release_2_file_of_the_same_council(tmp_path: Path) -> None:
    """The same made-up events in both releases: all that differs has no successor or is new, and is listed."""
    r1, r2 = (
        next(iter(make_councils(people=600, release=release, last_period_end=date(2026, 3, 31))))
        for release in ("r1", "r2")
    )
    r1.frame.write_csv(tmp_path / "release1.csv")
    frame, listed = converted(tmp_path / "release1.csv")
    truth = r2.frame.rename({header: name for name, header in R2.headers.items()})
    gone = listed.filter(pl.col("outcome") == "not mapped")
    assert gone.select("field", "value").rows() == [("Assessment Type", "Financial Assessment")]
    same = frame.filter((pl.col("assessment_type") != gone["value"].item()).fill_null(value=True))
    new = listed.filter(pl.col("outcome") == "value new")
    assert {m.to_value for m in R2.mappings if m.from_value is None} == set(new["value"])
    for name in set(truth.columns) - {"event_reference"}:  # numbered on, so that of a later event differs
        expressible = ~truth[name].is_in(new["value"].implode()).fill_null(value=False)
        assert same[name].filter(expressible).equals(truth[name].filter(expressible), null_equal=True), name


def test_the_converted_file_is_accepted_and_the_check_finds_what_was_left(tmp_path: Path) -> None:
    next(iter(make_councils(people=300, release="r1"))).frame.write_csv(tmp_path / "release1.csv")
    done = cli(tmp_path, "--to", "r2", "release1.csv", "--out", "release2.csv", "--list", "list.csv")
    assert done.returncode == 1
    assert "could not be converted" in done.stderr
    listed = pl.read_csv(tmp_path / "list.csv")
    assert listed.columns == list(COLUMNS)
    result = validate(tmp_path / "release2.csv", release="r2")
    assert result.verdict != "REJECTED"
    kept = listed.filter(pl.col("outcome") == "not mapped")["rows"].sum()
    earlier = result.findings.filter(pl.col("rule") == "value-earlier-release-dropped")
    assert earlier.height == kept > 0


def test_decisions_written_into_the_list_are_taken(tmp_path: Path) -> None:
    """The list comes back with its column `becomes` edited: then nothing is left to say."""
    next(iter(make_councils(people=300, release="r1"))).frame.write_csv(tmp_path / "release1.csv")
    cli(tmp_path, "--to", "r2", "release1.csv", "--out", "release2.csv", "--list", "list.csv")
    table = pl.read_csv(tmp_path / "list.csv", infer_schema=False)
    edited = table.with_columns(
        becomes=pl.when(pl.col("value") == "Financial Assessment")
        .then(pl.lit("long term assessment"))
        .otherwise("becomes")
    )
    edited.write_csv(tmp_path / "decided.csv")
    done = cli(tmp_path, "--to", "r2", "release1.csv", "--out", "release2.csv", "--decisions", "decided.csv")
    assert done.returncode == 0, done.stderr
    frame = pl.read_csv(tmp_path / "release2.csv", infer_schema=False)
    assert "Financial Assessment" not in frame["Assessment Type"].to_list()
    assert "Long term assessment" in frame["Assessment Type"].to_list()


# ---------------------------------------------------------------- values


def test_every_value_of_release_1_becomes_what_the_release_map_says() -> None:
    for mapping in R2.mappings:
        if mapping.from_value and mapping.to_value:
            field = next(f for f in R1.fields if f.defined_list == mapping.defined_list)
            conversion = _fates(field.name, mapping.from_value)
            assert conversion == mapping.to_value


def _fates(field: str, text: str) -> str:
    return Fates(R1, R2, STANDARD, {}).of(field, text).becomes


@pytest.mark.parametrize(("defined_list", "value"), NO_SUCCESSOR)
def test_a_value_without_a_successor_stays_and_is_listed(tmp_path: Path, defined_list: str, value: str) -> None:
    field = next(f for f in R1.fields if f.defined_list == defined_list)
    frame, listed = converted(file_of(tmp_path, [{field.name: value}, {field.name: value}]))
    assert frame[field.name].to_list() == [value, value]
    row = listed.filter((pl.col("field") == R2.headers[field.name]) & pl.col("rows").is_not_null()).row(0, named=True)
    assert (row["outcome"], row["rows"], row["first_row"]) == ("not mapped", 2, 2)
    assert "no value that means the same" in row["why"]


@pytest.mark.parametrize(
    ("text", "becomes", "outcome"),
    [
        ("  nfa- other ", "NFA: Other", "converted"),
        ("NFA -\u00a0 other", "NFA: Other", "converted"),
        ("NFA - Other", "NFA: Other", "converted"),  # a known slip
        ("NFA - 100% NHS-funded care", "NFA: Referral to NHS services or NHS funded social care", "converted"),
        ("NFA: Other", "NFA: Other", "unchanged"),  # in the words of Release 2 already
        ("Sent to the moon", "Sent to the moon", "not in the list"),
    ],
)
def test_capitals_blanks_and_known_slips_do_not_matter(tmp_path: Path, text: str, becomes: str, outcome: str) -> None:
    frame, listed = converted(file_of(tmp_path, [{"event_outcome": text, "gender": "Male"}]))
    assert frame["event_outcome"].to_list() == [becomes]
    assert listed.filter((pl.col("field") == "Event Outcome") & (pl.col("rows") == 1))["outcome"].to_list() == [outcome]


def test_columns_that_release_2_does_not_have_are_listed_with_their_rows(tmp_path: Path) -> None:
    frame, listed = converted(file_of(tmp_path, [{"gp_practice_name": "The Surgery", "gender": "Male"}, {}]))
    assert frame.columns == list(R2.by_name)
    dropped = listed.filter(pl.col("outcome") == "column dropped")
    assert dict(dropped.select("field", "rows").iter_rows()) == {
        "GP Practice Name": 1,
        "Provider CQC Location Name": 0,
    }


def test_columns_that_the_file_lacks_are_blank_and_listed(tmp_path: Path) -> None:
    (tmp_path / "release1.csv").write_text("Gender,Our own column\nMale,x\n", encoding="utf-8")
    frame, listed = converted(tmp_path / "release1.csv")
    assert frame["event_type"].to_list() == [None]
    added = listed.filter(pl.col("outcome") == "column added")
    assert "Event Type" in added["field"].to_list()
    assert "Our own column" in listed.filter(pl.col("outcome") == "column dropped")["field"].to_list()


def test_a_file_of_the_voluntary_phase_goes_through_both_maps(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"event_type": "Request", "gender": "Male", "full_cost_client": "Yes"}], "v5")
    with open_extract(path) as extract:
        assert starting_release(extract.header, R2, STANDARD).id == "v5"
    frame, listed = converted(path, start="v5")
    assert frame["event_type"].to_list() == ["Request"]
    replaced = listed.filter(pl.col("field") == "Full Cost Client")["why"].item()
    assert "does not have the item" in replaced


def test_a_release_1_file_is_taken_for_one() -> None:
    assert starting_release(R1.headers.values(), R2, STANDARD).id == "r1"
    with pytest.raises(AsccldError, match="Nothing comes before"):
        starting_release(R1.headers.values(), STANDARD.releases["v5"], STANDARD)


# ---------------------------------------------------------------- what is refused


def test_a_column_of_many_unknown_texts_is_not_listed_one_by_one(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": f"text {at}"} for at in range(1000)])
    _, listed = converted(path)
    rows = listed.filter((pl.col("field") == "Gender") & (pl.col("outcome") == "not in the list"))
    assert rows.height == 201
    assert "800 further texts" in rows["why"].to_list()[-1] or "800 further texts" in " ".join(rows["why"].to_list())


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("Event Outcom", "x", "NFA: Other"), "Did you mean Event Outcome"),
        (Decision("Event Outcome", "x", "NFA Others"), "NFA: Other"),
        (Decision("Event Reference", "x", "y"), "has no list"),
    ],
)
def test_a_decision_that_the_standard_does_not_know_is_refused(tmp_path: Path, decision: Decision, said: str) -> None:
    with pytest.raises(AsccldError, match=said):
        converted(file_of(tmp_path, [{"event_outcome": "x"}]), decision)


def test_two_decisions_about_one_value_are_refused(tmp_path: Path) -> None:
    both = [Decision("Event Outcome", "x", "NFA: Other"), Decision("Event Outcome", "X ", "NFA: Deceased")]
    with pytest.raises(AsccldError, match="Two decisions about one value of Event Outcome"):
        converted(file_of(tmp_path, [{"event_outcome": "x"}]), *both)


def test_decisions_without_their_columns_are_refused() -> None:
    with pytest.raises(AsccldError, match="lack the columns becomes"):
        decisions_in(pl.DataFrame({"field": ["Gender"], "value": ["x"]}))


def test_nothing_is_converted_backwards_or_to_where_it_is(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": "Male"}])
    for start in ("r2", "r1"):
        done = cli(tmp_path, "--from", start, "--to", "r1", path.name, "--out", "out.csv")
        assert done.returncode == 2
        assert "the standard only changes forwards (--from)" in done.stderr


def test_a_file_that_is_of_release_2_already_is_told_so(tmp_path: Path) -> None:
    next(iter(make_councils(people=100))).frame.write_csv(tmp_path / "release2.csv")
    done = cli(tmp_path, "--to", "r2", "release2.csv", "--out", "out.csv")
    assert done.returncode == 0
    assert "seems to be of release r2 already" in done.stderr
    before, after = (pl.read_csv(tmp_path / name, infer_schema=False) for name in ("release2.csv", "out.csv"))
    assert after.equals(before)


def test_an_apostrophe_that_keeps_a_spreadsheet_from_running_a_text_is_none_of_it() -> None:
    listed = pl.DataFrame({"field": ["Gender"], "value": ["'-"], "becomes": ["Unknown"]})
    assert decisions_in(listed) == ([Decision(field="Gender", value="-", becomes="Unknown")], [])


def test_an_extract_in_local_words_is_sent_to_the_other_command(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("PERSON_ID,SEX\n1,M\n", encoding="utf-8")
    done = cli(tmp_path, "--to", "r2", "people.csv", "--out", "out.csv")
    assert done.returncode == 2
    assert "asccld map EXTRACT --mapping FILE" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_nothing_is_left_when_the_file_breaks_off(tmp_path: Path) -> None:
    header = ",".join(f'"{h}"' for h in R1.headers.values())
    (tmp_path / "release1.csv").write_text(f"{header}\n{',' * 49}\n1,2\n", encoding="utf-8")
    done = cli(tmp_path, "--to", "r2", "release1.csv", "--out", "out.csv")
    assert done.returncode == 2
    assert "too few cells" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["release1.csv"]


def test_the_file_is_never_replaced_by_its_conversion(tmp_path: Path) -> None:
    file_of(tmp_path, [{"gender": "Male"}])
    done = cli(tmp_path, "--to", "r2", "release1.csv", "--out", "release1.csv")
    assert (done.returncode, "would replace the input" in done.stderr) == (2, True)


def test_details_in_a_wrong_column_are_in_no_list(tmp_path: Path) -> None:
    slipped = ["999 123 4567", "jane@example.org", "YZ1 1AA", "01/02/1940"]
    file_of(tmp_path, [{"gender": text, "event_outcome": "=HYPERLINK(1)"} for text in slipped])
    done = cli(tmp_path, "--to", "r2", "release1.csv", "--out", "out.csv", "--list", "list.csv")
    written = (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    assert [text for text in slipped if text in written + done.stdout + done.stderr] == []
    assert "(hidden)" in written
    assert "'=HYPERLINK(1)" in written, "a spreadsheet would run it"
    assert pl.read_csv(tmp_path / "out.csv", infer_schema=False)["Gender"].to_list() == slipped


def test_every_column_and_outcome_of_the_list_has_its_entry() -> None:
    page = (ROOT / "docs" / "reference" / "outputs.md").read_text(encoding="utf-8")
    section = page.split("## What became of a conversion (CSV)")[1].split("\n## ")[0]
    assert [name for name in COLUMNS if f"| `{name}` |" not in section] == []
    how_to = (ROOT / "docs" / "how-to" / "convert-a-release-1-file.md").read_text(encoding="utf-8")
    assert [name for name in get_args(Outcome) if f"`{name}`" not in section or f"| `{name}` |" not in how_to] == []


# ---------------------------------------------------------------- at random

WORDS = [m.from_value for m in R2.mappings if m.defined_list == "Event Outcome" and m.from_value]
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(alphabet="abcXYZ -:'=+", max_size=12), st.none())


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_no_row_and_no_value_is_lost(tmp_path_factory: pytest.TempPathFactory, texts: list[str | None]) -> None:
    """Every row comes out, and the list counts every text of the column once."""
    rows: list[dict[str, str | None]] = [{"event_outcome": text, "gender": "Male"} for text in texts]
    frame, listed = converted(file_of(tmp_path_factory.mktemp("any"), rows))
    assert frame.height == len(texts)
    counted = listed.filter((pl.col("field") == "Event Outcome") & pl.col("value").is_not_null())["rows"].sum()
    assert counted == sum(bool(text and text.strip()) for text in texts)
    for text, became in zip(texts, frame["event_outcome"], strict=True):
        assert became == (_fates("event_outcome", text) if text and text.strip() else text or None)


def test_names_and_numbers_of_the_people_of_the_file_are_hidden(tmp_path: Path) -> None:
    """A surname, a whole name and a person's identifier stand where a gender should; `Male lead` is nobody."""
    person: dict[str, str | None] = {"first_name": "Ann", "last_name": "Lee", "la_person_unique_identifier": "P-77"}
    texts = ("Lee", "LEE, Ann", "p-77", "1 High Street, Hale", "Male lead", "Male")
    path = file_of(tmp_path, [person | {"gender": text} for text in texts])
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv", "--list", "l.csv")
    written = (tmp_path / "l.csv").read_text("utf-8-sig")
    assert not [t for t in texts[:4] if t in done.stdout + done.stderr + written]
    assert "Male lead" in done.stdout
    assert "Male lead" in written
    assert written.count("Gender,(hidden),1,") == 4
    assert written.count("of the file: a text that could point at a person; correct it in the system, or if") == 4


def test_a_header_that_looks_like_a_detail_is_in_no_list(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": "Male"}])
    header, row = path.read_text("utf-8").splitlines()
    path.write_text(f"{header},Seen by Mr Bob Ray,Team\n{row},x,North\n", "utf-8")
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv", "--list", "l.csv")
    said = done.stdout + done.stderr + (tmp_path / "l.csv").read_text("utf-8-sig")
    assert "Bob Ray" not in said
    assert "(hidden)" in said
    assert "Team" in said


def test_only_what_differs_from_the_release_map_is_called_decided(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": "male"}, {"gender": "Bloke"}])
    said = (Decision("Gender", "male", "Male"), Decision("Gender", "Bloke", "Male"))
    _, listed = converted(path, *said)
    found = listed.filter(pl.col("field") == "Gender", pl.col("value").is_in(["male", "Bloke"]))
    assert dict(found.select("value", "outcome").iter_rows()) == {"male": "converted", "Bloke": "decided"}


def test_a_file_of_which_only_decisions_changed_a_value_is_not_called_converted_already(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": "Bloke"}])
    (tmp_path / "d.csv").write_text("field,value,becomes\nGender,Bloke,Male\n", "utf-8")
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv", "--decisions", "d.csv")
    assert "No value had to be changed" not in done.stdout + done.stderr


def test_a_decision_reaches_its_value_whatever_the_blanks_and_capitals(tmp_path: Path) -> None:
    frame, _ = converted(file_of(tmp_path, [{"gender": "Old  BLOKE\u00a0"}]), Decision("Gender", "old bloke", "male"))
    assert frame["gender"].to_list() == ["Male"]


def test_decisions_that_change_nothing_are_told_with_their_lines_and_why(tmp_path: Path) -> None:
    person: dict[str, str | None] = {"first_name": "Ann", "last_name": "Lee"}
    path = file_of(tmp_path, [person | {"gender": text} for text in ("Ann Lee", "Bloke", "Chap", "male")])
    cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv", "--list", "l.csv")
    table = pl.read_csv(tmp_path / "l.csv", infer_schema=False)
    value = pl.col("value")
    becomes = pl.when(value.is_in(["(hidden)", "Bloke"])).then(pl.lit("Male")).when(value != "Chap").then("becomes")
    table = table.with_columns(becomes=becomes, value=value.replace({"Bloke": "Blokes"}))
    table.write_csv(tmp_path / "d.csv")
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv", "--decisions", "d.csv")
    row = {text: at for at, text in enumerate(table["value"], start=2)}
    assert "3 decisions of d.csv could not be applied" in done.stderr
    assert f"row {row['(hidden)']}: 'value' is (hidden): write the text there" in done.stderr
    assert f"row {row['Chap']}: 'becomes' is empty" in done.stderr
    assert f"row {row['Blokes']}: no row of the file has this value in Gender" in done.stderr
    assert "Ann Lee" not in done.stdout + done.stderr


def test_a_list_of_another_file_is_told_only_for_what_was_decided(tmp_path: Path) -> None:
    """Its lines that the release map says anyway are nobody's decisions."""
    (tmp_path / "d.csv").write_text(
        "field,value,outcome,becomes\nEvent Outcome,NFA - Other,converted,NFA: Other\nGender,Bloke,decided,Male\n"
    )
    done = cli(
        tmp_path, "--to", "r2", str(file_of(tmp_path, [{"gender": "Male"}])), "--out", "o.csv", "--decisions", "d.csv"
    )
    assert "1 decision of d.csv could not be applied:\n  row 3: no row" in done.stderr
    assert done.returncode == 0


def test_a_blank_row_is_told_and_a_file_without_events_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": "Male"}, {}, {"event_type": "Review", "gender": " "}, {}])
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv")
    assert "2 rows of the file without any content left out" in done.stderr
    file_of(tmp_path, [])
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "empty.csv")
    assert (done.returncode, "a header but no events" in done.stderr) == (2, True)
    assert not (tmp_path / "empty.csv").exists()


def test_a_list_replaces_an_earlier_one_but_no_decisions_and_no_other_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"gender": "Bloke", "event_outcome": "NFA - Other"}])
    command = ("--to", "r2", str(path), "--out", "o.csv", "--list", "l.csv")
    assert [cli(tmp_path, *command).returncode for _ in range(2)] == [1, 1]
    edited = (tmp_path / "l.csv").read_text("utf-8-sig").replace("not in the list,Bloke", "not in the list,Male")
    (tmp_path / "l.csv").write_text(edited)
    done = cli(tmp_path, *command)
    assert (done.returncode, "holds 1 decision, which would be lost (l.csv)" in done.stderr) == (2, True)
    assert (tmp_path / "l.csv").read_text() == edited
    (tmp_path / "d.csv").write_text(edited)
    assert cli(tmp_path, *command, "--decisions", "d.csv").returncode == 0
    (tmp_path / "l.csv").write_text("ID,NAME\n1,x\n")
    assert "asccld did not write as a list (l.csv)" in cli(tmp_path, *command).stderr


def test_every_refused_decision_is_told_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("field,value,becomes\nGender,Bloke,Man\nGender,Chap,Male\nGendre,x,Male\n")
    path = file_of(tmp_path, [{"gender": "Bloke"}])
    done = cli(tmp_path, "--to", "r2", str(path), "--out", "o.csv", "--decisions", "d.csv")
    assert (done.returncode, "(decisions, row 2)" in done.stderr) == (2, True)
    assert "1 more line cannot be taken either: 4" in done.stderr


def test_the_list_says_how_sure_the_release_map_is(tmp_path: Path) -> None:
    _, listed = converted(file_of(tmp_path, [{"accommodation_status": "Tenant"}]))
    told = listed.filter(pl.col("outcome") == "converted").select("value", "why").rows()
    assert told == [("Tenant", "by the release map (confirmed)")]
