"""The browser fixtures do what other tests rely on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GOOD = '<!doctype html><html lang="en"><title>t</title><main><h1>Months without events</h1><p>None</p></main></html>'
BAD = '<!doctype html><html><title>t</title><main><h1>Chart</h1><img src="data:,"></main></html>'


def test_a_page_without_faults_has_none(
    page: Page, fetched: list[str], accessibility_faults: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    file = tmp_path / "good.html"
    file.write_text(GOOD, encoding="utf-8")
    page.goto(file.as_uri())
    assert page.get_by_role("heading").inner_text() == "Months without events"
    assert accessibility_faults(page) == []
    assert fetched == []


def test_missing_language_and_alternative_text_are_found(
    page: Page, accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page.set_content(BAD)
    found = {line.split(" ")[0] for line in accessibility_faults(page)}
    assert {"html-has-lang", "image-alt"} <= found


def test_a_page_that_fetches_is_caught(page: Page, fetched: list[str]) -> None:
    page.set_content('<script src="https://example.invalid/chart.js"></script>')
    assert fetched == ["https://example.invalid/chart.js"]


def test_text_is_drawn(page: Page) -> None:
    """Without fonts every letter is equally wide or empty, and screenshots show nothing."""
    page.set_content('<span id="i">iiii</span><span id="m">mmmm</span>')
    widths = [page.locator(f"#{name}").evaluate("element => element.getBoundingClientRect().width") for name in "im"]
    assert 0 < widths[0] < widths[1]
