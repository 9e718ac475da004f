"""One subset of the standard's rules in a neutral form that every peer can translate.

Ours runs it by a policy file that switches every other rule off; the peers get it as JSON. A condition is a tree of
`{"all": [...]}`, `{"any": [...]}`, `{"field", "in": [texts]}` and `{"field", "blank": true or false}`. It holds only where the
fields that decide it are recognised, which is what the national conditions ask for, so it needs no third truth value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from asccld.standard import Field, Release, load_standard
from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test, columns_of, parse
from asccld.validation.conditions import text_test
from asccld.validation.patterns import FORMATS
from asccld.validation.policy import load_policy
from asccld.validation.rules import Check, checks_for, load_rules

RELEASE = "r2"
LIST_RULES = (
    "value-unknown", "value-case", "value-misspelt", "value-earlier-release", "value-earlier-release-dropped",
    "value-later-release",
)  # fmt: skip
OUR_RULES = (
    *LIST_RULES, "required-blank", "date-unreadable", "number-unreadable", "number-decimals", "number-negative",
    "cost-implausible", "units-implausible", "adults-implausible", "nhs-number-format", "nhs-number-check-digit",
    "postcode-format", "gp-practice-code-format", "cqc-location-format", "la-code-unknown", "birth-after-start",
    "death-before-birth", "death-before-start", "end-before-start", "start-after-period", "end-after-period",
    "end-before-period", "direct-payment-prison", "outcome-deceased", "outcome-deceased-no-date", "open-event",
)  # fmt: skip
_NUMBER = r"^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$"
_DECIMALS = r"\.[0-9]{3,}$"

Tree = dict[str, Any]
TRUE: Tree = {"all": []}
FALSE: Tree = {"any": []}


def write_subset(rules: Path, policy: Path) -> list[str]:
    """Write the rules for the peers (JSON) and the policy for us (TOML); give back the rule ids."""
    table = neutral()
    rules.write_text(json.dumps(table, indent=1), encoding="utf-8")
    off = "\n".join(f'{r.id} = "off"' for r in load_rules() if r.id not in OUR_RULES)
    policy.write_text(f'name = "benchmark subset"\nversion = "1"\nreject = []\n\n[severity]\n{off}\n', encoding="utf-8")
    return [rule["id"] for rule in table["rules"]]


def neutral() -> dict[str, Any]:
    """Columns and rules of the subset."""
    release = load_standard().releases[RELEASE]
    policy = load_policy(None, [r.id for r in load_rules()])
    chosen = (c for c in checks_for(release, policy) if c.rule.id in OUR_RULES and _expressible(c))
    rules = {rule["id"]: rule for check in chosen for rule in _rules(check, release)}
    columns = [{"name": f.name, "header": f.header, "type": f.type} for f in release.fields]
    return {"columns": columns, "rules": list(rules.values())}


def our_id(rule: str, field: str) -> str:
    """The neutral id of one of our findings."""
    return f"list:{field}" if rule in LIST_RULES else f"{rule}:{field}"


def deciding_fields() -> frozenset[str]:
    """Fields on whose value some condition of the subset depends."""

    def named(tree: Mapping[str, Any]) -> Iterator[str]:
        if "field" in tree:
            yield tree["field"]
        for part in (*tree.get("all", ()), *tree.get("any", ())):
            yield from named(part)

    return frozenset(name for rule in neutral()["rules"] for name in named(rule.get("when") or {}))


def _expressible(check: Check) -> bool:
    """Without an age: that would compare an arithmetic of dates, not an engine."""
    field = check.field
    return field is not None and "age_at_period_end" not in columns_of(parse(field.mandatory_when))


def _rules(check: Check, release: Release) -> Iterator[dict[str, Any]]:
    field, kind, parameters = check.field, check.rule.type, check.rule.parameters
    assert field is not None
    rule: dict[str, Any] = {"id": our_id(check.rule.id, field.name), "field": field.name}
    when = Translator(release).holds(parse(check.rule.when))
    match kind:
        case "list":
            yield rule | {"kind": "in_set", "values": list(_texts(release, field.name))}
        case "register":
            known = [c.la_code for c in load_standard().councils if c.la_code and c.status != "pseudo"]
            yield rule | {"kind": "in_set", "values": known}
        case "required":
            due = all_of([when, Translator(release).holds(parse(field.mandatory_when)), Translator(release).holds(parse(field.applicable_when))])
            yield rule | {"kind": "required", "when": None if due == TRUE else due}
        case "date":
            yield rule | {"kind": "date"}
        case "date_order":
            order = {"earlier": parameters["earlier"], "later": parameters["later"]}
            yield rule | order | {"kind": "order", "when": None if when == TRUE else when}
        case "number":
            decimals = parameters["problem"] == "decimals"
            yield rule | ({"kind": "not_matches", "pattern": _DECIMALS} if decimals else {"kind": "matches", "pattern": _NUMBER})
        case "number_range":
            limit = "minimum" if "minimum" in parameters else "maximum"
            yield rule | {"kind": limit, "limit": float(parameters[limit])}
        case "format":
            yield rule | {"kind": "matches", "pattern": FORMATS[parameters["format"]]}
        case "nhs_check_digit":
            yield rule | {"kind": "check_digit"}
        case "condition":
            yield rule | {"kind": "forbidden", "when": when}
        case other:
            raise AssertionError(other)


def _texts(release: Release, name: str) -> tuple[str, ...]:
    found = release.list_of(name)
    return found.texts if found else ()


def all_of(parts: Iterable[Tree]) -> Tree:
    """All of the trees, without the parts that go without saying."""
    return _joined(parts, "all", TRUE, FALSE)


def any_of(parts: Iterable[Tree]) -> Tree:
    """Any of the trees, without those that never hold."""
    return _joined(parts, "any", FALSE, TRUE)


def _joined(parts: Iterable[Tree], word: str, neutral_part: Tree, decisive: Tree) -> Tree:
    flat = [p for part in parts for p in (part[word] if word in part else [part])]
    kept: list[Tree] = []
    for part in _merged(flat, word):
        tidy = FALSE if part.get("in") == [] else part
        if tidy == decisive:
            return decisive
        if tidy != neutral_part and tidy not in kept:
            kept.append(tidy)
    return kept[0] if len(kept) == 1 else {word: kept}


def _merged(parts: Iterable[Tree], word: str) -> list[Tree]:
    """Lists of texts of one field as one list: those in both for `all`, those in either for `any`."""
    lists: dict[str, list[str]] = {}
    others: list[Tree] = []
    for part in parts:
        if "in" not in part:
            others.append(part)
        elif (name := part["field"]) not in lists:
            lists[name] = part["in"]
        elif word == "all":
            lists[name] = [t for t in lists[name] if t in part["in"]]
        else:
            lists[name] = lists[name] + [t for t in part["in"] if t not in lists[name]]
    return [*({"field": name, "in": texts} for name, texts in lists.items()), *others]


class Translator:
    """Conditions of the standard as trees: where they hold for certain, and where they fail for certain."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def holds(self, condition: Condition) -> Tree:
        """Where the condition is true."""
        return self._tree(condition, wanted=True)

    def fails(self, condition: Condition) -> Tree:
        """Where the condition is false: not the same as "not true" where a deciding field is not recognised."""
        return self._tree(condition, wanted=False)

    def _tree(self, condition: Condition, *, wanted: bool) -> Tree:
        conjunction: Callable[[Iterable[Tree]], Tree] = all_of if wanted else any_of
        disjunction: Callable[[Iterable[Tree]], Tree] = any_of if wanted else all_of
        match condition:
            case Constant(value):
                return TRUE if value == wanted else FALSE
            case Not(operand):
                return self._tree(operand, wanted=not wanted)
            case Both(operands):
                return conjunction(self._tree(o, wanted=wanted) for o in operands)
            case Either(operands):
                return disjunction(self._tree(o, wanted=wanted) for o in operands)
            case Test():
                return self._test(condition, wanted=wanted)

    def _test(self, test: Test, *, wanted: bool) -> Tree:
        if test.operator in ("present", "blank"):
            return {"field": test.column, "blank": (test.operator == "blank") == wanted}
        says = text_test(test)
        field = self._release.by_name[test.column]
        named: Tree = {"field": field.name, "in": [t for t in _texts(self._release, field.name) if says(t) == wanted]}
        if says("") != wanted:
            return named
        return any_of([named, all_of([{"field": field.name, "blank": True}, self._not_due(field)])])

    def _not_due(self, field: Field) -> Tree:
        """A blank decides something only where the field need not be filled."""
        applicable, mandatory = parse(field.applicable_when), parse(field.mandatory_when)
        return any_of([self.fails(applicable), all_of([self.holds(applicable), self.fails(mandatory)])])
