"""What an engine says when it stops, without its text, which may quote a cell."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from ibis.backends import BaseBackend

from asccld.engine.errors import EngineError
from asccld.engine.files import Paths, damaged, found, is_file


class Stopped(EngineError):
    """An engine that did not come to the end, for a reason that only its own words tell."""


_ENGINES = {"duckdb", "_duckdb", "pyspark", "py4j", "psycopg", "pyodbc", "pyarrow"}
_LINE = re.compile(r"\bLine: (\d+)")


@contextmanager
def explained(con: BaseBackend) -> Generator[None]:
    """Errors of engines in our words; the system's own words where it has some."""
    try:
        yield
    except (EngineError, OSError, MemoryError):
        raise
    except Exception as error:
        raise _reason(con, error) from error


@contextmanager
def named(con: BaseBackend, source: Paths) -> Generator[None]:
    """Errors of engines in our words, while a source is read and computed with: a damaged file of it is named.

    Errors of anything else pass as they are.
    """
    try:
        yield
    except Exception as error:
        cause = error.__cause__ if isinstance(error, Stopped) else error
        if not isinstance(cause, Exception) or not _of_an_engine(cause):
            raise
        reason = _reason(con, cause)
        raise (_damage(con, source, cause) or reason if isinstance(reason, Stopped) else reason) from cause


def _of_an_engine(error: Exception) -> bool:
    return any(kind.__module__.partition(".")[0] in _ENGINES for kind in type(error).__mro__)


def _lacks_room(error: Exception) -> bool:
    text = str(error).lower()
    return "no space left" in text or "max_temp_directory_size" in text


def _lacks_memory(error: Exception) -> bool:
    text = f"{type(error).__name__} {error}".lower()
    return "out of memory" in text or "outofmemory" in text or "java heap space" in text


def _reason(con: BaseBackend, error: Exception) -> Exception:
    if _lacks_room(error):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if _lacks_memory(error):
        remedy = "Give it more (duckdb://?memory_limit=8GB, local[*]?spark.driver.memory=8g), or close other programs"
        return EngineError("The engine ran out of memory", con.name, remedy)
    if "permission denied" in str(error).lower():
        return OSError(errno.EACCES, os.strerror(errno.EACCES))
    kind = type(error).__name__
    remedy = "A file of the input may be damaged: try the same with fewer files. ASCCLD_TRACEBACK=1 shows the details"
    return Stopped(f"{con.name} stopped before the end ({kind})", None, remedy)


def _damage(con: BaseBackend, source: Paths, error: Exception) -> EngineError | None:
    """The files of a source that cannot be read to their end."""
    if con.name not in {"duckdb", "pyspark"} or not is_file(source):
        return None
    kind, paths = found(source, remote=con.name == "pyspark")
    if kind == "csv":
        return _unreadable_csv(paths, error)
    broken = damaged(paths, kind, whole=True)
    return broken if broken.what.endswith("damaged") else None


def _unreadable_csv(paths: Sequence[str], error: Exception) -> EngineError:
    line = _LINE.search(str(error))
    named = [path for path in paths if path in str(error)] or list(paths[:1])
    what = f"The CSV cannot be read, at line {line[1]}" if line else "The CSV cannot be read"
    remedy = "Save it as UTF-8 with commas, and quotation marks around fields that hold commas or line ends"
    return EngineError(what, named[0], remedy)
