"""Nothing half-written, and an error that says what to do."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from asccld.reports import ReportError, write_report
from asccld.reports.files import refuse_unwritable, replacing, write_text
from asccld.validation.result import ValidationResult

SUFFIXES = [".html", ".xlsx", ".json", ".csv", ".parquet"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_report_is_alone_in_its_folder(rejected: ValidationResult, tmp_path: Path, suffix: str) -> None:
    assert write_report(rejected, tmp_path / f"report{suffix}") == tmp_path / f"report{suffix}"
    assert [file.name for file in tmp_path.iterdir()] == [f"report{suffix}"]


def test_the_suffix_may_be_in_capitals(rejected: ValidationResult, tmp_path: Path) -> None:
    assert write_report(rejected, str(tmp_path / "REPORT.JSON")).stat().st_size > 0


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.xls"])
def test_another_suffix_is_refused(rejected: ValidationResult, tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError, match=r"\.html or \.xlsx or \.json or \.csv or \.parquet"):
        write_report(rejected, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_stood_there_stays_until_the_report_is_whole(
    rejected: ValidationResult, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"report{suffix}"
    path.write_text("before")

    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ReportError, match="may not be written"):
        write_report(rejected, path)
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_folder_without_the_right_to_write_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_unwritable(tmp_path / "r.html")
    assert list(tmp_path.iterdir()) == [], "it leaves nothing"

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "touch", fail)
    with pytest.raises(ReportError, match="Nothing may be written in the folder"):
        refuse_unwritable(tmp_path / "r.html")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    """A limit on the size of files does what a full disk does, and needs no disk to fill."""
    program = f"""
import resource, signal, sys
from reports.made_up import made_up
from asccld.errors import AsccldError
from asccld.reports import write_report
result = made_up(faults=0.5)
import asccld.reports.html, asccld.reports.excel, xlsxwriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    write_report(result, {str(tmp_path / ("report" + suffix))!r})
except AsccldError as error:
    sys.stdout.write(str(error))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("The disk is full"), ran.stderr
    assert "\n" not in ran.stdout
    assert ran.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="The folder does not exist"):
        write_text(tmp_path / "none" / "report.html", "x")


def test_a_folder_is_no_place_for_a_report(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="a folder of this name"):
        write_text(tmp_path, "x")


def test_other_trouble_is_told_in_the_words_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="Input/output error"), replacing(tmp_path / "report.html"):
        raise OSError(errno.EIO, "Input/output error")


def test_an_error_of_ours_passes_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "report.html") as part:
        raise ZeroDivisionError(part.write_text("half"))
    assert list(tmp_path.iterdir()) == []
