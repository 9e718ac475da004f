"""The verdict, what was checked, and the figures that matter most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.counting import counted
from asccld.reports.display import day, number, percent, period, rate, size, visible
from asccld.reports.page.markup import (
    EMPTY,
    bullets,
    column_headings,
    facts,
    html,
    joined,
    rate_cell,
    section,
    severity_tag,
    table,
)
from asccld.reports.quality import overall
from asccld.validation.result import SEVERITIES, Severity, Verdict

if TYPE_CHECKING:
    from asccld.reports.page.markup import Markup
    from asccld.validation.result import ValidationResult

SEVERITY_MEANINGS: dict[Severity, str] = {
    "reject": "The submission cannot be accepted until it is put right",
    "error": "Wrong by the standard; the submission is accepted but the row may not count",
    "warning": "Probably wrong, or wrong by a rule that is only inferred",
    "info": "Worth knowing; nothing has to be done",
}

_EXPLAINED: dict[Verdict, str] = {
    "ACCEPTED": "Nothing stands against this file. Warnings below are worth a look before it is sent.",
    "ACCEPTED WITH ERRORS": "The file can be sent, but some of its values are wrong and may not count.",
    "REJECTED": "The file cannot be accepted as it is. Why:",
}
# A tick, an exclamation mark, a cross: the verdict is also told by shape and by word.
_SIGNS: dict[Verdict, str] = {
    "ACCEPTED": "M7 17l6 6 12-14",
    "ACCEPTED WITH ERRORS": "M16 7v12M16 23v3",
    "REJECTED": "M9 9l14 14M23 9L9 23",
}


def headline(result: ValidationResult) -> str:
    """Whose file it is."""
    council = f"Council {result.la_code}" if result.la_code else "Council not recognised"
    return visible(result.la_name or council)


def verdict_panel(result: ValidationResult) -> Markup:
    """The verdict in words, shape and colour, with every reason."""
    verdict = result.verdict
    sign = html('<svg class="sign" viewBox="0 0 32 32" aria-hidden="true"><path d="%s"/></svg>', _SIGNS[verdict])
    reasons = bullets(visible(reason, 300) for reason in result.reasons) if result.reasons else EMPTY
    return html(
        '<section class="verdict %s" aria-labelledby="verdict">'
        '<h2 id="verdict" tabindex="-1">%s<span class="vh">Verdict: </span>%s</h2><p>%s</p>%s</section>',
        verdict.lower().replace(" ", "-"), sign, verdict, _EXPLAINED[verdict], reasons,
    )  # fmt: skip


def identifiers_note(result: ValidationResult) -> Markup:
    """A warning on reports that show what points at people."""
    if not result.identifiers_shown:
        return EMPTY
    return html(
        '<p class="caution"><strong>%s</strong> %s</p>', "Not to be passed on.", "Identifying values are shown."
    )


def file_facts(result: ValidationResult) -> Markup:
    """File, council, period and release, each with why."""
    file, release = result.file, result.release
    how = "chosen by the user" if release.given else f"chosen because {visible(release.reason, 300)}"
    code = visible(result.la_code or "not stated")
    shape = f"{counted(file.rows, 'row')}, {counted(file.columns, 'column')}, {size(file.size_bytes)}"
    return facts([
        ("File", html('<strong>%s</strong><span class="sub">%s</span>', visible(file.path.name), shape)),
        ("Council", html('%s<span class="sub">LA Code %s</span>', headline(result), code)),
        ("Reporting period", html('%s<span class="sub">%s</span>', period(result.period), _shown_period(result))),
        ("Release", html('%s<span class="sub">%s</span>', release.title, how)),
        ("Checked as of", html('%s<span class="sub">%s</span>', day(result.provenance.received), _speed(result))),
    ])  # fmt: skip


def key_figures(result: ValidationResult) -> Markup:
    """Four figures that sum the file up."""
    rates = overall(result.fields).row(0, named=True) if result.fields.height else {}
    rows, erroneous = result.file.rows, result.rows_with.get("error", 0)
    return facts(
        [
            ("Completeness", _figure(rate(rates.get("completeness")), "of cells where the item applies are filled")),
            ("Validity", _figure(rate(rates.get("validity")), "of cells where the item applies passed")),
            ("Mandatory values missing", _figure(number(rates.get("blank_mandatory") or 0), _of_mandatory(rates))),
            ("Rows with errors", _figure(percent(erroneous, rows), f"{counted(erroneous, 'row')} of {number(rows)}")),
        ],
        "figures",
    )  # fmt: skip


def severity_section(result: ValidationResult) -> Markup:
    """How much was found, by severity."""
    rows = joined(_severity_row(result, severity) for severity in SEVERITIES)
    headings = column_headings(
        "Severity", "What it means", "Findings", "Rows with at least one", "Share of rows", numeric=3
    )
    caption = f"Findings by severity in {counted(result.file.rows, 'row')}"
    return section(
        "counts",
        "How much was found",
        table("counts-table", caption, headings, html("<tbody>%s</tbody>", rows), "counts"),
    )


def _severity_row(result: ValidationResult, severity: Severity) -> Markup:
    rows_with, rows = result.rows_with.get(severity, 0), result.file.rows
    return html(
        '<tr><th scope="row">%s</th><td class="wide">%s</td><td class="n">%s</td><td class="n">%s</td>'
        "%s</tr>",
        severity_tag(severity), SEVERITY_MEANINGS[severity], number(result.counts.get(severity, 0)), number(rows_with),
        rate_cell(rows_with / rows if rows else None, percent(rows_with, rows)),
    )  # fmt: skip


def _figure(figure: str, of: str) -> Markup:
    return html('<strong>%s</strong><span class="sub">%s</span>', figure, of)


def _of_mandatory(rates: dict[str, float]) -> str:
    return f"{rate(rates.get('mandatory_failure_rate'))} of mandatory cells are blank"


def _shown_period(result: ValidationResult) -> str:
    if result.derived_period is None:
        return "The events do not show a period of their own"
    if result.derived_period == result.period:
        return "As its events show too"
    return f"Its events show {period(result.derived_period)}"


def _speed(result: ValidationResult) -> str:
    return f"in {result.seconds:.1f} seconds by asccld {result.provenance.version}"
