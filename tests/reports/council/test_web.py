"""The web report: links that lead somewhere, numbers that are those of the report, nothing run or fetched."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from asccld.reports.council.model import PERSONAL_BANNER, SHAREABLE_BANNER, Block, Report
from asccld.reports.council.web import write_web
from asccld.reports.council.web_model import MOST_PERSONS
from asccld.reports.files import ReportError
from reports.council.made_reports import (
    EVERY,
    SCRIPT,
    long_names,
    many_councils,
    months,
    one_council,
    report,
)
from reports.council.reading_pages import as_number, dead_links, pages_in, places_of, read

NUMBERS = {"count", "number", "percent", "money", "days"}


def written(made: Report, folder: Path) -> Path:
    return write_web(made, folder / "pages").parent


def with_tables(made: Report, folder: Path) -> Path:
    """The pages beside the CSV files of the measures."""
    (folder / "tables").mkdir()
    for chapter in made.chapters:
        for block in chapter.blocks:
            if block.source:
                block.rows.write_csv(folder / "tables" / f"{block.source}.csv")
    return write_web(made, folder / "pages", tables=folder / "tables").parent


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each of the made reports beside its tables, written once."""
    return {name: with_tables(make(), tmp_path_factory.mktemp("web")) for name, make in EVERY.items()}


@pytest.mark.parametrize("name", EVERY)
def test_every_link_leads_somewhere(name: str, folders: dict[str, Path]) -> None:
    assert dead_links(folders[name]) == []


def test_tables_are_linked_where_they_are(folders: dict[str, Path], tmp_path: Path) -> None:
    assert "../tables/ascof_2a.csv" in read(folders["one council"] / "ascof-2a.html").links
    folder = written(one_council(), tmp_path)
    assert dead_links(folder) == []
    assert not any(".csv" in link for seen in pages_in(folder).values() for link in seen.links)


def test_a_file_that_is_written_only_when_asked_for_is_named_and_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    folder = write_web(one_council(), tmp_path / "pages", tables=tmp_path / "tables").parent
    said = "Made from services.csv, which has a row for each person or event, and is only written with --people."
    assert said in read(folder / "quality.html").text.replace(" .", ".").replace(" ,", ",")
    assert dead_links(folder) == []


@pytest.mark.parametrize("name", EVERY)
def test_each_chapter_has_a_page_that_the_others_link_to(name: str, folders: dict[str, Path]) -> None:
    pages = pages_in(folders[name])
    wanted = {"index.html", "about.html", *(f"{chapter.slug}.html" for chapter in EVERY[name]().chapters)}
    assert set(pages) == wanted
    assert all(wanted <= {link.partition("#")[0] for link in seen.links} for seen in pages.values())


@pytest.mark.parametrize("name", EVERY)
def test_ids_are_unique_and_nothing_is_fetched_or_run(name: str, folders: dict[str, Path]) -> None:
    for page, seen in pages_in(folders[name]).items():
        assert len(seen.ids) == len(set(seen.ids)), page
        assert {"script", "img", "link", "iframe", "form", "object"} & set(seen.tags) == set(), page
        assert [a for a, v in seen.attributes if a.startswith("on") or a == "src" or "javascript:" in (v or "")] == []
    for path in folders[name].iterdir():
        outside = re.findall(r"https?://[^\"' <)]+|@import|url\((?!#)[^)]*\)", path.read_text(encoding="utf-8"))
        assert set(outside) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}, path.name


def cells_of(block: Block) -> list[tuple[str, Any]]:
    """Every cell with the kind of its column."""
    return [(c.kind, value) for row in block.cells() for c, value in zip(block.columns, row, strict=True)]


@pytest.mark.parametrize("name", ["one council", "no data", "no numbers", "153 councils"])
def test_every_number_of_a_block_is_on_its_page(name: str, folders: dict[str, Path]) -> None:
    pages = pages_in(folders[name])
    for chapter in EVERY[name]().chapters:
        tables = iter(pages[f"{chapter.slug}.html"].tables)
        for block in chapter.blocks:
            if not block.is_empty:
                shown = [text for row in next(tables)[1:] for text in row]
                assert_same(block, shown)


def assert_same(block: Block, shown: list[str]) -> None:
    """Each number and each mark is there as often as in the rows, in what order ever."""
    for kind, value in cells_of(block):
        if kind not in NUMBERS:
            continue
        if value is None or isinstance(value, str):
            shown.remove("–" if value is None else value)
            continue
        fits = [t for t in shown if (n := as_number(t)) is not None and n == round(float(value), places_of(t))]
        assert fits, (block.slug, value)
        shown.remove(fits[0])


def test_a_table_of_the_pictures_columns_stands_side_by_side(folders: dict[str, Path]) -> None:
    table = read(folders["one council"] / "quality.html").tables[0]
    assert table[0] == ["Month", "Request", "Assessment", "Service", "Review"]
    assert table[1] == ["Jan 2024", "0", "211", "422", "633"]
    assert len(table) == 25


