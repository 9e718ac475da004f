"""The bundle tells a helper what is wrong, also when everything is, and nothing of anybody's data."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from asccld.reports.diagnostics import diagnose
from asccld.reports.diagnostics.trying import Trials
from asccld.submissions import Register
from asccld.synthetic import make_councils
from asccld.version import __version__
from docs.test_promises import SLIPPED, WORDS, told
from docs.test_promises import telling as telling_values
from repository.files import ROOT

FAULTY = ROOT / "examples" / "submission-with-faults.csv"
CLEAN = ROOT / "examples" / "submission-clean.csv"


def parts_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def content(parts: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parts["diagnostics.json"])
    return found


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def bundle(folder: Path, **given: Any) -> dict[str, str]:
    return parts_of(diagnose(folder / "bundle.zip", **given).path)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return bundle(tmp_path_factory.mktemp("faulty"), file=FAULTY, la="315")


def test_without_a_file_it_tells_of_the_program_and_the_machine(tmp_path: Path) -> None:
    parts = bundle(tmp_path)
    told_of = content(parts)
    assert set(parts) == {"README.txt", "diagnostics.json"}
    assert told_of["program"]["asccld"] == __version__
    assert told_of["program"]["packages"]["polars"] == pl.__version__
    assert told_of["self_test"]["verdict"] == "ACCEPTED"
    assert told_of["failures"] == {}
    assert min(told_of["speeds"].values()) > 0


def test_a_file_is_told_by_its_shape_and_its_counts(faulty: dict[str, str]) -> None:
    about = content(faulty)["file"]
    assert about["rows"] == 402
    assert about["verdict"] == "REJECTED"
    assert about["kind"] == "csv"
    columns = rows(faulty["columns.csv"])
    assert [c["how"] for c in columns] == ["exact"] * 48
    assert sum(about["findings"].values()) > 1_000


def banded(count: int) -> str:
    """A count as the bundle tells it."""
    return "1 to 4" if 1 <= count <= 4 else str((count + 2) // 5 * 5)


def test_the_numbers_are_those_of_validate_with_few_as_a_band_and_others_rounded(faulty: dict[str, str]) -> None:
    command = [sys.executable, "-m", "asccld", "validate", str(FAULTY), "--la", "315", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    said = json.loads(done.stdout)
    about = content(faulty)["file"]
    assert {name: str(told_of) for name, told_of in about["findings"].items()} == {
        name: banded(count) for name, count in said["counts"].items()
    }
    assert about["sha256"] == said["file"]["sha256"]
    assert [r["failed"] for r in rows(faulty["rules.csv"])] == [banded(r["failed"]) for r in said["rules"]]


def test_no_count_of_few_is_told_and_none_from_which_it_could_be_worked_out(faulty: dict[str, str]) -> None:
    counts = [r[name] for r in rows(faulty["rules.csv"]) for name in ("failed", "checked", "listed")]
    counts += [r["count"] for r in rows(faulty["fields.csv"])] + [r["events"] for r in rows(faulty["months.csv"])]
    assert "1 to 4" in counts
    assert {count for count in counts if count != "1 to 4" and int(count) % 5} == set()
    assert 'written as "1 to 4"' in faulty["README.txt"]


def test_no_value_that_could_point_at_a_person_is_in_it(faulty: dict[str, str]) -> None:
    with FAULTY.open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    values = telling_values(events) | {event["Event Reference"] for event in events if event["Event Reference"]}
    assert len(values) > 800
    text = "\n".join(faulty.values())
    assert [value for value in values if told(value, text)] == []


def test_details_in_wrong_columns_and_a_telling_file_name_do_not_get_into_it(tmp_path: Path) -> None:
    with FAULTY.open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    columns = [*WORDS, "Unit Cost", "LA Code", "Event Start Date", "Reporting Period End Date", "Event Type"]
    for place, (column, text) in enumerate([(c, t) for c in columns for t in (*SLIPPED, "Quennell")]):
        events[place + 5][column] = text
    path = tmp_path / "Jo Quennell 999 000 1234.extract.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, events[0])
        writer.writeheader()
        writer.writerows(events)
    parts = bundle(tmp_path, file=path)
    text = "\n".join(parts.values())
    assert [value for value in (*SLIPPED, "Quennell", "1931", "Jo Q") if value in text] == []
    assert content(parts)["file"]["suffix"] == ".csv"


def test_a_person_in_the_place_of_the_header_is_not_told(tmp_path: Path) -> None:
    lines = CLEAN.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "no-header.csv"
    path.write_text("\n".join(["Quennell,Araminta,999 000 1234", *lines[1:3]]), encoding="utf-8")
    parts = bundle(tmp_path, file=path)
    assert {c["header"] for c in rows(parts["columns.csv"])[:3]} == {"(not in the standard)"}
    text = "\n".join(parts.values())
    assert [value for value in ("Quennell", "Araminta", "999 000") if value in text] == []


def test_headers_that_are_not_exact_say_what_they_are_like(tmp_path: Path) -> None:
    header, *others = CLEAN.read_text(encoding="utf-8").splitlines()
    changed = header.replace("LA Code", "la code ").replace("Gender", "").replace("Ethnicity", "Ethnikity group")
    path = tmp_path / "renamed.csv"
    path.write_text("\n".join([changed + ",Worker", *(line + ",x" for line in others)]), encoding="utf-8")
    columns = rows(bundle(tmp_path, file=path)["columns.csv"])
    assert columns[0]["how"] == "nearly"
    assert {"blank", "unknown", "missing"} <= {c["how"] for c in columns}


@pytest.mark.parametrize("name", ["not there.csv", "folder", "broken.xlsx"])
def test_what_cannot_be_read_is_told_without_its_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"Quennell {name}"
    if name == "folder":
        path.mkdir()
    elif name == "broken.xlsx":
        path.write_bytes(b"PK\x03\x04 and no more")
    made = diagnose(tmp_path / "bundle.zip", file=path)
    parts = parts_of(made.path)
    assert "open the file" in made.failed
    failure = content(parts)["failures"]["open the file"]
    assert failure["foreseen"] is True
    assert failure["at"][-1].startswith("asccld/intake/")
    assert "Quennell" not in "\n".join(parts.values())


def test_the_text_of_an_error_is_never_told() -> None:
    trials = Trials()
    assert trials.attempt("add", lambda: int("Quennell")) is None
    assert trials.failures["add"]["error"] == "ValueError"
    assert trials.failures["add"]["foreseen"] is False
    assert "Quennell" not in json.dumps(trials.failures)
    assert str(ROOT) not in json.dumps(trials.failures)


def test_a_register_is_told_without_who_sent_what(tmp_path: Path) -> None:
    made = next(iter(make_councils(rows=200, seed=3)))
    path = tmp_path / "from Quennell.csv"
    made.frame.write_csv(path)
    with Register.open(tmp_path / "store", create=True) as register:
        number = register.add(path, la=made.la_code, uploader="A. Quennell").submission.number
        register.withdraw(number, "Quennell found a fault")
    parts = bundle(tmp_path, register=tmp_path / "store")
    submission = rows(parts["submissions.csv"])[0]
    assert submission["state"] == "withdrawn"
    assert submission["rows"] == "200"
    findings = [submission[name] for name in ("reject", "error", "warning", "info")]
    assert [f for f in findings if f != "1 to 4" and int(f) % 5] == []
    assert content(parts)["register"]["submissions_at_fault"] == []
    text = "\n".join(parts.values())
    assert "Quennell" not in text
    assert str(tmp_path) not in text


def test_a_damaged_register_is_told(tmp_path: Path) -> None:
    made = next(iter(make_councils(rows=200, seed=3)))
    made.frame.write_csv(tmp_path / "file.csv")
    with Register.open(tmp_path / "store", create=True) as register:
        receipt = register.add(tmp_path / "file.csv", la=made.la_code)
        original = register.original(receipt.submission.number)
    original.chmod(0o600)
    original.write_text("damaged", encoding="utf-8")
    assert content(bundle(tmp_path, register=tmp_path / "store"))["register"]["submissions_at_fault"] == [1]
    assert "open the register" in diagnose(tmp_path / "b.zip", register=tmp_path / "nowhere").failed


def test_settings_that_do_not_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "asccld.toml").write_text("standard = Quennell", encoding="utf-8")
    parts = bundle(tmp_path, file=CLEAN)
    assert set(content(parts)["failures"]) == {"read the settings"}
    assert content(parts)["overlay_in_use"] is False
    assert "Quennell" not in "\n".join(parts.values())


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "asccld", "diagnose", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_command_says_what_it_wrote_and_what_failed(tmp_path: Path) -> None:
    done = run(tmp_path, "nothing.csv", "--out", "for-help.zip")
    assert done.returncode == 0
    assert "diagnostics.json" in done.stdout
    assert "Did not work, and the bundle says where: open the file" in done.stderr
    assert "nothing was sent" in done.stderr
    assert set(parts_of(tmp_path / "for-help.zip")) == {"README.txt", "diagnostics.json"}


def test_it_refuses_to_replace_what_it_reads(tmp_path: Path) -> None:
    (tmp_path / "file.zip").write_bytes(CLEAN.read_bytes())
    done = run(tmp_path, "file.zip", "--out", "file.zip")
    assert done.returncode == 2
    assert "would replace the input" in done.stderr
    assert (tmp_path / "file.zip").read_bytes() == CLEAN.read_bytes()
    assert run(tmp_path, "--out", "bundle.txt").returncode == 2
