"""The program and the machine: versions, room and speed. No name of a user, a machine or a folder."""

from __future__ import annotations

import hashlib
import locale
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from asccld.version import __version__

DISTRIBUTION: Final = "asccld"
OTHERS: Final = ("numpy", "pandas", "narwhals", "jinja2", "typer-slim", "click")
"""Packages that matter though we do not ask for them."""
VARIABLES: Final = re.compile(r"(ASCCLD|POLARS|PYTHON|DUCKDB|SPARK)_?[A-Z0-9_]*|_RJEM_MALLOC_CONF|RAYON_NUM_THREADS")
_SAMPLE: Final = 32 << 20  # bytes: enough to tell a network drive from a disk
_PACKAGE = re.compile(r"^[A-Za-z0-9._-]+")


def program() -> dict[str, Any]:
    """Versions of the program and of what it stands on."""
    return {
        "asccld": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "packages": dict(sorted(_packages())),
        "in_virtual_environment": sys.prefix != sys.base_prefix,
    }


def _packages() -> Iterator[tuple[str, str]]:
    try:
        wanted = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        wanted = []
    names = {found[0] for line in wanted if (found := _PACKAGE.match(line))}
    for name in (*names, *OTHERS):
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


def machine(folder: Path) -> dict[str, Any]:
    """The system, and how much room it has."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_bytes": _memory(),
        "free_bytes_where_written": shutil.disk_usage(folder).free,
        "free_bytes_for_temporary_files": shutil.disk_usage(tempfile.gettempdir()).free,
        "text_encoding": locale.getpreferredencoding(do_setlocale=False),
        "file_name_encoding": sys.getfilesystemencoding(),
        "terminal_encoding": getattr(sys.stdout, "encoding", None),
        "variables_set": sorted(name for name in os.environ if VARIABLES.fullmatch(name)),
    }


def _memory() -> int | None:
    """Where the system tells it in a file; None elsewhere."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r"MemTotal:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else None


def speeds() -> dict[str, float]:
    """Seconds for fixed pieces of work, by which a slow machine is told from a slow file."""
    import polars as pl

    block = bytes(_SAMPLE)
    numbers = pl.int_range(2_000_000, eager=True).shuffle(seed=1)
    return {
        "hash_32_megabytes": _timed(lambda: hashlib.sha256(block).digest()),
        "sort_2_million_numbers": _timed(numbers.sort),
        "write_and_read_32_megabytes": _timed(lambda: _through_the_disk(block)),
    }


def _through_the_disk(block: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(block)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        file.read()


def _timed(act: Any) -> float:  # noqa: ANN401 - anything that can be called
    started = time.perf_counter()
    act()
    return round(time.perf_counter() - started, 3)
