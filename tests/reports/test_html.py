"""The HTML report as text."""

import re
import time
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from asccld.identifying import HIDDEN
from asccld.reports import write_html
from asccld.reports.display import number, percent
from asccld.reports.faults import checks_of, to_fix_first
from asccld.reports.html import html_page
from asccld.reports.quality import by_field, overall
from asccld.validation.result import ValidationResult
from reports.hostile import LONG, SCRIPT, hostile
from reports.made_up import made_up

VOID = {"meta", "br", "img", "input"}


class Reader(HTMLParser):
    """Tags, ids, links and text; fails on tags that do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.text += data + " "


def read(result: ValidationResult) -> Reader:
    return Reader(html_page(result))


@pytest.mark.parametrize("name", ["rejected", "clean", "empty"])
def test_the_page_is_well_formed_and_its_links_lead_somewhere(name: str, request: pytest.FixtureRequest) -> None:
    page = read(request.getfixturevalue(name))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert next(tag for tag in page.tags if re.fullmatch("h[1-6]", tag)) == "h1"
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("nav") == 1


def test_nothing_is_fetched(rejected: ValidationResult) -> None:
    text = html_page(rejected)
    assert not re.search(r"https?://|\bsrc=|@import|url\(|<link", text)


def test_no_style_or_event_attributes(rejected: ValidationResult) -> None:
    """So that a stricter policy of a server that shows the page takes nothing from it but the filter."""
    names = {name for _, name, _ in read(rejected).attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]


def test_the_verdict_and_every_reason_are_there(rejected: ValidationResult) -> None:
    text = read(rejected).text
    assert "REJECTED" in text
    assert all(reason in text for reason in rejected.reasons)


def test_the_figures_are_those_of_the_result(rejected: ValidationResult) -> None:
    page = html_page(rejected)
    for severity, count in rejected.counts.items():
        assert f'<td class="n">{number(count)}</td><td class="n">{number(rejected.rows_with[severity])}</td>' in page
    rates = overall(rejected.fields).row(0, named=True)
    assert f"<strong>{percent(rates['passed'], rates['applicable'])}</strong>" in page
    for row in by_field(rejected.fields).iter_rows(named=True):
        assert f"<span>{percent(row['filled'], row['applicable'])}</span>" in page


def test_what_to_fix_first_comes_with_rows_and_remedy(rejected: ValidationResult) -> None:
    text = read(rejected).text
    for fault in to_fix_first(checks_of(rejected))[:10]:
        assert fault.title in text
        assert fault.fix.rstrip(".") in text
        assert number(fault.failed) in text


def test_every_rule_is_there_with_its_id(rejected: ValidationResult) -> None:
    assert {f"rule-{rule}" for rule in rejected.rules["rule"].unique()} <= set(read(rejected).ids)


def test_every_check_that_failed_has_its_count_and_denominator(rejected: ValidationResult) -> None:
    page = re.sub(r"<[^>]+>", " ", html_page(rejected))
    flat = " ".join(page.split())
    for check in checks_of(rejected):
        if check.failed and check.listed == check.failed:
            assert f"{check.place} {number(check.failed)} {number(check.checked)}" in flat.replace("&#34;", '"')


def test_hostile_texts_are_only_text(rejected: ValidationResult) -> None:
    wicked = html_page(hostile(rejected))
    page = Reader(wicked)
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert SCRIPT in page.text
    assert LONG[:401] not in wicked
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u0000]", wicked)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_hidden_values_stay_hidden_and_shown_ones_are_warned_of(rejected: ValidationResult) -> None:
    assert HIDDEN in html_page(rejected)
    assert "Not to be passed on" not in html_page(rejected)
    assert "Not to be passed on" in html_page(replace(rejected, identifiers_shown=True))


def test_a_clean_file(clean: ValidationResult) -> None:
    text = read(clean).text
    assert "ACCEPTED" in text
    assert "Nothing: no rule found a fault." in text


def test_an_empty_file(empty: ValidationResult) -> None:
    text = read(empty).text
    assert "No row was checked." in text
    assert "The file has no events with a date." in text


def test_unknown_council_and_periods(rejected: ValidationResult) -> None:
    unknown = replace(rejected, la_code=None, la_name=None, period=None, derived_period=None)
    text = read(unknown).text
    assert "Council not recognised" in text
    assert "not stated" in text
    assert "Council 999" in read(replace(rejected, la_code="999", la_name=None)).text


def test_it_is_small_and_quick_for_a_large_file(tmp_path: Path) -> None:
    """The aim is 60 ms on a quiet machine; tests run beside each other, so the gate is wider."""
    large = made_up(rows=500_000, faults=0.22)
    assert large.findings.height > 1_000_000
    seconds: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        write_html(large, tmp_path / "report.html")
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.3
    assert (tmp_path / "report.html").stat().st_size < 500_000


def test_few_faults_need_no_further_list(rejected: ValidationResult) -> None:
    few = replace(rejected, rules=rejected.rules.filter(pl.col("failed") > 0).head(3))
    page = html_page(few)
    assert "The next" not in page
    assert "Ranked by severity, then by the rows affected.</p>" in page


def test_many_faults_are_not_listed_without_end(rejected: ValidationResult) -> None:
    faults = to_fix_first(checks_of(rejected))
    assert len(faults) > 50
    assert f"{len(faults) - 50} more under" in html_page(rejected)


def test_a_sample_of_values_says_that_it_is_one() -> None:
    assert "of the first 2,000" in html_page(made_up(rows=500_000))


def test_events_of_another_period_are_told(rejected: ValidationResult) -> None:
    other = replace(rejected, derived_period=(date(2026, 1, 1), date(2026, 3, 31)))
    assert "Its events show 1 January 2026 to 31 March 2026" in html_page(other)
