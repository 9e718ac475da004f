"""`asccld process --engine`: the command as it is typed, on Spark and on PostgreSQL, makes the golden tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from asccld.engine import connected
from processing.golden import FOLDER, expected, period, same
from servers import installed

RAW = FOLDER / "small" / "input" / "CLD_Raw.parquet"
SPARK = "local[2]?spark.sql.adaptive.enabled=false&spark.sql.shuffle.partitions=2&spark.driver.memory=2g"


def processed(mode: str, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    days = zip(("--start", "--end", "--as-of"), map(str, period("small", mode)), strict=True)
    said = [word for pair in days for word in pair]
    references = ["--reference", str(FOLDER / "small" / "input" / "reference")]
    command = [sys.executable, "-m", "asccld", "process", "--mode", mode, *said, *references, "--out", str(out), *more]
    path = os.pathsep.join([str(installed("java").parent), os.environ.get("PATH", "")])
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": path}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_on_spark(tmp_path: Path) -> None:
    done = processed("single", tmp_path / "main.parquet", "--engine", SPARK, "--events", str(RAW))
    assert done.returncode == 0, done.stderr
    assert "Main table:" in done.stderr
    same(pl.read_parquet(tmp_path / "main.parquet"), expected("small", "single_4_main"))


def test_on_postgresql_with_the_steps_and_the_reasons(postgres_url: str, tmp_path: Path) -> None:
    with connected(postgres_url) as con:
        con.raw_sql("CREATE SCHEMA asc_data").close()
        con.create_table("cld_raw", pl.read_parquet(RAW).rename(str.lower).to_arrow(), database="asc_data")
    further = (
        "--engine",
        postgres_url,
        "--events",
        "asc_data.cld_raw",
        "--explain",
        "--steps",
        str(tmp_path / "steps"),
    )
    done = processed("joined", tmp_path / "main.parquet", *further)
    assert done.returncode == 0, done.stderr
    assert "Which file serves which period" in done.stdout
    same(pl.read_parquet(tmp_path / "main.parquet"), expected("small", "joined_4_main"))
    same(pl.read_parquet(tmp_path / "steps" / "events_in_period.parquet"), expected("small", "joined_2_EventsInPeriod"))
