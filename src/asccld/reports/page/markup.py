"""HTML made so that text is escaped unless it was made here.

Not Jinja: importing it and compiling a template takes longer than making the whole page.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, LiteralString

from asccld.identifying import HIDDEN
from asccld.reports.display import value_shown
from asccld.validation.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable


class Markup(str):
    """HTML that was made here; any other text is escaped before it gets into a page."""

    __slots__ = ()


EMPTY = Markup()

SEVERITY_WORDS: dict[Severity, str] = {
    "reject": "Rejects the file",
    "error": "Error",
    "warning": "Warning",
    "info": "Information",
}


def html(template: LiteralString, *values: object) -> Markup:
    """The template with each `%s` filled by an escaped value; markup made by this function passes as it is."""
    return Markup(template % tuple(map(_escaped, values)))


def _escaped(value: object) -> str:
    return value if isinstance(value, Markup) else escape(str(value))


def joined(parts: Iterable[Markup], between: LiteralString = "") -> Markup:
    """Markup in a row."""
    return Markup(between.join(parts))


def severity_tag(severity: Severity) -> Markup:
    """The severity as a word on its colour."""
    return html('<span class="tag %s">%s</span>', severity, SEVERITY_WORDS[severity])


def value_code(value: str | None) -> Markup:
    """A value of the file, kept from turning the direction of the text around it."""
    kind = "hidden" if value is None or value == HIDDEN else "value"
    return html('<code class="%s"><bdi>%s</bdi></code>', kind, value_shown(value))


def bar(share: float | None, css: LiteralString = "bar") -> Markup:
    """A bar of a share between 0 and 1; the figure beside it says the same, so it is hidden from screen readers."""
    if share is None:
        return EMPTY
    return html(
        '<svg class="%s" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="track" d="M0 0h100v8H0z"/><path class="fill" d="M0 0h%sv8H0z"/></svg>',
        css, round(100 * share, 1),
    )  # fmt: skip


def rate_cell(share: float | None, text: str, css: LiteralString = "bar") -> Markup:
    """A cell of a table with a bar and its figure."""
    return html('<td class="n rate"><div>%s<span>%s</span></div></td>', bar(share, css), text)


def facts(pairs: Iterable[tuple[str, object]], css: LiteralString = "facts") -> Markup:
    """Terms and what they are."""
    inside = joined(html("<div><dt>%s</dt><dd>%s</dd></div>", term, fact) for term, fact in pairs)
    return html('<dl class="%s">%s</dl>', css, inside)


def bullets(items: Iterable[object]) -> Markup:
    """A list of points."""
    return html("<ul>%s</ul>", joined(html("<li>%s</li>", item) for item in items))


def table(name: str, caption: object, headings: Markup, bodies: Markup, css: LiteralString = "") -> Markup:
    """A table in a region that scrolls by itself, also from the keyboard, when the page is narrow."""
    return html(
        '<div class="scroll" role="region" aria-labelledby="%s" tabindex="0">'
        '<table class="%s"><caption id="%s">%s</caption><thead><tr>%s</tr></thead>%s</table></div>',
        name, css, name, caption, headings, bodies,
    )  # fmt: skip


def column_headings(*texts: str, numeric: int = 0) -> Markup:
    """Headings of columns; the last `numeric` of them stand over figures."""
    first_numeric = len(texts) - numeric
    return joined(
        html('<th scope="col" class="%s">%s</th>', "n" if place >= first_numeric else "", text)
        for place, text in enumerate(texts)
    )


def section(name: LiteralString, heading: str, *content: Markup) -> Markup:
    """A part of the page that the contents list leads to."""
    return html(
        '<section aria-labelledby="%s"><h2 id="%s" tabindex="-1">%s</h2>%s</section>',
        name, name, heading, joined(content),
    )  # fmt: skip


def folded(summary: Markup | str, content: Markup, css: LiteralString = "fold", *, opened: bool = False) -> Markup:
    """Something that opens on demand."""
    start = html('<details class="%s" open>', css) if opened else html('<details class="%s">', css)
    return html("%s<summary>%s</summary>%s</details>", start, summary, content)
