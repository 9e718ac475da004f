"""Every table, column, key and state of the register has its entry on its page."""

import re
from pathlib import Path

import pytest

from asccld import submissions
from asccld.submissions import Register
from asccld.submissions.layout import EVENTS, INCOMING, LABEL, ORIGINALS, RECEIPTS
from asccld.submissions.model import STATES
from asccld.submissions.tables import METADATA
from submissions.files import submission_file, the_key

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "register.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.split(r"(?m)^#{2,3} ", PAGE.split(f"# {title}\n", 1)[1])[0]


def entries(text: str) -> set[str]:
    return {name for row in re.findall(r"(?m)^\| (`[^|]*) \|", text) for name in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_every_column_of_the_catalogue(table: str) -> None:
    assert entries(section(table)) == {column.name for column in METADATA.tables[table].columns}


def test_every_state() -> None:
    assert entries(section("States")) == set(STATES)


def test_every_key_of_the_receipt(register: Register, tmp_path: Path) -> None:
    content = register.add(submission_file(tmp_path), key=the_key()).content
    assert entries(section("The receipt")) == set(content)
    inner = {key for value in content.values() if isinstance(value, dict) for key in value}
    severities = {"reject", "error", "warning", "info"}
    assert {key for key in inner - severities if f"`{key}`" not in section("The receipt")} == set()


def test_every_folder() -> None:
    assert [name for name in (LABEL, ORIGINALS, EVENTS, RECEIPTS, INCOMING) if name not in section("The folder")] == []


def test_every_column_of_the_changes(register: Register, tmp_path: Path) -> None:
    register.add(submission_file(tmp_path), key=the_key())
    assert entries(section("Comparing two submissions")) == set(register.compare(1, 1).rows().columns)


NAMES = [*submissions.__all__, *(name for name in vars(Register) if not name.startswith("_"))]


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_on_the_page_about_python(name: str) -> None:
    assert re.search(rf"\b{name}\b", (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8"))
