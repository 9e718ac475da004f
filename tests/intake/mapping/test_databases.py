"""Extracts that a database gives: a PostgreSQL server of its own answers; SQL Server and Oracle are untried."""

import gc
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import keyring
import keyring.backend
import polars as pl
import psycopg
import pytest

from asccld.errors import AsccldError, UnreadableFile
from asccld.intake.mapping.database_addresses import CONNECTING, address_of, engine_for
from asccld.intake.mapping.database_errors import explained
from asccld.intake.mapping.databases import open_query
from intake.mapping.commands import run
from servers import PATIENCE, free_port

SECRET = "correct-horse"


@dataclass(frozen=True)
class Database:
    """What `[database.NAME]` of a mapping file says."""

    url: str
    user: str | None = None
    user_env: str = "ASCCLD_DATABASE_USER"
    password_env: str = "ASCCLD_DATABASE_PASSWORD"
    keyring: str | None = None
    timeout_seconds: int = 30


def sql_file(folder: Path, text: str, name: str = "people.sql") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def asked(url: str, folder: Path, text: str, **parameters: date) -> pl.DataFrame:
    """Everything that a SELECT gives, under its headers."""
    with open_query(
        Database(url), sql_file(folder, text), name="case", parameters=parameters, environment={}
    ) as extract:
        names = {str(at): header for at, header in enumerate(extract.header)}
        return pl.concat(chunk.frame for chunk in extract.chunks(1000)).rename(names)


def refused(url: str, folder: Path, text: str = "SELECT 1 AS n", seconds: int = 30, **environment: str) -> str:
    with (
        pytest.raises(AsccldError) as caught,
        open_query(
            Database(url, timeout_seconds=seconds), sql_file(folder, text), name="case", environment=environment
        ) as extract,
    ):
        list(extract.chunks())
    return str(caught.value)


