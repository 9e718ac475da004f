"""Re-submission, withdrawal and the past: the newest accepted file wins, and nothing is ever lost."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from asccld.submissions import Register, StoreError
from asccld.submissions.tables import HISTORY, SUBMISSIONS
from submissions.files import made, saved, the_key


def filled(register: Register, folder: Path) -> None:
    """Quarter 1, a rejected try of quarter 2, quarter 2, quarter 2 again, and another council's quarter 2."""
    first, second = made(quarters=2)
    files = [
        (first.frame, datetime(2026, 1, 20, 12, tzinfo=UTC)),
        (second.frame.drop("Gender"), datetime(2026, 4, 20, 12, tzinfo=UTC)),
        (second.frame, datetime(2026, 4, 21, 12, tzinfo=UTC)),
        (second.frame.slice(2), datetime(2026, 5, 2, 12, tzinfo=UTC)),
        (made(councils=2)[1].frame, datetime(2026, 4, 25, 12, tzinfo=UTC)),
    ]
    for n, (frame, received) in enumerate(files):
        register.add(saved(frame, folder / f"{n}.csv"), key=the_key(), received=received)


def states(register: Register, as_of: date | None = None) -> dict[int, tuple[str, int | None]]:
    return {entry.submission.number: (entry.state, entry.superseded_by) for entry in register.list(as_of=as_of)}


def test_the_newest_accepted_file_of_a_council_and_period_is_the_one_in_use(register: Register, tmp_path: Path) -> None:
    filled(register, tmp_path)
    assert states(register) == {
        1: ("current", None),
        2: ("rejected", None),
        3: ("superseded", 4),
        4: ("current", None),
        5: ("current", None),
    }


def test_the_past_can_be_asked_for_as_of_any_day(register: Register, tmp_path: Path) -> None:
    filled(register, tmp_path)
    assert states(register, date(2026, 4, 20)) == {1: ("current", None), 2: ("rejected", None)}
    assert states(register, date(2026, 5, 1))[3] == ("current", None)
    assert states(register, date(2026, 5, 2))[3] == ("superseded", 4)
    assert len(register.parquet_paths(date(2026, 5, 1))) == 3
    assert len(register.parquet_paths()) == 4


def test_a_file_that_came_late_but_was_received_early_does_not_win(register: Register, tmp_path: Path) -> None:
    frame = made()[0].frame
    for n, day in enumerate((20, 10)):
        received = datetime(2026, 4, day, tzinfo=UTC)
        register.add(saved(frame.slice(n), tmp_path / f"{n}.csv"), key=the_key(), received=received)
    assert states(register) == {1: ("current", None), 2: ("superseded", 1)}


def test_a_withdrawn_file_leaves_selection_and_can_come_back(register: Register, tmp_path: Path) -> None:
    filled(register, tmp_path)
    register.withdraw(4, "costs per year", who="B. Officer")
    assert states(register)[4] == ("withdrawn", None)
    assert states(register)[3] == ("current", None)
    sent = made()[0]
    assert register.withdrawn() == [(sent.la_name, datetime(2026, 5, 2, 12))]  # noqa: DTZ001 - UTC, unsaid
    stamps = [pl.read_parquet(p, hive_partitioning=False)["importdate"][0] for p in register.parquet_paths()]
    assert register.withdrawn()[0][1] in stamps, "selection is the method's: the events are still there"
    register.restore(4, "they were right")
    assert register.withdrawn() == []
    assert states(register)[3] == ("superseded", 4)
    _, happened = register.show(4)
    assert [(h.what, h.reason) for h in happened] == [
        ("added", ""),
        ("withdrawn", "costs per year"),
        ("restored", "they were right"),
    ]
    assert happened[1].who == "B. Officer"


def test_what_makes_no_sense_is_told(register: Register, tmp_path: Path) -> None:
    filled(register, tmp_path)
    with pytest.raises(StoreError, match="No reason"):
        register.withdraw(1, "  ")
    with pytest.raises(StoreError, match="was rejected"):
        register.withdraw(2, "why not")
    with pytest.raises(StoreError, match="not withdrawn"):
        register.restore(1)
    register.withdraw(1, "once")
    with pytest.raises(StoreError, match="already withdrawn"):
        register.withdraw(1, "twice")
    with pytest.raises(StoreError, match="There is no submission 99"):
        register.show(99)


@pytest.mark.parametrize("server", [False, True])
def test_the_catalogue_itself_refuses_to_change_the_past(
    server: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    catalogue = request.getfixturevalue("postgres_url") if server else None
    with Register.open(tmp_path / "store", catalogue=catalogue, create=True) as register:
        register.add(saved(made()[0].frame, tmp_path / "a.csv"), key=the_key())
        for statement in (
            sa.update(SUBMISSIONS).values(verdict="REJECTED"),
            sa.delete(SUBMISSIONS),
            sa.update(HISTORY).values(reason="another"),
            sa.delete(HISTORY),
        ):
            told = pytest.raises((StoreError, IntegrityError), match="never changed")
            with told, register._database.writing() as connection:
                connection.execute(statement)
        replacing = ["INSERT INTO submissions SELECT * FROM submissions"]
        if server:
            replacing += ["TRUNCATE history", "TRUNCATE submissions CASCADE"]
        else:
            names = [column.name for column in SUBMISSIONS.columns]
            replacing += [replaced(names, number="1"), replaced(names, number="9"), replaced(names, "9", token="'t'")]
            replacing += ["INSERT OR REPLACE INTO history SELECT id, number, at, what, 'x', who, version FROM history"]
        for text in replacing:
            told = pytest.raises((StoreError, IntegrityError), match="never changed")
            with told, register._database.writing() as connection:
                connection.execute(sa.text(text))
        register.withdraw(1, "history still grows")
        assert register.show(1)[0].submission.verdict.startswith("ACCEPTED")


def replaced(names: list[str], number: str, **others: str) -> str:
    """Puts another row in the place of the first, by whichever unique columns it shares with it."""
    values = {"number": number, "verdict": "'REJECTED'", **others}
    cells = ", ".join(values.get(name, f'"{name}"') for name in names)
    return f"INSERT OR REPLACE INTO submissions SELECT {cells} FROM submissions"


def test_a_catalogue_of_the_first_shape_is_brought_up_to_date(tmp_path: Path) -> None:
    with Register.open(tmp_path / "store", create=True) as register:
        register.add(saved(made()[0].frame, tmp_path / "a.csv"), key=the_key())
        with register._database.writing() as connection:
            for table in ("submissions", "history"):
                connection.execute(sa.text(f"DROP TRIGGER {table}_no_replace"))
            connection.execute(sa.text("ALTER TABLE submissions DROP COLUMN mapping"))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with Register.open(tmp_path / "store") as register:
        assert register.show(1)[0].submission.mapping is None  # nobody knows it of what was received before
        told = pytest.raises((StoreError, IntegrityError), match="never changed")
        with told, register._database.writing() as connection:
            connection.execute(sa.text("INSERT OR REPLACE INTO submissions SELECT * FROM submissions"))
        assert register.check() == {}
