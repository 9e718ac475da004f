"""Reading pages back as somebody with a browser would: tables, links, words."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Seen(HTMLParser):
    """What a page holds."""

    tables: list[list[list[str]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append(tag)
        self.attributes += attrs
        if known.get("id"):
            self.ids.append(str(known["id"]))
        if tag == "a":
            self.links.append(str(known.get("href")))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(path: Path) -> Seen:
    """A page; its tags must be closed as they were opened."""
    seen = Seen()
    seen.feed(path.read_text(encoding="utf-8"))
    seen.close()
    assert seen.faults == [], path.name
    assert seen.open == [], path.name
    return seen


def pages_in(folder: Path) -> dict[str, Seen]:
    """Every page of a report by its file name."""
    return {path.name: read(path) for path in sorted(folder.glob("*.html"))}


def dead_links(folder: Path) -> list[str]:
    """Links of the pages that lead nowhere: no such file, or no such place on the page."""
    pages = pages_in(folder)
    dead: list[str] = []
    for name, seen in pages.items():
        for href in seen.links:
            file, _, place = href.partition("#")
            target = (folder / (file or name)).resolve()
            known = pages.get(target.name) if target.parent == folder.resolve() else None
            if not target.is_file() or (place and (known is None or place not in known.ids)):
                dead.append(f"{name}: {href}")
    return dead


def as_number(text: str) -> float | None:
    """A cell as the number it shows; None where it shows none."""
    plain = text.strip().replace(",", "").replace("£", "").removesuffix("%")
    return float(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else None


def places_of(text: str) -> int:
    """The decimals that a cell shows."""
    return len(text.strip().removesuffix("%").partition(".")[2])
