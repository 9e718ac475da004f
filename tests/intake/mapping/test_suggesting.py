"""A draft of a mapping file: what is suggested, how sure, and that nothing is applied that is not sure."""

import csv
import re
import tomllib
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from asccld.errors import AsccldError
from asccld.intake.mapping.loading import read_mapping
from asccld.intake.mapping.proving import prove
from asccld.intake.mapping.running import map_extracts
from asccld.intake.mapping.suggesting import Draft, suggest
from asccld.intake.mapping.suggesting_columns import Column
from asccld.intake.mapping.suggesting_text import UNSURE, draft_text
from asccld.intake.mapping.suggesting_words import DATA, Guess, Likeness, Scored, plain, service_pairs, values_of
from asccld.standard import load_standard
from asccld.synthetic import SYSTEMS, make_councils, write_extracts
from asccld.synthetic.local_words import BETWEEN, SERVICE, words_of
from intake.mapping.commands import Done, run

STANDARD = load_standard()
RELEASE = STANDARD.latest


def table(folder: Path, name: str, columns: dict[str, list[str]]) -> Path:
    path = folder / name
    pl.DataFrame(columns).write_csv(path)
    return path


def drafted(*paths: Path) -> Draft:
    return suggest(paths, STANDARD, RELEASE, la="503")


def text_of(draft: Draft, folder: Path) -> str:
    return draft_text(draft, folder)


def cli(folder: Path, *arguments: str) -> Done:
    return run(folder, "map", *arguments)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("field", "word", "value"),
    [
        ("gender", "M", "Male"),
        ("event_outcome", "nfa - deceased", "NFA: Deceased"),
        ("event_outcome", "NFA - Support ended: As planned", "NFA: Support ended as planned"),  # Release 1
        ("client_type", "Carer", "Unpaid carer"),
        ("accommodation_status", "Owner Occupier / Shared Ownership", "Owner occupier or shared ownership scheme"),
        ("visual_impairment", "NK", "Unknown"),
        ("cost_frequency_unit_type", "Wk", "Weekly"),
        ("service_component", "HOMECARE", "Home support or domiciliary care"),
        ("ethnicity", "A", "White: English, Welsh, Scottish, Northern Irish or British"),
    ],
)
def test_usual_words_are_sure(field: str, word: str, value: str) -> None:
    guess = Guess(word, 1, Likeness(values_of(field, RELEASE, STANDARD)).likely(word))
    assert (guess.is_sure, guess.likely[0].value) == (True, value)


@pytest.mark.parametrize(
    ("field", "word"), [("employment_status", "N2"), ("event_outcome", "Panel"), ("gender", "Q"), ("dementia", "")]
)
def test_a_word_that_nothing_is_like_has_no_suggestion(field: str, word: str) -> None:
    guess = Guess(word, 1, Likeness(values_of(field, RELEASE, STANDARD)).likely(word))
    assert not guess.is_sure


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("review_reason", "Unscheduled"),
        ("delivery_mechanism", "Part DP"),
        ("event_outcome", "Progress to carer assessment"),
        ("service", "Care home"),
        ("service", "Home care - reablement"),
        ("service", "Equipment"),  # of low level, or of the long term
        ("service", "Residential"),
        ("accommodation_status", "Tenant"),
        ("accommodation_status", "Temporary accommodation"),
        ("method_of_assessment", "Joint"),
    ],
)
def test_a_word_that_says_more_or_the_opposite_is_unsure(field: str, word: str) -> None:
    texts = service_pairs() if field == "service" else values_of(field, RELEASE, STANDARD)
    assert not Guess(word, 1, Likeness(texts).likely(word)).is_sure


def test_a_word_of_two_words_is_read_as_both() -> None:
    pairs = Likeness(service_pairs())
    homes = pairs.likely("Home care")
    assert (pairs.likely("HOMECARE"), pairs.likely("domcare")) == (homes, homes)
    assert homes[0].value == "Long term support: Community\tHome support or domiciliary care"


