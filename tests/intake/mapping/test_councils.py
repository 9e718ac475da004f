"""A submission that does not say its council, or not a known one, is a finding before it is rejected."""

import pytest

from intake.mapping.workbench import Workbench

EXTRACT = '[extract.e]\nfile = "e.csv"\nselect = "all"\nconstants = { event_type = "Service" }\n'
EVENTS = EXTRACT + 'fields = { event_reference = "ID"'


def told(bench: Workbench, mapping: str, rows: str) -> list[tuple[int, int | None, str]]:
    report = bench.report(mapping, {"e.csv": "ID,LA\n" + rows})
    assert set(report.findings["kind"]) <= {"council"}
    return report.findings.select("rows", "first_row", "message").rows()


def test_no_council_is_a_finding_that_says_what_will_happen(bench: Workbench) -> None:
    report = bench.report("[constants]\n" + EVENTS + " }", {"e.csv": "ID\n1\n2\n"})
    (finding,) = report.findings.rows(named=True)
    assert (finding["kind"], finding["field"], finding["rows"]) == ("council", "la_code", 2)
    assert finding["message"] == "No LA Code: the file will be rejected"
    assert 'la_code = "503" below [constants]' in finding["fix"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("503", []),
        ("999", ["'999' is the LA Code of no council that we know"]),
        ("E1234", []),  # codes given out since 2021 are in no public source
        ("102", ["Cumbria (102) is no council any more"]),
        ("", ["No LA Code: the file will be rejected"]),
    ],
)
def test_the_council_of_all_events(bench: Workbench, code: str, said: list[str]) -> None:
    mapping = f'[constants]\nla_code = "{code}"\n{EVENTS} }}'
    assert [message for *_, message in told(bench, mapping, "1,\n")] == said


def test_a_column_of_councils_is_asked_row_by_row(bench: Workbench) -> None:
    found = told(bench, EVENTS + ', la_code = "LA" }', "1,503\n2,\n3,503\n4,504\n5,Mary Bloggs\n")
    assert found == [
        (1, 3, "No LA Code: the file will be rejected"),
        (1, 5, "Northamptonshire (504) is no council any more"),
        (1, 6, "'(hidden)' is the LA Code of no council that we know"),
        (5, None, "The events are of 3 councils: 503, 504, (hidden)"),
    ]


def test_numbers_of_people_in_the_place_of_councils_are_counted_only(bench: Workbench) -> None:
    ids = [f"A{at:04}" for at in range(20)] + [str(at) for at in range(100, 130)]
    found = told(bench, EVENTS + ', la_code = "LA" }', "".join(f"1,{text}\n" for text in ids))
    assert "(50, None, 'The events are of 50 councils: (hidden)" in str(found[-1])
    assert not [text for text in ids if text in str(found) and not text.isdigit()]


def test_the_council_may_come_from_an_extract_that_is_looked_up(bench: Workbench) -> None:
    mapping = EVENTS + ' }\njoin = { p = "LA" }\n[extract.p]\nfile = "p.csv"\nkey = "K"\nfields = { la_code = "C" }\n'
    bench.write({"p.csv": "K,C\na,503\nb,\n"})
    assert told(bench, mapping, "1,a\n2,a\n3,b\n") == [(1, 4, "No LA Code: the file will be rejected")]
