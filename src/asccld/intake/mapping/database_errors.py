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


_FOR_ALL: Final = {"login", "database", "down", "lost", "slow"}
"""Meanings that hold for every extract of the database, or for which each would wait as long again."""


def explained(error: Exception, backend: str, place: str, seconds: int) -> DatabaseError:
    """The error in words. Only what the database says of the statement is passed on: the rest may quote a cell."""
    cause: object = getattr(error, "orig", None) or error
    said = _said(cause)
    meaning = _meaning(cause, said, backend)
    match meaning:
        case "slow":
            told = f"The database did not answer within {counted(seconds, 'second')}"
            remedy = "Try again when it is less busy, narrow the SELECT, or raise timeout_seconds"
        case "login":
            told, remedy = "The database refuses the user or the password", "Check both; the password is never shown"
        case "database":
            told, remedy = "There is no such database on the server", "Check the end of the address"
        case "permission":
            told, remedy = "The user may not read what the SELECT names", "Ask for the right to read it"
        case "statement":
            told, remedy = f"The database does not accept the SELECT: {_first_sentence(said)}", "Correct the SQL file"
        case "lost":
            told, remedy = "The connection broke off", "Run it again: nothing is left half-written"
        case "down":
            told = "The database cannot be reached"
            remedy = "Check the address, that it is running, and that this machine may connect to it (VPN, firewall)"
        case _:
            told = f"The database stopped ({type(cause).__name__})"
            remedy = "Run the SELECT in the database's own tool: it shows the details, which may quote your data"
    kind = DatabaseUnusable if meaning in _FOR_ALL else DatabaseError
    return kind(told, place, remedy)


def _meaning(cause: object, said: str, backend: str) -> str:
    """What an error means: by its code, else by its text."""
    codes = [str(c) for c in (getattr(cause, "sqlstate", None), *_numbers(cause)) if c]
    signs = [(row["sign"], row["meaning"]) for row in _signs() if row["backend"] == backend]
    exact = [meaning for sign, meaning in signs if sign in codes]
    class_ = [meaning for sign, meaning in signs for code in codes if code.startswith(sign) and len(sign) == 2]
    worded = [meaning for sign, meaning in signs if not sign.isdigit() and sign.lower() in said.lower()]
    return next(iter([*exact, *class_, *worded]), "")


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
