"""What tests of the register may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from asccld.submissions import Register
from submissions.files import KEY


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees, or makes, anything in the user's own folder."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("USERPROFILE", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("ASCCLD_KEY", KEY)
    monkeypatch.delenv("ASCCLD_CATALOGUE", raising=False)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "store", create=True) as opened:
        yield opened
