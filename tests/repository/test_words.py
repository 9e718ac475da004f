"""Counted things are said as a person says them, everywhere."""

import ast
import re
from pathlib import Path

from asccld.counting import all_of, counted, times
from repository.files import ROOT

LEFT_TO_THE_READER = re.compile(r"\w+\((?:s|es|ies)\)")


def texts_for_people(path: Path) -> list[str]:
    """The text of a file; of Python its strings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return [text]
    strings = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return [value for value in strings if isinstance(value, str)]


def test_one_is_no_plural() -> None:
    assert [counted(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]
    assert [times(n) for n in (1, 1200)] == ["once", "1,200 times"]
    assert [all_of(n, "finding") for n in (0, 1, 2)] == ["No findings", "The only finding", "All 2 findings"]


def test_nobody_leaves_the_plural_to_the_reader() -> None:
    kinds = {".py", ".csv", ".toml", ".html", ".j2", ".md"}
    files = [p for folder in ("src", "docs") for p in (ROOT / folder).rglob("*") if p.suffix in kinds]
    own = {"src/asccld/counting.py"}  # says what it is there to avoid
    found = {
        name: left
        for path in files
        if (name := path.relative_to(ROOT).as_posix()) not in own
        and (left := [word for text in texts_for_people(path) for word in LEFT_TO_THE_READER.findall(text)])
    }
    assert found == {}
