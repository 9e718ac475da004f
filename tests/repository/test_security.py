"""Promises of SECURITY.md that hold for the package as a whole."""

import ast
import csv
import io
import re
from collections.abc import Iterator

import pytest

from repository.files import python_of_the_package, texts

NETWORK = {"asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "socketserver", "ssl", "urllib"}
PARSING_ONLY = {"urllib.parse"}  # takes addresses apart, opens none
RUNS_DATA = {"marshal", "pickle", "shelve", "subprocess", "dill", "cloudpickle"}
CHECKS_DAMAGE = "src/asccld/intake/soundness.py"
"""Decodes a Parquet file in a child process that runs our own fixed program: a damaged page may end the process."""
CALLS = {"eval", "exec", "compile", "__import__"}
FETCHING = re.compile(
    r"<(script|img|iframe|source|link)\b[^>]*(src|href)=[\"']?(https?:)?//|@import|url\([\"']?(https?:)?//"
)
NHS_NUMBER_HEADERS = {"nhs number", "nhs_number"}


def imported(text: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def called(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@pytest.mark.parametrize("path", sorted(python_of_the_package()))
def test_no_module_can_open_a_connection_or_run_what_it_reads(path: str) -> None:
    allowed = PARSING_ONLY | ({"subprocess"} if path == CHECKS_DAMAGE else set())
    names = imported(python_of_the_package()[path]) - allowed
    assert {name for name in names if name.split(".")[0] in NETWORK | RUNS_DATA} == set()
    assert CALLS & set(called(python_of_the_package()[path])) == set()


def test_templates_fetch_nothing() -> None:
    templates = {name: text for name, text in texts().items() if name.startswith("src/") and ".html" in name}
    assert {name: found[0] for name, text in templates.items() if (found := FETCHING.search(text))} == {}


def test_pages_are_escaped_by_default() -> None:
    """A value of a file must never become part of a page's markup."""
    modules = {path: text for path, text in python_of_the_package().items() if "jinja2" in imported(text)}
    assert [path for path, text in modules.items() if "Environment(" in text and "autoescape" not in text] == []


def nhs_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Row number, as the file's reader counts it, and value."""
    for place, row in enumerate(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))), start=2):
        yield from ((place, row[key] or "") for key in row if key and key.strip().lower() in NHS_NUMBER_HEADERS)


def test_every_nhs_number_in_the_repository_is_a_test_number() -> None:
    """The failing rows are named by place only: should a real number ever get in, this must not spread it."""
    files = {name: text for name, text in texts().items() if name.endswith(".csv")}
    found = [
        f"{name}, row {place}" for name, text in files.items() for place, value in nhs_numbers(text) if is_issued(value)
    ]
    assert found == []


def is_issued(value: str) -> bool:
    """Whether this could be the number of a person: ten digits, a right check digit, outside the range for tests."""
    if not re.fullmatch(r"\d{10}", value) or value.startswith("999"):
        return False
    return (11 - sum(int(digit) * (10 - place) for place, digit in enumerate(value[:9])) % 11) % 11 == int(value[9])


def test_the_promises_name_files_that_exist() -> None:
    promises = re.findall(r"`((?:src|tests|tools|requirements|examples)[^`*]*)`", texts()["SECURITY.md"])
    known = texts()
    missing = [path for path in promises if not any(name == path or name.startswith(f"{path}/") for name in known)]
    assert missing == []
