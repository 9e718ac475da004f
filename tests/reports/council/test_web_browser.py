"""The web report in a browser: accessible, usable by keyboard, on a phone and on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from asccld.reports.council.model import Chapter, Headline
from asccld.reports.council.web import write_web
from reports.council.made_reports import EVERY, headlines, report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each of the made reports, written once."""
    folder = tmp_path_factory.mktemp("web")
    return {name: write_web(make(), folder / name.replace(" ", "-")).parent for name, make in EVERY.items()}


ALIKE = {"quality.html", "changes.html", "sts001.html", "bare.html", "missing.html"}
"""Pages of a kind that another page shows."""
FRONT = {"index.html", "about.html"}
OF_THEIR_OWN = {"one-council", "long-names", "no-data"}
"""Reports whose first and last page have something that those of others have not."""


def pages(folder: Path) -> Iterator[str]:
    left_out = ALIKE if folder.name in OF_THEIR_OWN else ALIKE | FRONT
    yield from (path.as_uri() for path in sorted(folder.glob("*.html")) if path.name not in left_out)


@pytest.mark.parametrize(
    ("name", "width"),
    [*((name, 1280) for name in EVERY), *((name, 380) for name in ("one council", "unbroken names", "153 councils"))],
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(
    name: str,
    width: int,
    reports: dict[str, Path],
    page: Page,
    fetched: list[str],
    accessibility_faults: Callable[[Page], list[str]],
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    for address in pages(reports[name]):
        page.goto(address)
        assert accessibility_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        clipped = page.evaluate(CLIPPED)
        assert clipped == [], address
    assert fetched == complaints == []


# Letters of a picture that stick out of the page, or out of the picture by more than a few pixels to the right.
CLIPPED = """
() => [...document.querySelectorAll('.picture svg text')].filter(text => {
  const box = text.getBoundingClientRect();
  return box.width > 0 && (box.left < 0 || box.right > document.documentElement.clientWidth);
}).map(text => text.textContent)
"""


@pytest.mark.parametrize("width", [400, 768, 1200])
def test_a_large_figure_stays_in_one_line_of_its_card(width: int, page: Page, tmp_path: Path) -> None:
    figures = [Headline("Cost", n, None, None, "£ a week", "money") for n in (812.4, 1_147_565.45, 98_147_565_451.45)]
    made = report(Chapter("costs", "costs", "Costs", "What support costs.", (*figures, *headlines())))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((write_web(made, tmp_path / "pages").parent / "costs.html").as_uri())
    assert page.evaluate(LINES_OF_FIGURES) == [1] * (len(figures) + len(headlines()))
    assert page.evaluate("[...document.querySelectorAll('.cards dd')].every(e => e.scrollWidth <= e.clientWidth)")


LINES_OF_FIGURES = """
() => [...document.querySelectorAll('.cards .value')].map(value => {
  const range = document.createRange();
  range.selectNodeContents(value.firstChild);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
})
"""


def test_the_overview_has_every_column_in_sight_on_a_phone(reports: dict[str, Path], page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    page.goto((reports["one council"] / "index.html").as_uri())
    cells = "[...document.querySelectorAll('.figures td, .figures tbody th')]"
    assert page.evaluate(f"{cells}.every(e => e.getBoundingClientRect().right <= 400)")
    assert page.get_by_role("cell", name="up 2.3 percentage points, better").is_visible()
    assert page.get_by_role("columnheader", name="Change").count() > 0, "still a table for those who do not see it"


def test_a_table_that_is_too_wide_says_so_and_scrolls_by_keyboard(reports: dict[str, Path], page: Page) -> None:
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto((reports["153 councils"] / "all.html").as_uri())
    narrow, broad = page.locator(".scroll").all()
    assert [e.locator(".more").evaluate("e => e.clientHeight > 0") for e in (narrow, broad)] == [False, True]
    moved = broad.evaluate_handle(MOVED)
    broad.focus()
    page.keyboard.press("ArrowRight")
    assert moved.evaluate("it => it.far") > 0


MOVED = "e => ({far: new Promise(done => e.addEventListener('scroll', () => done(e.scrollLeft), {once: true}))})"


def test_the_narrowest_phone_scrolls_no_page_sideways(reports: dict[str, Path], page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for name in ("long names", "unbroken names", "153 councils", "people"):
        for address in pages(reports[name]):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_the_keyboard_goes_from_the_skip_link_to_the_page(reports: dict[str, Path], page: Page) -> None:
    page.goto((reports["one council"] / "ascof-2a.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "By age"
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert shadow != "none", "whoever uses the keyboard sees where they are"


def test_one_picture_is_shown_of_two_and_it_has_its_words(reports: dict[str, Path], page: Page) -> None:
    page.goto((reports["one council"] / "ascof-2a.html").as_uri())
    for width, shown in ((1280, "wide"), (380, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        pictures = page.get_by_role("img").filter(visible=True)
        assert pictures.count() == 3
        assert {p.get_attribute("class") for p in pictures.all()} == {f"picture {shown}"}
        assert page.get_by_role("img", name="Three lines that go up and down.").filter(visible=True).count() == 1


def test_without_scripts_and_from_a_dark_desktop_it_is_the_same(reports: dict[str, Path], browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto((reports["one council"] / "index.html").as_uri())
    page.get_by_role("link", name="2A: after reablement").last.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("2A: after reablement")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_light_and_whole(scheme: str, reports: dict[str, Path], page: Page, tmp_path: Path) -> None:
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    page.goto((reports["153 councils"] / "all.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.get_by_role("navigation", name="All pages").is_hidden()
    page.set_viewport_size({"width": 1020, "height": 700})  # a page across, in pixels
    assert page.evaluate("document.documentElement.scrollWidth") <= 1020
    pdf = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert 4 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 7
