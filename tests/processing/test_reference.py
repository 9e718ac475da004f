"""The lookup tables: ours, and how a folder replaces them."""

from pathlib import Path

import polars as pl
import pytest

from asccld.processing import Reference
from asccld.processing.councils import expected_councils
from asccld.processing.lookups import BadReference, reference_frames, shipped_lookup
from asccld.processing.mapping import mapped_fields
from asccld.processing.reference import HIERARCHY, reference_columns
from asccld.standard import load_standard


@pytest.mark.parametrize("field", mapped_fields())
def test_our_lookup_knows_every_value_of_both_releases_once(field: str) -> None:
    lines = shipped_lookup(field)
    known = {line.raw.rstrip(" ").lower(): line for line in lines}
    assert len(known) == len(lines)
    releases = load_standard().releases
    for release in ("r1", "r2"):
        values = releases[release].list_of(field)
        assert values is not None
        for value in values.values:
            assert value.value.lower() in known
            if release == "r2":
                assert known[value.value.lower()].cleaned == value.value
    assert all(line.confidence in {"confirmed", "inferred", "gap"} and line.source for line in lines)


def test_every_cleaned_value_that_is_grouped_has_a_group() -> None:
    frames, _ = reference_frames()
    grouped = {name: columns[2].lower() for name, columns in reference_columns().items() if len(columns) == 3}
    assert len(grouped) == 3
    assert all(frames[name][column].null_count() == 0 for name, column in grouped.items())
    assert all((frames[name][column] != "").all() for name, column in grouped.items())


def test_a_folder_replaces_table_by_table(tmp_path: Path) -> None:
    (tmp_path / "ref_gender_mapping.CSV").write_text(
        "GENDER_RAW,Gender_Cleaned,Note\nFemme,Female,x\n", encoding="utf-8"
    )
    pl.DataFrame({"Event_Outcome_Spec": ["NFA: Other"], "Event_Outcome_Hierarchy": [1]}).write_parquet(
        tmp_path / f"{HIERARCHY}.parquet"
    )
    reference = Reference.read(tmp_path)
    assert reference.lookup("gender").to_polars().rows() == [("femme", "Female")]
    assert reference.hierarchy().to_polars().rows() == [("nfa: other", 1)]
    replaced = {name for name, source in reference.sources.items() if source != "shipped"}
    assert replaced == {"REF_Gender_Mapping", HIERARCHY}


def test_a_blank_raw_value_is_one_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "REF_Gender_Mapping.csv").write_text(
        'Gender_Raw,Gender_Cleaned\n"",Unknown\n,Nobody\n', encoding="utf-8"
    )
    assert Reference.read(tmp_path).lookup("gender").to_polars().rows() == [("", "Unknown")]


def test_raw_values_that_compare_alike_are_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "REF_Gender_Mapping.csv").write_text(
        "Gender_Raw,Gender_Cleaned\nMale,Male\nMALE ,Male\nF,Female\nf,Female\nX,Other\n", encoding="utf-8"
    )
    with pytest.raises(BadReference, match=r"2 raw value.*'male', 'f'.*REF_Gender_Mapping.csv"):
        Reference.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("REF_Gender_Mapping.csv", "Raw,Gender_Cleaned\nM,Male\n", "lacks gender_raw .* It has: raw, gender_cleaned"),
        ("REF_Gender_Mapping.parquet", "this is no Parquet", "cannot be read"),
        (f"{HIERARCHY}.csv", "Event_Outcome_Spec,Event_Outcome_Hierarchy\nNFA: Other,last\n", "no whole number"),
        ("REF_ONS_Codes_LA_Region_Lookup.csv", "LA_Code\n201\n", "lacks la_name"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadReference, match=said):
        _read_all(tmp_path)


def _read_all(folder: Path) -> None:
    Reference.read(folder)
    expected_councils(folder, load_standard().latest.valid_from)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="no such folder"):
        Reference.read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "holds no reference table"),
        (("notes.csv",), "holds no reference table"),
        (("ASCOF_2D_SUS_260602.csv",), r"holds no reference table .* Did you mean ASCOF2D_SUS"),
        (("REF_ONS_Pop_Gender_Pub_Age_Band.csv",), r"Did you mean REF_ONS_Pop_Gender_Pub_Age_Bands\?"),
        (("REF_Gender_Maping.csv",), r"no reference table of this name .* Did you mean REF_Gender_Mapping\?"),
        (("REF_Gender_Mapping.csv", "ref_gender_mapping.parquet"), "Two files are the same reference table"),
    ],
)
def test_a_folder_that_would_not_be_taken_as_meant_is_refused(
    tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    for name in names:
        (tmp_path / name).write_text("Gender_Raw,Gender_Cleaned\nM,Male\n", encoding="utf-8")
    with pytest.raises(BadReference, match=said):
        Reference.read(tmp_path)


def test_a_table_in_another_encoding_is_to_be_saved_as_utf_8(tmp_path: Path) -> None:
    (tmp_path / "REF_Gender_Mapping.csv").write_text("Gender_Raw,Gender_Cleaned\nM,Male\n", encoding="utf-16")
    with pytest.raises(BadReference, match=r"is in UTF-16 .* Save it as UTF-8"):
        Reference.read(tmp_path)


def test_councils_come_from_the_folder_or_from_the_standard(tmp_path: Path) -> None:
    day = load_standard().latest.valid_from
    (tmp_path / "REF_Gender_Mapping.csv").write_text("Gender_Raw,Gender_Cleaned\nM,Male\n", encoding="utf-8")
    assert expected_councils(tmp_path, day).height == expected_councils(None, day).height == 153
    (tmp_path / "REF_ONS_Codes_LA_Region_Lookup.csv").write_text("LA_Code,LA_Name\n201,Alderton\n", encoding="utf-8")
    assert expected_councils(tmp_path, day).rows() == [("201", "Alderton")]
