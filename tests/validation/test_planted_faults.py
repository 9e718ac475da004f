"""Made-up files: every planted fault is found, and a file without faults has none at error or above."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from asccld.synthetic import FILE_RULES, Submission, file_faults, inject_faults, make_councils
from asccld.validation import ValidationResult, load_rules, validate

RELEASES = ("v5", "r1", "r2")
EVERY_SEED = settings(
    deadline=None,
    # a smaller seed is no simpler: shrinking would only cost time
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CAPPED = {r.id for r in load_rules() if r.listed is not None}


def submission(release: str, seed: int, rows: int = 600) -> Submission:
    """One made-up file."""
    return next(iter(make_councils(rows=rows, release=release, seed=seed)))


def checked(frame: pl.DataFrame, made: Submission, folder: Path) -> ValidationResult:
    """The result of checking a frame as the file of its council."""
    path = folder / "file.csv"
    frame.write_csv(path)
    return validate(path, la=made.la_code, received=made.received, release=made.release)


def listed(result: ValidationResult) -> pl.DataFrame:
    """What was found, as (rule, row, field)."""
    return result.findings.select(pl.col("rule", "field").cast(pl.String), pl.col("row")).unique()


def missed(truth: pl.DataFrame, result: ValidationResult) -> pl.DataFrame:
    """Planted faults that were not found; rules that list only the first of many are compared by their counts."""
    planted = truth.with_columns(pl.col("row").cast(pl.UInt32))
    rows = planted.filter(~pl.col("rule").is_in(CAPPED))
    lost = rows.join(listed(result), on=["rule", "row", "field"], how="anti", nulls_equal=True)
    counts = planted.filter(pl.col("rule").is_in(CAPPED)).group_by("rule", "field").len("planted")
    found = result.rules.select("rule", "field", "failed")
    few = counts.join(found, on=["rule", "field"], how="left", nulls_equal=True).filter(
        pl.col("failed").fill_null(0) < pl.col("planted")
    )
    return pl.concat([lost.select("rule", "field"), few.select("rule", "field")])


@settings(EVERY_SEED, max_examples=10)
@given(release=st.sampled_from(RELEASES), seed=st.integers(1, 10_000), rate=st.sampled_from([0.005, 0.02, 0.05]))
def test_every_planted_fault_is_found(tmp_path: Path, release: str, seed: int, rate: float) -> None:
    made = submission(release, seed)
    faulty, truth = inject_faults(made.frame, rate=rate, seed=seed, release=release)
    lost = missed(truth, checked(faulty, made, tmp_path))
    assert lost.is_empty(), lost.unique().rows()


@settings(EVERY_SEED, max_examples=8)
@given(release=st.sampled_from(RELEASES), seed=st.integers(1, 10_000))
def test_a_clean_file_has_no_errors(tmp_path: Path, release: str, seed: int) -> None:
    made = submission(release, seed)
    result = checked(made.frame, made, tmp_path)
    assert result.verdict == "ACCEPTED", result.rules.filter(pl.col("failed") > 0).select("rule", "field").rows()
    assert result.counts["reject"] == result.counts["error"] == 0


@pytest.mark.parametrize("rule", sorted(FILE_RULES))
def test_faults_of_a_whole_file_are_found(tmp_path: Path, rule: str) -> None:
    made = submission("r2", 7)
    fault = file_faults(made.frame, rule, seed=7)
    path = tmp_path / "file.csv"
    fault.write(path)
    options = {"la": made.la_code, "received": made.received, "release": "r2", **fault.options}
    result = validate(path, **options)
    found = listed(result).filter(pl.col("rule") == rule)
    assert found.height, result.rules.filter(pl.col("failed") > 0)["rule"].unique().to_list()
    planted = fault.truth.filter(pl.col("rule") == rule)["field"].drop_nulls()
    assert set(planted) <= set(found["field"])
