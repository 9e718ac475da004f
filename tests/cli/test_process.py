"""The command line as a process: exit codes, one line for every fault, and outputs that are whole or absent."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CLEAN, FAULTY = EXAMPLES / "submission-clean.csv", EXAMPLES / "submission-with-faults.csv"
PROGRAM = [sys.executable, "-m", "asccld"]
BLOCK = 4_096
"""Bytes that a file may have where the disk is to be full."""


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=cwd, check=False)


def run_without_room(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """With a limit on the size of files, which does what a full disk does and needs no disk to fill."""

    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (BLOCK, BLOCK))

    command = [*PROGRAM, *map(str, arguments)]
    # Standard output is a pipe, which the limit does not concern.
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=cwd, check=False, preexec_fn=limit,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def shell(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"], capture_output=True, encoding="utf-8", check=False
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr of a command that could not run."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("asccld: ")
    return done.stderr.removeprefix("asccld: ").rstrip()


# ---------------------------------------------------------------- exit codes


@pytest.mark.parametrize(("file", "code"), [(CLEAN, 0), (FAULTY, 1), (EXAMPLES / "none.csv", 2)])
def test_the_exit_code_is_the_verdict(file: Path, code: int) -> None:
    assert run("validate", file).returncode == code


@pytest.mark.parametrize("option", ["", "--json"])
@pytest.mark.parametrize(("file", "code"), [(CLEAN, 0), (FAULTY, 1)])
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_who_leaves_does_not_change_the_verdict(file: Path, code: int, option: str, reader: str) -> None:
    done = shell(f"{shlex.join([*PROGRAM, 'validate', str(file)])} {option} | {reader}")
    assert done.returncode == code, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["standard list values", "policy", "--help", "standard list values --json"])
def test_a_reader_who_leaves_is_no_error(command: str) -> None:
    done = shell(f"{shlex.join(PROGRAM)} {command} | true")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_program_without_outputs_still_says_the_verdict(closed: str) -> None:
    done = shell(f"{shlex.join([*PROGRAM, 'validate', str(FAULTY)])} {closed}")
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("command", [("validate", str(CLEAN)), ("standard", "list", "values")])
def test_output_that_finds_no_room_is_no_success(command: tuple[str, ...]) -> None:
    done = shell(f"{shlex.join([*PROGRAM, *command])} > /dev/full")
    assert one_line(done).startswith("The disk is full")


# ---------------------------------------------------------------- commands typed wrongly


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("validat x", "There is no command 'validat' (asccld). Did you mean validate?"),
        ("zzz", "There is no command 'zzz' (asccld). Commands: demo, map, validate, "),
        ("standard lsit", "There is no command 'lsit' (asccld standard). Did you mean list?"),
        ("--verison", "There is no option '--verison' (asccld). Did you mean --version?"),
        ("validate a.csv --reprot r.html", "no option '--reprot' (asccld validate). Did you mean --report?"),
        ("validate a.csv --zzz", "There is no option '--zzz' (asccld validate). See: asccld validate --help"),
        ("validate", "'file' is missing (asccld validate). See: asccld validate --help"),
        ("validate a.csv b.csv", "more than the command takes: b.csv (asccld validate)"),
        ("validate a.csv --report", "Option '--report' requires an argument"),
        ("validate a.csv --received soon", "'soon' is not a date like 2026-07-31 or 31/07/2026 (--received)"),
        ("synth d --period-end soon", "'soon' is not a date like 2026-07-31 (--period-end)"),
        ("synth d --people 0", "0 is too small: 5 is the least (--people)"),
        ("synth d --people x", "'x' is not a whole number (--people)"),
        ("synth d --faults x", "'x' is not a number (--faults)"),
        ("synth d --faults 3", "3.0 is not between 0 and 0.1 (--faults)"),
        ("standard calendar 2026-07-20 --next 99", "99 is not between 1 and 40 (--next)"),
        ("standard list valeus", "Did you mean values?"),
        ("standard adopt x.xlsx", "No folder is named for the overlay. Add --out DIR"),
        ("validate none.csv", "There is no such file (none.csv)"),
        ("validate none.csv --findings x.html", "Findings cannot be written as .html"),
        ("validate none.csv --dq-values x.xlsx", "Data-quality values cannot be written as .xlsx"),
    ],
)
def test_a_command_typed_wrongly_is_one_line(arguments: str, told: str, tmp_path: Path) -> None:
    assert told in one_line(run(*arguments.split(), cwd=tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [(), ("--help",), ("standard",), ("standard", "--help"), ("validate", "--help")])
def test_help_is_help(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert "Usage: asccld" in done.stdout + done.stderr
    assert "Error" not in done.stderr
    assert done.returncode == (0 if "--help" in arguments else 2)


def test_the_version_is_told() -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("asccld ")


@pytest.mark.parametrize(("events", "told"), [(1, "Checked 1 event "), (2, "Checked 2 events ")])
def test_progress_on_a_terminal_is_counted_in_words(events: int, told: str, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    pl.read_csv(CLEAN, infer_schema=False).head(events).write_csv(path)
    ours, theirs = os.openpty()
    subprocess.run([*PROGRAM, "validate", path], stdout=subprocess.DEVNULL, stderr=theirs, check=False)
    os.close(theirs)
    assert told in os.read(ours, BLOCK).decode()
    os.close(ours)


# ---------------------------------------------------------------- names from strangers


@pytest.mark.parametrize("name", ["\x1b[31mred.csv", "\u202etxt.csv", "two\nlines.csv", "bad\udcff.csv"])
def test_hostile_file_names_do_not_reach_the_terminal_as_they_are(name: str, tmp_path: Path) -> None:
    told = one_line(run("validate", tmp_path / name))
    assert not {"\x1b", "\u202e"} & set(told)


def test_a_hostile_policy_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    assert run("policy", "--out", policy).returncode == 0
    text = policy.read_text(encoding="utf-8")
    name = next(line for line in text.splitlines() if line.startswith("name"))
    policy.write_text(text.replace(name, r'name = "\u001b[31mred\u202e"'), encoding="utf-8")
    done = run("validate", CLEAN, "--policy", policy)
    assert done.returncode == 0, done.stderr
    assert "[U+001B][31mred[U+202E]" in done.stdout


# ---------------------------------------------------------------- outputs


@pytest.mark.parametrize("name", ["r.html", "r.xlsx", "r.json", "r.csv", "r.parquet"])
def test_a_report_on_a_full_disk_is_one_line_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    told = one_line(run_without_room("validate", FAULTY, "--report", name, cwd=tmp_path))
    assert told.startswith(f"The disk is full ({name})")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--findings", "--dq-values"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_on_a_full_disk_are_one_line_and_leave_nothing(option: str, suffix: str, tmp_path: Path) -> None:
    told = one_line(run_without_room("validate", FAULTY, option, f"t{suffix}", cwd=tmp_path))
    assert told.startswith(f"The disk is full (t{suffix})")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [("demo", "--out", "d", "--people", "100"), ("synth", "d", "--people", "100")])
def test_made_up_files_on_a_full_disk_are_one_line_and_leave_nothing(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    assert one_line(run_without_room(*arguments, cwd=tmp_path)).startswith("The disk is full (")
    assert {*tmp_path.rglob("*")} <= {tmp_path / "d"}


def test_demo_needs_a_folder(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    told = one_line(run("demo", "--out", "taken", cwd=tmp_path))
    assert told == "A file has the name of the folder (taken). Give --out another name"
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_what_is_read_is_not_replaced(tmp_path: Path) -> None:
    for name in ("policy.json", "asccld.toml", "named.json"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "overlay").mkdir()
    (tmp_path / "in.csv").write_bytes(CLEAN.read_bytes())
    for output, option, name in (
        ("in.csv", [], "input"),
        ("policy.json", ["--policy", "policy.json"], "policy"),
        ("named.json", ["--settings", "named.json"], "settings file"),
        ("overlay/r.json", ["--standard", "overlay"], "overlay of the standard"),
    ):
        told = one_line(run("validate", "in.csv", "--report", output, *option, cwd=tmp_path))
        assert told == f"An output would replace the {name} ({output}). Give another file name"
    assert (tmp_path / "in.csv").read_bytes() == CLEAN.read_bytes()


def test_two_outputs_of_one_name_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    assert "Two outputs" in one_line(run("validate", CLEAN, "--report", "r.csv", "--findings", "r.csv", cwd=tmp_path))
    assert "does not exist" in one_line(run("validate", CLEAN, "--report", "no/r.html", cwd=tmp_path))


@pytest.mark.parametrize(
    ("option", "what", "formats"),
    [
        ("--report", "An output", ".html or .xlsx or .json or .csv or .parquet"),
        ("--findings", "Findings", ".csv or .parquet"),
        ("--dq-values", "Data-quality values", ".csv or .parquet"),
    ],
)
@pytest.mark.parametrize("name", ["x.doc", "x", "x.csv.zip"])
def test_an_output_that_nobody_can_write_is_refused_before_the_check(
    option: str, what: str, formats: str, name: str, tmp_path: Path
) -> None:
    """The input is not there either: it has not been looked for."""
    told = one_line(run("validate", "none.csv", option, name, cwd=tmp_path))
    assert told.startswith(f"{what} cannot be written as")
    assert f"End the file name in {formats}" in told
    assert not list(tmp_path.iterdir())


def test_a_folder_in_which_nothing_may_be_written_is_refused_before_the_check(tmp_path: Path) -> None:
    """Nobody makes files in /proc, whoever they are."""
    told = one_line(run("validate", "none.csv", "--report", "/proc/r.html", cwd=tmp_path))
    assert "(/proc/r.html)" in told
    assert "none.csv" not in told
    (tmp_path / "r.html").mkdir()
    assert "folder of this name" in one_line(run("validate", "none.csv", "--report", "r.html", cwd=tmp_path))


def test_clean_files_do_not_replace_faulty_ones_that_are_told_of(tmp_path: Path) -> None:
    made = run("synth", "d", "--people", "50", "--faults", "0.01", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    before = {path: path.read_bytes() for path in (tmp_path / "d").iterdir()}
    assert "faults.csv" in one_line(run("synth", "d", "--people", "50", cwd=tmp_path))
    assert {path: path.read_bytes() for path in (tmp_path / "d").iterdir()} == before
    assert run("synth", "d", "--people", "50", "--faults", "0.01", cwd=tmp_path).returncode == 0
