"""Every contradiction that the proof knows is planted in a copy of the data, and caught."""

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asccld.standard import StandardError, load_standard, loader

Row = dict[str, str]
Edit = Callable[[list[Row]], list[Row] | None]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the data that the loader reads instead."""
    copy = tmp_path / "data"
    shutil.copytree(loader.DATA, copy)
    monkeypatch.setattr(loader, "DATA", copy)
    loader.forget_standards()
    yield copy
    loader.forget_standards()


def edit(path: Path, change: Edit) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
        header = list(reader.fieldnames or ())
    rows = change(rows) or rows
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerows(rows)


def setting(column: str, text: str, /, **where: str) -> Edit:
    """Set a column in the first row that matches."""

    def change(rows: list[Row]) -> None:
        found = next(r for r in rows if all(r[k] == v for k, v in where.items()))
        found[column] = text

    return change


def without(**where: str) -> Edit:
    return lambda rows: [r for r in rows if not all(r[k] == v for k, v in where.items())]


def doubled(**where: str) -> Edit:
    return lambda rows: [*rows, next(dict(r) for r in rows if all(r[k] == v for k, v in where.items()))]


CONTRADICTIONS: list[tuple[str, Edit, str]] = [
    ("v5/fields.csv", setting("header", "Gender", name="ethnicity"), "v5: header Gender occurs 2 times"),
    ("v5/fields.csv", setting("order", "1", name="ethnicity"), "v5: field order 1 occurs 2 times"),
    ("v5/fields.csv", setting("defined_list", "Nothing", name="gender"), "uses the list 'Nothing'"),
    ("v5/fields.csv", setting("module", "Nowhere", name="gender"), "belongs to the module 'Nowhere'"),
    (
        "r1/fields.csv",
        setting("mandatory_when", "shoe_size = '7'", name="gender"),
        "of gender use shoe_size",
    ),
    ("r1/fields.csv", setting("mandatory_when", "gender is", name="gender"), "does not read"),
    ("v5/fields.csv", setting("order", "first", name="gender"), "'first' is not a whole number"),
    ("r1/values.csv", setting("order", "1.5", value="Female"), "'1.5' is not a whole number"),
    ("r1/fields.csv", setting("change", "add", name="gender"), "'gender' cannot be the subject of 'add'"),
    ("r1/fields.csv", setting("name", "shoe_size", name="gender"), "'shoe_size' cannot be the subject of 'change'"),
    ("r1/fields.csv", setting("confidence", "sure", name="gender"), "'sure' is not a confidence"),
    ("r1/lists.csv", setting("confidence", "confirmed", defined_list="Total Hrs Caring per week"), "or be a gap"),
    ("r1/lists.csv", setting("confidence", "gap", defined_list="Gender"), "or be a gap"),
    ("r1/values.csv", setting("value", "female", defined_list="Gender", value="Male"), "occurs 2 times"),
    ("r2/values.csv", without(defined_list="Gender", from_value="Male"), "does not say what becomes of 'Male'"),
    ("r2/values.csv", setting("from_value", "Men", from_value="Male"), "maps 'Men', which r1 does not have in Gender"),
    ("r2/values.csv", doubled(defined_list="Client Type", from_value="Carer"), "occurs 2 times"),
    ("r1/fixes.csv", setting("value", "NFA", raw="NFA - Other"), "ends on 'NFA', which is not in Event Outcome"),
    (
        "r1/fixes.csv",
        setting("raw", "NFA - Deceased", raw="NFA - Other"),
        "a value of Event Outcome and a misspel",
    ),
    ("r1/fixes.csv", doubled(raw="NFA - Other"), "r1: fix of"),
    (
        "hierarchies.csv",
        setting("value", "Gone", hierarchy="dhsc-r2", rank="1"),
        "'Gone' is not a value of",
    ),
    ("hierarchies.csv", setting("rank", "2", hierarchy="dhsc-r2", rank="1"), "hierarchy rank ('dhsc-r2', 2) occurs"),
    ("councils.csv", setting("la_code", "503", la_code="104"), "council code 503 occurs 2 times"),
    ("councils.csv", setting("ons_code", "E10000019", la_code="104"), "council ONS code E10000019 occurs 2 times"),
    ("councils.csv", setting("status", "abolished", la_code="104"), "152 councils are current, not 153"),
    ("council_successors.csv", lambda rows: [rows[0] | {"successor": "Camelot"}], "'Camelot', which is no council"),
]


@pytest.mark.parametrize(("table", "change", "told"), CONTRADICTIONS, ids=[c[2] for c in CONTRADICTIONS])
def test_a_contradiction_is_caught(data: Path, table: str, change: Edit, told: str) -> None:
    edit(data / table, change)
    with pytest.raises(Exception, match=r".") as caught:
        load_standard()
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_copy_itself_holds(data: Path) -> None:
    assert load_standard().fingerprint


def test_many_contradictions_are_told_at_once(data: Path) -> None:
    edit(data / "councils.csv", setting("la_code", "503", la_code="104"))
    edit(data / "v5/fields.csv", setting("header", "Gender", name="ethnicity"))  # and so in each later release
    with pytest.raises(StandardError, match="in 4 places:"):
        load_standard()


def test_the_fingerprint_follows_the_data(data: Path) -> None:
    before = load_standard().fingerprint
    edit(data / "councils.csv", setting("note", "new", la_code="104"))
    loader.forget_standards()
    assert load_standard().fingerprint != before


@pytest.mark.parametrize("broken", [b"\xff\xfe\x00", b'name,order\n"open'])
def test_a_table_that_does_not_read_says_so(data: Path, broken: bytes) -> None:
    (data / "councils.csv").write_bytes(broken)
    with pytest.raises(StandardError, match="cannot be read"):
        load_standard()


def test_a_missing_table_or_column_says_so(data: Path) -> None:
    (data / "r1" / "lists.csv").write_text("defined_list,confidence\n", encoding="utf-8")
    with pytest.raises(StandardError, match="lacks the column"):
        load_standard()
    (data / "r1" / "lists.csv").unlink()
    with pytest.raises(StandardError, match="cannot be read"):
        load_standard()


def test_toml_that_does_not_read_says_where(data: Path) -> None:
    (data / "calendar.toml").write_text("covers = \n", encoding="utf-8")
    with pytest.raises(StandardError, match="at line 1"):
        load_standard()
