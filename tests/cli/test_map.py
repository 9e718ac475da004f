"""`asccld map` as its users see it: a process with exit codes, files that are whole or absent, messages that teach."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from asccld.intake.mapping.submission import map_extracts
from asccld.validation import validate

MAPPING = """\
[mapping]
title = "Small"
[period]
start = 2025-04-01
end = 2026-03-31
[constants]
la_code = "503"
event_type = "Service"
[extract.people]
file = "people.csv"
key = "ID"
fields = { la_person_unique_identifier = "ID", gender = "SEX" }
[extract.services]
file = "services*.csv"
join = { people = "ID" }
fields = { event_start_date = "START" }
[values.gender.map]
"M" = "Male"
"""
PEOPLE = "ID,SEX\n" + "".join(f"P{at},M\n" for at in range(100))
SERVICES = "ID,START\n" + "".join(f"P{at},01/04/2025\n" for at in range(100))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "services-2026.csv").write_text(SERVICES)
    return tmp_path


def run(folder: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "asccld", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder, check=False, **more)  # pyright: ignore[reportCallIssue, reportArgumentType]


def test_map_then_validate_and_the_mapping_is_named_everywhere(folder: Path) -> None:
    done = run(folder, "map", "--mapping", "mapping.toml", "--out", "out.csv")
    assert (done.returncode, done.stderr.splitlines()[-1].startswith("out.csv: 100 events in r2, 0 findings")) == (
        0,
        True,
    )
    report = json.loads((folder / "out.csv.map.json").read_text())
    name = f"mapping.toml {report['mapping']['fingerprint']}"
    assert report["submission"]["rows"] == 100

    checked = run(folder, "validate", "out.csv", "--json")
    assert json.loads(checked.stdout)["file"]["mapping"] == name
    assert f"mapping {name}" in run(folder, "validate", "out.csv").stdout
    added = run(folder, "submissions", "add", "out.csv", "--store", "store", "--no-key", "--json")
    assert json.loads(added.stdout)["file"]["mapping"] == name
    shown = run(folder, "submissions", "show", "1", "--store", "store")
    assert f"Made by          mapping {name}" in shown.stdout


def test_a_submission_that_was_changed_is_no_longer_the_mappings(folder: Path) -> None:
    run(folder, "map", "--mapping", "mapping.toml", "--out", "out.csv")
    with (folder / "out.csv").open("a") as handle:
        handle.write("\n")
    file = json.loads(run(folder, "validate", "out.csv", "--json").stdout)["file"]
    assert file["mapping"] is None
    assert any("not the file as mapping.toml made it" in note for note in file["notes"])


@pytest.mark.parametrize("damage", ["", '{"mapping": {', '{"mapping": 1}', "[" * 100_000])
def test_a_damaged_report_beside_a_submission_is_told(folder: Path, damage: str) -> None:
    map_extracts(folder / "mapping.toml", folder / "out.csv")
    (folder / "out.csv.map.json").write_text(damage)
    file = validate(folder / "out.csv").file
    assert file.mapping is None
    assert any("report beside the file (out.csv.map.json) could not be read" in note for note in file.notes)


def test_a_register_tells_of_a_damaged_report(folder: Path) -> None:
    run(folder, "map", "--mapping", "mapping.toml", "--out", "out.csv")
    (folder / "out.csv.map.json").write_text("{")
    added = run(folder, "submissions", "add", "out.csv", "--store", "store", "--no-key")
    assert "Note: the mapping's report beside the file (out.csv.map.json) could not be read" in added.stderr


def test_a_new_local_code_is_caught_with_its_count(folder: Path) -> None:
    assert run(folder, "map", "check", "--mapping", "mapping.toml").returncode == 0
    (folder / "people.csv").write_text(PEOPLE.replace("P1,M", "P1,MALE2").replace("P2,M", "P2,MALE2"))
    done = run(folder, "map", "check", "--mapping", "mapping.toml", "--report", "values.csv", "--all")
    assert done.returncode == 1
    assert "No national value for 'MALE2' in Gender" in done.stdout
    assert (folder / "values.csv").read_text().splitlines()[1] == "people,gender,Gender,SEX,MALE2,2,3,MALE2,unmapped"
    assert not (folder / "out.csv").exists()
    found = json.loads(run(folder, "map", "check", "--mapping", "mapping.toml", "--json").stdout)
    assert [(f["local"], f["rows"]) for f in found["findings"]] == [("MALE2", 2)]
    written = run(folder, "map", "--mapping", "mapping.toml", "--out", "out.csv")
    assert written.returncode == 1
    assert "MALE2" in (folder / "out.csv").read_text()


@pytest.mark.parametrize("name", ["values.csv", "values.json"])
def test_a_report_takes_the_place_of_an_earlier_one_and_of_nothing_else(folder: Path, name: str) -> None:
    check = ("map", "check", "--mapping", "mapping.toml", "--report", name)
    (folder / name).write_text("ID,NAME\n1,x\n")
    done = run(folder, *check)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"that asccld map did not write as a report ({name})" in done.stderr
    assert (folder / name).read_text() == "ID,NAME\n1,x\n"
    (folder / name).unlink()
    assert [run(folder, *check).returncode for _ in range(2)] == [0, 0]


def test_extracts_may_be_elsewhere(folder: Path) -> None:
    (folder / "new").mkdir()
    for name in ("people.csv", "services-2026.csv"):
        shutil.move(folder / name, folder / "new" / name)
    assert run(folder, "map", "check", "--mapping", "mapping.toml").returncode == 2
    assert run(folder, "map", "check", "new", "--mapping", "mapping.toml").returncode == 0
    (folder / "new" / "people.csv").rename(folder / "new" / "export 1.csv")
    both = ("people=new/export 1.csv", "new/services-2026.csv")
    assert run(folder, "map", "check", *both, "--mapping", "mapping.toml").returncode == 0
    missing = run(folder, "map", "check", "new/exprt 1.csv", "--mapping", "mapping.toml")
    assert "There is no such file or folder" in missing.stderr
    assert "Did you mean export 1.csv?" in missing.stderr
    lost = run(folder, "map", "check", "new/export 1.csv", "--mapping", "mapping.toml")
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1)
    assert "The mapping does not say which extract this file is (export 1.csv). Say which it is" in lost.stderr
    wrong = run(folder, "map", "check", "peple=new/export 1.csv", "--mapping", "mapping.toml")
    assert "The mapping has no extract 'peple' (peple=new/export 1.csv). Did you mean people?" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "out.csv"], "'--mapping' is missing"),
        (["--mapping", "mapping.toml"], "'--out' is missing"),
        (["--mapping", "mapping.toml", "--out", "people.csv"], "An output would replace the extract 'people'"),
        (["--mapping", "mapping.toml", "--out", "services-2026.csv"], "An output would replace the extract 'services'"),
        (["--mapping", "mapping.toml", "--out", "out.xlsx"], "A submission cannot be written as .xlsx"),
        (["--mapping", "mapping.toml", "--out", "no/out.csv"], "The folder does not exist"),
        (["--mapping", "mapping.toml", "--out", "out.csv", "--report", "out.csv"], "Two outputs have the same name"),
        (["--mapping", "maping.toml", "--out", "out.csv"], "Did you mean mapping.toml?"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_written(
    folder: Path, arguments: list[str], said: str
) -> None:
    before = sorted(p.name for p in folder.iterdir())
    done = run(folder, "map", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr
    assert sorted(p.name for p in folder.iterdir()) == before


def test_faults_of_the_mapping_come_all_at_once(folder: Path) -> None:
    (folder / "mapping.toml").write_text(MAPPING.replace('"SEX"', '"SECKS"').replace('"START"', '"STRAT"'))
    done = run(folder, "map", "--mapping", "mapping.toml", "--out", "out.csv")
    assert done.returncode == 2
    assert "mapping.toml has 2 faults:" in done.stderr
    assert "line 12, extract.people.fields.gender: There is no column 'SECKS'" in done.stderr
    assert "line 16, extract.services.fields.event_start_date: There is no column 'STRAT'" in done.stderr
    assert "Did you mean START?" in done.stderr


def test_a_full_disk_leaves_nothing(folder: Path) -> None:
    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))

    before = sorted(p.name for p in folder.iterdir())
    without = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = run(folder, "map", "--mapping", "mapping.toml", "--out", "out.csv", preexec_fn=limit, env=without)
    assert (done.returncode, "The disk is full" in done.stderr) == (2, True), done.stderr
    assert sorted(p.name for p in folder.iterdir()) == before


def test_help_is_given_and_the_schema_is_printed(folder: Path) -> None:
    assert "Example: asccld map" in run(folder, "map", "--help").stdout
    assert run(folder, "map").returncode == 2
    assert json.loads(run(folder, "map", "schema").stdout)["title"] == "asccld mapping file"
    assert "Did you mean check?" in run(folder, "map", "chek", "--mapping", "mapping.toml").stderr
    assert "Did you mean --mapping?" in run(folder, "map", "--maping", "x").stderr
