"""The page about the mapping file says every key that there is, and its example is one that works."""

import json
import re
import tomllib
from datetime import date
from typing import Any

import jsonschema
import pytest

from asccld.intake.mapping import model
from asccld.intake.mapping.findings import FINDING_COLUMNS
from asccld.intake.mapping.report import EXTRACT_COLUMNS, FORMAT, LEFT_OUT_COLUMNS
from asccld.intake.mapping.tallying import VALUE_COLUMNS
from asccld.intake.mapping.unseen import UNSEEN_COLUMNS
from asccld.intake.mapping.values import HOW
from intake.mapping.workbench import RELEASE, Workbench
from repository.files import ROOT

PAGE = (ROOT / "docs" / "reference" / "mapping-file.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.split("```toml\n")[1].split("```")[0]
TABLES: dict[str, type[model.BaseModel]] = {
    "## `[mapping]`": model.About,
    "## `[period]`": model.Period,
    "## `[formats]`": model.Formats,
    "## `[database.NAME]`": model.Database,
    "## `[extract.NAME]`": model.ExtractSpec,
    "### Where a field comes from": model.Source,
    "### `leave_out`": model.LeaveOut,
    "## `[values.NAME]`": model.ValueMap,
    "## `[codes.NAME]`": model.CodeList,
}


def rows_below(heading: str) -> set[str]:
    """The keys in the first column of the table below a heading."""
    section = PAGE.split(heading + "\n", 1)[1]
    section = re.split(r"\n##", section)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {key for cell in cells for key in re.findall(r"`([a-z_]+)`", cell)}


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_has_its_row_and_every_row_its_key(heading: str) -> None:
    fields = TABLES[heading].model_fields
    assert rows_below(heading) == {f.alias or name for name, f in fields.items()}


def test_every_part_of_the_file_has_its_heading() -> None:
    told = set(re.findall(r"(?m)^## `\[([a-z]+)(?:\.NAME)?\]`", PAGE))
    assert told == set(model.Mapping.model_fields)


def test_every_column_of_a_report_is_said() -> None:
    told = set(re.findall(r"`([a-z0-9_ -]+)`", PAGE.split("## What is written")[1].split("\n## ")[0]))
    assert {*VALUE_COLUMNS, *FINDING_COLUMNS, *EXTRACT_COLUMNS, *LEFT_OUT_COLUMNS, *UNSEEN_COLUMNS} - told == set()
    assert {*HOW, FORMAT, "unmapped", "unreadable", "not joined", "misshapen", "no events"} - told == set()


def test_the_example_is_a_mapping_that_the_standard_takes(bench: Workbench) -> None:
    assert bench.plan(EXAMPLE).release is RELEASE


def test_the_schema_for_editors_takes_the_example_and_refuses_unknown_keys() -> None:
    schema = json.loads(json.dumps(model.json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    example = plain(tomllib.loads(EXAMPLE))
    assert [e.message for e in checker.iter_errors(example)] == []
    example["extract"]["people"]["keys"] = "ID"
    assert [e.message for e in checker.iter_errors(example)] != []


def plain(value: Any) -> Any:
    """What an editor's checker sees of TOML: dates as text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
