"""What local words and codes mean: by the map, by the national list, by pattern, by several columns together."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.intake.mapping.faults import MappingError
from asccld.intake.mapping.folding import folded, folded_text
from intake.mapping.workbench import Workbench

HEADER = '[extract.events]\nfile = "events.csv"\nselect = "all"\n'


def gender(bench: Workbench, words: list[str], values: str) -> list[str | None]:
    """What becomes of some words; an event type keeps rows with an empty word from being blank."""
    report = bench.report(
        f'{HEADER}fields = {{ gender = "SEX", event_reference = "ID" }}\n{values}',
        {"events.csv": "ID,SEX\n" + "".join(f"E{at},{word}\n" for at, word in enumerate(words))},
    )
    assert report.rows == len(words)
    return [row[0] for row in bench.rows("gender")]


def test_a_word_is_looked_for_in_the_map_then_in_the_list_then_in_the_patterns(bench: Workbench) -> None:
    values = """
    [values.gender]
    [values.gender.map]
    "F" = "Female"
    "male" = "Other"
    [[values.gender.patterns]]
    pattern = "^m"
    value = "Male"
    """
    words = ["F", " f ", "male", "FEMALE", "Man", "m", "x", "", "NULL", "   "]
    found = ["Female", "Female", "Other", "Female", "Male", "Male", "x", None, None, None]
    assert gender(bench, words, values) == found


def test_capitals_can_be_told_apart(bench: Workbench) -> None:
    values = '[values.gender]\ncase = "exact"\nnational = false\n[values.gender.map]\n"m" = "Male"\n"M" = "Other"\n'
    assert gender(bench, ["m", "M", " m", "male", "Male"], values) == ["Male", "Other", "Male", "male", "Male"]


def test_empty_cells_other_words_and_words_that_mean_nothing_have_values_of_their_own(bench: Workbench) -> None:
    values = '[values.gender]\nblank = "Unknown"\ndefault = "Other"\n[values.gender.map]\n"9" = ""\n'
    assert gender(bench, ["", "xyz", "9"], values) == ["Unknown", "Other", None]


def test_texts_that_mean_nothing_are_empty(bench: Workbench) -> None:
    values = '[formats]\nblanks = ["Not entered"]\n'
    assert gender(bench, ["not entered", "Male"], values) == [None, "Male"]


def test_a_field_without_a_map_takes_the_words_of_its_list_in_any_capitals(bench: Workbench) -> None:
    assert gender(bench, ["male", "FEMALE", "?"], "") == ["Male", "Female", "?"]


def test_two_patterns_that_fit_one_word_are_refused_with_their_place(bench: Workbench) -> None:
    values = """
    [[values.gender.patterns]]
    pattern = "^M"
    value = "Male"
    [[values.gender.patterns]]
    pattern = "N$"
    value = "Other"
    """
    assert gender(bench, ["MALE", "XN"], values) == ["Male", "Other"]
    with pytest.raises(MappingError, match=r"line \d+, values\.gender\.patterns\[2\]: Two mappings .* fit 'MAN'"):
        gender(bench, ["MAN"], values)


CODES = """
[extract.events]
file = "events.csv"
select = "all"
codes = ["services"]
fields = { event_reference = "ID" }

