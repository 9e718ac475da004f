"""The summary: the same figures as the pages, in the width there is, and plain text where nobody looks."""

import io
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from asccld.reports.council.model import PERSONAL_BANNER, SHAREABLE_BANNER, Report
from asccld.reports.council.terminal import print_summary, summary_lines
from reports.council.made_reports import EVERY, SCRIPT, long_names, nothing, one_council, personal


def on_a_terminal(report: Report, width: int) -> str:
    stream = io.StringIO()
    print_summary(report, console=Console(file=stream, force_terminal=True, width=width, color_system=None))
    return stream.getvalue()


def test_plain_text_has_every_figure_with_its_change() -> None:
    text = "\n".join(summary_lines(one_council()))
    for words in (
        "77.5%   930 of 1,200     75.2%  up 2.3 percentage points, better    74.1%",
        "512.3 per 100,000", "28 days        28  no change", "4,321 people", "[c]",
        "£812.40 a week   £790.10  up £22.30",
        "Note: The register ends on 28 February 2026",
    ):  # fmt: skip
        assert words in text


def test_what_is_missing_is_named_with_its_reason() -> None:
    text = "\n".join(summary_lines(nothing()))
    assert "1 chapter without figures\n  2B: There is no population table" in text


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", EVERY)
def test_it_keeps_to_the_width_of_the_terminal(name: str, width: int) -> None:
    text = on_a_terminal(EVERY[name](), width)
    assert max(map(len, text.splitlines())) <= width


def test_figure_and_value_are_there_however_narrow_it_is() -> None:
    text = on_a_terminal(one_council(), 60)
    assert "Figure" in text
    assert "77.5%" in text
    assert "Change" in text


def test_it_warns() -> None:
    assert PERSONAL_BANNER in "\n".join(summary_lines(personal()))
    assert SHAREABLE_BANNER in "\n".join(summary_lines(replace(one_council(), shareable=True)))


def test_text_of_the_data_steers_nothing() -> None:
    lines = list(summary_lines(long_names(f"{SCRIPT}\x1b[2J[bold]\u202e")))
    assert not any(sign in line for line in lines for sign in "\x1b\u202e")
    assert "[bold]" in on_a_terminal(long_names("[bold]"), 120)


def test_a_console_with_few_letters_gets_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    print_summary(one_council())
    stream.flush()
    assert b"?812.40 a week" in stream.buffer.getvalue()  # type: ignore[attr-defined]