def test_two_values_that_are_equally_likely_are_unsure() -> None:
    near = (Scored("one", 95.0), Scored("other", 93.0))
    assert not Guess("word", 1, near).is_sure
    assert Guess("word", 1, (near[0], Scored("other", 80.0))).is_sure


def test_no_is_not_taken_for_yes() -> None:
    likely = Likeness([("impairment", "yes"), ("no impairment", "no")]).likely("No impairment recorded here")
    assert likely[0].value == "no"


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_sure_is_right_on_the_made_up_words(system: str) -> None:
    """Of the words invented for the examples; not a promise for anybody's own."""
    wrong: list[str] = []
    for field in RELEASE.fields:
        words = words_of(system).get(field.defined_list, {})
        like = Likeness(values_of(field.name, RELEASE, STANDARD)) if words else None
        for value, several in words.items():
            for word in several if like else ():
                guess = Guess(word, 1, like.likely(word) if like else ())
                if guess.is_sure and guess.likely[0].value != value:
                    wrong.append(f"{field.name}: {word}")
    pairs = Likeness(service_pairs())
    for value, several in words_of(system)[SERVICE].items():
        for word in several:
            guess = Guess(word, 1, pairs.likely(word))
            if guess.is_sure and guess.likely[0].value.split("\t") != value.split(BETWEEN):
                wrong.append(f"service: {word}")
    assert wrong == []


def test_the_usual_words_lead_to_national_values_and_fields() -> None:
    def listed(name: str) -> list[dict[str, str]]:
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    own = [r for r in listed("value_words") if r["field"] != "*"]
    assert [r for r in own if r["value"] not in _values(r["field"])] == []
    assert {r["field"] for r in listed("header_words")} <= set(RELEASE.by_name)
    types, components = _values("service_type"), _values("service_component")
    pairs = listed("service_pairs")
    assert [r for r in pairs if r["service_type"] not in types or r["service_component"] not in components] == []
    assert {r["event_type"] for r in listed("event_words")} == set(_values("event_type"))
    said = {(r["field"], plain(r["text"]), r["value"]) for r in own}
    assert len({(field, text) for field, text, _ in said}) == len(said), "one text for two values"


def _values(field: str) -> tuple[str, ...]:
    found = RELEASE.list_of(field)
    return found.texts if found else ()


# ---------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("texts", "kind", "date_format"),
    [
        (["01/04/2025", "31/12/1940"], "date", "dd/mm/yyyy"),
        (["2025-04-01T00:00:00", "1940-12-31T00:00:00"], "date", "yyyy-mm-dd"),
        (["01-Apr-2025", "31-Dec-1940"], "date", "dd-mon-yyyy"),
        (["04/31/2025", "12/13/1940"], "date", None),
        (["999 123 4567", "9991234567"], "nhs", None),
        (["YZ1 1AA", "YZ12 9ZZ"], "postcode", None),
        (["1,234.50", "£3"], "number", None),
        (["", ""], "empty", None),
    ],
)
def test_the_kind_of_a_column_is_told_by_its_texts(texts: list[str], kind: str, date_format: str | None) -> None:
    counted = pl.DataFrame({"text": [t for t in texts if t], "rows": [1 for t in texts if t]})
    column = Column("any", counted.with_columns(pl.col("text").cast(pl.String)))
    if texts[0] == "04/31/2025":  # there is no such day
        assert column.kind == "text"
        return
    assert column.kind == kind
    if kind == "date":
        assert column.dates is not None
        assert column.dates.day_first == (date_format,)


# ---------------------------------------------------------------- drafts


