"""From the computed tables to the report: every chapter in its order, each with what it is about and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from asccld.reports.council.gather_activity import activity_chapter, costs_chapter
from asccld.reports.council.gather_ascof import ascof_chapter
from asccld.reports.council.gather_discharge import discharge_chapter
from asccld.reports.council.gather_files import changes_chapter, quality_chapters
from asccld.reports.council.gather_methods import methods_chapter, overview_notes
from asccld.reports.council.gather_people import derivation_chapters, people_chapters
from asccld.reports.council.gather_salt import salt_chapters
from asccld.reports.council.gather_waiting import waiting_chapter
from asccld.reports.council.layout import Outline, outlines
from asccld.reports.council.model import Chapter, Report

if TYPE_CHECKING:
    from asccld.reports.council.material import Material

_MAKERS: dict[str, Callable[[Outline, Material], Chapter]] = {
    "ascof": ascof_chapter,
    "waiting": waiting_chapter,
    "activity": activity_chapter,
    "costs": costs_chapter,
}


def gathered(material: Material) -> Report:
    """The report of this material; what may not be shared is left out where it is to be shareable."""
    return Report(
        council_code=material.council_code,
        council_name=material.council_name,
        period=material.period,
        previous=material.previous if material.before() else None,
        made_at=material.made_at,
        versions=material.facts,
        shareable=material.shareable,
        chapters=tuple(_chapters(material)),
        notes=tuple(overview_notes(material)),
    )


def _chapters(material: Material) -> Iterator[Chapter]:
    yield from quality_chapters(material)
    yield from changes_chapter(material)
    for outline in outlines():
        if outline.group == "salt":
            continue
        if outline.measure == "ascof_2d":
            yield discharge_chapter(outline, material)
        else:
            yield _MAKERS[outline.group](outline, material)
    yield from salt_chapters(material)
    if not material.shareable:
        yield from people_chapters(material)
        yield from derivation_chapters(material)
    yield methods_chapter(material)
