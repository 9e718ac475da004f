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


@pytest.mark.parametrize(
    ("name", "of"),
    [("ascof_2e", "accommodation_groups"), ("nhse_ascof_2e", "accommodation"), ("lts004", "accommodation")],
)
def test_a_page_lists_the_settled_accommodation(name: str, of: str) -> None:
    listed = sections(name)["Rule"].partition("### Settled accommodation")[2]
    settled = [r["accommodation_status"] for r in measure_table(of) if r["settled"] in {"yes", "1"}]
    assert re.findall(r"(?m)^- `(.*)`$", listed) == settled


def test_the_page_of_waiting_times_lists_the_outcomes_that_services_follow() -> None:
    rule = " ".join(sections("waiting_times")["Rule"].split())
    told = re.findall(r"`([^`]*)`", rule.partition("outcomes of an assessment say so:")[2].partition(".")[0])
    rows = measure_table("waiting_times_outcomes")
    assert told == [r["event_outcome"] for r in rows if r["assessment_to_service"] == "1"]


def test_the_page_of_person_details_lists_the_presumed_accommodation() -> None:
    rule = " ".join(sections("person_details")["Rule"].split())
    assert all(f"`{r['accommodation_status']}`" in rule for r in measure_table("presumed_accommodation"))