@pytest.fixture
def people(postgres_url: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as con:
        con.execute("CREATE TABLE person (id int, surname text, born date, score numeric(8,2), alive boolean)")
        con.execute("INSERT INTO person VALUES (7, 'O''Neill', '1940-02-29', 12.5, true), (8, '', NULL, NULL, false)")
    return postgres_url


def test_typed_cells_come_as_a_council_would_write_them(people: str, tmp_path: Path) -> None:
    found = asked(people, tmp_path, "SELECT * FROM person ORDER BY id")
    assert found.rows() == [(2, "7", "O'Neill", "29/02/1940", "12.50", "TRUE"), (3, "8", None, None, None, "FALSE")]


def test_moments_are_days_in_england_and_other_types_are_text(people: str, tmp_path: Path) -> None:
    found = asked(
        people,
        tmp_path,
        """SELECT timestamp '2025-06-01 00:00' AS midnight, timestamp '2025-06-01 09:30' AS morning,
           timestamptz '2025-05-31 23:00+00' AS summer, timestamptz '2025-12-01 00:00+00' AS winter,
           'a2b5c6d7-0000-0000-0000-000000000001'::uuid AS guid, 2.0::float8 AS whole, 0.5::float8 AS half,
           NULL AS nothing, 'x'::char(5) AS padded""",
    )
    assert found.row(0)[1:] == (
        "01/06/2025",
        "01/06/2025 09:30:00",
        "01/06/2025",
        "01/12/2025",
        "a2b5c6d7-0000-0000-0000-000000000001",
        "2",
        "0.5",
        None,
        "x    ",
    )


def test_rows_come_in_chunks_and_can_be_read_again(people: str, tmp_path: Path) -> None:
    text = "SELECT i AS n, 'person ' || i AS t FROM generate_series(1, 45000) AS i ORDER BY i"
    with open_query(Database(people), sql_file(tmp_path, text), name="case", environment={}) as extract:
        heights = [chunk.frame.height for chunk in extract.chunks(30_000)]
        again = pl.concat(chunk.frame for chunk in extract.chunks())
    assert sum(heights) == 45_000
    assert len(heights) > 1
    assert again.row(-1) == (45_001, "45000", "person 45000")


def test_a_select_may_ask_for_the_period_and_hold_colons(people: str, tmp_path: Path) -> None:
    found = asked(
        people,
        tmp_path,
        """-- what began since :whenever
        SELECT (:period_start)::date AS a, '12:30' AS "a:b", 'it''s: x' AS c, 5 % 3 AS d;""",
        period_start=date(2025, 4, 1),
        period_end=date(2026, 3, 31),
    )
    assert found.columns == ["row", "a", "a:b", "c", "d"]
    assert found.row(0)[1:] == ("01/04/2025", "12:30", "it's: x", "2")


def test_numbers_come_as_the_database_writes_them(people: str, tmp_path: Path) -> None:
    """A numeric may be none at all, or longer than any number of a data frame."""
    found = asked(
        people,
        tmp_path,
        "SELECT x::numeric AS n, 1e40::numeric AS large FROM (VALUES ('1.50'), ('NaN'), ('3')) v(x)",
    )
    assert found["n"].to_list() == ["1.50", "NaN", "3"]
    assert found["large"][0] == "1" + "0" * 40


def test_an_infinite_date_is_told_with_what_to_write(people: str, tmp_path: Path) -> None:
    for day in ("'infinity'::date", "'-infinity'::timestamp", "'0044-03-15 BC'::date"):
        said = refused(people, tmp_path, f"SELECT {day} AS ended")
        assert said.startswith("A date is infinite, or not between the years 1 and 9999")
        assert "NULLIF(ended, 'infinity')" in said


def test_a_column_that_is_no_cell_is_named_with_what_to_write(people: str, tmp_path: Path) -> None:
    for column in ("ARRAY[1, 2]", "'{\"a\": 1}'::jsonb", "interval '3 days'"):
        said = refused(people, tmp_path, f"SELECT {column} AS odd")
        assert "Column 'odd' is of type" in said
        assert "Cast it to text in the SELECT, or leave it out there" in said


def enters(url: str, user: str) -> bool:
    try:
        psycopg.connect(url, user=user, password="wrong").close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_wrong_password_is_in_no_message(people: str, tmp_path: Path) -> None:
    with psycopg.connect(people, autocommit=True) as con:
        found = con.execute("SHOW hba_file").fetchone()
        assert found is not None
        con.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        hba = Path(found[0])
        hba.write_text("host all locked 127.0.0.1/32 scram-sha-256\n" + hba.read_text("utf-8"), "utf-8")
        con.execute("SELECT pg_reload_conf()")
    until = time.monotonic() + PATIENCE
    while enters(people, "locked") and time.monotonic() < until:
        time.sleep(0.05)
    who = {"ASCCLD_DATABASE_USER": "locked", "ASCCLD_DATABASE_PASSWORD": SECRET}
    url = people.replace("asccld@", "")
    said = refused(url, tmp_path, "SELECT 1 AS n", 30, **who)
    assert said.startswith("The database refuses the user or the password")
    assert SECRET not in said
    right = who | {"ASCCLD_DATABASE_PASSWORD": "right"}
    assert "The user may not read" in refused(url, tmp_path, "SELECT * FROM person", 30, **right)


def test_no_rows_are_no_fault_of_the_database(people: str, tmp_path: Path) -> None:
    with open_query(
        Database(people), sql_file(tmp_path, "SELECT * FROM person WHERE id = 0"), name="case", environment={}
    ) as extract:
        assert extract.header == ("id", "surname", "born", "score", "alive")
        assert list(extract.chunks()) == []


# ---------------------------------------------------------------- what only reads


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DELETE FROM person", "does not hold a SELECT"),
        ("", "does not hold a SELECT"),
        ("WITH gone AS (DELETE FROM person RETURNING *) SELECT * FROM gone", "the word DELETE"),
        ("SELECT * INTO other FROM person", "the word INTO"),
        ("SELECT 1; DROP TABLE person", "more than one statement"),
        ("SELECT :period_begin", "Nobody gives the parameter :period_begin"),
    ],
)
def test_what_is_no_single_select_is_never_sent(people: str, tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(people, tmp_path, text)
    assert asked(people, tmp_path, "SELECT count(*) AS n FROM person").row(0) == (2, "2")


def test_a_function_that_writes_is_refused_by_the_server(people: str, tmp_path: Path) -> None:
    with psycopg.connect(people, autocommit=True) as con:
        con.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM person; SELECT 1'")
    for text in ("SELECT f() AS n", "SELECT * FROM person FOR SHARE"):
        assert "The SELECT would change or lock something" in refused(people, tmp_path, text)
    assert asked(people, tmp_path, "SELECT count(*) AS n FROM person").row(0) == (2, "2")


# ---------------------------------------------------------------- down, slow, refused


def test_a_database_that_is_down_is_named(tmp_path: Path) -> None:
    said = refused(f"postgresql://asccld@127.0.0.1:{free_port()}/case", tmp_path)
    assert said.startswith("The database cannot be reached (people.sql, database 'case'). Check the address")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://127.0.0.1:{port}/case",
        "mssql://127.0.0.1:{port}/case",
        pytest.param(
            "oracle://127.0.0.1:{port}/?service_name=case",
            marks=pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
            id="oracle",
        ),
    ],
)
def test_a_server_that_never_answers_is_given_up(tmp_path: Path, url: str) -> None:
    who = {"ASCCLD_DATABASE_USER": "reader", "ASCCLD_DATABASE_PASSWORD": SECRET}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        address = url.format(port=silent.getsockname()[1])
        said = refused(address, tmp_path, "SELECT 1 AS n", 2, **who)
    for thread in threading.enumerate():  # Oracle's driver leaves its socket to whoever cleans up
        if thread.name == CONNECTING:
            thread.join(PATIENCE)
    gc.collect()
    assert "The database cannot be reached" in said
    assert time.monotonic() - began < 60  # the machine may be busy; without a limit it would wait for minutes


