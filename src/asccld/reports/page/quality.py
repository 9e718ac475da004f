"""Completeness and validity by module, field and event type."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from asccld.reports.display import number, rate, visible
from asccld.reports.page.markup import column_headings, folded, html, joined, rate_cell, section, table
from asccld.reports.quality import FORMULAS, UNGROUPED, by_field, by_field_and_event_type, by_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from asccld.reports.page.markup import Markup

Rates = dict[str, Any]

SHADES = ((1.0, ""), (0.99, "s1"), (0.95, "s2"), (0.80, "s3"), (0.0, "s4"))
"""From which share on which shade; ours, because nobody has published thresholds."""

_COLUMNS = ("Field", "Completeness", "Validity", "Mandatory but blank", "Invalid", "Of an earlier release", "Cells")


def quality_section(fields: pl.DataFrame) -> Markup:
    """Bars and figures by module and field, then field by event type."""
    if fields.is_empty():
        return section("quality", "Completeness and validity", html("<p>%s</p>", "No row was checked."))
    formulas = joined(html("<li><strong>%s</strong>: %s</li>", name, formula) for name, formula in FORMULAS)
    return section(
        "quality",
        "Completeness and validity",
        html(
            "<p>An item applies to a row where the national conditions make it mandatory or allow it. Not applicable is"
            " not missing.</p><ul>%s</ul><p class='sub'>The conditions and the results counted follow the national"
            " data-quality model; the formulas are inferred, because none has been published.</p>",
            formulas,
        ),
        _field_table(fields),
        _by_event_type(fields),
    )


def _field_table(fields: pl.DataFrame) -> Markup:
    modules = {row["module"]: row for row in by_module(fields).iter_rows(named=True)}
    bodies = joined(
        _module_body(modules[module], list(rows))
        for module, rows in groupby(_by_module(by_field(fields)), key=itemgetter("module"))
    )
    caption = "Completeness and validity by module and field; counts are cells where the item applies"
    return table("quality-table", caption, column_headings(*_COLUMNS, numeric=6), bodies, "quality")


def _by_module(rates: pl.DataFrame) -> list[Rates]:
    """Fields with their module together, modules in the order in which they first occur, fields without one last."""
    rows = list(rates.iter_rows(named=True))
    order = {module: place for place, module in enumerate(dict.fromkeys(row["module"] for row in rows))}
    return sorted(rows, key=lambda row: (not row["module"], order[row["module"]]))


def _module_body(module: Rates, rows: Sequence[Rates]) -> Markup:
    heading = _rate_row(module, module["module"] or UNGROUPED, "rowgroup", "module")
    return html("<tbody>%s%s</tbody>", heading, joined(_rate_row(row, row["header"], "row", "") for row in rows))


def _rate_row(row: Rates, name: str, scope: str, css: str) -> Markup:
    return html(
        '<tr class="%s"><th scope="%s">%s</th>%s%s<td class="n">%s</td><td class="n">%s</td><td class="n">%s</td>'
        '<td class="n">%s</td></tr>',
        css, scope, visible(name), rate_cell(row["completeness"], rate(row["completeness"])),
        rate_cell(row["validity"], rate(row["validity"]), "bar bad"), _count(row["blank_mandatory"]),
        _count(row["invalid"]), _count(row["earlier_release"]), number(row["applicable"]),
    )  # fmt: skip


def _count(count: int) -> Markup:
    return html("%s", number(count)) if count else html('<span class="nil">0</span>')


def _by_event_type(fields: pl.DataFrame) -> Markup:
    rates = by_field_and_event_type(fields)
    kinds: list[str] = sorted(dict.fromkeys(rates["event_type"]), key=lambda kind: kind.startswith("("))
    cells = {(row["field"], row["event_type"]): row for row in rates.iter_rows(named=True)}
    rows = _by_module(rates.unique("field", keep="first", maintain_order=True))
    legend = html('<p class="legend">Shades: %s. They are ours: no thresholds have been published.</p>', _legend())
    headings = column_headings("Field", *kinds, numeric=len(kinds))
    tables = joined(
        folded(
            html("%s by field and event type", measure.capitalize()),
            table(f"{measure}-matrix", f"{measure.capitalize()} in per cent; a dash where the item does not apply",
                  headings, _matrix_bodies(rows, kinds, cells, measure), "matrix"),
            opened=measure == "validity",
        )
        for measure in ("validity", "completeness")
    )  # fmt: skip
    return joined([html("<h3>By event type</h3>"), legend, tables])


def _matrix_bodies(
    rows: Iterable[Rates], kinds: Sequence[str], cells: dict[tuple[str, str], Rates], measure: str
) -> Markup:
    return joined(
        html(
            '<tbody><tr class="module"><th scope="rowgroup">%s</th>%s</tr>%s</tbody>',
            module or UNGROUPED, joined([html("<td></td>")] * len(kinds)),
            joined(_matrix_row(row, kinds, cells, measure) for row in members),
        )
        for module, members in groupby(rows, key=itemgetter("module"))
    )  # fmt: skip


def _matrix_row(row: Rates, kinds: Sequence[str], cells: dict[tuple[str, str], Rates], measure: str) -> Markup:
    figures = joined(_matrix_cell(cells.get((row["field"], kind), {}).get(measure)) for kind in kinds)
    return html('<tr><th scope="row">%s</th>%s</tr>', visible(row["header"]), figures)


def _matrix_cell(share: float | None) -> Markup:
    if share is None:
        return html('<td class="n"><span class="nil">–</span></td>')
    shade = next(css for least, css in SHADES if share >= least)
    return html('<td class="n %s">%s</td>', shade, rate(share).removesuffix("%"))


def _legend() -> Markup:
    words = ("99 or more", "95 or more", "80 or more", "less than 80")
    return joined(
        (html('<span class="%s">%s</span>', shade[1], word) for shade, word in zip(SHADES[1:], words, strict=True)), " "
    )