@pytest.fixture
def people(tmp_path: Path) -> Path:
    ids = [f"P{at:04}" for at in range(60)]
    return table(
        tmp_path,
        "people.csv",
        {
            "personId": ids,
            "DOB": ["01/02/1940"] * 60,
            "Sex": ["M", "F", "f", "Zed"] * 15,
            "Surname": [f"Name{at}" for at in range(60)],
            "Has carer": ["Y", "N"] * 30,
        },
    )


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    return table(
        tmp_path,
        "contacts.csv",
        {
            "Contact ID": [str(at) for at in range(120)],
            "Person": [f"P{at % 60:04}" for at in range(120)],
            "Received": ["03/04/2025"] * 120,
            "Closed": ["31/12/2025"] * 120,
            "Outcome": ["NFA - Deceased"] * 100 + ["Something of ours"] * 20,
            "Status": ["Done"] * 118 + ["Cancelled"] * 2,
            "Worker": [f"Worker {at % 7}" for at in range(120)],
        },
    )


def test_a_draft_joins_what_belongs_together_and_can_be_run(people: Path, requests: Path, tmp_path: Path) -> None:
    draft = drafted(people, requests)
    text = text_of(draft, tmp_path)
    told = tomllib.loads(text)
    assert told["extract"]["people"]["key"] == "personId"
    assert told["extract"]["people"]["fields"]["date_of_birth"] == "DOB"
    assert told["extract"]["contacts"]["join"] == {"people": "Person"}
    assert told["extract"]["contacts"]["constants"] == {"event_type": "Request"}
    assert told["extract"]["contacts"]["fields"]["event_start_date"] == "Received"
    assert told["extract"]["contacts"]["leave_out"] == [{"column": "Status", "is": ["Cancelled"], "why": "cancelled"}]
    assert (told["period"]["start"].isoformat(), told["period"]["end"].isoformat()) == ("2025-01-01", "2025-12-31")
    (tmp_path / "draft.toml").write_text(text, encoding="utf-8")
    result = map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), None)
    assert result.rows == 118
    unmapped = result.findings.filter(pl.col("kind") == "unmapped")
    assert dict(unmapped.select("local", "rows").iter_rows()) == {"Zed": 15, "Something of ours": 18}


def test_the_most_frequent_words_come_first_and_unsure_ones_are_comments(
    people: Path, requests: Path, tmp_path: Path
) -> None:
    text = text_of(drafted(people, requests), tmp_path)
    genders = re.findall(r'(?m)^(.*) = "(?:Male|Female|[?])" *# (.*)$', text.split("[values.gender.map]")[1])
    assert genders[0] == ('"F"', "100, 30 rows")
    assert genders[1] == ('"M"', "100, 15 rows")
    assert f'{UNSURE}"Zed" = "?"' in text
    assert "nothing is like it, 15 rows" in text
    assert '"Something of ours"' not in tomllib.loads(text)["values"]["event_outcome"]["map"]


def test_a_word_that_is_taken_as_it_stands_without_a_value_is_refused(
    people: Path, requests: Path, tmp_path: Path
) -> None:
    """Whoever takes all signs away at once is told of every word that nobody has decided."""
    frame = pl.read_csv(requests).with_columns(pl.Series("Status", ["COM"] * 115 + ["CAN"] * 5))
    frame.write_csv(requests)
    text = text_of(drafted(people, requests), tmp_path)
    assert f'{UNSURE}is = ["CAN"]' in text
    (tmp_path / "draft.toml").write_text(text.replace(UNSURE, ""), encoding="utf-8")
    with pytest.raises(AsccldError) as caught:
        prove(read_mapping(tmp_path / "draft.toml"), STANDARD)
    assert "values.gender" in str(caught.value)
    assert "values.event_outcome" in str(caught.value)


def test_names_and_notes_are_never_written_into_a_draft(tmp_path: Path) -> None:
    """Not even where a header looks like that of a list."""
    names = [f"Doe{at} Jane" for at in range(90)]
    path = table(
        tmp_path,
        "people.csv",
        {
            "Person ID": [f"P{at}" for at in range(90)],
            "DOB": ["01/02/1940"] * 90,
            "Gender": ["jane@example.org", "999 123 4567", "Male"] * 30,
            "Ethnicity": names,
        },
    )
    text = text_of(drafted(path), tmp_path)
    assert not any(name in text for name in names)
    assert "example.org" not in text
    assert "4567" not in text
    assert "2 texts that could point at a person" in text


