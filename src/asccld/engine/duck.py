"""DuckDB in this process: how much memory, how many threads, and where to put what does not fit."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
from ibis.backends import BaseBackend

from asccld.engine.errors import EngineError

MOST_MEMORY_GIB = 5.0
"""Default limit, where the machine has as much: beyond it DuckDB writes to the disk. What it counts is not all that the
process uses: with Arrow tables on their way in and out, a national run stays below 8 GB."""

_SHARE_OF_MACHINE = 0.75
_KNOWN = ("memory_limit", "threads", "temp_directory", "max_temp_directory_size")
_OURS: dict[int, str] = {}  # connection -> folder that we made for it

_FIXED: dict[str, Any] = {
    "autoinstall_known_extensions": False,  # nothing is fetched from anywhere
    "preserve_insertion_order": False,  # a table has no order; keeping one costs memory when writing
}
_IN_MEMORY: dict[str, Any] = {
    "checkpoint_threshold": "1TB",  # there is no file to bring up to date: all that a checkpoint does is take a second
}


def open_duckdb(path: str, settings: Mapping[str, str]) -> BaseBackend:
    """A connection to a database file, or to memory when the path is empty.

    Settings: memory_limit, threads, temp_directory, max_temp_directory_size, as DuckDB writes them.
    """
    unknown = set(settings) - set(_KNOWN)
    if unknown:
        raise EngineError(f"DuckDB is given an unknown setting {min(unknown)}", None, f"Known: {_listed()}")
    if path and not Path(path).absolute().parent.is_dir():
        raise EngineError("The folder of the database does not exist", path, "Make it first, or check the path")
    folder = settings.get("temp_directory") or tempfile.mkdtemp(prefix="asccld-")
    try:
        fixed = _FIXED if path else _FIXED | _IN_MEMORY
        con = ibis.duckdb.connect(path or ":memory:", **{**fixed, **settings, "temp_directory": folder})
        if "memory_limit" not in settings:
            con.raw_sql(f"SET memory_limit = '{_memory(con):.2f}GiB'")
    except Exception:
        if "temp_directory" not in settings:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if "temp_directory" not in settings:
        _OURS[id(con)] = folder
        weakref.finalize(con, shutil.rmtree, folder, ignore_errors=True)  # for whoever forgets to disconnect
    return con


def sweep(con: BaseBackend) -> None:
    """Remove the folder for spilled data that `open_duckdb` made for a connection; it may hold data about people."""
    folder = _OURS.pop(id(con), None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _memory(con: BaseBackend) -> float:
    """The limit in GiB. DuckDB's own default is four fifths of what the machine, or its container, has."""
    asked = "SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'"
    said: str = con.raw_sql(asked).fetchone()[0]  # type: ignore[attr-defined] # the backend is DuckDB's
    found = re.fullmatch(r"([\d.]+) (KiB|MiB|GiB|TiB)", said)
    if found is None:
        return MOST_MEMORY_GIB
    factor = {"KiB": 2**-20, "MiB": 2**-10, "GiB": 1.0, "TiB": 1024.0}[found[2]]
    return min(MOST_MEMORY_GIB, float(found[1]) * factor / 0.8 * _SHARE_OF_MACHINE)


def _listed() -> str:
    return ", ".join(_KNOWN)
