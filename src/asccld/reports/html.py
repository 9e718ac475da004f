"""The data-quality report as one HTML file that needs nothing else: no network, no script, no chart library."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from asccld.reports.display import period
from asccld.reports.faults import by_rule, checks_of
from asccld.reports.files import write_text
from asccld.reports.page.about import confidence_section, provenance_section
from asccld.reports.page.fixes import fixes_section
from asccld.reports.page.markup import html, joined
from asccld.reports.page.months import months_section
from asccld.reports.page.quality import quality_section
from asccld.reports.page.rules import rules_section
from asccld.reports.page.verdict import (
    file_facts,
    headline,
    identifiers_note,
    key_figures,
    severity_section,
    verdict_panel,
)

if TYPE_CHECKING:
    from asccld.reports.page.markup import Markup
    from asccld.validation.result import ValidationResult

DATA = Path(__file__).parent / "data"


def write_html(result: ValidationResult, path: Path) -> None:
    """Write the report; ReportError when it cannot be written, and then nothing is left behind."""
    write_text(path, html_page(result))


def html_page(result: ValidationResult) -> str:
    """The whole page as text."""
    shell = Template(_asset("report.html"))
    return shell.substitute(
        title=html("%s: %s, %s", result.verdict, headline(result), period(result.period)),
        style=_asset("report.css"),
        script=_asset("report.js"),
        council=html("%s", headline(result)),
        period=html("%s", period(result.period)),
        content=_content(result),
        version=html("%s", result.provenance.version),
    )


def _content(result: ValidationResult) -> Markup:
    checks = checks_of(result)
    rules = by_rule(checks)
    return joined([
        verdict_panel(result),
        identifiers_note(result),
        key_figures(result),
        file_facts(result),
        fixes_section(checks),
        severity_section(result),
        quality_section(result.fields),
        months_section(result),
        rules_section(rules),
        confidence_section(rules),
        provenance_section(result),
    ])  # fmt: skip


def _asset(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")
