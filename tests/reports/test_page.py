"""The HTML report in a browser: accessibility, keyboard, narrow screens, print."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page

from asccld.reports import write_html
from asccld.validation.result import ValidationResult
from reports.hostile import hostile

pytestmark = pytest.mark.browser


def show(page: Page, result: ValidationResult, folder: Path) -> None:
    write_html(result, folder / "report.html")
    page.goto((folder / "report.html").as_uri())


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")


@pytest.mark.parametrize("name", ["rejected", "clean", "empty"])
@pytest.mark.parametrize("width", [1280, 380])
def test_axe_finds_nothing(
    name: str,
    width: int,
    request: pytest.FixtureRequest,
    page: Page,
    fetched: list[str],
    accessibility_faults: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    show(page, request.getfixturevalue(name), tmp_path)
    assert accessibility_faults(page) == []
    open_everything(page)
    assert accessibility_faults(page) == []
    assert fetched == []


@pytest.mark.parametrize("width", [1280, 380, 320])
def test_the_page_does_not_scroll_sideways(rejected: ValidationResult, page: Page, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    show(page, hostile(rejected), tmp_path)
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_goes_from_the_skip_link_through_the_page(
    rejected: ValidationResult, page: Page, tmp_path: Path
) -> None:
    show(page, rejected, tmp_path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.fixes') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_tab_order_is_the_order_on_the_page(rejected: ValidationResult, page: Page, tmp_path: Path) -> None:
    show(page, rejected, tmp_path)
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
    tops: list[float] = []
    page.evaluate("document.getElementById('main').focus()")
    for _ in range(25):
        page.keyboard.press("Tab")
        tops.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
    assert tops == sorted(tops)


def test_a_rule_opens_from_the_keyboard_and_from_its_link(
    rejected: ValidationResult, page: Page, tmp_path: Path
) -> None:
    show(page, rejected, tmp_path)
    rule = page.locator("details.rule").first
    rule.locator("summary").focus()
    page.keyboard.press("Enter")
    assert rule.evaluate("fold => fold.open")
    link = page.locator(".fixes a").nth(5)
    target = page.locator(link.get_attribute("href") or "")
    assert not target.is_visible()
    link.click()
    target.wait_for(state="visible")


def test_the_filter_narrows_the_rules(rejected: ValidationResult, page: Page, tmp_path: Path) -> None:
    show(page, rejected, tmp_path)
    rules = page.locator("details.rule")
    page.get_by_label("Filter the failed rules").fill("ethnicity")
    left = rules.filter(visible=True).count()
    assert 0 < left < rules.count()
    assert page.get_by_role("status").inner_text() == f"{left} of {rules.count()} rules"
    page.get_by_label("Filter the failed rules").fill("")
    page.get_by_role("button", name="Open all").click()
    assert page.locator("details.rule:not([open])").count() == 0
    page.get_by_role("button", name="Close all").click()
    assert page.locator("details.rule[open]").count() == 0


def test_without_scripts_nothing_is_missing_but_the_filter(
    rejected: ValidationResult, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    show(page, rejected, tmp_path)
    assert page.get_by_role("heading", name="Every rule").is_visible()
    assert page.locator("#rules-tools").is_hidden()
    page.locator("details.rule summary").first.click()
    assert page.locator("details.rule .body").first.is_visible()
    context.close()


def test_hostile_values_run_nothing(rejected: ValidationResult, page: Page, fetched: list[str], tmp_path: Path) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    show(page, hostile(rejected), tmp_path)
    open_everything(page)
    assert dialogs == faults == fetched == []


def test_it_prints(rejected: ValidationResult, page: Page, tmp_path: Path) -> None:
    show(page, rejected, tmp_path)
    pdf = page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 5 < pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") < 20
    page.emulate_media(media="print")
    assert page.get_by_role("navigation").is_hidden()
    assert page.locator(".verdict").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
