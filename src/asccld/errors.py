"""Errors that a user can act on: each says what is wrong, where, and what to do next."""

from __future__ import annotations

import re

# Control characters, invisible ones, those that turn the direction of the text around them, and halves of characters
# that no console can print. A file name, a sheet or a header may hold them, and a terminal would obey.
_UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def harmless(text: str) -> str:
    """The text with characters that a terminal obeys, or nobody sees, written as `[U+001B]`."""
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def _one_line(text: str) -> str:
    return harmless(" ".join(text.split()))


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
        said = f"{self.what} ({self.where})" if self.where else self.what
        end = "" if said.endswith(("?", "!")) else "."
        return f"{said}{end} {self.remedy}".rstrip()


class UnreadableFile(AsccldError):
    """An input file that cannot be read as a table."""
