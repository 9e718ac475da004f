"""The notebook from which a data scientist starts: it runs, and shows what it says."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from repository.files import ROOT

NOTEBOOK = ROOT / "examples" / "explore.py"


@pytest.fixture(scope="module")
def known() -> Iterator[dict[str, Any]]:
    """Everything that its cells give to one another, after they were run as marimo runs them."""
    spec = spec_from_file_location("explore", NOTEBOOK)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    _, names = module.app.run()
    yield dict(names)
    shutil.rmtree(names["store"].parent)


def test_it_goes_from_a_submission_to_figures(known: dict[str, Any]) -> None:
    assert known["result"].verdict.startswith("ACCEPTED")
    assert known["quality"].height > 20
    assert known["ours"].height > 3
    assert known["people"]["la_code"].unique().to_list() == [known["newest"].la_code]


def test_the_figures_agree_with_those_who_are_counted(known: dict[str, Any]) -> None:
    totals = known["ours"].filter(pl.col("group") == "Total")
    assert totals["denominator"].sum() == known["people"].height > 30


def test_the_own_question_is_answered_right(known: dict[str, Any]) -> None:
    """Counted again by hand, in another way, for one month."""
    answers = known["supported"]
    month, setting, people = answers.row(answers.height // 2)
    services = known["main"].to_polars().filter(
        pl.col("event_type") == "Service",
        pl.col("service_type_cleaned") == setting,
        pl.col("event_start_date").dt.month_start() <= month,
        pl.col("der_event_end_date").is_null() | (pl.col("der_event_end_date") >= month),
    )  # fmt: skip
    assert services["der_nhs_la_combined_person_id"].n_unique() == people > 5
    assert answers["month"].n_unique() == 12


def test_it_reads_a_register_of_your_own(known: dict[str, Any], tmp_path: Path) -> None:
    command = [sys.executable, str(NOTEBOOK), "--", "--store", str(known["store"]), "--la", known["newest"].la_code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def refused(*arguments: str) -> str:
    command = [sys.executable, str(NOTEBOOK), "--", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("explore: ")
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_a_register_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    assert "There is no store here (nostore)" in refused("--store", "nostore")


def test_a_council_that_is_not_in_the_register_is_said_with_those_that_are(known: dict[str, Any]) -> None:
    said = refused("--store", str(known["store"]), "--la", "xyz")
    assert "The register has no such council (--la xyz)" in said
    assert known["newest"].la_code in said


def test_the_council_can_be_chosen_among_those_of_the_register(known: dict[str, Any]) -> None:
    newest, council = known["newest"], known["council"]
    assert council.value == newest.la_code
    assert list(council.options) == [f"{newest.la_name} ({newest.la_code})"]


def test_marimo_finds_no_fault_in_it() -> None:
    command = [sys.executable, "-m", "marimo", "check", "--strict", str(NOTEBOOK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
