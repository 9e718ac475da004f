"""What a store holds after a year: every delivery became what was told, and only the originals name anybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from asccld.privacy import KeyRefused, PseudonymKey
from asccld.submissions import Register
from asccld.submissions.collected import COLLECTED
from asccld.synthetic import Delivery, write_deliveries
from submissions.collecting import KEY, STANDARD
from submissions.files import the_key

FREE = {"date_of_death", "event_reference", "event_description"}
"""Items that the standard calls identifying whose texts are kept, or are words that other cells have too."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year")


@pytest.fixture(scope="module")
def deliveries(folder: Path) -> list[Delivery]:
    return write_deliveries(folder / "in", councils=3, people=60, quarters=4, seed=4)


@pytest.fixture(scope="module")
def filled(folder: Path, deliveries: list[Delivery]) -> Iterator[tuple[Register, dict[Path, int]]]:
    with Register.open(folder / "store", create=True) as register:
        numbers: dict[Path, int] = {}
        for d in deliveries:
            if d.action == "withdraw":
                register.withdraw(numbers[d.file], d.note, who=d.uploader)
            else:
                la = d.submission.la_code
                receipt = register.add(d.file, la=la, received=d.at, uploader=d.uploader, key=KEY)
                assert receipt.accepted == (d.outcome == "accepted"), receipt.text
                numbers[d.file] = receipt.number
        yield register, numbers


def test_each_file_has_the_state_that_the_deliveries_tell(
    filled: tuple[Register, dict[Path, int]], deliveries: list[Delivery]
) -> None:
    register, numbers = filled
    outcome = {numbers[d.file]: d.outcome for d in deliveries}  # the last that happened to it
    states = {entry.submission.number: entry.state for entry in register.list()}
    kind = {"rejected": "rejected", "withdrawn": "withdrawn", "current": "accepted", "superseded": "accepted"}
    assert {number: kind[state] for number, state in states.items()} == outcome
    assert list(states.values()).count("current") == 12
    assert list(states.values()).count("superseded") == 4


def test_the_stored_events_are_the_collected_ones(filled: tuple[Register, dict[Path, int]]) -> None:
    register, _ = filled
    events = pl.read_parquet(register.parquet_paths())
    assert {name: events.schema[name] for name in COLLECTED} == COLLECTED
    assert events["der_unique_record_id"].is_unique().all()
    by_file = events.group_by("importfileid").agg(pl.col("la_code", "importdate").n_unique())
    assert set(by_file["la_code"]) | set(by_file["importdate"]) == {1}
    people = events.group_by("la_code", "la_person_unique_identifier").agg(pl.col("der_nhs_number_pseudo").n_unique())
    assert people.height > 150
    assert people["der_nhs_number_pseudo"].unique().to_list() == [1], "a person is one person in all files"


def test_only_the_originals_name_anybody(
    folder: Path, filled: tuple[Register, dict[Path, int]], deliveries: list[Delivery]
) -> None:
    register, _ = filled
    values = identifying(deliveries)
    assert len(values) > 500
    found = {
        path: seen for path, text in stored_texts(register) if (seen := values & set(re.split(r"[^\w ]+|_", text)))
    }
    assert found == {}
    for path in (p for p in (folder / "store").rglob("*") if p.is_file() and "originals" not in p.parts):
        content = path.read_bytes()
        assert KEY._secret not in content, path
        assert KEY._secret.hex().encode() not in content, path
        if path.suffix != ".parquet":
            assert not [value for value in values if value.encode() in content], path


def identifying(deliveries: list[Delivery]) -> set[str]:
    """Numbers, identifiers, birth dates and postcodes, and full names: a first name alone may be a practice's name."""
    found: set[str] = set()
    for d in deliveries:
        names = {header: name for name, header in STANDARD.releases[d.submission.release].headers.items()}
        cells = d.submission.frame.rename(names)
        fields = (f.name for f in STANDARD.releases[d.submission.release].fields if f.identifying)
        for name in (n for n in fields if n not in FREE):
            found |= {text for text in cells[name].drop_nulls().unique() if re.search(r"\d", text) and len(text) > 5}
        found |= set((cells["first_name"] + " " + cells["last_name"]).drop_nulls().unique())
    return found


def stored_texts(register: Register) -> Iterator[tuple[Path, str]]:
    """Every cell of the stored events, as text."""
    for path in register.parquet_paths():
        events = pl.read_parquet(path).select(pl.col(pl.String))
        yield path, "|".join(text for name in events.columns for text in events[name].drop_nulls().unique())


def test_another_key_is_refused_when_the_next_file_comes(
    filled: tuple[Register, dict[Path, int]], deliveries: list[Delivery], tmp_path: Path
) -> None:
    register, _ = filled
    later = tmp_path / "later.csv"
    deliveries[-1].submission.frame.slice(1).write_csv(later)
    count = len(register.list())
    for key in (the_key(), PseudonymKey.generate()):
        with pytest.raises(KeyRefused, match=f"made with key {KEY.id}, and this is key {key.id}"):
            register.add(later, la=deliveries[-1].submission.la_code, key=key)
    assert len(register.list()) == count
