"""How many episodes the command tells of, where the script's table has several rows for one."""

from pathlib import Path

import polars as pl

from commonly import Run
from measures.golden import FOLDER

EVENTS = FOLDER / "pathways" / "input" / "CLD_R1_Raw.parquet"


def test_episodes_are_told_as_often_as_the_figures_count_them(run: Run, tmp_path: Path) -> None:
    period = ("--start", "2023-04-01", "--end", "2023-12-31")
    code, _, said = run("measure", "sts002b", "--events", EVENTS, *period, "--out", tmp_path)
    assert code == 0
    counted, rows = pl.read_csv(tmp_path / "sts002b.csv")["count"].sum(), pl.read_csv(tmp_path / "sts002b_episodes.csv")
    assert counted < rows.height
    assert f"sts002b_episodes: {counted} episodes of 10 councils" in said
