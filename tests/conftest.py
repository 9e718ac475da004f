"""What every test may ask for: a headless browser that fetches nothing, a check of accessibility, real engines."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

pytest_plugins = ["servers", "commonly"]

ROOT = Path(__file__).resolve().parent.parent
UNPACKED_LIBRARIES = ROOT / ".venv" / "system" / "lib"
CHROMIUM_NOTE = ROOT / ".venv" / "chromium-path"
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, as "make test" installed it. Its absence fails the test: nothing is skipped."""
    if not CHROMIUM_NOTE.exists():
        pytest.fail("Chromium is not set up. Run 'make test', which installs it, or 'tools/system_parts.py chromium'.")
    # As in the Makefile, for whoever runs pytest without it: the driver may need a library that the machine lacks.
    folders = [str(UNPACKED_LIBRARIES), os.environ.get("LD_LIBRARY_PATH", "")]
    os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, folders))
    with sync_playwright() as playwright:
        program = CHROMIUM_NOTE.read_text(encoding="utf-8").strip()
        running = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def fetched() -> list[str]:
    """Addresses that the page of this test asked for on other machines (refused, and noted here)."""
    return []


@pytest.fixture
def page(browser: Browser, fetched: list[str]) -> Iterator[Page]:
    """A page in a fresh context: files and this machine's own servers open, all else is refused."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", viewport={"width": 1280, "height": 900})

    def refuse(route: Route) -> None:
        fetched.append(route.request.url)
        route.abort()

    context.route(lambda url: url.startswith("http") and not url.startswith("http://127.0.0.1:"), refuse)
    yield context.new_page()
    context.close()


@pytest.fixture
def accessibility_faults() -> Callable[[Page], list[str]]:
    """A function that runs axe on a page: one line per fault, with the elements that have it; empty is good."""

    def faults(page: Page) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [f"{fault['id']} ({fault['impact']}): {[node['target'] for node in fault['nodes']]}" for fault in found]

    return faults
