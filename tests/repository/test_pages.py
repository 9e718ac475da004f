"""Pages for people: links lead somewhere, no page is empty, and the site fetches nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from repository.files import ROOT, texts, tracked

PAGES = {name: text for name, text in texts().items() if name.endswith(".md") and not name.startswith("tests/")}
PARTS = ["tutorials", "how-to", "explanation", "reference"]
FEWEST_WORDS = 40
EXTERNAL = (
    r"<(?:script|img|iframe|source)[^>]*\bsrc=[\"']?(?:https?:)?//"
    r"|<link(?![^>]*canonical)[^>]*href=[\"']?https?:"
)


def prose(text: str) -> str:
    """The page without code, in which brackets are no links."""
    return re.sub(r"(?s)```.*?```|`[^`\n]*`", "", text)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_link_leads_to_a_file(name: str) -> None:
    targets = re.findall(r"\]\(\s*<?([^)\s>]+)", prose(PAGES[name]))
    local = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in local if not ((ROOT / name).parent / target).exists()] == []


@pytest.mark.parametrize("name", sorted(name for name in PAGES if name.startswith("docs/")))
def test_no_page_is_empty(name: str) -> None:
    assert len(PAGES[name].split()) >= FEWEST_WORDS
    assert PAGES[name].lstrip().startswith("# ")


@pytest.mark.parametrize("part", PARTS)
def test_each_of_the_four_parts_has_a_first_page(part: str) -> None:
    assert f"docs/{part}/index.md" in PAGES


def test_pages_that_a_visitor_looks_for_exist() -> None:
    wanted = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "GLOSSARY.md", "LICENSE", "NOTICE"}
    assert wanted - {path.name for path in tracked() if path.parent == ROOT} == set()


def test_the_site_builds_and_fetches_nothing(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    fetch = re.compile(EXTERNAL)
    pages = list((tmp_path / "site").rglob("*.html"))
    assert pages
    assert [page.name for page in pages if fetch.search(page.read_text(encoding="utf-8"))] == []
    styles = [sheet.read_text(encoding="utf-8") for sheet in (tmp_path / "site").rglob("*.css")]
    assert [found for style in styles for found in re.findall(r"url\([\"']?https?://[^)]*", style)] == []
