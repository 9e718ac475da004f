"""The store: its shape, its versions, its damages, a full disk, and what a sweep may take."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from asccld.submissions import DamagedStore, NewerStore, Register, StoreError
from asccld.submissions.database import Database
from asccld.submissions.layout import inside
from asccld.submissions.schema import MIGRATIONS, SHAPE
from asccld.submissions.tables import ADDING, METADATA
from submissions.files import amended_file, files_of, rejected_file, submission_file, the_key, wanted_files

LONG_AGO = timedelta(0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with an accepted, a re-submitted and a rejected file."""
    with Register.open(tmp_path / "store", create=True) as register:
        for file in (submission_file(tmp_path), amended_file(tmp_path), rejected_file(tmp_path)):
            register.add(file, key=the_key())
    return tmp_path / "store"


# ---------------------------------------------------------------- shape and versions


@pytest.mark.parametrize("server", [False, True])
def test_the_migrations_make_the_tables_that_the_program_uses(
    server: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    catalogue: str | None = request.getfixturevalue("postgres_url") if server else None
    opened = Register.open(tmp_path / "store", catalogue=catalogue, create=True)
    with opened as register, register._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_program_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [SHAPE]


@pytest.mark.parametrize("server", [False, True])
def test_a_store_written_by_a_newer_version_is_refused(
    server: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    catalogue: str | None = request.getfixturevalue("postgres_url") if server else None
    opened = Register.open(tmp_path / "store", catalogue=catalogue, create=True)
    with opened as register, register._database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
        connection.execute(sa.text("UPDATE store SET written_by = '7.0'"))
    with pytest.raises(NewerStore, match=r"newer asccld \(7.0, shape 0999\).*Install the newer version"):
        Register.open(tmp_path / "store", catalogue=catalogue)


def test_a_folder_laid_out_by_a_newer_version_is_refused(store: Path) -> None:
    label = store / "store.json"
    label.write_text(json.dumps(json.loads(label.read_text(encoding="utf-8")) | {"format": 2}), encoding="utf-8")
    with pytest.raises(NewerStore, match="format 2"):
        Register.open(store)


def test_a_store_that_is_not_there_is_made_only_to_add(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store here"):
        Register.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_with_other_things_does_not_become_a_store(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_text("dear", encoding="utf-8")
    with pytest.raises(StoreError, match="other things are in it"):
        Register.open(tmp_path, create=True)
    with pytest.raises(StoreError, match="This is a file"):
        Register.open(tmp_path / "letter.docx", create=True)


def test_a_store_can_be_moved(store: Path, tmp_path: Path) -> None:
    moved = tmp_path / "somewhere else" / "ätört"
    moved.parent.mkdir()
    shutil.move(store, moved)
    with Register.open(moved) as register:
        assert register.check() == {}
        assert len(register.parquet_paths()) == 2


def test_folder_and_catalogue_belong_together(store: Path, tmp_path: Path, postgres_url: str) -> None:
    with pytest.raises(StoreError, match="lies in the store"):
        Register.open(store, catalogue=postgres_url)
    with Register.open(tmp_path / "elsewhere", catalogue=postgres_url, create=True):
        pass
    with pytest.raises(StoreError, match="in a database"):
        Register.open(tmp_path / "elsewhere")
    with Register.open(tmp_path / "second", create=True):
        pass
    shutil.copy(tmp_path / "second" / "register.sqlite", store / "register.sqlite")
    for beside in store.glob("register.sqlite-*"):
        beside.unlink()
    with pytest.raises(StoreError, match="another store"):
        Register.open(store)


def test_a_catalogue_that_is_in_use_does_not_serve_a_second_folder(tmp_path: Path, postgres_url: str) -> None:
    with Register.open(tmp_path / "first", catalogue=postgres_url, create=True) as register:
        register.add(submission_file(tmp_path), key=the_key())
    with pytest.raises(StoreError, match="belongs to a store already"):
        Register.open(tmp_path / "second", catalogue=postgres_url, create=True)


def test_the_environment_can_say_where_the_catalogue_is(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASCCLD_CATALOGUE", postgres_url)
    with Register.open(tmp_path / "store", create=True) as register:
        register.add(submission_file(tmp_path), key=the_key())
    assert not (tmp_path / "store" / "register.sqlite").exists()
    with Register.open(tmp_path / "store") as register:
        assert len(register.list()) == 1


@pytest.mark.parametrize("address", ["mysql://a:secret@b/c", "nonsense", "postgresql://me:secret@127.0.0.1:1/x"])
def test_an_address_that_does_not_work_is_told_without_its_password(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as told:
        Register.open(tmp_path / "store", catalogue=address, create=True)
    assert "secret" not in str(told.value)


def test_a_database_with_tables_of_our_names_is_left_alone(tmp_path: Path, postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.writing() as connection:
        connection.execute(sa.text("CREATE TABLE submissions (mine int)"))
    database.close()
    with pytest.raises(StoreError, match="not ours"):
        Register.open(tmp_path / "store", catalogue=postgres_url, create=True)


# ---------------------------------------------------------------- on a server


def test_a_catalogue_on_a_server_does_all_that_one_in_the_store_does(tmp_path: Path, postgres_url: str) -> None:
    with Register.open(tmp_path / "store", catalogue=postgres_url, create=True) as register:
        received = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
        first = register.add(submission_file(tmp_path), key=the_key(), received=received)
        assert register.add(submission_file(tmp_path), key=the_key()).repeated
        second = register.add(amended_file(tmp_path), key=the_key(), received=received)
        rejected = register.add(rejected_file(tmp_path), key=the_key())
        assert [first.number, second.number, rejected.number] == [1, 2, 3]
        assert first.submission.received_at == second.submission.received_at == received
        assert [s.submission for s in register.list()] == [first.submission, second.submission, rejected.submission]
        assert [s.state for s in register.list()] == ["superseded", "current", "rejected"]
        register.withdraw(2, "costs per year")
        assert [s.state for s in register.list()] == ["current", "withdrawn", "rejected"]
        assert register.compare(1, 2).gone.height == 1
        assert register.check() == {}
        assert register.sweep(LONG_AGO).removed == ()


def test_two_who_add_the_same_to_a_server_get_one_receipt(tmp_path: Path, postgres_url: str) -> None:
    file, store = submission_file(tmp_path), tmp_path / "store"
    words = ["submissions", "add", str(file), "--store", str(store), "--catalogue", postgres_url, "--json"]
    command = [sys.executable, "-m", "asccld", *words]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    ended = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], ended
    assert len({out for out, _ in ended}) == 1
    with Register.open(store, catalogue=postgres_url) as register:
        assert len(register.list()) == 1
        assert files_of(store) == wanted_files(register)


# ---------------------------------------------------------------- damage


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(("harm", "word"), [(Path.unlink, "missing"), (emptied, "damaged"), (shortened, "damaged")])
def test_a_missing_or_damaged_events_file_is_named_and_the_rest_is_listed(
    store: Path, harm: Callable[[Path], None], word: str
) -> None:
    with Register.open(store) as register:
        harm(register.parquet_paths()[0])
        assert [entry.events_file for entry in register.list()] == [word, "present", ""]
        with pytest.raises(DamagedStore, match=rf"submission 1 {word}: events/council="):
            register.parquet_paths()
        assert register.show(1)[0].events_file == word
        assert register.show(2)[0].events_file == "present"
        assert list(register.check()) == [1]
        assert register.compare(1, 2).gone.height == 1, "the originals are there"


def test_a_damaged_file_can_be_made_again_from_its_original(store: Path) -> None:
    with Register.open(store) as register:
        register.parquet_paths()[1].unlink()
        register.withdraw(2, "its events are lost")
        assert len(register.parquet_paths()) == 1
        again = register.add(register.original(2), key=the_key(), again=True)
        assert [entry.state for entry in register.list()] == ["superseded", "withdrawn", "rejected", "current"]
        assert len(register.parquet_paths()) == 2
        assert again.submission.sha256 == register.receipt(2).submission.sha256


def flipped(path: Path) -> None:
    """One bit of a file, which keeps its size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_byte_that_flipped_is_never_read_as_a_figure(store: Path) -> None:
    with Register.open(store) as register:
        flipped(register.parquet_paths()[1])
        with pytest.raises(DamagedStore, match=r"submission 2 damaged: events/council="):
            register.parquet_paths()
        register.withdraw(2, "its events are damaged")
        assert len(register.parquet_paths()) == 1, "nothing needs the events of a withdrawn file"
        flipped(register.original(1))
        with pytest.raises(DamagedStore, match="original of submission 1 is damaged"):
            register.compare(1, 2)


def test_a_byte_that_flipped_is_found_by_check(store: Path) -> None:
    with Register.open(store) as register:
        flipped(register.parquet_paths()[1])
        assert [entry.events_file for entry in register.list()] == ["present", "present", ""]
        [(number, [fault])] = register.check().items()
        assert (number, fault.split(":")[0]) == (2, "events damaged")


def test_a_receipt_that_is_missing_or_was_changed_is_named_by_check(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asccld.submissions import integrity

    with Register.open(store) as register:
        text, changed = (inside(store, register.receipt(n).submission.receipt) for n in (1, 3))
        text.unlink()
        content = changed.with_suffix(".json").read_text(encoding="utf-8")
        changed.with_suffix(".json").write_text(content.replace("REJECTED", "ACCEPTED"), encoding="utf-8")
        for version in (integrity.__version__, "99.0"):
            monkeypatch.setattr(integrity, "__version__", version)
            faults = register.check()
            assert [(n, [f.split(":")[0] for f in said]) for n, said in faults.items()] == [
                (1, ["receipt missing"]),
                (3, ["receipt changed"]),
            ]
            assert faults[3][0].endswith(".json")


def test_a_missing_original_is_named(store: Path) -> None:
    with Register.open(store) as register:
        register.original(1).unlink()
        assert register.check()[1][0].startswith("original missing: originals/")
        with pytest.raises(DamagedStore, match="original of submission 1 is missing"):
            register.compare(1, 2)


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 40, b""])
def test_a_damaged_catalogue_is_told(store: Path, content: bytes) -> None:
    for beside in store.glob("register.sqlite*"):
        beside.unlink()
    (store / "register.sqlite").write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|another store"):
        Register.open(store)


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(("harm", "word"), [(Path.unlink, "is missing"), (emptied, "is damaged")])
def test_a_lost_catalogue_is_told_and_never_made_anew(
    store: Path, harm: Callable[[Path], None], word: str, create: bool
) -> None:
    harm(store / "register.sqlite")
    before = {path.name: path.stat().st_size for path in store.glob("*")}
    with pytest.raises(StoreError, match=rf"register.sqlite {word}.*Restore it from the backup"):
        Register.open(store, create=create)
    assert {path.name: path.stat().st_size for path in store.glob("*")} == before


# ---------------------------------------------------------------- sweeping


def test_a_sweep_takes_nothing_of_an_addition_that_lives(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asccld.submissions import adding

    seen: list[tuple[str, ...]] = []

    def sweeping_meanwhile(pairs: list[tuple[Path, Path]]) -> None:
        put(pairs)
        with Register.open(store) as other:
            seen.append(other.sweep().removed)

    put = adding.put
    monkeypatch.setattr(adding, "put", sweeping_meanwhile)
    with Register.open(store) as register:
        register.add(submission_file(tmp_path, "new.csv", seed=2), key=the_key())
        assert seen == [()]
        assert register.check() == {}
        assert files_of(store) == wanted_files(register)


def test_an_addition_that_was_taken_for_dead_is_not_recorded(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asccld.submissions import adding

    def swept_away(pairs: list[tuple[Path, Path]]) -> None:
        put(pairs)
        with Register.open(store) as other:
            assert len(other.sweep(LONG_AGO).removed) == 4

    put = adding.put
    monkeypatch.setattr(adding, "put", swept_away)
    with Register.open(store) as register:
        with pytest.raises(StoreError, match=r"swept away.*add the file again"):
            register.add(submission_file(tmp_path, "new.csv", seed=2), key=the_key())
        monkeypatch.undo()
        assert len(register.list()) == 3
        assert files_of(store) == wanted_files(register)
        assert register.check() == {}


def test_a_sweep_empties_incoming_and_leaves_what_no_addition_can_have_left(store: Path) -> None:
    """For example what came after the backup from which somebody restored the catalogue."""
    orphan = f"incoming/{'0a' * 16}/events.parquet"
    strangers = {
        "originals/315/000099-0a1b2c3d.csv",
        "events/council=315/submission=000099/0a1b2c3d.parquet",
        "receipts/315/000099-0a1b2c3d.json",
        "originals/notes.txt",
        "incoming/readme.md",
    }
    for name in {orphan, *strangers}:
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_text("left", encoding="utf-8")
    with Register.open(store) as register:
        swept = register.sweep()
        assert set(swept.removed) == {orphan}
        assert set(swept.strangers) == strangers
        assert files_of(store) == wanted_files(register) | strangers
        assert not (store / "incoming" / ("0a" * 16)).exists()


def test_an_addition_gives_signs_of_life(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from asccld.submissions import claims

    monkeypatch.setattr(claims, "_SIGN_EVERY", 0.02)
    with Register.open(store) as register:
        database = register._database

        def renewed() -> datetime:
            with database.reading() as connection:
                return connection.execute(sa.select(ADDING.c.renewed_at)).scalar_one()

        with claims.claimed(database) as token:
            first = renewed()
            for _ in range(500):
                if renewed() > first:
                    break
            assert renewed() > first
        claims.ended(database, token)


# ---------------------------------------------------------------- a full disk


def add_without_room(store: Path, file: Path, room: int) -> "subprocess.CompletedProcess[str]":
    """With a limit on the size of files, which does what a full disk does and needs no disk to fill."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [sys.executable, "-m", "asccld", "submissions", "add", str(file), "--store", str(store)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=limit,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.parametrize("room", [0, 500, 4_096, 20_000, 40_000, 60_000, 80_000])
@pytest.mark.parametrize("new", [True, False])
def test_a_full_disk_leaves_nothing_half(room: int, new: bool, store: Path, tmp_path: Path) -> None:
    file = submission_file(tmp_path, "new.csv", people=80, seed=2)
    place, before = (tmp_path / "fresh", 0) if new else (store, 3)
    done = add_without_room(place, file, room)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("asccld: The disk is full"), done.stderr
    assert done.stderr.count("\n") == 1
    with Register.open(place, create=True) as register:
        assert len(register.list()) == before
        assert register.check() == {}
        register.sweep(LONG_AGO)
        assert files_of(place) == wanted_files(register)
        assert register.add(file, key=the_key()).number == before + 1


def test_a_store_can_be_read_where_nothing_can_be_written(store: Path) -> None:
    for arguments in (["list"], ["show", "1"], ["check"], ["compare", "1", "2"], ["receipt", "3"]):
        done = subprocess.run(
            [sys.executable, "-m", "asccld", "submissions", *arguments, "--store", str(store)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            preexec_fn=no_room,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert done.returncode == 0, done.stderr


def no_room() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_store_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from asccld.submissions import files

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "store"))

    with Register.open(tmp_path / "store", create=True) as register:
        monkeypatch.setattr(files.Path, "mkdir", refused)
        with pytest.raises(StoreError, match="may not be written"):
            register.add(submission_file(tmp_path), key=the_key())
        assert register.list() == []
