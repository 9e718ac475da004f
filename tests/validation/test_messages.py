"""What findings and refusals say: counted as a person counts, and with the way out."""

from pathlib import Path

import pytest

from asccld.errors import UnreadableFile
from asccld.validation import validate
from asccld.validation.result import ValidationResult
from validation.spec import STANDARD, headers_of, result_of, valid_row

ROWS = [valid_row("r2", n) for n in range(3)]


def said(result: ValidationResult, rule: str) -> tuple[str, str]:
    """Message and remedy of the first finding of a rule."""
    found = result.findings.filter(rule=rule).row(0, named=True)
    return found["message"], found["fix"]


@pytest.mark.parametrize(("rows", "counted"), [(ROWS[:1], "1 number"), (ROWS, "3 numbers")])
def test_what_excel_changed_is_counted(rows: list[dict[str, str]], counted: str) -> None:
    message, _ = said(result_of(rows, excel_numbers=["unit_cost"]), "excel-repaired")
    assert f"Excel holds {counted} instead of text" in message


@pytest.mark.parametrize(
    ("headers", "counted"),
    [({"event_type": "Event_Type"}, "1 column"), ({"event_type": "event_type", "postcode": "postcode"}, "2 columns")],
)
def test_the_spelling_of_the_national_database_is_told_once(headers: dict[str, str], counted: str) -> None:
    result = result_of(ROWS, headers=headers)
    message, _ = said(result, "column-database-spelling")
    assert message.endswith(f": {counted}")
    assert result.findings.filter(rule="column-database-spelling").height == 1
    assert result.verdict == "ACCEPTED"


@pytest.mark.parametrize(("end", "length"), [("2025-04-30", "1 month"), ("2025-05-31", "2 months")])
def test_months_are_counted(end: str, length: str) -> None:
    last = "/".join(reversed(end.split("-")))
    period = {"reporting_period_start_date": "01/04/2025", "reporting_period_end_date": last}
    message, _ = said(result_of([row | period for row in ROWS]), "period-length")
    assert f"covers {length};" in message


def test_a_date_in_american_order_is_told_what_is_right() -> None:
    _, fix = said(result_of([ROWS[0] | {"event_start_date": "03/25/2025"}]), "date-unreadable")
    assert "the day first" in fix
    assert "mm/dd/yyyy is not accepted" in fix


@pytest.mark.parametrize(
    ("short", "told"), [(1, "1 row has too few cells (row 3)"), (2, "2 rows have too few cells (rows 3, 4)")]
)
def test_rows_without_all_their_cells_are_counted(short: int, told: str, tmp_path: Path) -> None:
    header = ",".join(headers_of(STANDARD.releases["r2"]).values())
    lines = [header, "503" + "," * header.count(","), *["503,1"] * short]
    path = tmp_path / "extract.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        validate(path)
    assert told in str(caught.value)
