"""Real engines for every test that asks: a PostgreSQL server of its own, and a local Spark session.

Both come from Debian's packages, installed by "make test". Their absence fails a test: nothing is skipped.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ibis.backends import BaseBackend
from xdist.scheduler import LoadScopeScheduling

from asccld.engine import connect

VENV = Path(__file__).resolve().parent.parent / ".venv"
PATIENCE = 60.0
"""Seconds within which a server has to answer, on a busy machine too."""


DEAR_MODULES = ("test_demo_year.py",)
"""Modules whose tests share what takes a minute to make."""


class OneForSpark(LoadScopeScheduling):
    """Tests go to whichever process is free, but those with Spark in their name all to the same one.

    Each process would else start a session of its own, which takes gigabytes. A dear module goes to one process too.
    xdist's own groups do nothing under pytest 9.2, which no longer lets a plugin rename a test.
    """

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.rpartition("::")
        if "spark" in name:
            return "spark"
        return path if path.endswith(DEAR_MODULES) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneForSpark | None:
    """Ours in place of xdist's usual one."""
    return OneForSpark(config, log) if config.getvalue("dist") == "load" else None


def installed(name: str) -> Path:
    """Where tools/system_parts.py found or put a program."""
    note = VENV / f"{name}-path"
    if not note.exists():
        pytest.fail(f"{name} is not set up. Run 'make test', which installs it, or 'tools/system_parts.py {name}'.")
    return Path(note.read_text(encoding="utf-8").strip())


def unprivileged() -> dict[str, Any]:
    """Arguments that start a program as somebody else when we are root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PostgresServer:
    """A running server; every database in it is somebody's own."""

    port: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://asccld@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{next(self.numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as con:
            con.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def start(folder: Path, port: int) -> subprocess.Popen[Any]:
    """Start a server that keeps nothing safe, because it will be thrown away: that makes it quick."""
    quick = [word for name in ("fsync", "synchronous_commit", "full_page_writes") for word in ("-c", f"{name}=off")]
    place = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-p", str(port)]
    command = [str(installed("postgres")), "-D", str(folder / "data"), *place, *quick]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd="/", stdout=log, stderr=log, stdin=subprocess.DEVNULL, **unprivileged())


def answers(server: PostgresServer, process: subprocess.Popen[Any]) -> bool:
    """Whether the server came up; not if the port was taken meanwhile."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(server.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return True
    return False


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server on a temporary folder, reachable from this machine only, stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="asccld-postgres-"))  # not pytest's own: another user must get into it
    somebody = unprivileged()
    if somebody:
        os.chown(folder, somebody["user"], somebody["group"])
    command = [str(installed("initdb")), "-D", str(folder / "data"), "-U", "asccld", "--auth=trust", "--no-sync"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **somebody)
    assert done.returncode == 0, done.stderr
    for _ in range(3):
        server = PostgresServer(free_port())
        process = start(folder, server.port)
        if answers(server, process):
            break
        process.kill()
    else:
        pytest.fail("PostgreSQL does not start:\n" + (folder / "log").read_text(errors="replace")[-2000:])
    yield server
    process.send_signal(signal.SIGINT)  # does not wait for whoever forgot to disconnect
    process.wait(PATIENCE)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """A new, empty database: postgresql://asccld@127.0.0.1:PORT/NAME."""
    return postgres_server.new_database()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseBackend]:
    """An Ibis connection to a local Spark session; one in a process, because starting it takes seconds.

    Tests that ask for it have "spark" in their name, so that only one process of a run starts one.
    """
    java = installed("java")
    before = dict(os.environ)
    os.environ["PATH"] = os.pathsep.join([str(java.parent), before.get("PATH", "")])
    os.environ.pop("JAVA_HOME", None)
    os.environ["SPARK_LOCAL_DIRS"] = str(tmp_path_factory.mktemp("spark"))
    # planning anew while it runs pays for large tables only
    con = connect("local[2]?spark.driver.memory=2g&spark.sql.shuffle.partitions=2&spark.sql.adaptive.enabled=false")
    yield con
    con.disconnect()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def duckdb() -> Iterator[BaseBackend]:
    """DuckDB in memory, as the product opens it."""
    con = connect("duckdb://?threads=2")
    yield con
    con.disconnect()
