"""frictionless: a Table Schema with constraints, and one row check for what a schema cannot say."""
# pyright: reportMissingImports=false

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from frictionless import Check, Checklist, Resource, Row, Schema, errors
from given import DAY, WEIGHTS, Job, Rule, Tree, job

_EVERY_ERROR = 10**9
Cells = Mapping[str, str]
Judge = Callable[[Cells], bool]
_NATIVE = {"in_set": "enum", "matches": "pattern"}


def schema(job: Job) -> tuple[Schema, dict[tuple[str, str], str], list[Rule]]:
    """The schema, the rule behind each of its constraints, and the rules it has no room for."""
    fields: dict[str, dict[str, Any]] = {
        c["name"]: {"name": c["header"], "type": "string", "constraints": {}} for c in job.columns
    }
    behind: dict[tuple[str, str], str] = {}
    rest: list[Rule] = []
    for rule in job.rules:
        field = fields[rule["field"]]
        constraint = _NATIVE.get(rule["kind"])
        if rule["kind"] == "date":
            field |= {"type": "date", "format": DAY}
            behind[field["name"], "type"] = rule["id"]
        elif rule["kind"] == "required" and not rule.get("when"):
            field["constraints"]["required"] = True
            behind[field["name"], "required"] = rule["id"]
        elif constraint and constraint not in field["constraints"]:
            field["constraints"][constraint] = rule["values" if constraint == "enum" else "pattern"]
            behind[field["name"], constraint] = rule["id"]
        else:
            rest.append(rule)
    return Schema.from_descriptor({"fields": list(fields.values())}), behind, rest


class RowRules(Check):
    """The rules with a condition or a comparison, as plain Python on each row."""

    Errors: ClassVar = [errors.RowConstraintError]

    def __init__(self, rules: list[Rule], names: dict[str, str]) -> None:
        super().__init__()
        self._names = list(names.values())
        self._judges = [(rule["id"], judge(rule)) for rule in rules]

    def validate_row(self, row: Row) -> Iterator[errors.RowConstraintError]:
        """One error for each rule that the row breaks."""
        cells = dict(zip(self._names, row.cells, strict=True))
        for name, holds in self._judges:
            if not holds(cells):
                yield errors.RowConstraintError.from_row(row, note=name)


def judge(rule: Rule) -> Judge:
    """True where a row keeps the rule."""
    name = rule["field"]
    when = condition(rule["when"]) if rule.get("when") else lambda _: True
    match rule["kind"]:
        case "required":
            return lambda cells: bool(cells[name]) or not when(cells)
        case "forbidden":
            return lambda cells: not when(cells)
        case "not_matches":
            search = re.compile(rule["pattern"]).search
            return lambda cells: not (cells[name] and search(cells[name]))
        case "minimum":
            return lambda cells: (n := _number(cells[name])) is None or n >= rule["limit"]
        case "maximum":
            return lambda cells: (n := _number(cells[name])) is None or n <= rule["limit"]
        case "check_digit":
            return lambda cells: (
                not _ten_digits(cells[name])
                or sum(w * int(d) for w, d in zip(WEIGHTS, cells[name], strict=True)) % 11 == 0
            )
        case "order":
            return lambda cells: _in_order(_day(cells[rule["earlier"]]), _day(cells[rule["later"]])) or not when(cells)
        case other:
            raise AssertionError(other)


def condition(tree: Tree) -> Judge:
    """A condition as a function of the row's texts."""
    if "all" in tree:
        parts = [condition(t) for t in tree["all"]]
        return lambda cells: all(p(cells) for p in parts)
    if "any" in tree:
        parts = [condition(t) for t in tree["any"]]
        return lambda cells: any(p(cells) for p in parts)
    name = tree["field"]
    if "in" in tree:
        texts = frozenset(tree["in"])
        return lambda cells: cells[name] in texts
    return (lambda cells: not cells[name]) if tree["blank"] else (lambda cells: bool(cells[name]))


def _ten_digits(text: str) -> bool:
    return len(text) == 10 and text.isdigit()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, DAY)  # noqa: DTZ007  a day has no time zone
    except ValueError:
        return None


def _in_order(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is None or later is None or earlier <= later


def main() -> None:
    """Check the extract and write what failed."""
    given = job()
    table, behind, rest = schema(given)
    resource = Resource(path=given.extract.name, basepath=str(given.extract.parent), schema=table)
    report = resource.validate(Checklist(checks=[RowRules(rest, given.names)]), limit_errors=_EVERY_ERROR)
    with given.out.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["rule", "row"])
        for row, field, kind, note in report.flatten(["rowNumber", "fieldName", "type", "note"]):
            writer.writerow([_rule(kind, field, note, behind), row])


def _rule(kind: str, field: str, note: str, behind: Mapping[tuple[str, str], str]) -> str:
    if kind == "row-constraint":
        return note
    return behind[field, "type" if kind == "type-error" else note.split('"')[1]]


if __name__ == "__main__":
    main()
