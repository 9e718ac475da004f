"""NHS England's data-validation-engine on DuckDB: transform, contract, business rules, as its user guidance describes.

Every rule is an SQL filter with the severity `warning`, and the contract takes all columns as text: that is the faster
of the two places where the engine can check a value (the contract looks at rows one by one), so the choice is in its
favour. Its Excel error report and its audit tables' rows are not made.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import csv
import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from dve.core_engine.backends.implementations.duckdb.auditing import DDBAuditingManager
from dve.core_engine.models import SubmissionInfo
from dve.pipeline.duckdb_pipeline import DDBDVEPipeline
from given import DAY, FIRST_ROW, WEIGHTS, Job, Rule, Tree, job

_ENTITY = "events"
_SUBMISSION = "extract"


def dischema(job: Job) -> dict[str, Any]:
    """The engine's configuration: a contract and the rules."""
    dataset = {
        "fields": {c["name"]: "str" for c in job.columns},
        "reader_config": {".csv": {"reader": "DuckDBCSVReader"}},
    }
    filters = [
        {
            "entity": _ENTITY,
            "name": rule["id"],
            "expression": f"COALESCE({holds(rule)}, TRUE)",
            "failure_type": "record",
            "is_informational": True,
            "error_code": rule["id"],
            "reporting_field": rule["field"],
            "failure_message": "see the standard",
            "category": "Bad value",
        }
        for rule in job.rules
    ]
    return {
        "contract": {"datasets": {_ENTITY: dataset}},
        "transformations": {"parameters": {"entity": _ENTITY}, "filters": filters},
    }


def holds(rule: Rule) -> str:  # noqa: PLR0911  one return for each kind of rule
    """The SQL of a rule: true where a row keeps it."""
    column = rule["field"]
    when = condition(rule["when"]) if rule.get("when") else None
    match rule["kind"]:
        case "in_set":
            return f"{column} IN ({_texts(rule['values'])})"
        case "matches":
            return f"regexp_matches({column}, '{rule['pattern']}')"
        case "not_matches":
            return f"NOT regexp_matches({column}, '{rule['pattern']}')"
        case "date":
            return f"({column} IS NULL OR {_day(column)} IS NOT NULL)"
        case "minimum":
            return f"TRY_CAST({column} AS DOUBLE) >= {rule['limit']}"
        case "maximum":
            return f"TRY_CAST({column} AS DOUBLE) <= {rule['limit']}"
        case "check_digit":
            total = " + ".join(f"{w} * TRY_CAST(substr({column}, {i}, 1) AS INTEGER)" for i, w in enumerate(WEIGHTS, 1))
            return f"(NOT regexp_matches({column}, '^[0-9]{{10}}$') OR ({total}) % 11 = 0)"
        case "required":
            return f"({column} IS NOT NULL" + (")" if when is None else f" OR NOT {when})")
        case "order":
            kept = f"{_day(rule['earlier'])} <= {_day(rule['later'])}"
            return kept if when is None else f"({kept} OR NOT {when})"
        case _:
            return f"NOT {when}"


def condition(tree: Tree) -> str:
    """A condition that is true or false, never NULL."""
    if "all" in tree:
        return "(" + " AND ".join(map(condition, tree["all"])) + ")"
    if "any" in tree:
        return "(" + " OR ".join(map(condition, tree["any"])) + ")"
    if "in" in tree:
        return f"(COALESCE({tree['field']}, '') IN ({_texts(tree['in'])}))"
    return f"({tree['field']} IS {'' if tree['blank'] else 'NOT '}NULL)"


def _texts(texts: list[str]) -> str:
    return ", ".join("'" + t.replace("'", "''") + "'" for t in texts)


def _day(column: str) -> str:
    return f"try_strptime({column}, '{DAY}')"


def check(job: Job, folder: Path) -> Path:
    """Run the three stages; the file of findings that the last one leaves."""
    rules = folder / "events.dischema.json"
    rules.write_text(json.dumps(dischema(job)), encoding="utf-8")
    work = folder / "processed" / _SUBMISSION
    work.mkdir(parents=True)
    shutil.copyfile(job.extract, work / "extract.csv")
    connection = duckdb.connect(":memory:")
    audit = DDBAuditingManager(":memory:", connection=connection)
    pipeline = DDBDVEPipeline(
        processed_files_path=work.parent.as_posix(), audit_tables=audit, connection=connection,
        rules_path=rules.as_posix(), submitted_files_path=folder.as_posix(),
    )  # fmt: skip
    info = SubmissionInfo(submission_id=_SUBMISSION, dataset_id=_ENTITY, file_name="extract", file_extension="csv")
    with audit:
        info, status = pipeline.file_transformation(info)
        info, status = pipeline.apply_data_contract(info, status)
        pipeline.apply_business_rules(info, status)
    return work / "errors" / "business_rules_errors.jsonl"


def main() -> None:
    """Check the extract and write what failed."""
    logging.disable(logging.INFO)
    given = job()
    with tempfile.TemporaryDirectory() as folder:
        found = check(given, Path(folder))
        with found.open(encoding="utf-8") as lines, given.out.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle)
            writer.writerow(["rule", "row"])
            for line in filter(str.strip, lines):
                message = json.loads(line)
                writer.writerow([message["ErrorCode"], message["RecordIndex"] + (FIRST_ROW - 1)])


if __name__ == "__main__":
    main()
