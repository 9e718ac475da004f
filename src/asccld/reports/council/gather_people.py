"""Personal data, only where it was asked for: who is counted in each figure, and what became of chosen rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.measures import measure_named
from asccld.reports.council.layout import heading_of, outlines, people_slug
from asccld.reports.council.model import Block, Chapter, Column, Kind

if TYPE_CHECKING:
    from asccld.reports.council.material import Material, Traced, Unit

MOST_COLUMNS: Final = 24
NUMBERS_THAT_NAME: Final = ("submission", "row", "record")
"""They count nothing."""
IDENTIFYING: Final = frozenset(
    {"id", "der_nhs_la_combined_person_id", "la_person_unique_identifier", "event_references", "record_ids"}
)
_NUMBERS: Final = (
    "Row: as the submitted file has it, whose headings are row 1."
    " Record: the number that the row has among all rows of all files; the tables below name rows by it."
)
_FIRST: Final = ("la_person_unique_identifier", "event_references")


def people_chapters(material: Material) -> Iterator[Chapter]:
    """For each measure those who are counted, one row each."""
    units = material.units
    for name in dict.fromkeys(u.measure for u in units):
        blocks = tuple(_unit(u) for u in units if u.measure == name)
        definition = f"Who is counted in: {measure_named(name).title}."
        yield Chapter(people_slug(name), "people", f"Behind {_title(name)}", definition, (), blocks)


def _title(measure: str) -> str:
    """What the chapter of its figures is called, where that has one of them and no other."""
    titles = [o.title for o in outlines() if o.measures == (measure,)]
    return titles[0] if len(titles) == 1 else measure_named(measure).title


def _unit(unit: Unit) -> Block:
    flags = [name for name, kind in unit.rows.schema.items() if kind == pl.Boolean]
    words = (pl.when(pl.col(n)).then(pl.lit("yes")).when(pl.col(n).is_not_null()).then(pl.lit("no")) for n in flags)
    ids = [c for c, kind in unit.rows.schema.items() if kind.is_integer() and _names_somebody(c)]
    rows = unit.rows.with_columns(word.alias(name) for name, word in zip(flags, words, strict=True))
    rows = rows.with_columns(pl.col(ids).cast(pl.String))
    hidden = {"la_code", "la_name"} if rows["la_code"].n_unique() <= 1 and "la_code" in rows.columns else set[str]()
    shown = [c for c in rows.columns if c not in hidden and not c.startswith("temp_")]
    first = [c for c in _FIRST if c in shown]
    names = [*first, *(c for c in shown if c not in first)]
    if len(names) > MOST_COLUMNS:
        names = [c for c in names if not c.startswith(("modified_", "max_", "stat_"))][:MOST_COLUMNS]
    made = tuple(_column(c, rows.schema[c]) for c in names)
    slug = unit.suffix.strip("_").replace("_", "-") or "rows"
    return Block(slug, unit.title, "", made, rows, None, f"{unit.measure}{unit.suffix}")


def _column(name: str, kind: pl.DataType) -> Column:
    return Column(name, heading_of(name), _kind(kind), _names_somebody(name))


def _names_somebody(name: str) -> bool:
    """Whether a column holds identifiers: texts, and no counts even where they are numbers."""
    return name in IDENTIFYING or "record_id" in name


def _kind(kind: pl.DataType) -> Kind:
    if kind.is_temporal():
        return "date"
    if kind.is_integer():
        return "count"
    return "number" if kind.is_float() else "text"


def derivation_chapters(material: Material) -> Iterator[Chapter]:
    """For each person or event reference that was asked for: rows, steps and figures."""
    for traced in material.traced:
        alike = [t.number for t in material.traced if t.asked_by == traced.asked_by]
        definition = "Every row that was submitted, what each step did to it, and which figures count it."
        title = _asked_for(traced.asked_by, alike.index(traced.number) + 1, len(alike))
        yield Chapter(f"derivation-{traced.number}", "derivation", title, definition, (), tuple(_traced(traced)))


def _asked_for(what: str, number: int, of: int) -> str:
    """Which of those that were asked for, without naming anybody: titles are in links, and on tabs up to the colon."""
    kind = what.partition(" ")[0].capitalize()
    return f"{kind} asked for" if of == 1 else f"{kind} {number} of {of}: as asked for"


def _traced(traced: Traced) -> Iterator[Block]:
    parts = (
        (
            "submitted",
            "Every row submitted",
            f"Asked for: {traced.asked_by} {traced.label}. {_NUMBERS}",
            traced.submitted,
        ),
        (
            "steps",
            "What each step did to it",
            "First the steps of the joined main table, then those of the single one.",
            traced.steps,
        ),
        (
            "counted",
            "Which figures count it",
            "One row for each place in which it is counted in this report.",
            traced.counted,
        ),
    )
    for slug, title, note, found in parts:
        rows = found.with_columns(pl.col(n).cast(pl.String) for n in NUMBERS_THAT_NAME if n in found.columns)
        yield Block(slug, title, note, tuple(_column(c, k) for c, k in rows.schema.items()), rows)
