"""The data dictionary of a release as one page: HTML that needs nothing else, or Markdown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from asccld.standard.model import Confidence, DefinedList, Field, Release, Standard, Value, ValueMapping
from asccld.standard.wording import in_words

TEMPLATES = Path(__file__).parent / "templates"

CONFIDENCE_MEANS: dict[Confidence, str] = {
    "confirmed": "seen in a public official source",
    "inferred": "worked out from neighbouring releases, official code or a secondary source: check it",
    "gap": "no public source says it",
}


@dataclass(frozen=True)
class Entry:
    """A value with what it came from."""

    value: Value
    origins: tuple[ValueMapping, ...]


@dataclass(frozen=True)
class Item:
    """A field with its list, as the page shows it."""

    field: Field
    found: DefinedList | None
    entries: tuple[Entry, ...]
    not_mapped: tuple[ValueMapping, ...]
    """Values of the earlier release that have no successor here."""


def dictionary(standard: Standard, release: Release, kind: Literal["html", "md"]) -> str:
    """The page as text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    items = [_item(release, f) for f in release.fields]
    counts = Counter(f.confidence for f in release.fields)
    value_counts = Counter(v.confidence for found in release.lists.values() for v in found.values)
    return environment.get_template(f"dictionary.{kind}.j2").render(
        standard=standard,
        release=release,
        items=items,
        counts=counts,
        value_counts=value_counts,
        words=partial(in_words, release=release),
        cell=_markdown_cell,
        means=CONFIDENCE_MEANS,
        gaps=[v.name for v in release.lists.values() if v.confidence == "gap"],
    )


def _item(release: Release, field: Field) -> Item:
    found = release.list_of(field.name)
    mappings = [m for m in release.mappings if m.defined_list == field.defined_list and m.from_value] if found else []
    entries = tuple(
        Entry(v, tuple(m for m in mappings if m.to_value == v.value)) for v in (found.values if found else ())
    )
    return Item(field, found, entries, tuple(m for m in mappings if m.to_value is None))


def _markdown_cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
