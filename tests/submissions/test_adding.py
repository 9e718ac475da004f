"""Adding files: what is recorded, what is kept, what is answered when the same file comes again."""

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.privacy import PseudonymKey
from asccld.submissions import Receipt, Register, StoreError
from asccld.submissions.collected import COLLECTED
from submissions.files import amended_file, files_of, made, rejected_file, saved, submission_file, the_key, wanted_files

SUMMER = timezone(timedelta(hours=1))


def add(register: Register, path: Path, **options: object) -> Receipt:
    return register.add(path, key=the_key(), **options)  # pyright: ignore[reportArgumentType]


def test_everything_about_an_accepted_file_is_recorded(register: Register, tmp_path: Path) -> None:
    file = submission_file(tmp_path)
    received = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
    receipt = add(register, file, received=received, uploader="A. Officer")
    found = receipt.submission
    sent = made()[0]
    assert (found.number, found.la_code, found.la_name) == (1, sent.la_code, sent.la_name)
    assert found.period == (sent.period_start, sent.period_end)
    assert found.derived_period is not None
    assert (found.release, found.verdict, found.reasons) == ("r2", "ACCEPTED", ())
    assert (found.received_at, found.uploader) == (received, "A. Officer")
    assert found.recorded_at.tzinfo is UTC
    assert found.sha256 == sha256(file.read_bytes()).hexdigest()
    assert (found.rows, found.columns, found.size_bytes) == (sent.frame.height, sent.frame.width, file.stat().st_size)
    assert all((found.version, found.standard, found.ruleset, found.policy))
    assert register.list()[0].submission == found


def test_the_events_are_stored_by_council_and_submission(register: Register, tmp_path: Path) -> None:
    receipt = add(register, submission_file(tmp_path), received=datetime(2026, 4, 20, tzinfo=UTC))
    found = receipt.submission
    [path] = register.parquet_paths()
    assert path.parent.relative_to(register.store).as_posix() == f"events/council={found.la_code}/submission=000001"
    events = pl.read_parquet(path, hive_partitioning=False)
    assert dict(events.schema) == COLLECTED
    assert events["la_code"].unique().to_list() == [found.la_code]
    assert events["importdate"].unique().to_list() == [datetime(2026, 4, 20)]  # noqa: DTZ001 - UTC, unsaid
    assert events["importfileid"].unique().to_list() == [1]
    assert events["der_unique_record_id"].to_list() == list(range(1, found.rows + 1))
    assert events["la_person_unique_identifier"].null_count() == 0


def test_the_original_is_kept_byte_for_byte_and_read_only(register: Register, tmp_path: Path) -> None:
    file = submission_file(tmp_path)
    kept = register.original(add(register, file).number)
    assert kept.read_bytes() == file.read_bytes()
    assert not kept.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert file.exists()


def test_a_rejected_file_is_recorded_with_its_reasons_and_without_events(register: Register, tmp_path: Path) -> None:
    receipt = add(register, rejected_file(tmp_path))
    assert receipt.submission.verdict == "REJECTED"
    assert any("Gender" in reason for reason in receipt.submission.reasons)
    assert receipt.submission.events is None
    assert register.parquet_paths() == []
    assert files_of(register.store) == wanted_files(register)


def test_receipts_are_numbered_and_written_as_text_and_json(register: Register, tmp_path: Path) -> None:
    receipts = [add(register, rejected_file(tmp_path)), add(register, submission_file(tmp_path))]
    assert [receipt.number for receipt in receipts] == [1, 2]
    for receipt in receipts:
        stem = f"receipts/{receipt.submission.la_code}/{receipt.number:06}-{receipt.submission.token[:8]}"
        assert (register.store / f"{stem}.txt").read_text(encoding="utf-8") == receipt.text
        assert json.loads((register.store / f"{stem}.json").read_text(encoding="utf-8")) == receipt.content
        assert receipt.text.startswith(f"Receipt {receipt.number}: {receipt.submission.verdict}\n")
        assert register.receipt(receipt.number).json == receipt.json


