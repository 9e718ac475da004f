"""Errors that a user can act on: each says what is wrong, where, and what to do next."""

from __future__ import annotations


def _one_line(text: str) -> str:
    return " ".join(text.split())


class AsccldError(Exception):
    """Base of every error that asccld raises on purpose.

    The command line prints `str(error)` as one line on stderr and exits with code 2. No field may hold the value of
    a cell: file names, sheet names, header texts and row numbers only.
    """

    what: str
    where: str | None
    remedy: str

    def __init__(self, what: str, where: str | None = None, remedy: str = "") -> None:
        self.what = _one_line(what).rstrip(".")
        self.where = _one_line(where) if where else None
        self.remedy = _one_line(remedy)
        super().__init__(self.what, self.where, self.remedy)

    def __str__(self) -> str:
        """One line: `what (where). remedy`."""
        place = f" ({self.where})" if self.where else ""
        return f"{self.what}{place}. {self.remedy}".rstrip()


class UnreadableFile(AsccldError):
    """An input file that cannot be read as a table."""
