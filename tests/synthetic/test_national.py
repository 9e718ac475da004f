"""A nation's collected events: exactly what was asked for, the same every time, and like what councils send."""

from pathlib import Path

import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.submissions.collected import COLLECTED
from asccld.synthetic import write_national
from asccld.synthetic.national import national_files

ROWS, COUNCILS, FILES = 24_000, 6, 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_national(tmp_path_factory.mktemp("national"), rows=ROWS, councils=COUNCILS, files=FILES)


@pytest.fixture(scope="module")
def events(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "*.parquet")


def test_there_are_exactly_as_many_rows_councils_and_files_as_asked_for(folder: Path, events: pl.DataFrame) -> None:
    assert events.height == ROWS
    assert len(list(folder.iterdir())) == COUNCILS * FILES
    assert events["la_code"].n_unique() == COUNCILS
    assert events.select("la_name", "importdate").unique().height == COUNCILS * FILES
    assert events["importfileid"].unique().sort().to_list() == list(range(1, COUNCILS * FILES + 1))


def test_the_columns_are_those_of_collected_events(events: pl.DataFrame) -> None:
    assert dict(events.schema) == COLLECTED


def test_record_ids_count_the_rows_in_the_order_of_arrival(events: pl.DataFrame) -> None:
    assert events["der_unique_record_id"].sort().to_list() == list(range(1, ROWS + 1))
    files = events.group_by("importfileid").agg(
        pl.col("der_unique_record_id").min(), pl.col("reporting_period_end_date").max()
    )
    by_file = files.sort("importfileid")
    assert by_file["der_unique_record_id"].is_sorted()
    assert by_file["reporting_period_end_date"].is_sorted()


def test_councils_differ_in_size_and_files_of_one_do_not(events: pl.DataFrame) -> None:
    sizes = events.group_by("la_code", "importfileid").len()
    of_councils = [set(own["len"].to_list()) for _, own in sizes.group_by("la_code")]
    assert all(max(own) - min(own) <= 1 for own in of_councils)
    assert max(map(max, of_councils)) > 2 * min(map(max, of_councils))


def test_a_council_sends_rolling_years_in_the_month_after(events: pl.DataFrame) -> None:
    ends = events["reporting_period_end_date"].unique().sort().cast(pl.String).to_list()
    assert ends == ["2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31"]
    sent = (pl.col("importdate").dt.date() - pl.col("reporting_period_end_date")).dt.total_days()
    assert events.select(sent.is_between(1, 31).all()).item()


def test_an_event_comes_again_in_the_next_file(events: pl.DataFrame) -> None:
    council = events.filter(la_code=events["la_code"][0])
    keys = ["la_person_unique_identifier", "event_reference"]
    first, second = (
        council.filter(importfileid=n).select(keys).drop_nulls() for n in sorted(set(council["importfileid"]))[:2]
    )
    again = first.join(second, on=keys, how="semi").height / first.height
    assert 0.5 < again < 0.95


def test_files_of_an_earlier_time_have_the_wording_of_their_release(events: pl.DataFrame) -> None:
    words = {
        end: set(events.filter(pl.col("reporting_period_end_date").cast(pl.String) == end)["client_type"])
        for end in ("2025-06-30", "2026-03-31")
    }
    assert "Service User" in words["2025-06-30"]
    assert "Service user" in words["2026-03-31"]


def test_identifiers_look_like_pseudonyms_and_links_resolve(events: pl.DataFrame) -> None:
    for name in ("la_person_unique_identifier", "der_nhs_number_pseudo", "der_nhs_number_traced_pseudo"):
        assert events[name].drop_nulls().str.contains("^[0-9a-f]{32}$").all()
    linked = events.select("importfileid", id="adult_1_linked_person_id").drop_nulls().unique()
    known = events.select("importfileid", id="la_person_unique_identifier").unique()
    assert linked.height > 50
    assert linked.join(known, on=["importfileid", "id"], how="anti").is_empty()
    people = events.group_by("la_code", "la_person_unique_identifier").agg(pl.col("der_nhs_number_pseudo").n_unique())
    assert people["der_nhs_number_pseudo"].unique().to_list() == [1]


def test_the_wear_of_real_data_is_in_it(events: pl.DataFrame) -> None:
    people = events.unique(["la_code", "la_person_unique_identifier"])
    assert 0.02 < people["der_nhs_number_pseudo"].null_count() / people.height < 0.12
    gender = set(events["gender"].drop_nulls())
    assert {"FEMALE", "Female", "Not recorded locally"} <= gender
    repeated = events.filter(
        pl.struct("importfileid", "event_reference").is_duplicated() & pl.col("event_reference").is_not_null()
    )
    assert 0.01 < repeated.height / events.height < 0.06
    assert events["event_description"].null_count() == ROWS


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not(folder: Path, tmp_path: Path) -> None:
    name = min(path.name for path in folder.iterdir())
    again = write_national(tmp_path / "again", rows=ROWS, councils=COUNCILS, files=FILES)
    assert pl.read_parquet(again / name).equals(pl.read_parquet(folder / name))
    other = write_national(tmp_path / "other", rows=ROWS, councils=COUNCILS, files=FILES, seed=2)
    assert {path.name for path in other.iterdir()} != {path.name for path in folder.iterdir()}


def test_the_sizes_of_the_benchmark_add_up() -> None:
    for rows, councils, files in ((15_000_000, 153, 1), (30_000_000, 40, 8), (500_000, 153, 1)):
        planned = national_files(rows=rows, councils=councils, files=files, seed=1)
        assert sum(file.rows for file in planned) == rows
        assert len({file.name for file in planned}) == councils * files
        assert all(file.council.la_code for file in planned)


def test_too_few_rows_say_how_many_are_needed(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="too few for 10 councils"):
        write_national(tmp_path, rows=100, councils=10)


def test_it_can_be_told_what_is_done(tmp_path: Path) -> None:
    told: list[str] = []
    write_national(tmp_path, rows=4000, councils=2, progress=lambda file: told.append(file.name))
    assert sorted(told) == sorted(path.name for path in tmp_path.iterdir())
