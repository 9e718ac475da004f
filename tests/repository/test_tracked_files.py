"""What may not be in any file of the repository."""

import re

import pytest

from repository.files import texts, tracked

# Brackets keep each pattern from matching its own line.
FORBIDDEN = {
    "the address of a package index": (
        r"[-]-(extra-)?index-ur[l]|https?://[^\s\"']*/simpl[e]/|p[y]pi\.org|pythonh[o]sted|registry\.n[p]mjs"
        r"|\"resolved\": *\"http"
    ),
    "a path of one machine": r"/wor[k]/|/far[m]/|/tmp/bash_job[s]|/roo[t]/|/Us[e]rs/\w",
    "a key or password": r"-----BEGIN [A-Z ]*PRIVATE KE[Y]|\bAKI[A][0-9A-Z]{16}\b|\bgh[p]_[A-Za-z0-9]{36}\b",
    "a merge left unfinished": r"(?m)^<{7} |^>{7} ",
}
UNFINISHED = r"\b(TOD[O]|FIXM[E]|XX[X])\b|rais[e] NotImplementedError"
SKIPPED = r"pytest\.(mark\.)?(ski[p]|xfai[l]|importorski[p])|unittest\.ski[p]"
LARGEST = 3_000_000


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts().items() for match in re.finditer(FORBIDDEN[what], text)]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    python = {name: text for name, text in texts().items() if name.endswith((".py", ".j2", ".toml"))}
    assert [f"{name}: {match[0]}" for name, text in python.items() for match in re.finditer(UNFINISHED, text)] == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    tests = {name: text for name, text in texts().items() if name.startswith("tests/") and name.endswith(".py")}
    assert [f"{name}: {match[0]}" for name, text in tests.items() for match in re.finditer(SKIPPED, text)] == []


def test_no_file_is_very_large() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > LARGEST] == []