def test_a_slow_query_is_given_up(people: str, tmp_path: Path) -> None:
    said = refused(people, tmp_path, "SELECT pg_sleep(3600) AS n", seconds=1)
    assert "The database did not answer within 1 second (" in said
    assert "timeout_seconds" in said


def test_a_connection_that_breaks_in_the_middle_is_told(people: str, tmp_path: Path) -> None:
    text = "SELECT i AS n, repeat('x', 1000) AS t FROM generate_series(1, 200000) AS i"
    with open_query(Database(people), sql_file(tmp_path, text), name="case", environment={}) as extract:
        chunks = extract.chunks()
        next(chunks)
        with psycopg.connect(people, autocommit=True) as con:
            con.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'asccld'")
        with pytest.raises(AsccldError, match="The connection broke off"):
            list(chunks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * FROM persons", 'does not accept the SELECT: relation "persons" does not exist'),
        ("SELECT surnam FROM person", 'column "surnam" does not exist'),
        ("SELECT FROM WHERE", "syntax error"),
    ],
)
def test_a_select_that_is_wrong_is_told_in_the_databases_words(
    people: str, tmp_path: Path, text: str, said: str
) -> None:
    assert said in refused(people, tmp_path, text)


def test_what_a_database_says_of_a_cell_is_not_passed_on(people: str, tmp_path: Path) -> None:
    said = refused(people, tmp_path, "SELECT surname::date AS d FROM person")
    assert "O'Neill" not in said
    assert said.startswith("The database stopped (InvalidDatetimeFormat) (people.sql, database 'case')")


def test_a_missing_database_is_told(people: str, tmp_path: Path) -> None:
    assert "There is no such database" in refused(people.rpartition("/")[0] + "/nowhere", tmp_path)


def test_columns_that_are_no_text_number_or_date_are_named(people: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Column 'blob' is of type Binary"):
        asked(people, tmp_path, "SELECT '\\x00'::bytea AS blob")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_select_is_read_however_an_editor_saved_it(people: str, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "q.sql").write_bytes("SELECT 'Café' AS n -- £".encode(encoding))
    with open_query(Database(people), tmp_path / "q.sql", name="case", environment={}) as extract:
        assert [chunk.frame.row(0) for chunk in extract.chunks()] == [(2, "Café")]


def test_a_missing_sql_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match=r"No such file.*gone\.sql"):
        open_query(Database("postgresql://h/d"), tmp_path / "gone.sql", name="case")


# ---------------------------------------------------------------- who reads


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{SECRET}@host/case",
        f"mssql://host/case?password={SECRET}",
        f"not an address with {SECRET}",
        f"mysql://me@host/{SECRET}",
        f"postgresql://host:{SECRET}/case",
    ],
)
def test_an_address_with_a_password_or_of_nothing_known_is_refused_without_showing_it(tmp_path: Path, url: str) -> None:
    said = refused(url, tmp_path)
    assert SECRET not in said
    assert "database 'case'" in said


def test_the_user_and_the_password_come_from_the_environment() -> None:
    own = Database("mssql://db.example/case", user_env="WHO", password_env="SECRET")
    url = address_of(own, "case", {"WHO": "reader", "SECRET": SECRET})
    assert (url.drivername, url.username, url.password) == ("mssql+pymssql", "reader", SECRET)
    assert SECRET not in str(url)
    assert address_of(own, "case", {}).password is None


class Safe(keyring.backend.KeyringBackend):
    """A safe in memory: the machine that runs the tests has none."""

    priority = 1  # pyright: ignore[reportAssignmentType] - a number is what its own classes have

    def __init__(self) -> None:
        self.kept = {("case system", "reader"): SECRET}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def safe() -> Iterator[Safe]:
    before = keyring.get_keyring()
    own = Safe()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def test_the_password_comes_from_the_systems_safe(safe: Safe) -> None:
    own = Database("oracle://db.example/?service_name=case", user="reader", keyring="case system")
    url = address_of(own, "case", {})
    assert (url.drivername, url.password) == ("oracle+oracledb", SECRET)
    assert address_of(own, "case", {"ASCCLD_DATABASE_PASSWORD": "other"}).password == "other"


