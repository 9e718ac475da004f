"""Errors are one harmless line, whatever the names in them hold."""

import pytest

from asccld.errors import AsccldError, harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Llŷn, Zoë, £5", "Llŷn, Zoë, £5"),
        ("\x1b[31mred\x07", "[U+001B][31mred[U+0007]"),
        ("a\u202eb\u2066c\u200bd", "a[U+202E]b[U+2066]c[U+200B]d"),
        ("bad\udcff", "bad[U+DCFF]"),
        ("tag\U000e0041", "tag[U+E0041]"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert harmless(text) == shown
    assert str(AsccldError(text, text, text)) == f"{shown} ({shown}). {shown}"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (AsccldError("No such file.", "a.csv", "Look again"), "No such file (a.csv). Look again"),
        (AsccldError("Two\nlines"), "Two lines."),
        (AsccldError("Which one?", remedy="Say it"), "Which one? Say it"),
        (AsccldError("Which one?", "sheet 1", "Say it"), "Which one? (sheet 1). Say it"),
    ],
)
def test_an_error_is_one_line_with_one_full_stop(error: AsccldError, shown: str) -> None:
    assert str(error) == shown
