"""A mapping file that is wrong is refused with every fault: its line, its key, and what to do."""

import pytest

from asccld.errors import AsccldError
from asccld.intake.mapping.faults import MappingError
from asccld.intake.mapping.positions import positions
from intake.mapping.workbench import PERIOD, Workbench

EVENTS = '[extract.events]\nfile = "events.csv"\n'


def faults_of(bench: Workbench, mapping: str | bytes) -> list[str]:
    with pytest.raises(MappingError) as caught:
        bench.plan(mapping)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[extract.events\n", "line 6, text: "),
        ('file2 = "events.csv\n', "A text does not end in its line. Close it with a quotation mark"),
        ("sheet = Current\n", 'Put texts into quotation marks: "503"'),
        ("sheet = “Current”\n", "line 6, text: There are curly quotation marks"),
        ('sheet = "C:\\extracts"\n', 'A backslash means something else between " and ". Write / in paths'),
        ("sheet\n", "There is no = behind the key"),
        ('sheet: "Current"\n', "There is a colon behind the key. Write = instead"),
        ('fields = { "Event Type" = "X"\n', "There is no } for a {. Close it in the same line"),
        ('constants = { a = "1", a = "2" }\n', "'a' is there twice: two mappings for one value"),
        ("key = 01/04/2025\n", "This is no date as this file has them. Write year, month and day: 2025-04-01"),
        ("; a comment\n", "This line is neither a key with a value nor a [part]"),
        ('file = "other.csv"\n', "file is there twice (also in line 5): two mappings for one value. Keep one of them"),
        ('constants.gender = ["Male"\n', "A list does not end"),
    ],
)
def test_a_slip_in_toml_is_told_in_words_with_its_line(bench: Workbench, line: str, said: str) -> None:
    (fault,) = faults_of(bench, PERIOD + EVENTS + line)
    assert said in fault
    assert fault.startswith(("line 6", "line 7"))


def test_two_mappings_for_one_word_are_refused_with_both_lines(bench: Workbench) -> None:
    text = f'{PERIOD}{EVENTS}[values.gender.map]\n"M" = "Male"\n"F" = "Female"\n"M" = "Female"\n'
    assert faults_of(bench, text) == [
        'line 9, text: "M" is there twice (also in line 7): two mappings for one value. Keep one of them'
    ]


def test_a_file_that_notepad_saved_with_a_mark_is_read(bench: Workbench) -> None:
    assert bench.plan(b"\xef\xbb\xbf" + (PERIOD + EVENTS).encode()).release.id == "r2"


def test_a_file_in_another_encoding_is_told_with_its_line(bench: Workbench) -> None:
    (fault,) = faults_of(bench, (PERIOD + '[mapping]\ntitle = "Ma\xeftre"\n').encode("cp1252"))
    assert fault.startswith("line 5, text: The file is not UTF-8 text. Save it as UTF-8")


def test_a_missing_file_is_told_with_those_that_look_like_it(bench: Workbench) -> None:
    (bench.folder / "mosaic.toml").write_text("")
    from asccld.intake.mapping.loading import read_mapping

    with pytest.raises(AsccldError, match=r"There is no such mapping file .* Did you mean mosaic\.toml\?"):
        read_mapping(bench.folder / "mosiac.toml")