def test_a_table_with_a_gap_is_not_turned(tmp_path: Path) -> None:
    block = replace(months(), rows=months().rows.head(95))
    made = report(replace(one_council().chapters[0], blocks=(block,)))
    assert len(read(written(made, tmp_path) / "quality.html").tables[0]) == 96


@pytest.mark.parametrize("text", [SCRIPT, '"><b x="', "{{ 7*7 }}", "abc\u202egnp", "a\x00b"])
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    made = long_names(text)
    for page, seen in pages_in(written(made, tmp_path)).items():
        assert "script" not in seen.tags, page
        assert "b" not in seen.tags, page
        assert "7*7" in seen.text if "7*7" in text else "49 " not in seen.text, page
    written_out = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "pages").iterdir())
    assert not any(sign in written_out for sign in "\u202e\x00")


def test_headlines_are_judged_in_words(folders: dict[str, Path]) -> None:
    text = read(folders["one council"] / "ascof-2a.html").text
    assert "77.5% 930 of 1,200 Before: 75.2%, up 2.3 percentage points, better England: 74.1%" in text
    assert "512.3 per 100,000" in text
    assert "up 14.3, worse" in text


def test_no_data_says_so_and_why(folders: dict[str, Path]) -> None:
    pages = pages_in(folders["no data"])
    assert "There is no row to show." in pages["ascof-2a.html"].text
    assert "no one counted" in pages["ascof-2a.html"].text
    assert "Give one with --reference." in pages["ascof-2b.html"].text
    assert pages["ascof-2a.html"].tables == []
    assert "svg" not in pages["ascof-2a.html"].tags


def test_a_report_without_chapters_has_its_two_pages(tmp_path: Path) -> None:
    assert set(pages_in(written(report(), tmp_path))) == {"index.html", "about.html"}


def test_long_lists_of_people_are_cut_and_every_page_warns(folders: dict[str, Path]) -> None:
    pages = pages_in(folders["people"])
    assert len(pages["people-2a.html"].tables[0]) == MOST_PERSONS + 1
    assert "The first 500 of 1,200 rows are shown here; the workbook has all." in pages["people-2a.html"].text
    assert all(PERSONAL_BANNER in seen.text for seen in pages.values())
    assert not any(PERSONAL_BANNER in seen.text for seen in pages_in(folders["one council"]).values())


def test_a_shareable_report_says_so_and_links_what_it_shows(tmp_path: Path) -> None:
    made = replace(one_council(), shareable=True)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "ascof-2a_by-age.csv").write_text("group\n", encoding="utf-8")
    folder = write_web(made, tmp_path / "pages", tables=tmp_path / "tables").parent
    pages = pages_in(folder)
    assert all(SHAREABLE_BANNER in seen.text for seen in pages.values())
    assert "../tables/ascof-2a_by-age.csv" in pages["ascof-2a.html"].links
    assert dead_links(folder) == []


def test_more_bars_than_names_have_room_are_said(folders: dict[str, Path]) -> None:
    text = read(folders["153 councils"] / "all.html").text
    assert "153 in a row, the highest first: the table below names each" in text


def test_signs_are_explained_where_they_occur(folders: dict[str, Path]) -> None:
    pages = pages_in(folders["one council"])
    assert "[c] suppressed" in pages["waits.html"].text
    assert "What is suppressed or not held is not drawn" in pages["waits.html"].text
    assert "suppressed" not in pages["quality.html"].text


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = (write_web(one_council(), tmp_path / name).parent for name in ("first", "again"))
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in again.iterdir()}


def test_an_earlier_report_is_replaced_and_leaves_no_page_behind(tmp_path: Path) -> None:
    written(one_council(), tmp_path)
    folder = written(many_councils(), tmp_path)
    assert {path.name for path in folder.iterdir()} == {"index.html", "about.html", "all.html"}
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "letter.html").write_text("<p>mine", encoding="utf-8")
    with pytest.raises(ReportError, match="no page of a report"):
        written(one_council(), tmp_path)
    assert (tmp_path / "pages" / "letter.html").read_text(encoding="utf-8") == "<p>mine"


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    folder = written(one_council(), tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    bad = replace(one_council().chapters[0], slug="index")
    with pytest.raises(ValueError, match="index"):
        written(report(bad), tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


@pytest.mark.parametrize("place", ["missing/pages", "file"])
def test_an_impossible_place_is_explained(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportError):
        write_web(one_council(), tmp_path / place)


def test_a_table_can_have_columns_that_are_not_shown(tmp_path: Path) -> None:
    block = one_council().chapters[2].blocks[0]
    rows = block.rows.with_columns(secret=pl.lit("not for the page"))
    made = report(replace(one_council().chapters[2], blocks=(replace(block, rows=rows),)))
    assert "not for the page" not in read(written(made, tmp_path) / "ascof-2a.html").text
