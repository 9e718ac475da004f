"""Which engine an address means, and what is said when it does not answer."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import ibis
import pytest
from ibis.backends import BaseBackend

from asccld.engine import EngineError, connect, connected
from servers import PostgresServer


def one(con: BaseBackend) -> int:
    return ibis.memtable({"one": [1]}).one.sum().as_scalar().pipe(con.to_pyarrow).as_py()


@pytest.mark.parametrize("url", [None, "duckdb", "duckdb://", "duckdb://?threads=1&memory_limit=1GB"])
def test_duckdb_in_memory_needs_no_address(url: str | None) -> None:
    with connected(url) as con:
        assert con.name == "duckdb"
        assert one(con) == 1


def setting(con: BaseBackend, name: str) -> str:
    return con.raw_sql(f"SELECT value FROM duckdb_settings() WHERE name = '{name}'").fetchone()[0]


def test_duckdb_is_held_to_a_share_of_the_memory_and_never_fetches_extensions() -> None:
    with connected() as con:
        amount, unit = setting(con, "memory_limit").split()
        assert unit in {"MiB", "GiB"}
        assert unit == "MiB" or float(amount) <= 5
        assert setting(con, "autoinstall_known_extensions") == "false"


def test_what_is_asked_for_is_what_duckdb_gets(tmp_path: Path) -> None:
    with connected(f"duckdb://?memory_limit=700MB&threads=3&temp_directory={tmp_path}") as con:
        assert setting(con, "threads") == "3"
        assert setting(con, "memory_limit") == "667.5 MiB"
        assert setting(con, "temp_directory") == str(tmp_path)
    assert tmp_path.exists(), "the user's own folder stays"


def test_what_does_not_fit_into_memory_goes_to_the_disk_and_is_gone_afterwards() -> None:
    with connected("duckdb://?memory_limit=100MB&threads=1") as con:
        folder = Path(setting(con, "temp_directory"))
        con.raw_sql("CREATE TABLE big AS SELECT md5(i::VARCHAR) AS h FROM range(5000000) t(i) ORDER BY h")
        assert list(folder.iterdir())
        assert folder.stat().st_mode & 0o077 == 0, "data about people may be in it"
    assert not folder.exists()


def test_a_connection_that_nobody_closed_leaves_nothing_either() -> None:
    con = connect()
    folder = Path(setting(con, "temp_directory"))
    assert folder.exists()
    con.disconnect()
    del con
    gc.collect()
    assert not folder.exists()


def test_a_database_file_is_opened(tmp_path: Path) -> None:
    with connected(f"duckdb://{tmp_path / 'care.duckdb'}") as con:
        con.raw_sql("CREATE TABLE events AS SELECT 1 AS one")
    with connected(f"duckdb://{tmp_path / 'care.duckdb'}") as con:
        assert con.table("events").count().to_pyarrow().as_py() == 1


def test_postgresql_is_reached_by_either_spelling(postgres_url: str) -> None:
    for url in (postgres_url, postgres_url.replace("postgresql://", "postgres://")):
        with connected(url) as con:
            assert con.name == "postgres"
            assert one(con) == 1


def test_spark_runs_here_and_listens_to_nobody_else(spark: BaseBackend) -> None:
    from pyspark.sql import SparkSession

    assert spark.name == "pyspark"
    assert one(spark) == 1
    session = SparkSession.getActiveSession()
    assert session is not None
    assert session.conf.get("spark.driver.bindAddress") == "127.0.0.1"
    assert session.conf.get("spark.sql.session.timeZone") == "UTC"


def test_spark_alone_means_the_session_that_is_there(spark: BaseBackend) -> None:
    assert one(connect("spark")) == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle://scott:tiger@host/db", "No engine has such an address (oracle://host/db)"),
        ("duckdb://?memory=4GB", "unknown setting memory. Known: memory_limit"),
        ("duckdb:///no/such/folder/care.duckdb", "The folder of the database does not exist"),
        ("duckdb://?memory_limit=much", "The engine does not answer"),
    ],
)
def test_an_address_that_cannot_be_is_explained(url: str, says: str) -> None:
    with pytest.raises(EngineError) as caught:
        connect(url)
    assert says in str(caught.value)
    assert "tiger" not in str(caught.value)


def test_a_server_that_does_not_answer_is_named_without_the_password(postgres_server: PostgresServer) -> None:
    url = f"postgres://asccld:hush-hush@127.0.0.1:{postgres_server.port}/nowhere"
    with pytest.raises(EngineError) as caught:
        connect(url)
    assert "The engine does not answer" in str(caught.value)
    assert f"127.0.0.1:{postgres_server.port}/nowhere" in str(caught.value)
    assert "hush-hush" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "package", "remedy"),
    [
        ("postgres://u@h/d", "psycopg", "pip install 'asccld[postgres]'"),
        ("local[2]", "pyspark.sql", "pip install 'asccld[spark]'"),
        ("mssql://u@h/d", "pyodbc", "pip install 'pyodbc'"),
    ],
)
def test_a_driver_that_is_not_installed_is_named_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, url: str, package: str, remedy: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for module in [name for name in sys.modules if name.startswith(("ibis.backends.postgres", "ibis.backends.mssql"))]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(EngineError, match="package is missing") as caught:
        connect(url)
    assert remedy in str(caught.value)
