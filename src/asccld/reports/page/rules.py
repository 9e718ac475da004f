"""Every rule: what it found where, examples, remedy, confidence and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.counting import counted, times
from asccld.reports.display import number, percent, rows_listed
from asccld.reports.page.markup import (
    EMPTY,
    column_headings,
    folded,
    html,
    joined,
    section,
    severity_tag,
    table,
    value_code,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asccld.reports.faults import Check, RuleOutcome, WrongValue
    from asccld.reports.page.markup import Markup


def rules_section(rules: Sequence[RuleOutcome]) -> Markup:
    """The rules in three groups: failed, passed, not applicable."""
    failed, passed, others = ([r for r in rules if r.outcome == o] for o in ("failed", "passed", "not applicable"))
    return section(
        "rules",
        "Every rule",
        html("<p>%s</p>", _introduction(len(failed), len(passed), len(others))),
        html('<p class="print-only sub">Rules that were open on the screen are printed with their details.</p>'),
        html('<div id="rules-tools" hidden></div>'),
        html('<h3 id="failed">Failed</h3>'),
        joined(map(_failed_rule, failed)) if failed else html("<p>%s</p>", "No rule found anything."),
        html('<h3 id="passed">Passed</h3>'),
        _quiet_table("passed-rules", "Rules that looked and found nothing", passed, "Checked"),
        html('<h3 id="not-applicable">Not applicable</h3>'),
        _quiet_table("other-rules", "Rules for which the file holds nothing to look at", others, ""),
    )


def _introduction(failed: int, passed: int, others: int) -> str:
    return (
        f"{counted(failed + passed + others, 'rule')} were run: {number(failed)} found something,"
        f" {number(passed)} found nothing, {number(others)} had nothing to look at."
        " A cell can be found by more than one rule."
    )


def _failed_rule(rule: RuleOutcome) -> Markup:
    first = rule.first
    places = first.place if len(rule.failing) == 1 else counted(len(rule.failing), "field")
    summary = html(
        '%s <span class="title">%s</span> <span class="found">%s%s</span>',
        severity_tag(first.severity), first.title, number(rule.failed), html(" <span>in %s</span>", places),
    )  # fmt: skip
    body = html(
        '<div class="body" id="rule-%s"><p>%s.</p>%s%s%s</div>',
        first.rule, rule.message.rstrip("."), _remedy(rule), _failing_table(rule), _small_print(rule),
    )  # fmt: skip
    return folded(summary, body, "rule")


def _remedy(rule: RuleOutcome) -> Markup:
    return html("<p><strong>What to do:</strong> %s.</p>", rule.fix.rstrip(".")) if rule.fix else EMPTY


def _failing_table(rule: RuleOutcome) -> Markup:
    values = "Commonest values" if any(check.values for check in rule.failing) else "Example value"
    optional = [name for name, wanted in ((values, _has_values(rule)), ("What to do", not rule.fix)) if wanted]
    headings = joined([
        column_headings("Field"), column_headings("Found", "Checked", "Share", numeric=3),
        column_headings("Example rows", *optional),
    ])  # fmt: skip
    body = html("<tbody>%s</tbody>", joined(_failing_row(check, rule) for check in rule.failing))
    return table(f"found-{rule.first.rule}", f"Where “{rule.first.title}” was found", headings, body, "found")


def _has_values(rule: RuleOutcome) -> bool:
    return any(check.values or check.example_value is not None for check in rule.failing)


def _failing_row(check: Check, rule: RuleOutcome) -> Markup:
    other = html(" %s", severity_tag(check.severity)) if check.severity != rule.first.severity else EMPTY
    capped = html('<span class="sub">%s listed</span>', number(check.listed)) if check.listed < check.failed else EMPTY
    return html(
        '<tr><th scope="row">%s%s</th><td class="n">%s%s</td><td class="n">%s</td><td class="n">%s</td>'
        '<td class="eg">%s</td>%s%s</tr>',
        check.place, other, number(check.failed), capped, number(check.checked), percent(check.failed, check.checked),
        rows_listed(check.rows), html("<td>%s</td>", _values(check)) if _has_values(rule) else EMPTY,
        EMPTY if rule.fix else html('<td class="wide">%s</td>', check.fix),
    )  # fmt: skip


def _values(check: Check) -> Markup:
    if check.values:
        return html('<ul class="values">%s</ul>', joined(_value(value, check) for value in check.values))
    return value_code(check.example_value) if check.example_value is not None else EMPTY


def _value(wrong: WrongValue, check: Check) -> Markup:
    often = times(wrong.count)
    if wrong.of < check.failed:
        often = f"{number(wrong.count)} of the first {number(wrong.of)}"
    remedy = html(' <span class="sub">%s</span>', wrong.fix) if wrong.fix not in {check.fix, ""} else EMPTY
    return html("<li>%s %s%s</li>", value_code(wrong.value), often, remedy)


def _small_print(rule: RuleOutcome) -> Markup:
    first = rule.first
    quiet = [
        (words, [check.place for check in rule.checks if check.outcome == outcome])
        for words, outcome in (("Found nothing in", "passed"), ("Did not apply to", "not applicable"))
    ]
    rest = joined(html("<br>%s: %s.", words, ", ".join(places)) for words, places in quiet if places)
    return html(
        '<p class="sub">Rule <code>%s</code>; %s. Source: %s.%s</p>',
        first.rule, first.confidence, first.source.rstrip("."), rest,
    )  # fmt: skip


def _quiet_table(name: str, caption: str, rules: Sequence[RuleOutcome], counted: str) -> Markup:
    if not rules:
        return html("<p>None.</p>")
    headings = joined([
        column_headings("Rule", "Severity", "Confidence", "Fields"),
        column_headings(counted, numeric=1) if counted else EMPTY,
    ])  # fmt: skip
    rows = joined(_quiet_row(rule, counted=bool(counted)) for rule in rules)
    shown = table(name, caption, headings, html("<tbody>%s</tbody>", rows), "quiet")
    return folded(f"{caption} ({number(len(rules))})", shown)


def _quiet_row(rule: RuleOutcome, *, counted: bool) -> Markup:
    places = ", ".join(dict.fromkeys(check.place for check in rule.checks))
    figure = html('<td class="n">%s</td>', number(rule.checked)) if counted else EMPTY
    return html(
        '<tr><th scope="row">%s<span class="sub"><code id="rule-%s">%s</code></span></th><td>%s</td><td>%s</td>'
        '<td class="wide">%s</td>%s</tr>',
        rule.first.title, rule.first.rule, rule.first.rule, severity_tag(rule.first.severity), rule.first.confidence,
        places, figure,
    )  # fmt: skip
