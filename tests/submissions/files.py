"""Made-up submissions to fill a store with, and what every store must be like at any time."""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from asccld.privacy import PseudonymKey
from asccld.submissions import Register
from asccld.synthetic import Submission, make_councils

KEY = "c3a1f09e5b7d2846a0f3915ce8d476b21f6a8e0c4d9b73e5f2a6108c7d4be953"


def the_key() -> PseudonymKey:
    return PseudonymKey.from_text(KEY)


@cache
def made(councils: int = 1, people: int = 40, quarters: int = 1, seed: int = 1) -> tuple[Submission, ...]:
    made_up = make_councils(
        councils=councils, people=people, quarters=quarters, seed=seed, last_period_end=date(2026, 3, 31)
    )
    return tuple(made_up)


def saved(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_csv(path)
    return path


def submission_file(folder: Path, name: str = "submission.csv", **which: int) -> Path:
    """A file that is accepted."""
    return saved(made(**which)[0].frame, folder / name)


def rejected_file(folder: Path, name: str = "rejected.csv") -> Path:
    """A file that lacks a column."""
    return saved(made()[0].frame.drop("Gender"), folder / name)


def amended_file(folder: Path, name: str = "amended.csv") -> Path:
    """The file of `submission_file` with one row less."""
    return saved(made()[0].frame.slice(1), folder / name)


def files_of(store: Path) -> set[str]:
    """Every file of a store but its catalogue and label."""
    parts = ("originals", "events", "receipts", "incoming")
    return {p.relative_to(store).as_posix() for part in parts for p in (store / part).rglob("*") if p.is_file()}


def wanted_files(register: Register) -> set[str]:
    """The files that a store must have, going by its catalogue."""
    wanted: set[str] = set()
    for entry in register.list():
        found = entry.submission
        receipt = f"receipts/{found.la_code}/{found.number:06}-{found.token[:8]}"
        wanted |= {found.original, f"{receipt}.txt", f"{receipt}.json"}
        wanted |= {found.events} if found.events else set()
    return wanted