[codes.services]
columns = ["ELEMENT", "FUNDING"]
fields = ["service_type", "delivery_mechanism"]
rows = [
    ["HC", "DP", "Long term support: Community", "Direct payment"],
    ["HC", "*", "Long term support: Community", "CASSR managed personal budget"],
    ["NH", "", "Long term support: Nursing care", ""],
    ["*", "FREE", "Short term support: ST-Max", ""],
]
"""


def coded(bench: Workbench, rows: str) -> list[tuple[str | None, ...]]:
    bench.report(CODES, {"events.csv": "ID,ELEMENT,FUNDING\n" + rows})
    return bench.rows("service_type", "delivery_mechanism")


def test_the_row_that_leaves_the_least_open_counts(bench: Workbench) -> None:
    community, managed = "Long term support: Community", "CASSR managed personal budget"
    assert coded(bench, "1,HC,DP\n2,hc, xx \n3,HC,\n4,NH,\n5,ZZ,free\n6,,\n7,NH,DP\n") == [
        (community, "Direct payment"),
        (community, managed),
        (community, managed),
        ("Long term support: Nursing care", None),
        ("Short term support: ST-Max", None),
        (None, None),
        ("NH / DP", "NH / DP"),
    ]


def test_two_rows_that_fit_equally_well_are_refused_with_both_lines(bench: Workbench) -> None:
    with pytest.raises(
        MappingError, match=r"codes\.services: Two mappings for one value: line 16 and line 18 both fit 'HC / FREE'"
    ):
        coded(bench, "1,HC,FREE\n")


def test_a_code_list_may_stand_in_a_table_of_its_own(bench: Workbench) -> None:
    bench.write({"list.csv": "ELEMENT,service_type\r\nHC,Long term support: Community\r\n"})
    mapping = (
        HEADER
        + 'codes = ["s"]\nfields = { event_reference = "ID" }\n'
        + '[codes.s]\ncolumns = "ELEMENT"\nfields = ["service_type"]\nfile = "list.csv"\n'
    )
    bench.report(mapping, {"events.csv": "ID,ELEMENT\n1,HC\n"})
    assert bench.rows("service_type") == [("Long term support: Community",)]


def test_a_value_in_such_a_table_that_the_standard_does_not_have_is_told_with_its_row(bench: Workbench) -> None:
    bench.write({"list.csv": "ELEMENT,service_type\nHC,Long term support: Comunity\n"})
    with pytest.raises(MappingError, match=r"list\.csv, row 2: .*Did you mean Long term support: Community\?"):
        bench.report(
            HEADER + 'codes = ["s"]\n[codes.s]\ncolumns = "ELEMENT"\nfields = ["service_type"]\nfile = "list.csv"\n'
        )


def test_every_local_word_is_told_with_its_count_and_where_it_goes(bench: Workbench) -> None:
    report = bench.report(
        f'{HEADER}fields = {{ gender = "SEX" }}\n[values.gender.map]\n"m" = "Male"\n',
        {"events.csv": "SEX,X\nm,1\nM,1\n?,1\nfemale,1\n,1\n?,1\n"},
    )
    assert report.values.select("column", "local", "rows", "value", "how").rows() == [
        ("SEX", "?", 2, "?", "unmapped"),
        ("SEX", "M", 1, "Male", "mapped"),
        ("SEX", "female", 1, "Female", "national"),
        ("SEX", "m", 1, "Male", "mapped"),
    ]
    (finding,) = report.findings.rows(named=True)
    assert (finding["kind"], finding["local"], finding["rows"], finding["first_row"]) == ("unmapped", "?", 2, 4)
    assert finding["message"] == "No national value for '?' in Gender"
    assert finding["fix"] == "Add it to [values.gender.map]"


def test_a_column_of_names_mapped_by_mistake_is_not_listed(bench: Workbench) -> None:
    names = "".join(f"Surname{chr(97 + at % 26)}{chr(97 + at // 26)}\n" for at in range(250))
    report = bench.report(f'{HEADER}fields = {{ gender = "NAME" }}\n', {"events.csv": "NAME\n" + names})
    assert report.values.select("local", "rows").rows() == [("(more than 200 different texts)", 250)]
    assert "Surname" not in str(report.content)


@pytest.mark.parametrize("text", ["943 476 5919", "01/02/1950", "SW1A 1AA", "a@b.uk", "1950-02-01"])
def test_what_looks_like_a_detail_of_a_person_is_hidden(bench: Workbench, text: str) -> None:
    report = bench.report(f'{HEADER}fields = {{ gender = "X" }}\n', {"events.csv": f"X\n{text}\n"})
    assert report.findings["local"].to_list() == ["(hidden)"]
    assert text not in str(report.content)


def test_entries_that_no_row_needs_are_told_with_their_place(bench: Workbench) -> None:
    bench.write({"list.csv": "ELEMENT,service_type\nHC,Long term support: Community\nold,Long term support: Prison\n"})
    report = bench.report(
        HEADER
        + 'fields = { gender = "SEX" }\ncodes = ["s"]\n'
        + '[values.gender.map]\n"M" = "Male"\n"F" = "Female"\n'
        + '[codes.s]\ncolumns = "ELEMENT"\nfields = ["service_type"]\nfile = "list.csv"\n',
        {"events.csv": "SEX,ELEMENT\n m,hc\n"},
    )
    assert report.unseen.rows() == [("values.gender", "line 11", "F"), ("codes.s", "list.csv, row 3", "old")]


@pytest.mark.parametrize("rule", ['default = "Other"', '[[values.gender.patterns]]\npattern = "^S"\nvalue = "Other"'])
def test_a_column_of_names_is_not_listed_when_everything_has_a_value_either(bench: Workbench, rule: str) -> None:
    names = "".join(f"Surname{chr(97 + at % 26)}{chr(97 + at // 26)}\n" for at in range(250))
    mapping = f'{HEADER}fields = {{ gender = "NAME" }}\n[values.gender]\n{rule}\n'
    report = bench.report(mapping, {"events.csv": "NAME\n" + names})
    assert report.values.select("local", "rows", "value").rows() == [("(more than 200 different texts)", 250, "Other")]


def test_blanks_of_any_kind_and_accents_of_any_spelling_do_not_matter(bench: Workbench) -> None:
    values = '[values.gender.map]\n"Home  Care" = "Male"\n"Caf\u00e9" = "Female"\n'
    words = ["home\u00a0care", "Home Care", " HOME   CARE ", "cafe\u0301", "CAF\u00c9", "homecare"]
    assert gender(bench, words, values) == ["Male", "Male", "Male", "Female", "Female", "homecare"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), st.booleans())
@settings(deadline=None)
def test_a_word_is_folded_in_the_same_way_in_the_mapping_and_in_the_extract(text: str, ignore: bool) -> None:
    assert pl.select(folded_text(pl.lit(text), ignore_case=ignore)).item() == folded(text, ignore_case=ignore)


def test_words_of_a_field_whose_list_nobody_published_are_told_and_stay(bench: Workbench) -> None:
    mapping = '[extract.e]\nfile = "e.csv"\nselect = "all"\nfields = { total_hrs_caring_per_week = "HRS" }\n'
    files = {"e.csv": "HRS,ID\n20-49 hours,1\nlots,2\nlots,3\n"}
    report = bench.report(mapping, files)
    assert report.findings.is_empty()
    found = report.values.select("local", "rows", "value", "how").rows()
    assert found == [("lots", 2, "lots", "as it is"), ("20-49 hours", 1, "20-49 hours", "as it is")]
    assert any(
        note.startswith("Total Hrs Caring per week: the words of 3 rows stay as they are") for note in report.notes
    )
    mapped = bench.report(mapping + '[values.total_hrs_caring_per_week.map]\n"20-49 hours" = "20 to 49"\n', files)
    assert mapped.findings.select("local", "rows").rows() == [("lots", 2)]


@pytest.mark.parametrize(
    ("field", "word", "perhaps"),
    [
        ("primary_support_reason", "Social - carer support", ", perhaps as 'Social support: Support to unpaid carer'"),
        ("ethnicity", "Any other ethnic grp", ", perhaps as 'Other ethnic group: Any other ethnic group'"),
        ("gender", "Zebra", ""),
    ],
)
def test_the_check_says_of_a_word_what_a_draft_would(bench: Workbench, field: str, word: str, perhaps: str) -> None:
    mapping = f"""
        [extract.e]
        file = "e.csv"
        constants = {{ event_type = "Service" }}
        fields = {{ {field} = "WORD" }}
        """
    (fix,) = bench.report(mapping, {"e.csv": f"WORD\n{word}\n"}).findings["fix"]
    assert fix == f"Add it to [values.{field}.map]{perhaps}"
