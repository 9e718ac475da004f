"""What is wrong with TOML as it was typed, in words that help somebody who has never heard of TOML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from asccld.intake.mapping.faults import Fault

PAGE: Final = "See docs/reference/mapping-file.md"
_CURLY: Final = re.compile("[\u2018\u2019\u201c\u201d]")
_LIKE_A_DATE: Final = re.compile(r"=\s*[0-9]{1,4}[/.-][0-9]")
_COLON: Final = re.compile(r"""^\s*(?:"[^"]*"|'[^']*'|[\w-]+)\s*:\s*\S""")
_BACKSLASH: Final = 'A backslash means something else between " and "'
_ENDLESS: Final = "A text does not end in its line", "Close it with a quotation mark"
_CLEARER: Final = (
    ("Cannot declare", "This part is there twice", "Put both into one"),
    ("escape", _BACKSLASH, "Write / in paths, or put the text between ' and '"),
    ("Unescaped '\\'", _BACKSLASH, "Write / in paths, or put the text between ' and '"),
    ("Invalid value", "The value is no text, number or date", 'Put texts into quotation marks: "503"'),
    ("Illegal character '\\n'", *_ENDLESS),
    ("Unterminated string", *_ENDLESS),
    ("Expected newline", "There is something after the value", "One key in a line; put texts into quotation marks"),
    (
        "Expected '='",
        "There is no = behind the key",
        'Write: key = "value"; a key with blanks or signs goes into " and "',
    ),
    (
        "Invalid initial character",
        "A key begins with a sign that it may not",
        "Put the key into quotation marks; what stands between { and } must stand in one line",
    ),
    ("Unclosed array", "A list does not end, or lacks a comma", "Put commas between its parts, and close it with ]"),
    ("Unclosed inline table", "There is no } for a {", "Close it in the same line, with commas between its parts"),
    ("Invalid statement", "This line is neither a key with a value nor a [part]", PAGE),
)


def syntax_fault(what: str, line: int, text: str) -> Fault:
    """The reader's complaint about a line."""
    lines = text.splitlines() or [""]
    written = lines[min(line, len(lines)) - 1]
    found = _twice(what, line, lines) or _by_the_line(written)
    if found is None:
        found = next(((clearer, remedy) for sign, clearer, remedy in _CLEARER if sign in what), (what, PAGE))
    return Fault(line, "text", *found)


def _by_the_line(written: str) -> tuple[str, str] | None:
    """What one sees by looking at the line."""
    if _CURLY.search(written):
        remedy = 'Write straight ones: "; a word processor bends them, an editor such as Notepad does not'
        return "There are curly quotation marks", remedy
    if _LIKE_A_DATE.search(written):
        return "This is no date as this file has them", "Write year, month and day: 2025-04-01"
    if _COLON.match(written) and "=" not in written:
        return "There is a colon behind the key", "Write = instead"
    return None


def _twice(what: str, line: int, lines: Sequence[str]) -> tuple[str, str] | None:
    """A key that is there before: two mappings for one value."""
    written = lines[min(line, len(lines)) - 1]
    if inline := re.search("Duplicate inline table key (.*)", what):
        return f"{inline[1]} is there twice: two mappings for one value", "Keep one of them"
    if "overwrite" not in what or "=" not in written:
        return None
    key = written.split("=")[0].strip()
    earlier = _earlier(lines, line, key)
    before = f" (also in line {earlier})" if earlier else ""
    return f"{key} is there twice{before}: two mappings for one value", "Keep one of them"


def _earlier(lines: Sequence[str], line: int, key: str) -> int | None:
    """Where the key stood before, in the same part of the file as far as one can see."""
    for at in range(line - 1, 0, -1):
        before = lines[at - 1]
        if before.split("=")[0].strip() == key and "=" in before:
            return at
        if before.lstrip().startswith("["):
            return None
    return None
