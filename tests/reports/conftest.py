"""Results to report on."""

import pytest

from asccld.validation.result import ValidationResult
from reports.made_up import made_up


@pytest.fixture(scope="session")
def rejected() -> ValidationResult:
    """2,000 rows, one cell in twenty wrong, among them some that reject the file."""
    result = made_up()
    assert result.verdict == "REJECTED"
    return result


@pytest.fixture(scope="session")
def clean() -> ValidationResult:
    """No finding at all."""
    result = made_up(faults=0)
    assert result.findings.is_empty()
    return result


@pytest.fixture(scope="session")
def empty() -> ValidationResult:
    """A file without a row."""
    return made_up(rows=0, faults=0)
