"""A council's report as a folder of pages: nothing is fetched, no script runs, any browser opens it from a disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asccld.errors import harmless
from asccld.reports.council import charts
from asccld.reports.council.model import GROUPS, PERSONAL, PERSONAL_BANNER, SHAREABLE_BANNER
from asccld.reports.council.web_folder import replacing_folder
from asccld.reports.council.web_model import (
    ABOUT,
    INDEX,
    Link,
    caution_of,
    figure,
    groups_of,
    page_of,
    related,
    table_view,
)
from asccld.reports.council.web_sources import source_of
from asccld.reports.council.wording import MARKS
from asccld.reports.display import day, period
from asccld.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jinja2 import Environment

    from asccld.reports.council.model import Block, Chapter, Report


def write_web(report: Report, folder: Path, *, tables: Path | None = None) -> Path:
    """Write the pages and return the first of them; what was written before in this folder is replaced.

    `tables` is the folder of the measures' CSV files, to which the pages link where they are. Raises ReportError where
    the folder cannot be written or holds anything that is not such a report.
    """
    way = _way(folder, tables)
    with replacing_folder(folder) as place:
        for name, text in _Pages(report, tables if way else None, way).all():
            (place / name).write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return folder / INDEX


@dataclass(frozen=True)
class _Pages:
    report: Report
    tables: Path | None
    way: str

    def all(self) -> Iterator[tuple[str, str]]:
        """The pages, each with its file name."""
        environment = _environment()
        common = self._common()
        yield INDEX, self._drawn(environment, "index", common | {"current": INDEX, "heading": self.report.title})
        for name, more in self._chapters():
            yield name, self._drawn(environment, "chapter", common | more | {"current": name})
        yield ABOUT, self._drawn(environment, "about", common | self._about())

    def _drawn(self, environment: Environment, name: str, known: dict[str, Any]) -> str:
        return environment.get_template(f"{name}.html.j2").render(known)

    def _common(self) -> dict[str, Any]:
        report = self.report
        banners = [(report.personal, "caution", PERSONAL_BANNER), (report.shareable, "share", SHAREABLE_BANNER)]
        return {
            "report": report,
            "council": report.council_name,
            "period": period(report.period),
            "previous": period(report.previous) if report.previous else "",
            "made": f"{day(report.made_at)}, {report.made_at:%H:%M} UTC",
            "version": __version__,
            "banners": [(css, text) for there, css, text in banners if there],
            "groups": groups_of(report),
            "index": INDEX,
            "about": ABOUT,
        }

    def _chapters(self) -> Iterator[tuple[str, dict[str, Any]]]:
        order = [chapter for group in groups_of(self.report) for chapter in self.report.of_group(group.id)]
        links = [Link(page_of(chapter), chapter.title) for chapter in order]
        beside = related(self.report)
        around = [None, *links, Link(ABOUT, "How this report was made")]
        for place, chapter in enumerate(order):
            before, after = around[place], around[place + 2]
            yield links[place].href, self._chapter(chapter, beside[chapter.slug]) | {"before": before, "after": after}

    def _chapter(self, chapter: Chapter, beside: tuple[Link, ...]) -> dict[str, Any]:
        return {
            "chapter": chapter,
            "caution": caution_of(chapter.group, self.report, chapter),
            "beside": beside,
            "personal": chapter.group in PERSONAL,
            "group_title": GROUPS[chapter.group],
            "heading": chapter.title,
            "figures": [figure(headline) for headline in chapter.headlines],
            "blocks": [self._block(chapter, block, place) for place, block in enumerate(chapter.blocks, start=1)],
        }

    def _block(self, chapter: Chapter, block: Block, place: int) -> dict[str, Any]:
        drawing = charts.drawing_of(block)
        return {
            "block": block,
            "id": f"table-{place}-{block.slug}",
            "table": table_view(block, personal=chapter.group in PERSONAL),
            "source": source_of(self.report, chapter, block, self.tables, self.way),
            "pictures": [(width, charts.svg(drawing, width, f"p{place}{width[0]}")) for width in charts.WIDTHS]
            if drawing
            else [],
            "remark": charts.remark(drawing) if drawing else "",
        }

    def _about(self) -> dict[str, Any]:
        methods = [(Link(page_of(c), c.title), c.method) for c in self.report.chapters if c.method]
        return {"current": ABOUT, "heading": "How this report was made", "methods": methods, "marks": MARKS}


def _way(folder: Path, tables: Path | None) -> str:
    """The path from a page to the tables; blank where there is none, as between two drives."""
    try:
        return os.path.relpath(tables, folder).replace(os.sep, "/") if tables else ""
    except ValueError:
        return ""


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("asccld.reports.council", "pages")
    return Environment(
        loader=loader,
        autoescape=True,
        finalize=_seen,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _seen(value: object) -> object:
    """Text without characters that nobody sees or that turn the text around them: a council's name is a stranger's."""
    return harmless(value.replace("\n", " ")) if type(value) is str else value  # markup is of another type
