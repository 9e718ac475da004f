"""`asccld submissions` as a process: exit codes, what is data and what is talk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from submissions.files import amended_file, rejected_file, submission_file


def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "asccld", "submissions", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=os.environ | environment)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for file in (submission_file(tmp_path), amended_file(tmp_path)):
        assert run("add", file, "--store", tmp_path / "store", "--received", "2026-04-20").returncode == 0
    return tmp_path / "store"


def test_the_exit_code_of_add_is_the_verdict(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "store")
    accepted, rejected = run("add", submission_file(tmp_path), *store), run("add", rejected_file(tmp_path), *store)
    unreadable = run("add", tmp_path / "none.csv", *store)
    assert (accepted.returncode, rejected.returncode, unreadable.returncode) == (0, 1, 2)
    assert accepted.stdout.startswith("Receipt 1: ACCEPTED")
    assert "Why it was rejected:" in rejected.stdout
    assert unreadable.stderr.startswith("asccld: There is no such file (none.csv). ")
    again = run("add", rejected_file(tmp_path), *store)
    assert (again.returncode, again.stdout) == (1, rejected.stdout)
    assert "received before" in again.stderr


def test_json_is_data_and_nothing_else(store: Path, tmp_path: Path) -> None:
    for arguments in (
        ("list",), ("show", "1"), ("receipt", "2"), ("compare", "1", "2"), ("check",), ("sweep",),
        ("add", submission_file(tmp_path)),
    ):  # fmt: skip
        done = run(*arguments, "--store", store, "--json")
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)


def test_list_says_which_file_is_in_use(store: Path) -> None:
    lines = run("list", "--store", store).stdout.splitlines()
    assert lines[0].split() == ["id", "council", "name", "period", "release", "received", "rows", "verdict", "state"]
    assert lines[1].endswith("superseded by 2")
    assert lines[2].endswith("current")
    assert len(run("list", "--store", store, "--as-of", "2026-04-19").stdout.splitlines()) == 1
    assert len(run("list", "--store", store, "--la", "503").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("received", "told"),
    [
        ("0001-01-01T00:00+12:00", "lies before 2000"),
        ("9999-12-31T23:59:59.9999-12:00", "lies in the future"),
        ("2099-01-01", "lies in the future"),
        ("31/12/1999", "lies before 2000"),
    ],
)
def test_a_time_of_receipt_that_cannot_be_is_refused(received: str, told: str, tmp_path: Path) -> None:
    done = run("add", submission_file(tmp_path), "--store", tmp_path / "store", "--received", received)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert told in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_file_from_before_the_end_of_its_period_is_taken_with_a_warning(tmp_path: Path) -> None:
    early = run("add", submission_file(tmp_path), "--store", tmp_path / "store", "--received", "30/03/2026")
    assert early.returncode == 0
    assert early.stdout.startswith("Receipt 1: ACCEPTED")
    assert early.stderr.startswith("Warning: received on 30/03/2026, before the end of the period")
    in_time = run("add", amended_file(tmp_path), "--store", tmp_path / "store", "--received", "31/03/2026 09:30")
    assert (in_time.returncode, in_time.stderr) == (0, "")
    assert "2026-03-31T09:30:00.000Z" in in_time.stdout
    assert len(run("list", "--store", tmp_path / "store", "--as-of", "30/03/2026").stdout.splitlines()) == 2


@pytest.mark.parametrize("number", ["99999999999999999999999", "3", "0"])
@pytest.mark.parametrize("command", [("show",), ("receipt",), ("compare", "1"), ("withdraw", "--reason", "x")])
def test_a_number_that_no_submission_has_is_told(command: tuple[str, ...], number: str, store: Path) -> None:
    done = run(*command, number, "--store", store)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"asccld: There is no submission {number}. The newest is 2; asccld submissions list shows all\n"
    )


def test_withdraw_and_restore_are_remembered(store: Path) -> None:
    assert run("withdraw", "2", "--store", store, "--reason", "costs per year", "--who", "B.").returncode == 0
    assert run("list", "--store", store).stdout.splitlines()[2].endswith("withdrawn")
    assert run("restore", "2", "--store", store).returncode == 0
    shown = run("show", "2", "--store", store).stdout
    assert "State: current" in shown
    assert [line.split()[1] for line in shown.splitlines()[-3:]] == ["added", "withdrawn", "restored"]
    assert shown.splitlines()[-2].split()[2:] == ["B.", "costs", "per", "year"]


def test_compare_prints_counts_and_writes_rows(store: Path, tmp_path: Path) -> None:
    done = run("compare", "1", "2", "--store", store, "--out", tmp_path / "changes.csv")
    assert done.returncode == 0, done.stderr
    assert "1 event gone" in done.stdout
    assert "gone,2,," in (tmp_path / "changes.csv").read_text(encoding="utf-8-sig")
    inside = run("compare", "1", "2", "--store", store, "--out", store / "changes.csv")
    assert "would replace the store" in inside.stderr


def test_compare_tells_earlier_from_later_by_the_time_of_receipt(store: Path, tmp_path: Path) -> None:
    forward, back = (run("compare", *pair, "--store", store, "--json") for pair in (("1", "2"), ("2", "1")))
    assert back.stdout == forward.stdout
    assert [json.loads(back.stdout)[key] for key in ("earlier", "later", "gone")] == [1, 2, 1]
    wrong = run("compare", "1", "2", "--store", store, "--out", tmp_path / "c.txt")
    assert wrong.returncode == 2
    assert ".csv or .parquet" in wrong.stderr
    assert ".xlsx" not in wrong.stderr


def test_check_fails_when_something_is_missing_and_list_still_lists(store: Path) -> None:
    assert run("check", "--store", store).returncode == 0
    next((store / "events").rglob("*.parquet")).unlink()
    checked, listed = run("check", "--store", store), run("list", "--store", store)
    assert checked.returncode == 1
    assert "events missing" in checked.stdout
    assert listed.returncode == 0
    assert len(listed.stdout.splitlines()) == 3
    assert "are missing: events/council=" in listed.stderr


def test_a_key_is_made_for_a_new_store_and_kept_apart_from_it(tmp_path: Path) -> None:
    home, store = tmp_path / "home", tmp_path / "store"
    without = {"ASCCLD_KEY": "", "HOME": str(home), "USERPROFILE": str(home)}
    first = run("add", submission_file(tmp_path), "--store", store, **without)
    assert first.returncode == 0, first.stderr
    [key] = (home / ".asccld" / "keys").iterdir()
    assert f"Made a key for this store: {key}" in first.stderr
    second = run("add", amended_file(tmp_path), "--store", store, **without)
    assert (second.returncode, second.stderr) == (0, "")
    key.rename(tmp_path / "moved.key")
    lost = run("add", submission_file(tmp_path, "c.csv", seed=2), "--store", store, **without)
    assert lost.returncode == 2
    assert "which is not here" in lost.stderr
    found = run("add", submission_file(tmp_path, "c.csv", seed=2), "--store", store, "--key", tmp_path / "moved.key")
    assert found.returncode == 0, found.stderr
    secret = (tmp_path / "moved.key").read_text(encoding="utf-8").splitlines()[-1].encode()
    assert [p for p in store.rglob("*") if p.is_file() and secret in p.read_bytes()] == []


def test_a_key_in_the_store_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert run("add", submission_file(tmp_path), "--store", store).returncode == 0
    (store / "my.key").write_text(os.environ["ASCCLD_KEY"], encoding="utf-8")
    refused = run("add", amended_file(tmp_path), "--store", store, "--key", store / "my.key")
    assert refused.returncode == 2
    assert "lies with the data" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list",), "There is no store here"),
        (("show", "7"), "There is no store here"),
        (("add", "x.csv", "--received", "soon"), "'soon' is not a time (--received)"),
        (("add", "x.csv", "--no-key", "--key", "k"), "Both a key and none"),
        (("add", "x.csv", "--received", ""), "'' is not a time (--received)"),
        (("list", "--as-of", "soon"), "'soon' is not a day (--as-of)"),
        (("list", "--as-of", "31/02/2026"), "'31/02/2026' is not a day (--as-of)"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    done = run(*arguments, "--store", tmp_path / "store")
    assert done.returncode == 2
    assert done.stdout == ""
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_validating_does_not_load_the_register(tmp_path: Path) -> None:
    program = "import sys; from asccld.cli import main\ntry: main(['validate', sys.argv[1]])\nexcept SystemExit: pass\n"
    program += "print([m for m in ('sqlalchemy', 'alembic', 'psycopg', 'pyarrow') if m in sys.modules])"
    file = str(submission_file(tmp_path))
    done = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_file_that_cannot_be_read_makes_no_store(tmp_path: Path) -> None:
    missing = run("add", tmp_path / "none.csv", "--store", tmp_path / "misspelt")
    assert missing.returncode == 2
    assert not (tmp_path / "misspelt").exists()
    assert "There is no store here" in run("list", "--store", tmp_path / "misspelt").stderr
