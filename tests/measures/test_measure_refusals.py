"""What `asccld measure` refuses before it computes anything, and what it says where there was nothing to count."""

from __future__ import annotations

from pathlib import Path

import pytest

from commonly import Run
from measures.dhsc.golden import FOLDER

SMALL = FOLDER / "small"
JOINED = SMALL / "expected" / "dhsc_joined_4_main_CLD_230401_260331_JoinedSubmissions.csv"
EVENTS = SMALL / "input" / "CLD_Raw.parquet"
YEAR = ("--start", "2025-04-01", "--end", "2026-03-31")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ascof_2e", "ascof_2d", "--main", JOINED), "ascof_2d needs the reference table ASCOF2D_SUS"),
        (("ascof_2e", "dq_values", "--events", EVENTS, "--as-of", "2026-05-05"), "Give it with --dq"),
        (
            ("ascof_2e", "costs", "--events", EVENTS, "--as-of", "2026-05-05", "--option", "cost_window=2026"),
            "'2026' is no window",
        ),
    ],
)
def test_what_one_measure_lacks_is_told_before_another_is_computed(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], told: str
) -> None:
    code, _, said = run("measure", *arguments, *YEAR, "--out", tmp_path / "new" / "out")
    assert (code, told in said.strip().splitlines()[-1], len(said.strip().splitlines())) == (2, True, 1)
    assert not list(tmp_path.iterdir())
