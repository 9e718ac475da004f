"""Made-up extracts in local words: nobody's, the same every time, and complete."""

import csv
import tomllib
from pathlib import Path

import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.standard import load_standard
from asccld.synthetic import SYSTEMS, make_councils, write_extracts, write_with_extracts
from asccld.synthetic.local_tables import LEFT_OUT, tables_of
from asccld.synthetic.local_words import LOCAL, words_of


def listed(name: str) -> list[dict[str, str]]:
    with (LOCAL / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_national_value_has_a_word_and_no_word_has_two(system: str) -> None:
    words, release = words_of(system), load_standard().latest
    lists = {f.defined_list for f in release.fields if release.lists.get(f.defined_list)}
    lists = {name for name in lists if release.lists[name].values}
    own = {"Service Type", "Service Component", "LA codes"}  # services have codes of their own
    assert lists - own <= set(words)
    for name in lists - own:
        assert set(words[name]) == set(release.lists[name].texts)
    for name, values in words.items():
        meant = [(word.casefold(), value) for value, several in values.items() for word in several]
        assert len({word for word, _ in meant}) == len(set(meant)), f"{name}: a word with two values"


def test_services_have_national_types_and_components() -> None:
    release = load_standard().latest
    assert {r["service_type"] for r in listed("services")} == set(release.lists["Service Type"].texts)
    assert {r["service_component"] for r in listed("services")} == set(release.lists["Service Component"].texts)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_council_gives_the_same_bytes(system: str, tmp_path: Path) -> None:
    def made(folder: str) -> dict[str, bytes]:
        submission = next(iter(make_councils(people=80)))
        return {p.name: p.read_bytes() for p in write_extracts(tmp_path / folder, system, submission)}

    assert made("one") == made("two")


def test_there_are_events_of_every_kind_that_does_not_belong() -> None:
    events = tables_of(next(iter(make_councils(people=1500)))).events
    assert set(events["left_out"].drop_nulls().unique()) == set(LEFT_OUT)
    assert not events["event_reference"].is_duplicated().any()


def test_one_folder_for_each_file_with_its_own_council_and_period(tmp_path: Path) -> None:
    paths = write_with_extracts(tmp_path, "mosaic", make_councils(councils=2, quarters=2, people=60))
    mappings = [p for p in paths if p.name == "mapping.toml"]
    assert len(mappings) == 4
    for path in mappings:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        council, _, start, end = path.parent.name.split("_")
        assert told["constants"]["la_code"] == council
        assert (f"{told['period']['start']:%Y%m%d}", f"{told['period']['end']:%Y%m%d}") == (start, end)
        assert path.parent.with_name(f"{path.parent.name}.csv") in paths


def test_a_system_without_words_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="Did you mean mosaic"):
        write_with_extracts(tmp_path / "out", "mosiac", make_councils(people=60))
    assert not (tmp_path / "out").exists()


def test_a_workbook_has_real_dates_and_a_sheet_for_each_extract(tmp_path: Path) -> None:
    submission = next(iter(make_councils(people=80)))
    write_extracts(tmp_path, "liquidlogic", submission)
    clients = pl.read_excel(tmp_path / "report.xlsx", sheet_name="Clients")
    assert clients.schema["Date of Birth"] == pl.Date
    assert clients.height == submission.frame["LA Person Unique Identifier"].n_unique() + 2  # and two for testing
