"""The page about main tables lists all that the package's own tables hold, and nothing else."""

import importlib
import re

import pytest

from asccld.processing import known_options
from asccld.processing.columns import main_columns, method_table, needed_columns
from asccld.processing.explain import FILE_COLUMNS, ROW_COLUMNS
from asccld.processing.inputs import CARRIED
from asccld.processing.periods import PERIOD_COLUMNS
from asccld.processing.reference import reference_columns
from asccld.processing.unmapped import UNMAPPED_COLUMNS
from asccld.submissions.collected import COLLECTED
from repository.files import ROOT

PAGE = (ROOT / "docs" / "reference" / "main-tables.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("mode", ["single", "joined"])
def test_every_column_of_the_main_tables_has_its_entry(mode: str) -> None:
    place = {"single": 1, "joined": 2}[mode]
    shown = [row[0].strip("` ") for row in rows("Columns of the main tables") if row[place] == "yes"]
    assert tuple(shown) == main_columns(mode)


def test_every_option_has_its_entry() -> None:
    shown = {row[0].strip("` "): row[1:] for row in rows("Options")}
    known = {o.id: o for o in known_options() if o.room == "processing"}
    assert set(shown) == set(known)
    for name, (values, official, other) in shown.items():
        assert tuple(re.findall(r"`(\w+)`", values)) == known[name].values
        assert (official, other) == (known[name].what_it_is, known[name].what_changes or "(none)")


def test_every_step_reference_table_and_further_column_is_named() -> None:
    names = {row["name"] for row in method_table("steps")} | set(reference_columns())
    names |= {c for columns in reference_columns().values() for c in columns}
    names |= {*FILE_COLUMNS, *ROW_COLUMNS, *UNMAPPED_COLUMNS, *PERIOD_COLUMNS}
    names |= {row["parameter"] for row in method_table("thresholds")}
    names |= {row["field"] for row in method_table("unique_event_keys")}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_every_table_of_the_method_says_where_it_comes_from() -> None:
    tables = ("age_bands", "excluded_imports", "known_misspellings", "mapped_fields", "options", "thresholds",
              "unique_event_keys", "dq_fields", "dq_status_codes", "further_groups")  # fmt: skip
    assert {name for name in tables for row in method_table(name) if not row["source"]} == set()


def test_every_public_name_is_on_the_page_about_python() -> None:
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    public = importlib.import_module("asccld.processing").__all__
    assert [name for name in public if not re.search(rf"\b{name}\b", page)] == []


def test_what_is_needed_or_carried_is_what_the_register_stores() -> None:
    assert {*needed_columns(), *CARRIED} == set(COLLECTED)