def test_no_receipt_and_no_file_name_holds_a_value_that_identifies(register: Register, tmp_path: Path) -> None:
    add(register, submission_file(tmp_path))
    add(register, rejected_file(tmp_path))
    frame = made()[0].frame
    names = ("NHS Number", "LA Person Unique Identifier", "First Name", "Last Name", "Postcode", "Date of Birth")
    values = {v for name in names for v in frame[name].drop_nulls() if len(v) > 4}
    told = [p.read_text(encoding="utf-8") for p in (register.store / "receipts").rglob("*.*")] + [
        p.as_posix() for p in register.store.rglob("*")
    ]
    assert len(told) > 8
    assert [value for value in values for text in told if value in text] == []


def test_no_value_that_identifies_is_in_the_catalogue_or_the_events(register: Register, tmp_path: Path) -> None:
    add(register, submission_file(tmp_path))
    frame = made()[0].frame
    values = {v.encode() for name in ("NHS Number", "LA Person Unique Identifier") for v in frame[name].drop_nulls()}
    content = (register.store / "register.sqlite").read_bytes()
    events = pl.read_parquet(register.parquet_paths()[0]).with_columns(pl.all().cast(pl.String)).write_csv().encode()
    assert [value for value in values if value in content or value in events] == []


# ---------------------------------------------------------------- the same again


def test_the_same_bytes_are_answered_with_the_receipt_they_had(register: Register, tmp_path: Path) -> None:
    first = add(register, submission_file(tmp_path))
    again = add(register, submission_file(tmp_path, "another name.csv"), received=datetime(2026, 5, 1, tzinfo=UTC))
    assert again.repeated
    assert not first.repeated
    assert again.submission == first.submission
    assert len(register.list()) == 1
    assert files_of(register.store) == wanted_files(register)


def test_a_rejected_file_is_judged_again_only_when_that_is_asked_for(register: Register, tmp_path: Path) -> None:
    file, policy = rejected_file(tmp_path), tmp_path / "policy.toml"
    policy.write_text('name = "lenient"\nversion = "1"\nreject = ["period-missing"]\n', encoding="utf-8")
    first = add(register, file)
    assert add(register, file, policy=policy).submission == first.submission
    second = add(register, file, policy=policy, again=True)
    assert (second.number, second.submission.attempt, second.accepted) == (2, 1, True)
    assert add(register, file, again=True).submission == second.submission, "an accepted file is not judged again"
    assert add(register, file).submission == second.submission


def test_a_withdrawn_file_can_be_added_again(register: Register, tmp_path: Path) -> None:
    file = submission_file(tmp_path)
    add(register, file)
    register.withdraw(1, "made with a wrong key")
    assert add(register, file).number == 1
    assert add(register, file, again=True).number == 2
    assert [entry.state for entry in register.list()] == ["withdrawn", "current"]


def test_two_processes_that_add_the_same_file_at_once_get_one_receipt(tmp_path: Path) -> None:
    file = submission_file(tmp_path)
    for turn in range(2):
        store = tmp_path / f"store{turn}"
        command = [sys.executable, "-m", "asccld", "submissions", "add", str(file), "--store", str(store), "--json"]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
        ended = [process.communicate() for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], ended
        assert len({out for out, _ in ended}) == 1
        assert sum(b"received before" in err for _, err in ended) == 2
        with Register.open(store) as register:
            assert len(register.list()) == 1
            assert register.sweep(timedelta(0)).removed == ()
            assert files_of(store) == wanted_files(register)


