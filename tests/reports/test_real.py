"""Reports on what the engine really hands out."""

from pathlib import Path

import polars as pl
import pytest

from asccld.reports import REPORT_SUFFIXES, print_result, write_dq_values, write_report
from asccld.reports.html import html_page
from asccld.synthetic import make_councils
from asccld.validation import validate
from asccld.validation.result import ValidationResult


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> ValidationResult:
    """A made-up council's file with some cells spoilt."""
    frame = next(make_councils(people=300)).frame.with_columns(pl.all().cast(pl.String))
    spoilt = [
        pl.when(pl.int_range(pl.len()) % 17 == place % 17)
        .then(pl.lit(["", "N/A", "=1+1", "31/02/2025", "white british"][place % 5]))
        .otherwise(pl.col(name))
        .alias(name)
        for place, name in enumerate(frame.columns)
    ]
    path = tmp_path_factory.mktemp("real") / "extract.csv"
    frame.with_columns(spoilt).write_csv(path)
    return validate(path, dq_values=True)


@pytest.mark.parametrize("suffix", REPORT_SUFFIXES)
def test_every_format_is_written(checked: ValidationResult, tmp_path: Path, suffix: str) -> None:
    assert write_report(checked, tmp_path / f"report{suffix}").stat().st_size > 1_000


def test_the_rest_too(checked: ValidationResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_dq_values(checked, tmp_path / "dq.csv")
    print_result(checked)
    assert capsys.readouterr().out.startswith("REJECTED")


def test_the_page_has_no_unfilled_places(checked: ValidationResult) -> None:
    assert not [
        word for word in ("{field}", "{value}", "{meant}", "{condition}", "None.") if word in html_page(checked)
    ]
