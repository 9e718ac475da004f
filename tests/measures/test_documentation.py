"""Every measure has its page with all parts, every option and every table; every public name is described."""

import importlib
import re
from itertools import pairwise

import pytest

from asccld.cli.measure import METHOD
from asccld.measures import measure_named, measure_options, measures
from asccld.measures.registry import measure_table
from asccld.reports.salt_publication import PUBLISHED_COLUMNS
from repository.files import ROOT

PAGES = ROOT / "docs" / "reference" / "measures"
NAMES = [m.name for m in measures() if m.method == METHOD]
PARTS = (
    "Rule",
    "Worked example",
    "Why it is so",
    "Tables",
    "What `documented` changes",
    "Source and version",
    "Limitations",
)
OPTIONS = {o.id: o for o in measure_options()}


def sections(name: str) -> dict[str, str]:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    starts = [*re.finditer(r"(?m)^## (.*)$", text), None]
    return {m[1]: text[m.end() : n.start() if n else None] for m, n in pairwise(starts) if m}


def rows(section: str) -> list[list[str]]:
    return [[c.strip() for c in line.strip("| ").split(" | ")] for line in section.splitlines() if "| `" in line[:3]]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_every_part(name: str) -> None:
    found = sections(name)
    assert tuple(found) == PARTS
    assert all(len(text.split()) > 5 for text in found.values())
    assert measure_named(name).page == f"docs/reference/measures/{name}.md"
    assert measure_named(name).method in found["Source and version"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_lists_the_tables_with_their_columns(name: str) -> None:
    shown = {row[0].strip("`"): re.findall(r"`(\w+)`", row[2]) for row in rows(sections(name)["Tables"])}
    assert shown == {f"{name}{o.suffix}.csv": list(o.columns) for o in measure_named(name).outputs}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_every_option_changes(name: str) -> None:
    shown = {row[0].strip("`"): row[1:] for row in rows(sections(name)["What `documented` changes"])}
    assert list(shown) == list(measure_named(name).options)
    for option, (script, other) in shown.items():
        known = OPTIONS[option]
        assert script.replace("&lt;", "<") == known.what_it_is
        assert other.replace("&lt;", "<") == (known.what_changes or "(cannot be switched)")


def test_the_first_page_names_every_measure_date_and_column() -> None:
    text = (PAGES / "index.md").read_text(encoding="utf-8")
    linked = {name for name in NAMES if f"]({name}.md)" in text}
    dates = {row["parameter"] for row in measure_table("period_parameters")} | {"today"}
    assert linked == set(NAMES)
    assert {name for name in (*dates, *PUBLISHED_COLUMNS, "sts004") if f"`{name}`" not in text} == set()
    assert {page.stem for page in PAGES.glob("*.md")} >= {*NAMES, "index"}


def test_every_public_name_is_on_the_page_about_python() -> None:
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    public = importlib.import_module("asccld.measures").__all__
    assert [name for name in public if not re.search(rf"\b{name}\b", page)] == []
