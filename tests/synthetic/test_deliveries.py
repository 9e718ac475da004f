"""What councils send in the course of some quarters: as told, so it happens."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.standard import load_standard
from asccld.synthetic import Delivery, write_deliveries
from asccld.validation import validate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deliveries")


@pytest.fixture(scope="module")
def deliveries(folder: Path) -> list[Delivery]:
    return write_deliveries(folder, councils=4, people=150, quarters=4, seed=2)


def of_first_council(deliveries: list[Delivery]) -> list[Delivery]:
    first = min(deliveries, key=lambda d: d.submission.la_code).submission.la_code
    return [d for d in deliveries if d.submission.la_code == first]


def test_the_shipped_policy_says_of_every_file_what_was_told(deliveries: list[Delivery]) -> None:
    for d in (d for d in deliveries if d.action == "add"):
        result = validate(d.file, la=d.submission.la_code, received=d.at.date())
        assert (result.verdict == "REJECTED") == (d.outcome == "rejected"), (d.file.name, result.reasons)
        assert result.period == (d.submission.period_start, d.submission.period_end)


def test_one_council_has_a_rejected_a_resubmitted_and_a_withdrawn_file(deliveries: list[Delivery]) -> None:
    story = [(d.action, d.outcome) for d in of_first_council(deliveries)]
    assert story == [
        ("add", "accepted"),
        ("add", "rejected"),
        ("add", "accepted"),
        ("add", "accepted"),
        ("withdraw", "withdrawn"),
        ("add", "accepted"),
        ("add", "accepted"),
    ]


def test_what_is_withdrawn_arrived_before(deliveries: list[Delivery]) -> None:
    arrived: set[Path] = set()
    for d in deliveries:
        assert (d.file in arrived) == (d.action == "withdraw")
        arrived.add(d.file)


def test_every_period_of_every_council_ends_with_an_accepted_file_in_time(deliveries: list[Delivery]) -> None:
    calendar = load_standard().calendar
    last = {(d.submission.la_code, d.submission.period_end): d for d in deliveries}
    assert len(last) == 16
    for (_, end), d in last.items():
        assert (d.action, d.outcome) == ("add", "accepted")
        assert end < d.at.date() <= end + timedelta(days=31 * calendar.deadline_months_after)


def test_they_come_in_order_and_no_two_at_once(deliveries: list[Delivery]) -> None:
    moments = [d.at for d in deliveries]
    assert moments == sorted(moments)
    assert len(set(moments)) == len(moments)


def test_each_file_is_in_the_release_of_its_period(deliveries: list[Delivery]) -> None:
    standard = load_standard()
    for d in deliveries:
        release = standard.in_force(d.submission.period_end)
        assert release
        assert d.submission.release == release.id
        assert f"_{release.id}_" in d.file.name


def test_a_re_submission_knows_more_than_the_file_before(deliveries: list[Delivery]) -> None:
    twice = Counter((d.submission.la_code, d.submission.period_end) for d in deliveries if d.action == "add")
    early = [d for d in deliveries if d.note.startswith("Sent before")]
    assert early
    for d in early:
        assert twice[d.submission.la_code, d.submission.period_end] == 2
        first = pl.read_csv(d.file, infer_schema=False)
        assert first.height < d.submission.frame.height
        assert set(first["Event Reference"]) <= set(d.submission.frame["Event Reference"])


def test_the_withdrawn_file_is_wrong_in_the_way_that_its_reason_says(deliveries: list[Delivery]) -> None:
    withdrawn = next(d for d in deliveries if d.action == "withdraw")
    wrong, right = pl.read_csv(withdrawn.file, infer_schema=False), withdrawn.submission.frame
    cost = [frame["Unit Cost"].cast(pl.Float64) for frame in (wrong, right)]
    assert (cost[0] - cost[1] * 100).abs().max() == pytest.approx(0, abs=0.01)
    lost = wrong["Event End Date"].is_null() & right["Event End Date"].is_not_null()
    assert 20 < lost.sum() < right.height / 4
    assert set(right.filter(lost)["Event Type"]) == {"Service"}
    assert "pence" in withdrawn.note


def test_the_order_is_written_beside_the_files(folder: Path, deliveries: list[Delivery]) -> None:
    told = pl.read_csv(folder / "deliveries.csv", infer_schema=False)
    assert told["file"].to_list() == [d.file.name for d in deliveries]
    assert told["action"].to_list() == [d.action for d in deliveries]
    assert told["at"].to_list() == [str(d.at) for d in deliveries]
    assert {path.name for path in folder.iterdir()} == {*told["file"], "deliveries.csv"}


def test_the_same_seed_gives_the_same_deliveries(folder: Path, deliveries: list[Delivery], tmp_path: Path) -> None:
    again = write_deliveries(tmp_path, councils=4, people=150, quarters=4, seed=2)
    assert [d.file.read_bytes() for d in again] == [d.file.read_bytes() for d in deliveries]


def test_two_quarters_are_too_few(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="too few"):
        write_deliveries(tmp_path / "none", quarters=2)
    assert not (tmp_path / "none").exists()


def test_the_command_makes_them(tmp_path: Path) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "asccld", "synth", str(tmp_path / "out"), "--deliveries", *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    made = run("--people", "60", "--quarters", "3")
    assert made.returncode == 0, made.stderr
    printed = made.stdout.split()
    assert all(Path(path).is_file() for path in printed)
    assert printed[-1].endswith("deliveries.csv")
    assert run("--faults", "0.1").returncode == 2