def test_every_fault_of_the_shape_is_told_at_once(bench: Workbench) -> None:
    faults = faults_of(
        bench,
        """\
        [period]
        start = "spring"
        [mapping]
        titel = "x"
        [extract.people]
        file = "people.csv"
        key = "ID"
        optional = "yes"
        fields = { gender = 5, event_type = { column = "a", first_of = ["b"] } }
        select = "some"
        [[extract.people.leave_out]]
        column = "STATUS"
        is = "x"
        why = 3
        [[extract.people.leave_out]]
        column = "STATUS"
        why = "because"
        [codes.services]
        columns = "ELEMENT"
        fields = ["service_type"]
        rows = [
            ["HC", "Long term support: Community"],  # good
            ["DC", 5],
        ]
        [database.main]
        url = "postgresql://host/name"
        password = "secret"
        timeout_seconds = 0
        """,
    )
    assert [f.partition(": ")[0] for f in faults] == [
        "line 1, period.end",
        "line 2, period.start",
        "line 4, mapping.titel",
        "line 8, extract.people.optional",
        "line 9, extract.people.fields.gender",
        "line 9, extract.people.fields.event_type",
        "line 10, extract.people.select",
        "line 14, extract.people.leave_out[1].why",
        "line 15, extract.people.leave_out[2]",
        "line 23, codes.services.rows[2][2]",
        "line 27, database.main.password",
        "line 28, database.main.timeout_seconds",
    ]
    assert "Did you mean title?" in faults[2]
    assert not [f for f in faults if "secret" in f]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (EVENTS + "key = []\nkey2 = 1\n", "key2: This key is not known. Did you mean key?"),
        ('[extract.events]\nsql = "q.sql"\n', "needs sql and database together"),
        ('[extract.events]\nfile = "a.csv"\nsql = "q.sql"\n', "This needs exactly one of file, sql"),
        (EVENTS + 'gender = "SEX"\n', "Fields go below [extract.events.fields]"),
        (EVENTS + '[values.gender]\n"M" = "Male"\n', "Local words go below [values.gender.map]"),
        (EVENTS + '[extract.events.leave_out]\ncolumn = "A"\n', "Write [[extract.events.leave_out]] with two brackets"),
        (
            EVENTS + '[[extract.events.leave_out]]\ncolumn = "A"\nis = "B"\nwhy = "C"\ngender = "SEX"\n',
            "Known keys here: column, is, is_not, why. Fields go above it, below [extract.events.fields]",
        ),
        (EVENTS + '[[extract.events.fields]]\ngender = "A"\n', "Write [extract.events.fields] with one bracket"),
        (EVENTS + "constants = { la_code = 503 }\n", "This must be text. Put it into quotation marks"),
        (EVENTS + "optional = true\n", "has no key, so it holds events"),
        (EVENTS + 'key = "ID"\nselect = "all"\n', "has a key, so it is looked up"),
        (EVENTS + 'key = "ID"\n', "Every extract has a key, so none holds events"),
        ("", "extract: This key is missing. Add it: [extract.NAME]"),
        (EVENTS + 'fields = { gendr = "SEX" }\n', "There is no field 'gendr' in r2. Did you mean gender?"),
        (EVENTS + 'fields = { full_cost_client = "F" }\n', "There is no field 'full_cost_client' in r2. v5 has it."),
        (EVENTS + 'fields = { gender = "A", "Gender" = "B" }\n', "Two mappings for the field gender"),
        (EVENTS + 'fields = { gender = "A" }\nconstants = { gender = "Male" }\n', "Two mappings for the field gender"),
        ('[constants]\ngender = "Mail"\n' + EVENTS, "'Mail' is no value of Gender in r2. Did you mean Male?"),
        ('[constants]\nla_code = "Lincolnshire"\n' + EVENTS, "is no code of a council. Lincolnshire has 503"),
        ('[constants]\ndate_of_death = "2026-03-31"\n' + EVENTS, "is no date as Date of Death has them"),
        ('[constants]\nunit_cost = "lots"\n' + EVENTS, "is no number as Unit Cost has them"),
        ('[constants]\nreporting_period_end_date = "31/03/2026"\n' + EVENTS, "The reporting period is said twice"),
        ('[constants]\nclient_type = "Carer"\n' + EVENTS, "It was one before; now it is 'Unpaid carer'"),
        (EVENTS + 'fields = { gender = { column = "S", values = "sex" } }\n', "There is no [values.sex]"),
        (EVENTS + '[values.gendr.map]\n"M" = "Male"\n', "No field uses these values. Did you mean gender?"),
        (EVENTS + 'fields = { gender = "S" }\n[values.gender]\ndefault = "Mael"\n', "line 8, values.gender.default"),
        (
            EVENTS + 'fields = { gender = "S" }\n[values.gender.map]\n"m" = "Male"\n"M " = "Female"\n',
            "line 9, values.gender.map.M : Two mappings for one value",
        ),
        (
            EVENTS + 'fields = { gender = "S" }\n[[values.gender.patterns]]\npattern = "(M"\nvalue = "Male"\n',
            "line 8, values.gender.patterns[1].pattern: This is no regular expression",
        ),
        (
            EVENTS + 'fields = { first_name = "N" }\n[values.first_name.map]\n"A" = "B"\n',
            "First Name points at a person",
        ),
        (EVENTS + 'formats = { dates = "dd/mm" }\n', "'dd/mm' is no format of dates"),
        (
            EVENTS + 'formats = { dates = ["dd/mm/yyyy", "yyyy-mm-dd", "mm/dd/yyyy"] }\n',
            "Day before month and month before day cannot be told apart",
        ),
        (EVENTS + 'fields = { gender = { column = "S", dates = "dd/mm/yyyy" } }\n', "Gender is no date"),
        (EVENTS + 'join = { people = "ID" }\n', "There is no extract 'people'. Extracts with a key: none"),
        (EVENTS + 'join = { events = "ID" }\n', "The extract 'events' has no key"),
        (
            EVENTS + 'join = { p = "ID" }\n[extract.p]\nfile = "p.csv"\nkey = ["A", "B"]\n',
            "'p' has a key of 2, but there is 1 column here",
        ),
        (
            EVENTS
            + 'join = { p = "A", q = "A" }\n[extract.p]\nfile = "p.csv"\nkey = "A"\nfields = { gender = "G" }\n'
            + '[extract.q]\nfile = "q.csv"\nkey = "A"\nfields = { gender = "G" }\n',
            "Two mappings for the field gender: from 'p' and from 'q'",
        ),
        (EVENTS + "fields = { gender = { first_of = [] } }\n", "This needs at least one column in first_of"),
        (EVENTS + 'fields = { gender = { text = "x{A" } }\n', "This has a brace without its other half in text"),
        (
            EVENTS + '[[extract.events.leave_out]]\ncolumn = "A"\nis = "B"\nwhy = ""\n',
            "line 9, extract.events.leave_out[1].why: This text is empty",
        ),
        (EVENTS + 'codes = ["s"]\n', "There is no code list 's'"),
        (EVENTS + '[codes.s]\ncolumns = "E"\nfields = ["gender"]\nrows = []\n', "No extract uses this code list"),
        (
            EVENTS + 'codes = ["s"]\n[codes.s]\ncolumns = "E"\nfields = ["gender"]\nrows = [["M"]]\n',
            "This row has 1 text; the list has 1 column and 1 field",
        ),
        (
            EVENTS
            + 'codes = ["s"]\n[codes.s]\ncolumns = "E"\nfields = ["gender"]\n'
            + 'rows = [["m", "Male"],\n["M", "Female"]]\n',
            "Two mappings for one value: line 10 and line 11 have the same codes",
        ),
        (
            EVENTS + 'codes = ["s"]\n[codes.s]\ncolumns = "E"\nfields = ["gender"]\nfile = "x.csv"\n',
            "There is no code list 'x.csv'",
        ),
        (EVENTS + '[mapping]\nrelease = "r9"\n', "There is no release 'r9'. Use one of v5, r1, r2"),
        ('[extract.e]\nsql = "q.sql"\ndatabase = "man"\n[database.main]\nurl = "x"\n', "Did you mean main?"),
    ],
)
def test_what_the_standard_or_the_file_itself_contradicts_is_refused(bench: Workbench, mapping: str, said: str) -> None:
    faults = faults_of(bench, "[period]\nstart = 2025-04-01\nend = 2026-03-31\n" + mapping)
    assert [f for f in faults if said in f], faults
    assert all(f.startswith(("line ", "extract: ")) for f in faults), faults


