"""Geography: the sector from the postcode, areas from a lookup with the names of the national statistics."""

from pathlib import Path

import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.submissions.collected import read_postcodes
from asccld.submissions.collected_columns import named
from submissions.collecting import events

SECTORS = {
    "LN1 1YS": "LN1 1",
    "ln11ys": "LN1 1",
    '"  LN1   1YS "': "LN1 1",
    "LN11YS.": "LN1 1",
    "SW1A 1AA": "SW1A 1",
    "M1 1AE": "M1 1",
    "EC1A1BB": "EC1A 1",
    "LN12 3AB": "LN12 3",
    "LN1 1": "LN1 1",  # a sector
    "LN1 1**": "LN1 1",  # starred out
    "LN12 3": "LN12 3",
    "LN1": None,  # an outward code has no sector
    "LN12": None,
    "LN123": None,  # nobody can say where the blank was
    "Not known": None,
    "NFA": None,
    "12345": None,
    "": None,
}
CLASSIC = """pcd,pcds,oslaua,osward,pcon,ccg,lsoa11,msoa11,imd
LN1 1YS,LN1 1YS,E07000138,E05005600,E14000798,E38000100,E01026117,E02005450,5
SW1A1AA,SW1A 1AA,E09000033,E05000644,E14000639,E38000031,E01004736,E02000977,
"""
NEW = """pcd7,pcds,LAD24CD,LAD25CD,WD25CD,PCON24CD,SICBL24CD,LSOA21CD,MSOA21CD,LSOA11CD,MSOA11CD
LN1 1YS,LN1 1YS,E07000001,E07000138,E05014800,E14001336,E38000238,E01035000,E02006900,E01026117,E02005450
"""
AREAS = list(named("postcode"))


def table(postcodes: list[str]) -> str:
    return "\n".join(["postcode | event_type", *(f"{text} | Review" for text in postcodes)])


def lookup(tmp_path: Path, text: str) -> pl.DataFrame:
    path = tmp_path / "postcodes.csv"
    path.write_text(text, encoding="utf-8")
    return read_postcodes(path)


def test_sectors() -> None:
    found = events(table(list(SECTORS)))
    assert found["der_postcode_sector"].to_list() == list(SECTORS.values())
    assert all(found[name].null_count() == found.height for name in AREAS)


def test_areas_come_from_the_directory_as_it_was_named_for_years(tmp_path: Path) -> None:
    found = events(
        table(["ln11ys", "LN1 1YS", "SW1A 1AA", "LN1 1", "AB1 0AA", ""]), postcodes=lookup(tmp_path, CLASSIC)
    )
    assert found["der_postcode_district_unitary_authority"].to_list() == ["E07000138"] * 2 + ["E09000033"] + [None] * 3
    assert found.row(0, named=True) | {"x": 1} == found.row(0, named=True) | {"x": 1} | {
        "der_postcode_sector": "LN1 1",
        "der_postcode_constituency_code": "E14000798",
        "der_postcode_district_unitary_authority": "E07000138",
        "der_postcode_electoral_ward": "E05005600",
        "der_postcode_local_authority": "E07000138",
        "der_postcode_ccg_code": "E38000100",
        "der_postcode_lsoa_code": "E01026117",
        "der_postcode_msoa_code": "E02005450",
        "der_postcode_yr2011_lsoa": "E01026117",
        "der_postcode_yr2011_msoa": "E02005450",
    }


def test_of_several_vintages_the_newest_counts(tmp_path: Path) -> None:
    row = events(table(["LN1 1YS"]), postcodes=lookup(tmp_path, NEW)).row(0, named=True)
    assert {name: row[name] for name in AREAS} == {
        "der_postcode_constituency_code": "E14001336",
        "der_postcode_district_unitary_authority": "E07000138",
        "der_postcode_electoral_ward": "E05014800",
        "der_postcode_local_authority": "E07000138",
        "der_postcode_ccg_code": "E38000238",
        "der_postcode_lsoa_code": "E01035000",
        "der_postcode_msoa_code": "E02006900",
        "der_postcode_yr2011_lsoa": "E01026117",
        "der_postcode_yr2011_msoa": "E02005450",
    }


def test_a_table_or_a_parquet_file_serves_as_well(tmp_path: Path) -> None:
    read = lookup(tmp_path, NEW)
    plain = pl.read_csv(NEW.encode(), infer_schema=False)
    plain.write_parquet(tmp_path / "postcodes.parquet")
    expected = events(table(["LN1 1YS"]), postcodes=read)
    assert events(table(["LN1 1YS"]), postcodes=plain).equals(expected)
    assert events(table(["LN1 1YS"]), postcodes=read_postcodes(tmp_path / "postcodes.parquet")).equals(expected)


def test_blank_areas_are_null(tmp_path: Path) -> None:
    assert events(table(["LN1 1YS"]), postcodes=lookup(tmp_path, "pcds,oslaua\nLN1 1YS, \n"))[
        "der_postcode_district_unitary_authority"
    ].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("code,oslaua\nLN1 1YS,E07000138\n", "no column for the postcode"),
        ("pcds,latitude\nLN1 1YS,53\n", "no column for any area"),
        ("pcds,oslaua\nLN1 1YS,E07000138\nln11ys,E07000139\n", "1 postcode more than once"),
        ("", "cannot be read"),
    ],
)
def test_a_lookup_that_cannot_serve_is_refused_without_a_postcode(text: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match=what) as refused:
        lookup(tmp_path, text)
    assert "postcodes.csv" in str(refused.value)
    assert "LN1" not in str(refused.value).upper()


def test_a_lookup_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="cannot be read"):
        read_postcodes(tmp_path / "none.csv")
