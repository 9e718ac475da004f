"""The rules as data: reading `data/rules.csv` and spreading each rule over the fields it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from asccld.standard import Confidence, DefinedList, Field, Release
from asccld.standard.conditions import columns_of, parse
from asccld.standard.tables import Row, StandardError, confidence, read_rows
from asccld.standard.wording import in_words
from asccld.validation.policy import Policy
from asccld.validation.result import Severity

RULES_FILE = Path(__file__).parent / "data" / "rules.csv"

_COLUMNS = (
    "id", "type", "fields", "parameters", "when", "severity", "title", "message", "fix", "source", "confidence",
    "releases", "listed",
)  # fmt: skip
_WEAKEST: tuple[Confidence, ...] = ("confirmed", "inferred", "gap")
_EVENT_MODULES = ("Events", "Costs")


@dataclass(frozen=True)
class Rule:
    """One row of the rules table. `fields` is a selector: names, `@list`, `@date`, ... and `-name` exclusions."""

    id: str
    type: str
    fields: str
    parameters: Mapping[str, str]
    when: str
    severity: Severity
    title: str
    message: str
    fix: str
    source: str
    confidence: Confidence
    releases: frozenset[str]
    listed: int | None
    """How many findings are listed row by row for each field; None lists all. The count is always exact."""


@dataclass(frozen=True)
class Check:
    """A rule on one field (or on no field in particular): what is counted, listed and reported."""

    index: int
    rule: Rule
    field: Field | None
    severity: Severity
    confidence: Confidence
    message: str
    fix: str


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """The shipped rules, in the order of the table; raises StandardError naming a row that does not read."""
    rules = tuple(_rule(row) for row in read_rows(RULES_FILE, _COLUMNS))
    repeated = {r.id for r in rules if sum(o.id == r.id for o in rules) > 1}
    if repeated:
        raise StandardError(
            what=f"Rule ids occur twice: {', '.join(sorted(repeated))}", where=str(RULES_FILE), remedy="Rename one"
        )
    return rules


def rules_fingerprint() -> str:
    """Twelve hex digits of the rules table."""
    return hashlib.sha256(RULES_FILE.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:12]


def checks_for(release: Release, policy: Policy, rules: Iterable[Rule] | None = None) -> tuple[Check, ...]:
    """Every check of a release: each rule on each field that its selector names, with the policy's severity."""
    spread = (
        (rule, field)
        for rule in rules or load_rules()
        if release.id in rule.releases and policy.severity(rule.id, rule.severity) != "off"
        for field in _selected(rule, release)
    )
    return tuple(_check(i, rule, field, release, policy) for i, (rule, field) in enumerate(spread))


def _rule(row: Row) -> Rule:
    where = f"rules.csv, {row['id']}"
    parse(row["when"])
    return Rule(
        id=row["id"],
        type=row["type"],
        fields=row["fields"],
        parameters=dict(_pair(p, where) for p in row["parameters"].split(";") if p.strip()),
        when=row["when"],
        severity=cast("Severity", row["severity"]),
        title=row["title"],
        message=row["message"],
        fix=row["fix"],
        source=row["source"],
        confidence=confidence(row["confidence"], where),
        releases=frozenset(("v5", "r1", "r2") if row["releases"] == "all" else row["releases"].split()),
        listed=None if row["listed"] == "all" else int(row["listed"]),
    )


def _pair(text: str, where: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise StandardError(
            what=f"The parameter '{text}' is not key=value", where=where, remedy="Write key=value; key=value"
        )
    return key.strip(), value.strip()


def _selected(rule: Rule, release: Release) -> tuple[Field | None, ...]:
    if not rule.fields:
        return (None,)
    words = rule.fields.split()
    chosen = [f for f in release.fields if any(_names(w, f, release) for w in words if not w.startswith("-"))]
    return tuple(f for f in chosen if f"-{f.name}" not in words)


def _names(word: str, field: Field, release: Release) -> bool:
    match word:
        case "@all":
            return True
        case "@list":
            found = release.list_of(field.name)
            return found is not None and bool(found.values)
        case "@mandatory":
            return field.mandatory_when != "never"
        case "@conditional":
            return field.applicable_when not in ("always", "never")
        case "@event":
            return field.module.startswith(_EVENT_MODULES)
        case "@date" | "@decimal" | "@integer":
            return field.type == word[1:]
        case _:
            return field.name == word


def _check(index: int, rule: Rule, field: Field | None, release: Release, policy: Policy) -> Check:
    lists: list[Confidence] = [found.confidence for found in _lists_of(rule, field, release)]
    sure = weakest(rule.confidence, *lists, *_condition_confidence(rule, field))
    severity = policy.verdict_severity(rule.id, rule.severity)
    if any(c != "confirmed" for c in lists) and severity in ("reject", "error"):
        severity = "warning"  # a guess about a list never makes a file wrong
    message, fix = (_filled(text, rule, field, release) for text in (rule.message, rule.fix))
    return Check(index, rule, field, severity, sure, message, fix)


def _lists_of(rule: Rule, field: Field | None, release: Release) -> list[DefinedList]:
    """The lists whose wording a check depends on."""
    match rule.type:
        case "list":
            names = {field.name} if field else set[str]()
        case "condition":
            names = columns_of(parse(rule.when))
        case _:
            names = set[str]()
    found = (release.list_of(n) for n in names)
    return [f for f in found if f is not None]


def _condition_confidence(rule: Rule, field: Field | None) -> list[Confidence]:
    return [field.conditions_confidence] if field and rule.type in ("required", "not_applicable", "cost_scope") else []


def weakest(*sure: Confidence) -> Confidence:
    """The least sure of several confidences."""
    return max(sure, key=_WEAKEST.index)


def _filled(text: str, rule: Rule, field: Field | None, release: Release) -> str:
    if field is None:
        return text
    if "{condition}" in text:
        condition = field.applicable_when if rule.type == "not_applicable" else field.mandatory_when
        text = text.replace("{condition}", in_words(condition, release))
    return text.replace("{field}", field.header)
