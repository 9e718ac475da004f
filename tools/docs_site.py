"""Hooks for MkDocs: a new page appears in its part by itself, and the repository's own pages join the site."""

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"Tutorials": "tutorials", "How-to": "how-to", "Explanation": "explanation", "Reference": "reference"}
# Pages that live beside the code, where visitors of the repository look for them.
BESIDE_THE_CODE = {
    "Glossary": "GLOSSARY.md",
    "Security": "SECURITY.md",
    "Contributing": "CONTRIBUTING.md",
    "Changes": "CHANGELOG.md",
}


def for_the_site(text: str) -> str:
    """Links as they are from inside docs: one folder up is the repository, and pages beside the code are lower case."""
    inside = re.sub(r"\]\(docs/", "](", text)
    return re.sub(r"\]\(([A-Z]+\.md)", lambda match: f"]({match[1].lower()}", inside)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages beside the code."""
    for name in BESIDE_THE_CODE.values():
        content = for_the_site((ROOT / name).read_text(encoding="utf-8"))
        files.append(File.generated(config, name.lower(), content=content))
    return files


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Order the pages: the four parts, each with its first page first, then the pages beside the code."""
    docs = Path(config.docs_dir)
    nav: list[Any] = [{"Start here": "index.md"}]
    for title, folder in PARTS.items():
        pages = sorted((docs / folder).rglob("*.md"), key=lambda page: (page.name != "index.md", page.as_posix()))
        nav.append({title: [page.relative_to(docs).as_posix() for page in pages]})
    nav.append({"The project": [{title: name.lower()} for title, name in BESIDE_THE_CODE.items()]})
    config.nav = nav
    return config
