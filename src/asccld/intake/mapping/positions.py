"""In which line of a TOML file each key and each element of a list stands; the file is known to read.

The reader of the standard library tells no lines, and an error without one is of little help in a file of 500.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

Path = tuple[str | int, ...]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SPACE: Final = re.compile(r"[ \t]*")
_NOTHING: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SCALAR: Final = re.compile(r"[^,\]}\n#]*")


def positions(text: str) -> dict[Path, int]:
    """Path of keys and places in lists -> line, from 1. A table's path has the line of its header."""
    return _Scanner(text.replace("\r\n", "\n")).run()


def line_of(found: Mapping[Path, int], path: Path) -> int | None:
    """The line of a path, or of the nearest part of it that stands in the file."""
    for length in range(len(path), 0, -1):
        if path[:length] in found:
            return found[path[:length]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.ends = [m.start() for m in re.finditer("\n", text)]
        self.found: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}
        """How many tables of an array of tables there were."""

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip(_NOTHING) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _line(self) -> int:
        return bisect_left(self.ends, self.at) + 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _note(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], line)

    def _header(self) -> Path:
        line, double = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        path = self._within(self._key())
        if double:
            count = self.arrays.get(path, 0)
            self.arrays[path] = count + 1
            path = (*path, count)
        self._note(path, line)
        self.found[path] = line  # perhaps known as the parent of an earlier table
        self.at = self.text.index("]]" if double else "]", self.at) + (2 if double else 1)
        return path

    def _within(self, path: Path) -> Path:
        """A path whose arrays of tables are told by their newest table."""
        known: Path = ()
        for part in path:
            if known in self.arrays:
                known = (*known, self.arrays[known] - 1)
            known = (*known, part)
        return known

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = (*table, *self._key())
        self._note(path, line)
        self.at = self.text.index("=", self.at) + 1
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> Path:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            parts.append(self._string() if self.text[self.at] in "\"'" else self._bare())
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def _bare(self) -> str:
        start = self.at
        return self.text[start : self._skip(_BARE)]

    def _string(self) -> str:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            return self._closed(quote * 3)
        return self._closed(quote)

    def _closed(self, quote: str) -> str:
        start = self.at = self.at + len(quote)
        while not self.text.startswith(quote, self.at):
            self.at += 2 if self.text[self.at] == "\\" and quote[0] == '"' else 1
        end = self.at
        self.at += len(quote)
        while len(quote) == 3 and self.text.startswith(quote[0], self.at):
            self.at += 1  # a multi-line text may end in a quotation mark of its own
        return _unescaped(self.text[start:end]) if quote[0] == '"' else self.text[start:end]

    def _value(self, path: Path) -> None:
        start = self.text[self.at]
        if start in "\"'":
            self._string()
        elif start == "[":
            self._list(path)
        elif start == "{":
            self._inline(path)
        else:
            self._skip(_SCALAR)

    def _list(self, path: Path) -> None:
        self.at += 1
        place = 0
        while self.text[self._skip(_NOTHING)] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.found[*path, place] = self._line()
            self._value((*path, place))
            place += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while self.text[self._skip(_NOTHING)] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(path)
        self.at += 1


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    import tomllib

    return str(tomllib.loads(f'text = """{text}"""')["text"])