def test_the_period_must_be_in_order(bench: Workbench) -> None:
    (fault,) = faults_of(bench, "[period]\nstart = 2026-04-01\nend = 2026-03-31\n" + EVENTS)
    assert "the period ends before it starts" in fault


def test_the_release_is_the_one_in_force_unless_it_is_said(bench: Workbench) -> None:
    earlier = "[period]\nstart = 2024-04-01\nend = 2025-03-31\n"
    assert bench.plan(earlier + EVENTS).release.id == "r1"
    assert bench.plan(earlier + EVENTS + '[mapping]\nrelease = "v5"\n').release.id == "v5"
    (fault,) = faults_of(bench, "[period]\nstart = 2010-04-01\nend = 2011-03-31\n" + EVENTS)
    assert "line 3, period.end: No release was in force on this day" in fault


def test_many_faults_are_told_in_one_message_and_the_first_twenty_in_full(bench: Workbench) -> None:
    fields = "\n".join(f'wrong_{at} = "X"' for at in range(30))
    with pytest.raises(MappingError) as caught:
        bench.plan(f"{PERIOD}{EVENTS}[extract.events.fields]\n{fields}\n")
    said = str(caught.value)
    assert said.startswith("mapping.toml has 30 faults:\n  line 7, extract.events.fields.wrong_0")
    assert said.endswith("and 10 more faults: correct these first")


def test_the_fingerprint_is_that_of_the_file_and_of_all_that_it_names(bench: Workbench) -> None:
    text = PERIOD + EVENTS + 'codes = ["s"]\n[codes.s]\ncolumns = "E"\nfields = ["gender"]\nfile = "s.csv"\n'
    bench.write({"s.csv": "E,gender\nM,Male\n"})
    first = bench.plan(text).file.fingerprint
    assert len(first) == 12
    assert bench.plan(text.replace("\n", "\r\n")).file.fingerprint == first
    bench.write({"s.csv": "E,gender\r\nM,Male\r\n"})
    assert bench.plan(text).file.fingerprint == first
    bench.write({"s.csv": "E,gender\nM,Female\n"})
    assert bench.plan(text).file.fingerprint != first


def test_lines_are_found_however_the_file_is_written() -> None:
    found = positions(
        "# a comment = 1\n"
        "a.b = 1\n"
        '"x y" = """one\n'
        'two"""  # [not.a.table]\n'
        "[t.'u v']\n"
        "k = [ # first\n"
        "  'a', # }\n"
        "  [1, 2],\n"
        "  { q = 1, r = [3] },\n"
        "]\n"
        "[[arr]]\n"
        "n = 1979-05-27T07:32:00Z\n"
        "[[arr]]\n"
        "n = 2\n"
        "[arr.sub]\n"
        "m = 'a\\'\n"
    )
    assert (found["a", "b"], found["x y",], found["t", "u v"]) == (2, 3, 5)
    assert (found["t", "u v", "k", 0], found["t", "u v", "k", 1, 1], found["t", "u v", "k", 2, "r", 0]) == (7, 8, 9)
    assert (found["arr", 0], found["arr", 1, "n"], found["arr", 1, "sub", "m"]) == (11, 14, 16)


def test_a_file_without_any_extract_is_refused(bench: Workbench) -> None:
    (fault,) = faults_of(bench, "extract = {}\n" + PERIOD)
    assert fault.startswith("line 1, extract: There is no extract")
