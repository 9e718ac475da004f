"""What tests of many rooms ask for: DuckDB in this process, the golden cases, a command run in this process."""

from collections.abc import Callable, Iterator

import ibis
import pytest
from ibis.backends import BaseBackend

from asccld.cli import main
from processing.golden import CASES

Run = Callable[..., tuple[int, str, str]]
"""Runs a command line: its exit code, what it printed and what it said beside that."""


@pytest.fixture(scope="module")
def con() -> Iterator[BaseBackend]:
    """DuckDB, empty for each module."""
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    """Each of the golden cases in turn."""
    return request.param


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs commands in this process, which saves the start of another."""

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main([*map(str, arguments)])
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    return command
