"""The result on the terminal."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from asccld.reports import print_result
from asccld.reports.faults import checks_of, most_frequent
from asccld.validation.result import SEVERITIES, ValidationResult
from reports.hostile import SCRIPT, hostile


def plain(result: ValidationResult, capsys: pytest.CaptureFixture[str], findings_path: Path | None = None) -> str:
    print_result(result, findings_path=findings_path)
    return capsys.readouterr().out


def coloured(result: ValidationResult, width: int = 80) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, legacy_windows=False, record=True)
    print_result(result, console=console)
    return console.export_text(styles=False)


def test_the_verdict_comes_first_with_every_reason(
    rejected: ValidationResult, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = plain(rejected, capsys).splitlines()
    assert lines[0].startswith("REJECTED")
    assert lines[1 : 1 + len(rejected.reasons)] == [f"  - {reason}" for reason in rejected.reasons]


def test_accepted(clean: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    printed = plain(clean, capsys)
    assert printed.startswith("ACCEPTED ")
    assert "No rule found anything." in printed


def test_counts_and_the_ten_most_frequent(rejected: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    lines = plain(rejected, capsys).splitlines()
    for severity in SEVERITIES:
        found = [f"{rejected.counts[severity]:,}", f"{rejected.rows_with[severity]:,}"]
        assert [severity, *found] in [line.split() for line in lines]
    for fault in most_frequent(checks_of(rejected))[:10]:
        line = (
            f"{fault.failed:>10,}  {fault.severity:8} {fault.title}: {fault.place}, for example row {fault.example_row}"
        )
        assert line in lines


def test_where_the_findings_are(rejected: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--findings FILE.csv" in plain(rejected, capsys)
    assert "findings.parquet" in plain(rejected, capsys, findings_path=Path("findings.parquet"))


def test_what_decided(rejected: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    made = rejected.provenance
    adopted = replace(rejected, provenance=replace(made, adopted=("spec.xlsx",)))
    assert "no overlay" in plain(rejected, capsys)
    last = plain(adopted, capsys).splitlines()[-1]
    assert all(text in last for text in (made.version, made.standard, made.rules, made.policy, "spec.xlsx"))


def test_a_pipe_gets_no_colours_and_no_boxes(rejected: ValidationResult) -> None:
    stream = io.StringIO()
    print_result(rejected, console=Console(file=stream))
    printed = stream.getvalue()
    assert "\x1b" not in printed
    assert not any("\u2500" <= character <= "\u257f" for character in printed)


def test_eighty_columns_are_enough(rejected: ValidationResult) -> None:
    assert max(len(line) for line in coloured(rejected).splitlines()) <= 80


def test_colour_says_nothing_that_words_do_not(rejected: ValidationResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert coloured(rejected, 200).split() == plain(rejected, capsys).split()


def test_a_small_character_set_is_no_error(rejected: ValidationResult) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_result(replace(rejected, la_name="Llŷn"), console=Console(file=stream, force_terminal=False))
    stream.flush()
    stream.seek(0)
    assert "Ll?n" in stream.read()


def test_hostile_names_do_not_reach_the_terminal_as_they_are(rejected: ValidationResult) -> None:
    printed = coloured(replace(hostile(rejected), la_name="\x1b[2J[red]"))
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert SCRIPT in printed  # text to a terminal, nothing more


def test_periods_that_differ_and_shown_identifiers_are_told(
    rejected: ValidationResult, capsys: pytest.CaptureFixture[str]
) -> None:
    other = replace(rejected, derived_period=(date(2026, 1, 1), date(2026, 3, 31)), identifiers_shown=True)
    printed = plain(other, capsys)
    assert "its events show 1 January 2026 to 31 March 2026" in printed
    assert "do not pass them on" in printed
