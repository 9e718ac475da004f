"""The pages of a real report, made by the command from made-up submissions: its numbers are those of its files."""

import csv
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from asccld.cli import main
from asccld.privacy import PseudonymKey
from asccld.submissions import Register
from asccld.synthetic import make_councils
from reports.council.reading_pages import Seen, as_number, dead_links, pages_in, places_of

pytestmark = pytest.mark.browser

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


def report_of(folder: Path) -> Path:
    """The report of a register with three submissions of one council."""
    key = PseudonymKey.generate()
    with Register.open(folder / "store", create=True) as register:
        for sent in make_councils(people=110, quarters=3, seed=11):
            sent.frame.write_csv(folder / sent.file_name)
            register.add(folder / sent.file_name, la=sent.la_code, key=key)
    with pytest.raises(SystemExit) as stop:
        main(["report", "--store", str(folder / "store"), "--out", str(folder / "report")])
    assert stop.value.code == 0
    return folder / "report"


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
        any(math.isclose(round(n, places_of(cell)), wanted, abs_tol=1e-9) for n in known)
        for cell in shown
        if (wanted := as_number(cell)) is not None
    )


def wrong_rows(table: list[list[str]], file: Path) -> Iterator[list[str]]:
    """Rows of a page that are in no row of the file; what is of an earlier period is in the folder of that period."""
    now = [place for place, heading in enumerate(table[0]) if not re.search("previous|change", heading, re.IGNORECASE)]
    before = [place for place, heading in enumerate(table[0]) if re.search("previous", heading, re.IGNORECASE)]
    earlier = [rows for path in file.parent.glob(f"*/{file.name}") for rows in read_numbers(path)]
    for row in table[1:]:
        kept, compared = [row[p] for p in now], [row[p] for p in before]
        fits = any(stands_in(kept, known) for known in read_numbers(file))
        if not fits or (numbers(compared) and not any(stands_in(compared, known) for known in earlier)):
            yield row


def test_a_real_report(
    tmp_path: Path, page: Page, fetched: list[str], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    """One test, because making the report takes longest."""
    made = report_of(tmp_path)
    pages = pages_in(made / "pages")
    assert dead_links(made / "pages") == []
    checked = 0
    for name in sorted(set(pages) - {"index.html", "about.html"}):
        for table, file in linked_tables(pages[name], made / "tables"):
            assert list(wrong_rows(table, file)) == [], (name, file.name)
            checked += sum(len(numbers(row)) for row in table[1:])
    assert checked > FEWEST_NUMBERS
    for kind in KINDS:
        for width in (1280, 380):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((made / "pages" / f"{kind}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        assert accessibility_faults(page) == [], kind
    assert fetched == []
