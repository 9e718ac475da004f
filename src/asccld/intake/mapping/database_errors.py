"""What a database says when it gives no extract, in words; never with the content of a cell."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard.tables import read_rows


class DatabaseError(AsccldError):
    """A database that does not give an extract."""


class DatabaseUnusable(DatabaseError):
    """A database that gives nobody anything: asking it for another extract would only wait, or lock the account."""


@lru_cache(maxsize=1)
def _signs() -> list[dict[str, str]]:
    return read_rows(Path(__file__).parent / "data" / "database_errors.csv", ("backend", "sign", "meaning"))


_ANY: Final = "*"
"""In place of a backend: whichever it is."""
_FOR_ALL: Final = {"login", "database", "down", "lost", "slow", "busy"}
"""Meanings that hold for every extract of the database, or for which each would wait as long again."""
_TOLD: Final = {
    "slow": (
        "The database did not answer within {seconds}",
        "Try again when it is less busy, narrow the SELECT, or raise timeout_seconds",
    ),
    "login": ("The database refuses the user or the password", "Check both; the password is never shown"),
    "database": ("There is no such database on the server", "Check the end of the address"),
    "permission": ("The user may not read what the SELECT names", "Ask for the right to read it"),
    "writes": (
        "The SELECT would change or lock something",
        "An extract only reads: take FOR SHARE, or the function that writes, out of it",
    ),
    "far": (
        "A date is infinite, or not between the years 1 and 9999",
        "Say in the SELECT what it is to be, for example NULLIF(ended, 'infinity')",
    ),
    "statement": ("The database does not accept the SELECT: {said}", "Correct the SQL file"),
    "lost": ("The connection broke off", "Run it again: nothing is left half-written"),
    "busy": ("The database takes nobody in just now", "Try again later, or ask who runs it"),
    "down": (
        "The database cannot be reached",
        "Check the address, that it is running, and that this machine may connect to it (VPN, firewall)",
    ),
    "": (
        "The database stopped ({kind})",
        "Run the SELECT in the database's own tool: it shows the details, which may quote your data",
    ),
}


def explained(error: Exception, backend: str, place: str, seconds: int) -> DatabaseError:
    """The error in words. Only what the database says of the statement is passed on: the rest may quote a cell."""
    cause: object = getattr(error, "orig", None) or error
    said = _said(cause)
    meaning = _meaning(cause, said, backend)
    told, remedy = _TOLD[meaning]
    what = told.format(seconds=counted(seconds, "second"), said=_first_sentence(said), kind=type(cause).__name__)
    kind = DatabaseUnusable if meaning in _FOR_ALL else DatabaseError
    return kind(what, place, remedy)


def _meaning(cause: object, said: str, backend: str) -> str:
    """What an error means: by its code, else by its text."""
    inner = re.findall(r"DB-Lib error message (\d+)", said)  # the number of its own may be that of a mere notice
    codes = [str(c) for c in (getattr(cause, "sqlstate", None), *_numbers(cause), *inner) if c]
    signs = [(row["sign"], row["meaning"]) for row in _signs() if row["backend"] in {backend, _ANY}]
    exact = [meaning for sign, meaning in signs if sign in codes]
    class_ = [meaning for sign, meaning in signs for code in codes if code.startswith(sign) and len(sign) == 2]
    worded = [meaning for sign, meaning in signs if not sign.isdigit() and sign.lower() in said.lower()]
    return next(iter([*exact, *class_, *worded]), _of_the_network(cause))


def _of_the_network(cause: object) -> str:
    """What an error of the system means: the name of the server is not known, nothing leads there, or it hung up."""
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return "lost"
    return "down" if isinstance(cause, OSError) else ""


def _numbers(cause: object) -> list[int]:
    return [part for part in _parts(cause) if isinstance(part, int)]


def _said(cause: object) -> str:
    """The text of an error on one line: pymssql gives it as bytes beside a number."""
    texts = [part.decode("utf-8", errors="replace") for part in _parts(cause) if isinstance(part, bytes)]
    return " ".join((" ".join(texts) or str(cause)).split())


def _parts(cause: object) -> list[object]:
    """What an error was made of, perhaps one tuple deep."""
    given: tuple[object, ...] = getattr(cause, "args", ())
    nested = [cast("tuple[object, ...]", item) if isinstance(item, tuple) else (item,) for item in given]
    return [part for item in nested for part in item]


def _first_sentence(said: str) -> str:
    return re.split(r" LINE \d+:| DB-Lib error| Help: https?:", said)[0][:200]
