"""Promises of SECURITY.md and of the page about privacy that need the whole program.

Nothing that could point at a person gets out of it, in whatever form.
"""

import csv
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from repository.files import ROOT

IDENTIFYING = (
    "NHS Number",
    "LA Person Unique Identifier",
    "First Name",
    "Last Name",
    "Date of Birth",
    "Date of Death",
    "Postcode",
    "Event Description",
    "Adult 1 Linked Person_ID",
    "Adult 2 Linked Person_ID",
    "Adult 3 Linked Person_ID",
)
OUTPUTS = ("report.html", "report.xlsx", "result.json", "findings.csv", "findings.parquet", "dq.csv")
WORDS = ("Gender", "Event Outcome", "Service Type")
NO_WORDS = ("Unit Cost", "Provider CQC Location ID", "GP Practice Code", "LA Code")
# An NHS number, a postcode, a birth date and an e-mail address, as they stand in a wrong column.
SLIPPED = ("999 000 1234", "QQ1 9ZZ", "07/11/1931", "jo@example.org")


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "asccld", "validate", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout
    return done.stdout


def checked(folder: Path, rows: list[dict[str, str]], *options: str) -> dict[str, str]:
    """Every output for a file, as text, by name."""
    with (folder / "extract.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    reports = [word for name in OUTPUTS[:4] for word in ("--report", name)]
    others = ["--findings", "findings.parquet", "--dq-values", "dq.csv"]
    printed = run(folder, "extract.csv", *reports, *others, *options)
    return {"terminal": printed, **{name: "\n".join(texts_of(folder / name)) for name in OUTPUTS}}


def texts_of(path: Path) -> Iterator[str]:
    match path.suffix:
        case ".xlsx":
            with zipfile.ZipFile(path) as parts:
                yield from (parts.read(name).decode("utf-8") for name in parts.namelist())
        case ".parquet":
            yield pl.read_parquet(path).with_columns(pl.all().cast(pl.String)).write_csv()
        case _:
            yield path.read_text(encoding="utf-8-sig")


@pytest.fixture(scope="module")
def faulty() -> list[dict[str, str]]:
    with (ROOT / "examples" / "submission-with-faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def telling(rows: list[dict[str, str]]) -> set[str]:
    """Values of a file that identify and stand in no column whose values may be shown; long enough to be looked for."""
    others = {row[name].strip() for row in rows for name in row if name not in IDENTIFYING}
    values = {row[name].strip() for row in rows for name in IDENTIFYING}
    return {value for value in values - others if len(value) >= 5}


def told(value: str, text: str) -> bool:
    return value in text and re.search(rf"(?<![\w/]){re.escape(value)}(?![\w/])", text) is not None


@pytest.fixture(scope="module")
def outputs(faulty: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return checked(tmp_path_factory.mktemp("faulty"), faulty)


def test_no_output_tells_a_value_that_could_point_at_a_person(
    faulty: list[dict[str, str]], outputs: dict[str, str]
) -> None:
    values = telling(faulty)
    assert len(values) > 500
    assert {name: found for name, text in outputs.items() if (found := [v for v in values if told(v, text)])} == {}


def test_they_are_there_when_asked_for_and_every_report_says_so(faulty: list[dict[str, str]], tmp_path: Path) -> None:
    shown = checked(tmp_path, faulty, "--show-identifiers")
    assert any(told(value, shown["findings.csv"]) for value in telling(faulty))
    assert "do not pass" in shown["terminal"]
    assert "identifying values" in shown["report.html"].lower()
    assert "identifying values" in shown["report.xlsx"].lower()
    assert '"identifiers_shown": true' in shown["result.json"]
    for table in ("findings.csv", "findings.parquet", "dq.csv"):
        lines = shown[table].splitlines()
        assert lines[0].endswith(",caution")
        assert lines[-1].endswith(",identifying values are shown: do not pass on")
    assert {path.name for path in tmp_path.iterdir()} == {"extract.csv", *OUTPUTS}, "nothing else is left behind"


def test_details_in_a_wrong_column_are_hidden(faulty: list[dict[str, str]], tmp_path: Path) -> None:
    misplaced = [(column, text) for column in WORDS for text in SLIPPED]
    misplaced += [(column, text) for column in NO_WORDS for text in (*SLIPPED, "Quennell")]
    rows = [dict(row) for row in faulty]
    for place, (column, text) in enumerate(misplaced, start=20):
        rows[place][column] = text
    shown = checked(tmp_path, rows)
    assert {name: found for name, text in shown.items() if (found := [v for _, v in misplaced if told(v, text)])} == {}
    hidden = sum(line.count("(hidden)") for line in shown["findings.csv"].splitlines() if "value-unknown" in line)
    assert hidden >= len(WORDS) * len(SLIPPED)