def test_numbers_of_different_things_are_not_joined(people: Path, tmp_path: Path) -> None:
    services = table(
        tmp_path,
        "services.csv",
        {
            "Line": [str(at) for at in range(50)],
            "Person": [f"P{at:04}" for at in range(50)],
            "Start": ["01/04/2025"] * 50,
            "End": ["01/05/2025"] * 50,
            "Service": ["Home care"] * 50,
        },
    )
    prices = table(tmp_path, "prices.csv", {"Tariff": [str(at) for at in range(60)], "Rate": ["10.00"] * 60})
    told = tomllib.loads(text_of(drafted(people, services, prices), tmp_path))
    assert told["extract"]["services"]["join"] == {"people": "Person"}
    assert told["codes"]["services"]["rows"] == [
        ["Home care", "Long term support: Community", "Home support or domiciliary care"]
    ]


def test_a_carer_is_told_by_their_own_id_not_by_whom_they_care_for(
    people: Path, requests: Path, tmp_path: Path
) -> None:
    carers = table(
        tmp_path,
        "carers.csv",
        {
            "Cared for ID 1": [f"P{at:04}" for at in range(20)],
            "Carer ID": [f"P{at:04}" for at in range(40, 60)],
            "Hours per week": ["1-19"] * 20,
        },
    )
    told = tomllib.loads(text_of(drafted(people, requests, carers), tmp_path))
    assert told["extract"]["carers"]["key"] == "Carer ID"
    assert told["extract"]["carers"]["fields"]["adult_1_linked_person_id"] == "Cared for ID 1"


def test_one_extract_of_everything_is_one_of_events(tmp_path: Path) -> None:
    """A submission is an extract, too: people's details may stand in each event's row."""
    submission = next(iter(make_councils(people=100)))
    submission.frame.write_csv(tmp_path / "all.csv")
    (tmp_path / "draft.toml").write_text(text_of(drafted(tmp_path / "all.csv"), tmp_path), encoding="utf-8")
    result = map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), tmp_path / "again.csv")
    assert result.findings.rows() == []
    again = pl.read_csv(tmp_path / "again.csv", infer_schema=False)
    assert again.drop("LA Code").equals(submission.frame.drop("LA Code"))


def test_test_people_and_code_lists_are_no_events(people: Path, requests: Path, tmp_path: Path) -> None:
    frame = pl.read_csv(people).with_columns(pl.Series("Test record", ["N"] * 58 + ["Y"] * 2))
    frame.write_csv(people)
    codes = table(tmp_path, "codes.csv", {"Code": ["A", "A", "B"], "Means": ["x", "y", "z"], "Since": ["", "", ""]})
    told = tomllib.loads(text_of(drafted(people, requests, codes), tmp_path))
    assert {"column": "people.Test record", "is": ["Y"], "why": "test record"} in told["extract"]["contacts"][
        "leave_out"
    ]
    assert set(told["extract"]) == {"people", "contacts"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_draft_of_each_system_is_a_sound_mapping_that_loses_no_row(system: str, tmp_path: Path) -> None:
    """Whatever is unsure, every row of the extracts is accounted for, and `check` names what is missing."""
    write_extracts(tmp_path / "in", system, next(iter(make_councils(people=300))))
    for path in (tmp_path / "in" / "service-codes.csv",):
        path.unlink(missing_ok=True)
    done = cli(tmp_path, "suggest", "in", "--la", "104", "--out", "draft.toml")
    assert done.returncode == 0, done.stderr
    assert "suggested as sure" in done.stderr
    again = text_of(drafted(tmp_path / "in"), tmp_path)
    assert again.replace('"503"', '"104"') == (tmp_path / "draft.toml").read_text(encoding="utf-8")
    result = map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), None)
    sums = result.extracts.select(pl.col("rows_in") == pl.col("rows_out") + pl.col("rows_left_out")).to_series()
    assert sums.all()
    assert result.extracts.filter(pl.col("use") == "events").height >= 3
    assert cli(tmp_path, "check", "--mapping", "draft.toml").returncode == 1


