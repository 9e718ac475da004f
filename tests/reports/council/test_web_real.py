"""The pages of a real report, made of made-up submissions: their numbers are those of the files beside them."""

import csv
import math
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from asccld.reports.council.layout import outlines, people_slug
from asccld.reports.council.model import PERSONAL, Block
from asccld.reports.council.web_model import MOST_PERSONS
from asccld.reports.council.wording import is_number, no_longer_in_force
from asccld.reports.rounding import rounded_value
from reports.council.made_council import Made
from reports.council.reading_pages import Seen, as_number, dead_links, pages_in, places_of

FEWEST_NUMBERS = 200
KINDS = (
    "index",
    "quality",
    "quality-fix",
    "changes",
    "ascof-2e",
    "waiting-response",
    "salt-lts001a",
    "methods",
    "about",
)
"""A page of each kind, to look at in the browser."""


def numbers(row: list[str]) -> list[float]:
    return [n for cell in row if (n := as_number(cell)) is not None]


def read_numbers(path: Path) -> list[list[float]]:
    """The numbers of each row of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [numbers(row) for row in csv.reader(file)][1:]


def linked_tables(seen: Seen, folder: Path) -> Iterator[tuple[list[list[str]], Path]]:
    """The tables of a page that say to have the same numbers as a file, in order."""
    named = re.findall(r"Table (\d+) :.*?(?=Table \d+ :|$)", seen.text)
    said = re.split(r"Table \d+ :", seen.text)[1:]
    assert len(named) == len(said) == len(seen.tables)
    for table, text in zip(seen.tables, said, strict=True):
        if found := re.search(r"The same numbers are in (\w+\.csv)", text):
            yield table, folder / found[1]


def stands_in(shown: list[str], known: list[float]) -> bool:
    """Whether every number of a row is among those of a file's row, as exactly as it is shown."""
    return all(
        any(math.isclose(rounded_value(n, places_of(cell)), wanted, abs_tol=1e-9) for n in known)
        for cell in shown
        if (wanted := as_number(cell)) is not None
    )


def wrong_rows(table: list[list[str]], file: Path) -> Iterator[list[str]]:
    """Rows of a page that are in no row of the file.

    What is of an earlier period is in the folder of that period, and what is of England in what the user gave.
    """
    other = re.compile("previous|change|england", re.IGNORECASE)
    now = [place for place, heading in enumerate(table[0]) if not other.search(heading)]
    before = [place for place, heading in enumerate(table[0]) if re.search("previous", heading, re.IGNORECASE)]
    earlier = [rows for path in file.parent.glob(f"*/{file.name}") for rows in read_numbers(path)]
    for row in table[1:]:
        kept, compared = [row[p] for p in now], [row[p] for p in before]
        fits = any(stands_in(kept, known) for known in read_numbers(file))
        if not fits or (numbers(compared) and not any(stands_in(compared, known) for known in earlier)):
            yield row


def test_every_row_of_a_page_stands_in_the_file_that_it_names(made: Made) -> None:
    pages, checked = pages_in(made.out / "pages"), 0
    assert dead_links(made.out / "pages") == []
    for name in sorted(set(pages) - {"index.html", "about.html"}):
        for table, file in linked_tables(pages[name], made.tables):
            assert list(wrong_rows(table, file)) == [], (name, file.name)
            checked += sum(len(numbers(row)) for row in table[1:])
    assert checked > FEWEST_NUMBERS


def test_every_table_says_where_it_is_as_a_file_or_that_it_is_in_none(made: Made) -> None:
    told = re.compile(r"The same numbers are in \w+\.csv|Made from \w+\.csv|Not in a CSV file, because")
    for name, seen in pages_in(made.out / "pages").items():
        tables = [] if name in {"index.html", "about.html"} else re.split(r"Table \d+ :", seen.text)[1:]
        assert [text[:80] for text in tables if len(told.findall(text)) != 1] == [], name


