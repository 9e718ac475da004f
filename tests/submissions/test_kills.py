"""The register is whole after a kill, wherever it strikes.

Additions run as real processes that die by SIGKILL at a boundary of our choosing (see `killed.py`) or at a random
moment. After each kill, everything that the catalogue tells of is there and is what it says, nothing else remains after
a sweep, and adding the file again ends with exactly one submission of it.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from asccld.submissions import Register
from submissions.files import amended_file, files_of, submission_file, the_key, wanted_files

HARNESS = Path(__file__).with_name("killed.py")
PARTS = 8
"""The boundaries are dealt out to this many tests, so that they run side by side."""
FEWEST = 140
"""Boundaries that an addition has at least. One kill at each, and as many again while a store is being made, on a
server and at random moments, are more than 200."""
ADDED_AGAIN_EVERY = 4
AT_ONCE = timedelta(0)


class Killer:
    """The harness: runs a command and kills it before a boundary; 0 lets it live."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told = ""

    def run(self, store: Path, boundary: int, *arguments: str | Path) -> tuple[str, int]:
        """The exit code or `killed`, and the number of boundaries passed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([str(store), boundary, *map(str, arguments)]) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        code, _, rest = said.partition(" ")
        self.told = rest
        return code, int(rest.split()[0]) if rest else 0

    def add(self, store: Path, file: Path, boundary: int, *options: str) -> tuple[str, int]:
        return self.run(store, boundary, "submissions", "add", file, "--store", store, *options)


@contextmanager
def killing() -> Iterator[Killer]:
    command = [sys.executable, str(HARNESS)]
    alone = {**os.environ, "POLARS_MAX_THREADS": "1"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone) as process:
        yield Killer(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def killer(apart: None) -> Iterator[Killer]:
    with killing() as found:
        yield found


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with one submission."""
    store = tmp_path / "filled"
    with Register.open(store, create=True) as register:
        register.add(submission_file(tmp_path), key=the_key())
    return store


def assert_whole(store: Path, before: int, *, catalogue: str | None = None) -> int:
    """The number of submissions, once the store is found to be whole and swept clean."""
    with Register.open(store, catalogue=catalogue, create=True) as register:
        listed = register.list()
        assert before <= len(listed) <= before + 1
        assert register.check() == {}
        assert all(entry.events_file == "present" for entry in listed)
        for entry in listed:
            rows = pl.read_parquet(store / (entry.submission.events or ""), hive_partitioning=False)
            assert rows.height == entry.submission.rows == entry.submission.events_rows
            assert (store / entry.submission.original).stat().st_size == entry.submission.size_bytes
        assert register.sweep(AT_ONCE).strangers == ()
        assert files_of(store) == wanted_files(register)
        assert list((store / "incoming").glob("*")) == []
        return len(listed)


def assert_added_once(store: Path, file: Path, before: int, *, catalogue: str | None = None) -> None:
    """Adding again works, and whether it was recorded before decides whether it is a repetition."""
    recorded = assert_whole(store, before, catalogue=catalogue)
    with Register.open(store, catalogue=catalogue, create=True) as register:
        assert register.add(file, key=the_key()).repeated == (recorded > before)
    assert assert_whole(store, before + 1, catalogue=catalogue) == before + 1


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_every_boundary_of_an_addition(part: int, filled: Path, killer: Killer, tmp_path: Path) -> None:
    file = amended_file(tmp_path)
    counted = tmp_path / "counted"
    shutil.copytree(filled, counted)
    code, boundaries = killer.add(counted, file, 0)
    assert code == "0"
    assert boundaries >= FEWEST
    for boundary in range(1 + part, boundaries + 1, PARTS):
        store = tmp_path / str(boundary)
        shutil.copytree(filled, store)
        said, _ = killer.add(store, file, boundary)
        assert said == "killed" or boundary > boundaries - 5, killer.told
        if boundary // PARTS % ADDED_AGAIN_EVERY == 0:
            assert_added_once(store, file, 1)
        else:
            assert_whole(store, 1)
        shutil.rmtree(store)


@pytest.mark.parametrize("part", range(2))
def test_killed_while_the_store_is_made(part: int, killer: Killer, tmp_path: Path) -> None:
    file = submission_file(tmp_path)
    code, boundaries = killer.add(tmp_path / "counted", file, 0)
    assert code == "0"
    for boundary in range(1 + part * 3, boundaries, 6):
        store = tmp_path / str(boundary)
        assert killer.add(store, file, boundary)[0] == "killed", killer.told
        assert_whole(store, 0)
        if boundary // 6 % ADDED_AGAIN_EVERY == 0:
            assert_added_once(store, file, 0)


def test_killed_while_the_catalogue_is_on_a_server(postgres_url: str, killer: Killer, tmp_path: Path) -> None:
    """The same store all the time: what one left, the next has to live with."""
    store, file, boundary = tmp_path / "store", submission_file(tmp_path), 4
    while killer.add(store, file, boundary, "--catalogue", postgres_url)[0] == "killed":
        if assert_whole(store, 0, catalogue=postgres_url):
            break
        boundary += 5
    assert boundary > 60
    with Register.open(store, catalogue=postgres_url) as register:
        assert register.add(file, key=the_key()).repeated
    assert assert_whole(store, 1, catalogue=postgres_url) == 1


def test_killed_at_random_moments(filled: Path, tmp_path: Path) -> None:
    """Also inside SQLite and Arrow, where no boundary of ours is."""
    file, chance = amended_file(tmp_path), random.Random(4081)
    for turn in range(10):
        store = tmp_path / str(turn)
        shutil.copytree(filled, store)
        command = [sys.executable, "-m", "asccld", "submissions", "add", str(file), "--store", str(store)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
        try:
            process.wait(chance.uniform(0.3, 1.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert_whole(store, 1)


def test_what_died_is_swept_by_the_next_addition(
    filled: Path, killer: Killer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boundaries = killer.add(shutil.copytree(filled, tmp_path / "counted"), amended_file(tmp_path), 0)
    assert killer.add(filled, amended_file(tmp_path), boundaries * 3 // 4)[0] == "killed"
    with Register.open(filled) as register:
        left = files_of(filled) - wanted_files(register)
        assert left
        register.add(submission_file(tmp_path, "other.csv", seed=2), key=the_key())
        assert left <= files_of(filled), "it might still be running"
        monkeypatch.setattr("asccld.submissions.register.sweeping.sweep_dead.__defaults__", (AT_ONCE,))
        register.add(submission_file(tmp_path, "third.csv", seed=3), key=the_key())
        assert files_of(filled) == wanted_files(register)
