"""From an address in a mapping file to a connection: which driver, who reads, and how long to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from asccld.intake.mapping.database_errors import DatabaseUnusable

if TYPE_CHECKING:
    import sqlalchemy as sa

CONNECT_SECONDS: Final = 20
"""A server that is there answers sooner, however slow the query."""
CONNECTING: Final = "connecting to a database"


class DatabaseSettings(Protocol):
    """What `[database.NAME]` of a mapping file says."""

    @property
    def url(self) -> str:
        """The address, without user and password."""
        ...

    @property
    def user(self) -> str | None:
        """Who reads."""
        ...

    @property
    def user_env(self) -> str:
        """The environment variable that names who reads."""
        ...

    @property
    def password_env(self) -> str:
        """The environment variable with the password."""
        ...

    @property
    def keyring(self) -> str | None:
        """The service under which the system's safe keeps the password."""
        ...

    @property
    def timeout_seconds(self) -> int:
        """How long to wait for an answer."""
        ...


class _Driver(NamedTuple):
    dialect: str
    module: str
    extra: str


_DRIVERS: Final = {
    "postgresql": _Driver("postgresql+psycopg", "psycopg", "postgres"),
    "mssql": _Driver("mssql+pymssql", "pymssql", "sqlserver"),
    "oracle": _Driver("oracle+oracledb", "oracledb", "oracle"),
}
_ADDRESSES: Final = "postgresql://host/name, mssql://host/name or oracle://host/?service_name=name"
_SECRET: Final = re.compile(r"(?i)pass|pwd|secret|token")


def address_of(database: DatabaseSettings, name: str, environment: Mapping[str, str]) -> sa.URL:
    """The address with the user and the password that the environment or the system's safe has."""
    place, url = f"database '{name}'", safe_address(database, name)
    user = database.user or environment.get(database.user_env) or url.username
    secret = environment.get(database.password_env) or _kept(database.keyring, user, place)
    return url.set(drivername=_DRIVERS[url.get_backend_name()].dialect, username=user, password=secret)


def safe_address(database: DatabaseSettings, name: str) -> sa.URL:
    """The address as written; raises DatabaseUnusable where it holds a password or is none of a known database."""
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    place = f"database '{name}'"
    try:
        url = sa.make_url(database.url)
        backend = url.get_backend_name()
    except (ArgumentError, ImportError, ValueError):
        backend, url = "", sa.URL.create("none")
    if url.password or any(_SECRET.search(key) for key in url.query):
        raise DatabaseUnusable(
            "The address holds a password",
            place,
            f"Take it out, and change it: others may have read it. Put the new one into the variable "
            f"{database.password_env}, or into the system's safe",
        )
    if backend not in _DRIVERS:  # without the text, which may hold a password in a wrong place
        raise DatabaseUnusable("This is not the address of a database", place, f"Write it like {_ADDRESSES}")
    return url


def _kept(service: str | None, user: str | None, place: str) -> str | None:
    """The password that the system's safe keeps; None where it is not to be asked."""
    if service is None:
        return None
    if user is None:
        raise DatabaseUnusable("The safe keeps passwords by user, and none is named", place, "Give the key 'user'")
    try:
        keyring = import_module("keyring")
        secret: str | None = keyring.get_password(service, user)
    except ImportError:
        raise DatabaseUnusable("The package keyring is missing", place, "pip install 'asccld[keyring]'") from None
    except Exception as error:  # noqa: BLE001 - every system's safe has its own errors
        raise DatabaseUnusable(
            f"The system's safe does not open ({type(error).__name__})", place, "Unlock it, or use the environment"
        ) from None
    if secret is None:
        put = f"Put it there: keyring set {service} {user}"
        raise DatabaseUnusable(f"The system's safe has no password of '{user}' for '{service}'", place, put)
    return secret


def engine_for(url: sa.URL, seconds: int, name: str) -> sa.Engine:
    """How to reach the database, waiting no longer than so many seconds for an answer."""
    import sqlalchemy as sa
    from sqlalchemy import event
    from sqlalchemy.pool import NullPool

    driver = _DRIVERS[url.get_backend_name()]
    try:
        engine = sa.create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=_waiting(url.get_backend_name(), seconds)
        )
    except ImportError:
        raise DatabaseUnusable(
            f"The package {driver.module} is missing", f"database '{name}'", f"pip install 'asccld[{driver.extra}]'"
        ) from None
    except Exception as error:  # noqa: BLE001 - what a dialect says of an address may hold it
        raise DatabaseUnusable(
            f"The address cannot be used ({type(error).__name__})", f"database '{name}'", f"Write it like {_ADDRESSES}"
        ) from None

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        if url.get_backend_name() == "oracle":
            connection.call_timeout = seconds * 1000
        if url.get_backend_name() == "postgresql":
            from psycopg.types.string import TextLoader

            connection.adapters.register_loader("numeric", TextLoader)  # it may be NaN, which no data frame has

    event.listen(engine, "connect", prepare)
    return engine


def connected(engine: sa.Engine, seconds: int, place: str) -> sa.Connection:
    """A connection; Oracle's driver alone would wait for ever for a server that takes a call and never speaks."""
    if engine.dialect.name != "oracle":
        return engine.connect()
    made: Queue[sa.Connection | Exception] = Queue()

    def connect() -> None:
        try:
            made.put(engine.connect())
        except Exception as error:  # noqa: BLE001 - handed on to who waits
            made.put(error)

    Thread(target=connect, name=CONNECTING, daemon=True).start()
    try:
        found = made.get(timeout=2 * _connecting(seconds))
    except Empty:
        remedy = "The server takes the call and says nothing: is it the right port, and not too busy?"
        raise DatabaseUnusable("The database cannot be reached", place, remedy) from None
    if isinstance(found, Exception):
        raise found
    return found


def _connecting(seconds: int) -> int:
    return max(2, min(seconds, CONNECT_SECONDS))


def _waiting(backend: str, seconds: int) -> dict[str, Any]:
    """How each driver is told how long to wait, and PostgreSQL that we only read."""
    connecting = _connecting(seconds)
    match backend:
        case "postgresql":
            return {
                "connect_timeout": connecting,
                "options": f"-c statement_timeout={seconds * 1000} -c default_transaction_read_only=on",
                "application_name": "asccld",
                "keepalives_idle": 30,  # a server that vanished is noticed
                "keepalives_interval": 10,
                "keepalives_count": 3,
            }
        case "mssql":
            return {"login_timeout": connecting, "timeout": seconds, "appname": "asccld"}
        case _:
            return {"tcp_connect_timeout": float(connecting)}
