"""The shape of the house: who may import whom, and how long a module and a function may be."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from repository.files import python_of_the_package

# The order in which data walks through the house. A room imports from the rooms before it, never from a later one.
ROOMS = [
    "standard",
    "intake",
    "validation",
    "privacy",
    "submissions",
    "tracing",
    "processing",
    "measures",
    "linkage",
    "synthetic",
    "reports",
    "portal",
    "cli",
]
LEAVES = {"portal", "cli"}
LONGEST_MODULE = 600
LONG_FUNCTION = 40
SHARE_OF_SHORT_FUNCTIONS = 0.95


def room_of(dotted: str) -> str | None:
    """The room that asccld.ROOM[.module] is in; modules beside the rooms (errors, engine) are in none."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else None


def imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module if node.module != "asccld" else f"asccld.{node.names[0].name}"


def functions(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


def dotted_name(path: str) -> str:
    return ".".join(PurePosixPath(path).relative_to("src").with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", sorted(python_of_the_package()))
def test_a_room_imports_from_earlier_rooms_only(path: str) -> None:
    own = room_of(dotted_name(path))
    # The front door (asccld/__init__) and modules beside the rooms may open every room but a leaf, see below.
    later = set(ROOMS[ROOMS.index(own) + 1 :]) if own else set[str]()
    assert later & {room_of(name) for name in imports(python_of_the_package()[path])} == set()


def test_nobody_imports_a_leaf() -> None:
    """Delete the command line and the portal, and the library still does everything."""
    inside = {path: text for path, text in python_of_the_package().items() if room_of(dotted_name(path)) not in LEAVES}
    inside.pop("src/asccld/__main__.py", None)  # "python -m asccld" is the command line under another name
    leaning = {path: LEAVES & {room_of(name) for name in imports(text)} for path, text in inside.items()}
    assert {path: leaves for path, leaves in leaning.items() if leaves} == {}


def test_no_module_is_too_long() -> None:
    lengths = {path: text.count("\n") for path, text in python_of_the_package().items()}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_nearly_every_function_is_short() -> None:
    found = [
        (lines, f"{path}: {name}") for path, text in python_of_the_package().items() for name, lines in functions(text)
    ]
    long = sorted(entry for entry in found if entry[0] > LONG_FUNCTION)
    assert len(long) <= (1 - SHARE_OF_SHORT_FUNCTIONS) * max(len(found), 1), long
