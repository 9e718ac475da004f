"""From an address to a connection: which engine, with what, and what to try when it does not answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qsl

from ibis.backends import BaseBackend

from asccld.engine.errors import EngineError, without_password

_EXTRA = "this needs a driver that is not installed"
_KNOWN = "duckdb, duckdb://FILE, local[*], spark://HOST:PORT, postgres://USER@HOST/DATABASE, mssql://USER@HOST/DATABASE"
_SPARK_MASTER = re.compile(r"(local(\[.*\])?|yarn|spark|(spark|k8s)://.+)\Z")


def connect(url: str | None = None) -> BaseBackend:
    """A connection to the engine at an address; without one, DuckDB in this process and in memory.

    `duckdb://FILE`, `local[*]` or `spark://HOST:PORT` or `spark` (the session that is there), `postgres://...`,
    `mssql://...`. Settings follow a question mark: `duckdb://?memory_limit=4GB&threads=2`,
    `local[4]?spark.driver.memory=8g`. Raises EngineError when it cannot be reached; the password is never shown.
    """
    address, _, query = (url or "duckdb").strip().partition("?")
    settings = dict(parse_qsl(query, keep_blank_values=True))
    opened = _kind(address)
    try:
        return opened(address, settings)
    except EngineError:
        raise
    except ImportError as error:
        raise _without_driver(address, error) from error
    except Exception as error:  # noqa: BLE001 - every engine has its own, and what they say may quote the password
        raise EngineError(
            f"The engine does not answer: {_first_line(error)}", without_password(address), _remedy(address)
        ) from None


@contextmanager
def connected(url: str | None = None) -> Generator[BaseBackend]:
    """A connection that is closed at the end, with everything that the engine put on the disk meanwhile."""
    con = connect(url)
    try:
        yield con
    finally:
        con.disconnect()
        if con.name == "duckdb":
            from asccld.engine.duck import sweep

            sweep(con)


def _kind(address: str) -> Callable[[str, Mapping[str, str]], BaseBackend]:
    scheme = address.partition("://")[0].lower()
    if scheme == "duckdb":
        return _duckdb
    if _SPARK_MASTER.match(address):
        return _spark
    if scheme in {"postgres", "postgresql"}:
        return _postgres
    if scheme == "mssql":
        return _mssql
    raise EngineError("No engine has such an address", without_password(address), f"Known: {_KNOWN}")


def _duckdb(address: str, settings: Mapping[str, str]) -> BaseBackend:
    from asccld.engine.duck import open_duckdb

    return open_duckdb(address.partition("://")[2], settings)


def _spark(address: str, settings: Mapping[str, str]) -> BaseBackend:
    from asccld.engine.spark import open_spark

    return open_spark(address, settings)


def _postgres(address: str, settings: Mapping[str, str]) -> BaseBackend:
    import ibis

    return ibis.connect(f"postgres://{address.partition('://')[2]}", **dict(settings))


def _mssql(address: str, settings: Mapping[str, str]) -> BaseBackend:
    import ibis

    return ibis.connect(address, **dict(settings))


def _without_driver(address: str, error: ImportError) -> EngineError:
    scheme = address.partition("://")[0].lower()
    extra = {"postgres": "asccld[postgres]", "postgresql": "asccld[postgres]", "mssql": "pyodbc"}
    wanted = extra.get(scheme, "asccld[spark]")
    return EngineError(
        f"For this engine a package is missing ({error.name or _EXTRA})",
        without_password(address),
        f"Install it: pip install '{wanted}'",
    )


def _first_line(error: Exception) -> str:
    """What an engine says, without its connection string."""
    said = str(error).strip().partition("\n")[0]
    shown = re.sub(r"(?i)(password|pwd)\s*=\s*\S+", r"\1=(hidden)", said)
    return re.sub(r"://[^/\s]*@", "://(hidden)@", shown) or type(error).__name__


def _remedy(address: str) -> str:
    if _SPARK_MASTER.match(address):
        return "Spark needs a Java 17 runtime: set JAVA_HOME, or install openjdk-17-jre-headless; check the master too"
    if address.lower().startswith("duckdb"):
        return "Check the path, and the names of the settings after the question mark"
    return "Check the address, user and password, and that the server takes connections from this machine"
