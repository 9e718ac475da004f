"""Persons and linked persons are pseudonyms that agree where they should, and nothing else is left of them."""

import io
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from asccld.privacy import PseudonymKey, nhs_number_pseudonyms, person_pseudonyms
from asccld.standard import load_standard
from asccld.submissions.collected import COLLECTED
from asccld.synthetic import inject_faults, make_councils
from submissions.collecting import IMPORT, KEY, STANDARD, collected, collected_file, events

KENT = replace(IMPORT, la_code="820", la_name="Kent")
FAMILY = """
nhs_number   | la_person_unique_identifier | adult_1_linked_person_id|adult_2_linked_person_id|adult_3_linked_person_id
9990000018   | A1                          |                         |                        |
999 000 0026 | B2                          | a1                      | "C3 "                  | NULL
1234567890   | "C3 "                       |                         |                        |
"""
IDENTIFYING = [
    f.name
    for f in load_standard().latest.fields
    if f.identifying and f.name not in {"date_of_death", "event_reference"}
]


def test_persons_and_those_linked_to_them_have_the_same_pseudonyms() -> None:
    a, b, c = person_pseudonyms(KEY, pl.Series(["A1", "B2", "C3"]), "503")
    found = events(FAMILY)
    assert found["la_person_unique_identifier"].to_list() == [a, b, c]
    assert found["adult_1_linked_person_id"].to_list() == [None, a, None]
    assert found["adult_2_linked_person_id"].to_list() == [None, c, None]
    assert found["adult_3_linked_person_id"].to_list() == [None, None, None]


def test_nhs_numbers_are_those_that_can_be_one() -> None:
    first, second = nhs_number_pseudonyms(KEY, pl.Series(["9990000018", "9990000026"]))
    assert collected(FAMILY, "der_nhs_number_pseudo") == [first, second, None]


def test_between_councils_nhs_numbers_agree_and_local_numbers_do_not() -> None:
    here, there = events(FAMILY), events(FAMILY, imported=KENT)
    assert here["der_nhs_number_pseudo"].equals(there["der_nhs_number_pseudo"])
    for name in ("la_person_unique_identifier", "adult_1_linked_person_id"):
        assert not set(here[name].drop_nulls()) & set(there[name].drop_nulls())
    assert there["la_code"].to_list() == ["820"] * 3


def test_another_key_makes_other_pseudonyms_and_no_key_makes_none() -> None:
    ours, theirs, nobody = (events(FAMILY, key=key) for key in (KEY, PseudonymKey.generate(), None))
    for name in ("la_person_unique_identifier", "der_nhs_number_pseudo", "adult_1_linked_person_id"):
        assert not set(ours[name].drop_nulls()) & set(theirs[name].drop_nulls())
        assert nobody[name].null_count() == 3
        assert nobody[name].dtype == pl.String


@pytest.mark.parametrize("release", STANDARD.releases)
def test_nothing_that_names_a_person_is_in_the_output(release: str, tmp_path: Path) -> None:
    submission = next(iter(make_councils(people=150, release=release, seed=5)))
    frame, _ = inject_faults(submission.frame, rate=0.02, seed=5, release=release)
    path = tmp_path / "extract.csv"
    frame.write_csv(path)
    found = collected_file(path, replace(IMPORT, release=release))
    names = {header: name for name, header in STANDARD.releases[release].headers.items()}
    source = frame.rename(names)
    telling = {name: set(source[name].str.strip_chars().drop_nulls()) for name in IDENTIFYING if name in source.columns}
    allowed = {
        text for name in COLLECTED if name in source.columns and name not in IDENTIFYING for text in source[name]
    }
    cells = {str(cell) for name in found.columns for cell in found[name].cast(pl.String).drop_nulls()}
    for name, values in telling.items():
        assert len(values) > 50 or name.startswith(("adult", "event_desc")), name
        assert not {v for v in values - allowed if len(v) > 3} & cells, name
    written = io.BytesIO()
    found.write_parquet(written, compression="uncompressed")
    for name in ("nhs_number", "la_person_unique_identifier", "postcode"):
        assert not [
            v
            for v in telling[name] - allowed
            if len(v) > 6 and any(map(str.isdigit, v)) and v.encode() in written.getvalue()
        ], name


def test_what_stands_in_a_wrong_column_is_stored_as_submitted() -> None:
    """The national method works on submitted values; SECURITY.md says what that means."""
    found = events("""
        nhs_number | first_name | gender     | employment_status | event_reference
        9990000018 | Zebedee    | 9990000026 | Quennell          | A1
    """)
    [row] = found.select("gender", "employment_status", "event_reference").rows()
    assert row == ("9990000026", "Quennell", "A1")
    cells = {str(cell) for name in found.columns for cell in found[name].drop_nulls()}
    assert not {"9990000018", "Zebedee"} & cells, "the columns of identity"


def test_the_key_is_not_in_the_output() -> None:
    written = io.BytesIO()
    events(FAMILY).write_parquet(written, compression="uncompressed")
    assert KEY._secret not in written.getvalue()
    assert KEY._secret.hex().encode() not in written.getvalue()