def test_headers_that_would_break_a_line_or_a_terminal_do_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'Person "ID",Start,End,"Line\nbreak",\x1b[31mred,Twice,Twice,"a\\b ""c"" = # d"\n'
        "P1,01/01/2025,02/02/2025,x,y,M,F,z\n",
        encoding="utf-8",
    )
    text = text_of(drafted(tmp_path / "a.csv"), tmp_path)
    told = tomllib.loads(text)
    assert told["extract"]["a"]["fields"]["event_start_date"] == "Start"
    assert "\x1b" not in text
    assert "Line break" in text


def test_words_with_any_sign_stay_what_they_are(people: Path, tmp_path: Path) -> None:
    odd = ['M "x" \\', "F\t#", "\u202emale", "=cmd|calc", "é = 'x'"]
    pl.read_csv(people).with_columns(pl.Series("Sex", odd * 12)).write_csv(people)
    text = text_of(drafted(people), tmp_path)
    assert text.isprintable() or {c for c in text if not c.isprintable()} == {"\n"}
    assert set(tomllib.loads(text.replace(UNSURE, ""))["values"]["gender"]["map"]) == set(odd)


# ---------------------------------------------------------------- the command


def test_a_mapping_file_that_is_there_is_not_written_over(people: Path, tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text("# a year of decisions", encoding="utf-8")
    done = cli(tmp_path, "suggest", people.name, "--out", "mapping.toml")
    assert (done.returncode, "--replace" in done.stderr) == (2, True)
    assert (tmp_path / "mapping.toml").read_text(encoding="utf-8") == "# a year of decisions"
    assert cli(tmp_path, "suggest", people.name, "--out", "mapping.toml", "--replace").returncode == 0
    assert "[extract.people]" in (tmp_path / "mapping.toml").read_text(encoding="utf-8")


def test_columns_that_are_not_used_stand_among_the_fields_and_count_as_unsure(tmp_path: Path) -> None:
    columns = {
        "Person ID": [f"P{at // 2}" for at in range(20)],
        "Start Date": [f"{at + 1:02}/05/2025" for at in range(20)],
        "Mood": ["blue", "red"] * 10,
        "Progress": ["Done", "Cancelled"] * 10,
    }
    done = cli(tmp_path, "suggest", str(table(tmp_path, "contacts.csv", columns)), "--la", "503")
    assert "3 of 4 columns" in done.stderr
    assert done.stdout.index("# Not used: Mood") < done.stdout.index("[[extract.contacts.leave_out]]")


def test_without_a_file_the_draft_is_printed(people: Path, tmp_path: Path) -> None:
    done = cli(tmp_path, "suggest", people.name)
    assert tomllib.loads(done.stdout)["extract"]["people"]["file"] == "people.csv"


def test_a_code_that_no_council_has_is_refused_before_a_file_is_written(people: Path, tmp_path: Path) -> None:
    done = cli(tmp_path, "suggest", people.name, "--la", "Knowsley", "--out", "draft.toml")
    assert (done.returncode, "Knowsley has 315" in done.stderr) == (2, True)
    assert not (tmp_path / "draft.toml").exists()


def test_an_extract_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = cli(tmp_path, "suggest", "gone.csv")
    assert done.returncode == 2
    assert "gone.csv" in done.stderr


def test_a_folder_without_extracts_is_told(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="no extract to look at"):
        drafted(tmp_path)


def test_names_and_streets_of_the_people_are_in_no_draft(tmp_path: Path) -> None:
    """Whole names among words, forenames alone, streets: as the check hides them."""
    first, last = ["Ann", "Bob", "Celine", "Dev"], ["Lee", "O'Brien", "Dubois", "Patel"]
    path = table(
        tmp_path,
        "people.csv",
        {
            "Person ID": ["P1", "P2", "P3", "P4"],
            "First Name": first,
            "Last Name": last,
            "Primary Support Reason": ["Ann Lee", "O'BRIEN, Bob", "Frail", "Memory"],
            "Gender": first,
            "Ethnicity": [f"{at} High Street, Hale" for at in range(4)],
        },
    )
    text = text_of(drafted(path), tmp_path)
    assert not [part for part in [*first, *last, "BRIEN", "High Street"] if part in text]
    assert '"Frail"' in text
    assert "# and 2 texts that could point at a person" in text
    assert text.count("# 4 texts that could point at a person") == 1
    assert re.search('ethnicity = "Ethnicity" *# its texts look like no list', text)
    assert "every word is a national value already" not in text


@pytest.mark.parametrize("header", ["DoB", "dob", "dateOfBirth"])
def test_capitals_of_a_header_do_not_matter(tmp_path: Path, header: str) -> None:
    path = table(tmp_path, "people.csv", {"Person ID": ["P1", "P2"], header: ["01/02/1940", "03/04/1950"]})
    (extract,) = drafted(path).extracts
    assert extract.column_of("date_of_birth") == header


TITLED = [
    ["Contacts of Q4", "", ""],
    ["Run on", "01/04/2026", ""],
    ["", "", ""],
    ["Contact ID", "Person ID", "Start date"],
]
TITLED += [[str(at), f"P{at}", f"{at}/05/2025"] for at in range(1, 20)]


@pytest.mark.parametrize("kind", ["comma", "semicolon", "workbook"])
def test_titles_above_the_headers_are_seen(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("contacts.xlsx" if kind == "workbook" else "contacts.csv")
    if kind == "workbook":
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate(TITLED):
                sheet.write_row(at, 0, row)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter="," if kind == "comma" else ";").writerows(
                row if at > 3 else [text for text in row if text] for at, row in enumerate(TITLED)
            )
    text = text_of(drafted(path), tmp_path)
    (tmp_path / "draft.toml").write_text(text, encoding="utf-8")
    assert tomllib.loads(text)["extract"]["contacts"]["header_row"] == 4
    report = map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), None)
    assert report.extracts["rows_in"].to_list() == [19]
    (tmp_path / "draft.toml").write_text(re.sub("header_row.*", "", text), encoding="utf-8")
    with pytest.raises(AsccldError) as caught:
        map_extracts(prove(read_mapping(tmp_path / "draft.toml"), STANDARD), None)
    assert str(caught.value).count("is a title and no header. Say header_row = 4 in [extract.contacts]") == 1
    assert "There is no column" not in str(caught.value)


@pytest.mark.parametrize("name", ["contacts.csv", "export1.csv"])
def test_events_in_which_each_person_stands_once_are_events(tmp_path: Path, name: str) -> None:
    columns = {
        "Person ID": [f"P{at}" for at in range(20)],
        "DoB": [f"0{1 + at % 9}/05/1950" for at in range(20)],
        "Start Date": [f"{at + 1:02}/05/2025" for at in range(20)],
        "End Date": [f"{at + 2:02}/05/2025" for at in range(20)],
        "Outcome": ["NFA: Other", "NFA: Deceased"] * 10,
    }
    (extract,) = drafted(table(tmp_path, name, columns)).extracts
    assert (extract.holds_events, extract.stands_in) == (True, False)
    assert {"event_start_date", "event_end_date", "event_outcome"} <= {f.field for f in extract.fields if f.is_sure}


def test_blank_rows_are_told_apart_as_the_check_does(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Person ID,Start Date\nP1,13/05/2025\n , \n,\nP2,14/05/2025\n", encoding="utf-8")
    assert "# 2 rows, and 2 blank\n" in text_of(drafted(path), tmp_path)