def test_many_files_at_once_have_numbers_and_record_ids_of_their_own(register: Register, tmp_path: Path) -> None:
    moment = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
    files = [saved(made()[0].frame.slice(n), tmp_path / f"{n}.csv") for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        receipts = list(pool.map(lambda file: add(register, file, received=moment), files))
    assert sorted(receipt.number for receipt in receipts) == [1, 2, 3, 4, 5, 6]
    events = pl.concat([pl.read_parquet(p, hive_partitioning=False) for p in register.parquet_paths()])
    assert events["der_unique_record_id"].is_unique().all()
    assert events["importdate"].n_unique() == 6, "no two files of a council share an import date"
    assert {receipt.submission.received_at for receipt in receipts} == {moment}
    assert register.check() == {}


# ---------------------------------------------------------------- councils


def test_councils_are_kept_apart(register: Register, tmp_path: Path) -> None:
    sent = made(councils=2)
    for submission in sent:
        add(register, saved(submission.frame, tmp_path / submission.file_name))
    assert [entry.submission.la_code for entry in register.list()] == [s.la_code for s in sent]
    assert [entry.submission.number for entry in register.list(la=sent[1].la_code)] == [2]
    for submission, path in zip(sent, register.parquet_paths(), strict=True):
        assert f"council={submission.la_code}" in path.as_posix()
        found = pl.read_parquet(path, hive_partitioning=False)
        assert found["la_code"].unique().to_list() == [submission.la_code]
        assert found["la_name"].unique().to_list() == [submission.la_name]


def test_the_same_bytes_sent_for_a_wrong_council_do_not_stand_in_the_way(register: Register, tmp_path: Path) -> None:
    file, council = submission_file(tmp_path), made()[0].la_code
    wrong = add(register, file, la="503")
    assert (wrong.submission.la_code, wrong.accepted) == ("503", False)
    right = add(register, file, la=council)
    assert (right.number, right.accepted, right.repeated) == (2, True, False)
    assert add(register, file).number == 2


def test_no_policy_lets_one_council_store_events_as_anothers(register: Register, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('name = "anything goes"\nversion = "1"\nreject = []\n', encoding="utf-8")
    mixed = made()[0].frame.with_columns(
        pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("503")).otherwise("LA Code").alias("LA Code")
    )
    for receipt in (
        add(register, submission_file(tmp_path), la="503", policy=policy),
        add(register, saved(mixed, tmp_path / "mixed.csv"), policy=policy),
    ):
        assert not receipt.accepted
        assert "council" in receipt.submission.reasons[0]


def test_a_file_that_says_no_council_needs_one(register: Register, tmp_path: Path) -> None:
    nobody = saved(made()[0].frame.with_columns(pl.lit(None, pl.String).alias("LA Code")), tmp_path / "nobody.csv")
    with pytest.raises(StoreError, match="which council"):
        add(register, nobody)
    assert register.list() == []
    assert files_of(register.store) == set()
    assert add(register, nobody, la=made()[0].la_code).submission.la_code == made()[0].la_code


# ---------------------------------------------------------------- times, keys, what cannot be added


def test_times_are_utc_whatever_they_were_given_in(register: Register, tmp_path: Path) -> None:
    receipt = add(register, submission_file(tmp_path), received=datetime(2026, 7, 1, 0, 30, tzinfo=SUMMER))
    assert receipt.submission.received_at == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert '"received": "2026-06-30T23:30:00.000Z"' in receipt.json
    assert register.list()[0].submission.received_at.tzinfo is UTC
    unsaid = add(register, amended_file(tmp_path), received=datetime(2026, 7, 1, 0, 30))  # noqa: DTZ001 - that is it
    assert unsaid.submission.received_at == datetime(2026, 7, 1, 0, 30, tzinfo=UTC)


def test_a_store_has_one_key(register: Register, tmp_path: Path) -> None:
    add(register, submission_file(tmp_path))
    with pytest.raises(AsccldError, match="persons would not be recognised"):
        register.add(amended_file(tmp_path), key=PseudonymKey.generate())
    with pytest.raises(StoreError, match="no key was given"):
        register.add(amended_file(tmp_path))
    assert len(register.list()) == 1
    register.withdraw(1, "made with another key")
    assert register.add(amended_file(tmp_path), key=PseudonymKey.generate()).accepted


def test_a_store_without_a_key_stays_without_one(register: Register, tmp_path: Path) -> None:
    register.add(submission_file(tmp_path))
    with pytest.raises(StoreError, match="without a key"):
        add(register, amended_file(tmp_path))
    assert register.add(amended_file(tmp_path)).accepted


def test_what_cannot_be_read_is_told_and_leaves_nothing(register: Register, tmp_path: Path) -> None:
    binary, header = tmp_path / "noise.csv", tmp_path / "header.csv"
    binary.write_bytes(bytes(range(256)) * 40)
    header.write_text(",".join(made()[0].frame.columns) + "\n", encoding="utf-8")
    for path, told in ((tmp_path / "none.csv", "no such file"), (binary, "noise.csv"), (header, "no events")):
        with pytest.raises(AsccldError, match=told):
            add(register, path)
    assert register.list() == []
    assert files_of(register.store) == set()
    assert add(register, submission_file(tmp_path)).number == 1


def test_a_file_that_changes_meanwhile_is_refused(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = submission_file(tmp_path)
    from asccld.submissions import adding

    def slowly(source: Path, target: Path) -> str:
        done = copied(source, target)
        amended_file(tmp_path, file.name)
        return done

    copied = adding.copied
    monkeypatch.setattr(adding, "copied", slowly)
    with pytest.raises(StoreError, match="changed while"):
        add(register, file)
    assert files_of(register.store) == set()


def test_a_commit_whose_answer_was_lost_stays(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asccld.submissions import adding

    def cut_off(addition: adding._Addition, receipt: Receipt) -> Receipt:
        recorded(addition, receipt)
        raise StoreError("The server has gone")

    recorded = adding._Addition._recorded
    monkeypatch.setattr(adding._Addition, "_recorded", cut_off)
    with pytest.raises(StoreError, match="has gone"):
        add(register, submission_file(tmp_path))
    monkeypatch.undo()
    assert register.check() == {}
    assert files_of(register.store) == wanted_files(register)
    assert add(register, submission_file(tmp_path)).repeated


def test_where_the_catalogue_cannot_be_asked_the_sweep_decides(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asccld.submissions import adding

    def gone(*_: object) -> Receipt:
        raise StoreError("The server has gone")

    monkeypatch.setattr(adding._Addition, "_recorded", gone)
    monkeypatch.setattr(adding._Addition, "_is_recorded", gone)
    with pytest.raises(StoreError, match="has gone"):
        add(register, submission_file(tmp_path))
    monkeypatch.undo()
    assert len(files_of(register.store)) == 4
    assert len(register.sweep(timedelta(0)).removed) == 4
    assert register.list() == []
    assert files_of(register.store) == set()


def test_other_kinds_of_file_keep_their_suffix(register: Register, tmp_path: Path) -> None:
    frame = made()[0].frame
    frame.write_parquet(tmp_path / "a.b.parquet")
    frame.slice(1).write_excel(tmp_path / "c.XLSX")
    for name, suffix in (("a.b.parquet", ".parquet"), ("c.XLSX", ".xlsx")):
        receipt = add(register, tmp_path / name)
        assert receipt.accepted, receipt.text
        assert receipt.submission.original.endswith(f"{receipt.submission.token[:8]}{suffix}")
        assert receipt.submission.events_rows == receipt.submission.rows


def test_a_clock_may_be_a_day_ahead_and_no_more(register: Register, tmp_path: Path) -> None:
    now, file = datetime.now(UTC), submission_file(tmp_path)
    with pytest.raises(StoreError, match="in the future"):
        register.add(file, key=the_key(), received=now + timedelta(days=1, hours=1))
    assert register.add(file, key=the_key(), received=now + timedelta(hours=23)).accepted
