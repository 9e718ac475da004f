"""What to fix first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.counting import counted
from asccld.reports.display import number, percent, rows_listed
from asccld.reports.faults import Check, to_fix_first
from asccld.reports.page.markup import EMPTY, bar, folded, html, joined, section, severity_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asccld.reports.page.markup import Markup

SHOWN = 10
FURTHER = 40


def fixes_section(checks: Sequence[Check]) -> Markup:
    """The worst and most frequent faults with their remedy."""
    faults = to_fix_first(checks)
    if not faults:
        return section("fix", "What to fix first", html("<p>%s</p>", "Nothing: no rule found a fault."))
    return section("fix", "What to fix first", _introduction(faults), _list(faults[:SHOWN]), _further(faults))


def _introduction(faults: Sequence[Check]) -> Markup:
    total, shown = (sum(fault.failed for fault in some) for some in (faults, faults[:SHOWN]))
    if len(faults) <= SHOWN:
        return html("<p>Ranked by severity, then by the rows affected.</p>")
    return html(
        "<p>Ranked by severity, then by the rows affected. These %s of %s faults make up <strong>%s</strong> of all"
        " that was found above information.</p>",
        SHOWN, len(faults), percent(shown, total),
    )  # fmt: skip


def _further(faults: Sequence[Check]) -> Markup:
    rest = faults[SHOWN : SHOWN + FURTHER]
    if not rest:
        return EMPTY
    missing = len(faults) - SHOWN - len(rest)
    note = html('<p class="sub">%s more under “Every rule”.</p>', missing) if missing else EMPTY
    items = html('<ol class="fixes" start="%s">%s</ol>', SHOWN + 1, joined(map(_item, rest)))
    return folded(f"The next {counted(len(rest), 'fault')}", joined([items, note]))


def _list(faults: Sequence[Check]) -> Markup:
    return html('<ol class="fixes">%s</ol>', joined(map(_item, faults)))


def _item(check: Check) -> Markup:
    checked = html('<span class="sub">%s of %s</span>', percent(check.failed, check.checked), number(check.checked))
    share = joined([bar(check.failed / check.checked), checked]) if check.checked > 1 else EMPTY
    examples = html('<span class="eg">For example %s.</span>', rows_listed(check.rows)) if check.rows else EMPTY
    return html(
        '<li><div class="what"><p>%s <a href="#rule-%s">%s</a></p><p class="field">%s</p></div>'
        '<div class="much"><strong>%s</strong>%s</div><p class="do">%s. %s</p></li>',
        severity_tag(check.severity), check.rule, check.title, check.place, number(check.failed),
        share, check.fix.rstrip("."), examples,
    )  # fmt: skip