def test_a_course_links_the_files_of_every_period_that_it_shows(made: Made) -> None:
    pages, linked = pages_in(made.out / "pages"), 0
    for chapter in made.report.chapters:
        for block in (b for b in chapter.blocks if b.slug == "course"):
            ends = {str(day) for day in block.rows["period_end"]}
            files = {
                f"../tables/{p.relative_to(made.tables).as_posix()}" for p in made.tables.glob(f"*/{block.source}.csv")
            }
            assert {file.split("/")[2].rpartition("_")[2] for file in files} == ends - {str(made.report.period[1])}
            assert files <= set(pages[f"{chapter.slug}.html"].links), chapter.slug
            linked += len(files)
    assert linked >= 6


def test_a_figure_is_linked_with_those_who_are_counted_in_it_and_back(made: Made) -> None:
    pages = pages_in(made.out / "pages")
    pairs = [(o.slug, people_slug(name)) for o in outlines() for name in o.measures]
    there = [(one, other) for one, other in pairs if {f"{one}.html", f"{other}.html"} <= set(pages)]
    assert {other for _, other in there} == {c.slug for c in made.report.chapters if c.group == "people"}
    for one, other in there:
        for here, away in ((one, other), (other, one)):
            # One link in the menu, another on the page; where it is the neighbour, a third.
            assert pages[f"{here}.html"].links.count(f"{away}.html") >= 2, (here, away)


def test_what_the_salt_method_is_no_longer_good_for_is_said_before_its_figures(made: Made) -> None:
    said = "SALT method in force until 31 March 2024: figures of a later period are not official."
    pages = pages_in(made.out / "pages")
    for name, seen in pages.items():
        assert (said in seen.text) == (name.startswith("salt-") or name == "index.html"), name
    assert pages["salt-lts003.html"].text.index(said) < pages["salt-lts003.html"].text.index(
        "Carers who were supported"
    )
    chapter = next(c for c in made.report.chapters if c.group == "salt" and c.method)
    assert no_longer_in_force(chapter, date(2024, 3, 31)) == ""


def same(text: str, value: object) -> bool:
    """Whether a cell shows this value of the report, as exactly as it shows it."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return as_number(text) is None
    shown = as_number(text)
    return shown is not None and math.isclose(rounded_value(float(value), places_of(text)), shown, abs_tol=1e-9)


def lost(block: Block, table: list[list[str]], most: int) -> Iterator[object]:
    """Numbers of a block that its table does not show where they belong."""
    figures = [place for place, column in enumerate(block.columns) if is_number(column.kind)]
    rows = list(block.cells())[:most]
    if len(rows) == len(table) - 1 and len(block.columns) == len(table[0]):
        pairs = ((row[p], shown[p]) for row, shown in zip(rows, table[1:], strict=True) for p in figures)
        yield from (value for value, text in pairs if not same(text, value))
        return
    texts = [text for row in table[1:] for text in row[1:]]  # laid side by side: one kind of number
    for value in (row[p] for row in rows for p in figures):
        found = next((text for text in texts if same(text, value)), None)
        if found is None:
            yield value
        else:
            texts.remove(found)


def test_every_number_of_the_report_is_on_its_page(made: Made) -> None:
    """That they are those of the files is for other tests: here nothing is lost on the way to a page."""
    pages, checked = pages_in(made.out / "pages"), 0
    for chapter in made.report.chapters:
        most = MOST_PERSONS if chapter.group in PERSONAL else 10**9
        blocks = [block for block in chapter.blocks if not block.is_empty]
        for block, table in zip(blocks, pages[f"{chapter.slug}.html"].tables, strict=True):
            assert list(lost(block, table, most)) == [], (chapter.slug, block.slug)
            checked += sum(len(numbers(row)) for row in table[1:])
    assert checked > 10 * FEWEST_NUMBERS


@pytest.mark.browser
def test_a_page_of_each_kind_in_the_browser(
    made: Made, page: Page, fetched: list[str], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for kind in KINDS:
        for width in (1280, 380):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((made.out / "pages" / f"{kind}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        assert accessibility_faults(page) == [], kind
    assert fetched == []
