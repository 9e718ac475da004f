"""What pages show is what the program prints, and what pages call exists."""

import doctest
import os
import shutil
from pathlib import Path

import pytest

from docs.loading import tool
from repository.files import ROOT

shown = tool("shown_commands")
PAGES: dict[str, str] = shown.pages()


def test_the_pages_that_a_newcomer_reads_show_commands() -> None:
    assert {"README.md", "docs/tutorials/check-your-first-extract.md", "docs/how-to/find-and-fix-faults.md"} <= set(
        PAGES
    )


@pytest.mark.parametrize("name", sorted(PAGES))
def test_commands_print_what_the_page_shows(name: str, tmp_path: Path) -> None:
    found = shown.differences(name, PAGES[name], tmp_path)
    assert not found, "\n\n".join(map(str, found)) + "\n\nIf that is right: python tools/shown_commands.py"


def test_python_examples_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    page = os.path.relpath(ROOT / "docs" / "reference" / "python.md", ROOT)
    failed, tried = doctest.testfile(str(ROOT / page), module_relative=False, encoding="utf-8")
    assert tried > 10
    assert failed == 0


@pytest.mark.parametrize(
    ("page", "printed", "agree"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["..."], ["a", "b"], True),
        (["a", "...", "c"], ["a", "b", "c"], True),
        (["a", "...", "c"], ["a", "c"], True),
        (["a", "...", "c"], ["b", "c"], False),
        (["All findings ..."], ["All findings (3): f.csv"], True),
        (["standard 0123456789ab"], ["standard ba9876543210"], True),
        (["asccld 0.1.0"], ["asccld 9.9.9"], True),
        (["took 1.2 s"], ["took 30 s"], True),
        (["400 rows"], ["401 rows"], False),
        (["a (b)", ""], ["a (b)"], True),
    ],
)
def test_texts_agree_but_for_what_differs_from_day_to_day(page: list[str], printed: list[str], agree: bool) -> None:
    assert shown.same(page, printed) is agree


def test_a_page_that_lies_is_found_and_mended(tmp_path: Path) -> None:
    page = "Try:\n\n```console\n$ asccld validate not-there.csv\nAll is well\n$ echo $?\n0\n```\n"
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert [found.command for found in shown.differences("p", page, tmp_path / "one")] == [
        "asccld validate not-there.csv",
        "echo $?",
    ]
    mended, by_hand = shown.rewritten("p", page, tmp_path / "two")
    assert "asccld: There is no such file (not-there.csv)" in mended
    assert mended.endswith("$ echo $?\n2\n```\n")
    assert by_hand == []


def test_files_and_edits_of_a_page_are_made(tmp_path: Path) -> None:
    page = (
        '```toml title="a.toml"\nname = "Old"\n```\n\n<!-- in a.toml: replace Old with New -->\n\n'
        "```console\n$ asccld validate examples/submission-clean.csv --policy a.toml\n...policy New ...\n```\n"
    )
    assert "policy New" in shown.rewritten("p", page, tmp_path)[1][0].printed[-1]
    assert (tmp_path / "a.toml").read_text(encoding="utf-8") == 'name = "New"\n'
