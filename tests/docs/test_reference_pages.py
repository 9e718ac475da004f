"""Every rule, command, option, column, status and public name has its entry, and generated pages are current."""

import importlib
import re
import tomllib
from typing import Any

import pytest
from typer.main import get_command

import asccld
from asccld.cli import app
from asccld.identifying import HIDDEN
from asccld.validation import load_rules
from asccld.validation.dqvalues import DQ_COLUMNS, MASKED
from asccld.validation.policy import DEFAULT_POLICY
from asccld.validation.result import FIELD_COLUMNS, FINDING_COLUMNS, RULE_COLUMNS, SEVERITIES
from asccld.validation.status import STATUS_LABELS, VALIDITY_LABELS
from asccld.validation.tallies import BLANK_TYPE, OTHER_TYPE
from docs.loading import tool
from repository.files import ROOT

REFERENCE = ROOT / "docs" / "reference"
RULES = [rule.id for rule in load_rules()]
# What a table column is called in a page: in backticks at the beginning of a table row, alone or among others.
ENTRY = re.compile(r"(?m)^\| ((?:`[^`]+`(?:, )?)+)")


pages = tool("reference_pages")
COMMANDS: list[tuple[str, ...]] = pages.command_paths()


def text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def section(name: str, title: str) -> str:
    """The part of a page below a heading, up to the next heading of the same or a higher rank."""
    rank, start = next(
        (len(m[1]), m.end()) for m in re.finditer(r"(?m)^(#+) (.*)$", text(name)) if m[2].strip("`") == title
    )
    following = re.compile(rf"(?m)^#{{1,{rank}}} ").search(text(name), start)
    return text(name)[start : following.start() if following else None]


def entries(page: str) -> set[str]:
    return {name for row in ENTRY.findall(page) for name in re.findall(r"`([^`]+)`", row)}


def test_generated_pages_are_current() -> None:
    assert pages.stale() == [], "run: python tools/reference_pages.py"


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_a_generated_page_says_so(name: str) -> None:
    assert text(name).splitlines()[2] == pages.WRITTEN_BY


def test_every_rule_has_its_entry_and_no_other_is_there() -> None:
    assert sorted(re.findall(r"(?m)^### (.*)$", text("rules.md"))) == sorted(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_an_entry_says_all_about_a_rule(rule: str) -> None:
    entry = section("rules.md", rule)
    for label in ("Looks at", "When", "Severity", "Message", "How to fix", "Source", "Confidence"):
        assert re.search(rf"(?m)^- \*\*{label}:\*\* \S", entry), label


def test_a_rule_in_no_group_stops_the_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "GROUPS", {name: begin for name, begin in pages.GROUPS.items() if name != "Columns"})
    with pytest.raises(SystemExit, match="column-unknown"):
        pages.rules_page()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_shows_its_help_with_an_example(path: tuple[str, ...]) -> None:
    shown = section("commands.md", " ".join(("asccld", *path)))
    assert pages.help_of(path) in shown
    if not hasattr(command_at(path), "list_commands"):
        assert "Example: asccld" in shown


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    silent = [p.name for p in command_at(path).params if not getattr(p, "help", None)]
    assert silent == []


def command_at(path: tuple[str, ...]) -> Any:  # the type is private to typer
    command: Any = get_command(app)
    for word in path:
        command = command.get_command(command.context_class(command), word)
    return command


def test_every_column_of_the_findings_has_its_entry() -> None:
    assert set(FINDING_COLUMNS) - entries(section("outputs.md", "Findings (CSV and Parquet)")) == set()


def test_every_column_of_the_data_quality_values_has_its_entry() -> None:
    assert set(DQ_COLUMNS) - entries(section("outputs.md", "Data-quality values (CSV and Parquet)")) == set()


@pytest.mark.parametrize(("title", "columns"), [("rules", RULE_COLUMNS), ("fields", FIELD_COLUMNS)])
def test_every_column_of_the_results_tables_has_its_entry(title: str, columns: dict[str, object]) -> None:
    assert set(columns) ^ entries(section("python.md", title)) == set()


def test_every_status_and_every_word_has_its_entry() -> None:
    page = text("status-codes.md")
    status = re.findall(r"(?m)^\| (-?\d) \| `([^`]+)`", section("status-codes.md", "FieldStatus"))
    validity = re.findall(r"(?m)^\| (-?\d) \| `([^`]+)`", section("status-codes.md", "FieldValidity"))
    assert {int(code): label for code, label in status} == STATUS_LABELS
    assert {int(code): label for code, label in validity} == VALIDITY_LABELS
    assert {*SEVERITIES, HIDDEN, MASKED, BLANK_TYPE, OTHER_TYPE} - entries(page) == set()


def test_the_shipped_policy_is_shown_as_it_is() -> None:
    shown = text("policy.md").split("```toml\n")[1].split("```")[0]
    assert shown == DEFAULT_POLICY.read_text(encoding="utf-8")
    assert set(tomllib.loads(shown)) <= {re.sub(r"[\[\]]", "", name) for name in entries(section("policy.md", "Keys"))}


@pytest.mark.parametrize("room", ["intake", "privacy", "reports", "standard", "synthetic", "validation"])
def test_every_public_name_is_on_the_page_about_python(room: str) -> None:
    public = importlib.import_module(f"asccld.{room}").__all__
    assert [name for name in public if not re.search(rf"\b{name}\b", text("python.md"))] == []


def test_the_front_door_is_on_the_page_about_python() -> None:
    assert [name for name in asccld.__all__ if f"asccld.{name}" not in text("python.md")] == []
    assert all(hasattr(asccld, name) for name in asccld.__all__)


@pytest.mark.parametrize("part", ["tutorials", "how-to", "explanation", "reference"])
def test_every_page_is_linked_from_the_first_page_of_its_part(part: str) -> None:
    folder = ROOT / "docs" / part
    linked = set(re.findall(r"\]\(([a-z0-9-]+\.md)", (folder / "index.md").read_text(encoding="utf-8")))
    assert {path.name for path in folder.glob("*.md")} - linked - {"index.md"} == set()