def test_a_password_that_the_safe_does_not_have_is_asked_for(safe: Safe) -> None:
    own = Database("mssql://db.example/case", user="somebody", keyring="case system")
    with pytest.raises(AsccldError, match="keyring set case system somebody"):
        address_of(own, "case", {})
    with pytest.raises(AsccldError, match="none is named"):
        address_of(Database("mssql://db.example/case", keyring="case system"), "case", {})


# ---------------------------------------------------------------- SQL Server and Oracle, as far as without a server


@pytest.mark.parametrize("url", ["mssql://127.0.0.1:{port}/case", "oracle://127.0.0.1:{port}/?service_name=case"])
def test_the_other_drivers_are_there_and_say_that_nobody_answers(tmp_path: Path, url: str) -> None:
    """No SQL Server and no Oracle was ever asked: only that their drivers are called rightly and give up."""
    who = {"ASCCLD_DATABASE_USER": "reader", "ASCCLD_DATABASE_PASSWORD": SECRET}
    said = refused(url.format(port=free_port()), tmp_path, seconds=2, **who)
    assert said.startswith("The database cannot be reached (people.sql, database 'case')")


class DriverError(Exception):
    """An error as pymssql makes it: a number, and bytes of text."""


@pytest.mark.parametrize(
    ("backend", "error", "said"),
    [
        ("mssql", DriverError((208, b"Invalid object name 'people'.")), "Invalid object name 'people'"),
        ("mssql", DriverError((18456, b"Login failed for user 'x'.")), "refuses the user or the password"),
        ("mssql", DriverError((245, b"Conversion failed for 'O''Neill'")), "The database stopped (DriverError)"),
        ("oracle", DriverError("ORA-00942: table or view does not exist"), "table or view does not exist"),
        ("oracle", DriverError("DPY-4024: call timeout of 300000 ms exceeded"), "did not answer within 5 seconds"),
        ("mssql", DriverError((701, b"DB-Lib error message 20002, severity 9: failed")), "cannot be reached"),
        ("mssql", DriverError((17809, b"Could not connect")), "takes nobody in just now"),
        ("oracle", DriverError("ORA-28001: the password has expired"), "refuses the user or the password"),
        ("oracle", DriverError("ORA-03113: end-of-file on communication channel"), "The connection broke off"),
        ("oracle", socket.gaierror(-2, "Name or service not known"), "cannot be reached"),
        ("oracle", TimeoutError("timed out"), "cannot be reached"),
        ("mssql", ConnectionResetError(104, "reset"), "The connection broke off"),
        ("postgresql", DriverError("connection failed: ... failed: Network is unreachable"), "cannot be reached"),
        ("postgresql", DriverError("connection failed: ... failed: No route to host"), "cannot be reached"),
        ("oracle", DriverError("ORA-01722: invalid number O'Neill"), "The database stopped (DriverError)"),
    ],
)
def test_the_codes_of_the_other_databases_are_told_in_words(backend: str, error: Exception, said: str) -> None:
    told = str(explained(error, backend, "people.sql", 5))
    assert said in told
    assert "O'Neill" not in told


def test_threads_may_ask_side_by_side(people: str, tmp_path: Path) -> None:
    """Extracts of one database are read at the same time."""
    heights: list[int] = []

    def ask(name: str) -> None:
        text = "SELECT generate_series(1, 5000) AS n"
        with open_query(Database(people), sql_file(tmp_path, text, name), name="case", environment={}) as extract:
            heights.append(sum(chunk.frame.height for chunk in extract.chunks()))

    threads = [threading.Thread(target=ask, args=(f"{at}.sql",)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heights == [5000, 5000, 5000]


def test_an_engine_keeps_no_connection_open(people: str) -> None:
    own = address_of(Database(people), "case", {})
    engine = engine_for(own, 30, "case")
    with engine.connect():
        pass
    assert "NullPool" in type(engine.pool).__name__


def test_a_password_is_refused_also_where_no_extract_asks_the_database(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("ID\n1\n")
    (tmp_path / "m.toml").write_text(
        "[period]\nstart = 2025-04-01\nend = 2026-03-31\n"
        f'[database.spare]\nurl = "postgresql://me:{SECRET}@host/case"\n'
        '[extract.e]\nfile = "e.csv"\nselect = "all"\nfields = { la_person_unique_identifier = "ID" }\n'
    )
    done = run(tmp_path, "map", "check", "--mapping", "m.toml")
    assert done.returncode == 2
    assert "m.toml, line 5, database.spare.url: The address holds a password" in done.stderr
    assert SECRET not in done.stdout + done.stderr
