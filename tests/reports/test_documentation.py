"""Every column and key that an output has is described, and none that it has not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asccld.reports import summary_of
from asccld.reports.excel_sheets import FIELDS, FINDINGS, RULES
from asccld.reports.excel_writing import Column
from asccld.reports.quality import RATE_COLUMNS
from asccld.validation.result import FINDING_COLUMNS, ValidationResult

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "outputs.md"


def section(title: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^##+ {re.escape(title)}$(.*?)(?=^##|\Z)", text)
    assert found, title
    return found[1]


def first_cells(title: str) -> list[str]:
    rows = re.findall(r"(?m)^\| (.+?) \|", section(title))
    return [cell for cell in rows if cell not in {"Column", "Key"}]


def names(title: str) -> list[str]:
    return [name for cell in first_cells(title) for name in re.findall(r"`([^`]+)`", cell)]


def keys(value: Any, prefix: str = "") -> Iterator[str]:
    """Dotted names of everything in the document, without the rates, which have a table of their own."""
    for key, inner in value.items():
        first = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else inner
        if isinstance(first, dict) and key != "quality":
            yield from keys(first, f"{prefix}{key}.")
        elif key not in RATE_COLUMNS:
            yield prefix + key


def test_columns_of_the_findings() -> None:
    assert names("Findings (CSV and Parquet)") == list(FINDING_COLUMNS)


def test_columns_of_the_data_quality_values(rejected: ValidationResult) -> None:
    assert rejected.dq_values is not None
    assert names("Data-quality values (CSV and Parquet)") == rejected.dq_values.columns


def test_rates() -> None:
    assert names("Rates") == list(RATE_COLUMNS)


def test_keys_of_the_json(rejected: ValidationResult) -> None:
    assert set(names("JSON")) == set(keys(summary_of(rejected)))


@pytest.mark.parametrize(
    ("title", "columns"), [("Sheet Rules", RULES), ("Sheet Fields", FIELDS), ("Sheet Findings", FINDINGS)]
)
def test_columns_of_the_workbook(title: str, columns: dict[str, Column]) -> None:
    assert first_cells(title) == [column.heading for column in columns.values()]
