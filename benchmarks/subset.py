"""One subset of the standard's rules in a neutral form that every peer can translate.

Ours runs it by a policy file that switches every other rule off; the peers get it as JSON (conditions: see `trees`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trees import TRUE, Translator, Tree, all_of, texts_of

from asccld.identifying.patterns import FORMATS
from asccld.standard import Field, Release, load_standard
from asccld.standard.conditions import columns_of, parse
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
    "postcode-format", "gp-practice-code-format", "cqc-location-format", "la-code-format", "la-code-missing",
    "birth-after-start",
    "death-before-birth", "death-before-start", "end-before-start", "start-after-period", "end-after-period",
    "end-before-period", "direct-payment-prison", "outcome-deceased", "outcome-deceased-no-date", "open-event",
)  # fmt: skip
_NUMBER = r"^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$"
_DECIMALS = r"\.[0-9]{3,}$"

Rule = dict[str, Any]


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
    rules = {rule["id"]: rule for rule in (_rule(check, release) for check in chosen)}
    columns = [{"name": f.name, "header": f.header, "type": f.type} for f in release.fields]
    return {"columns": columns, "rules": list(rules.values())}


def count_of_checks() -> int:
    """How many checks a file gets when no rule is switched off."""
    return len(checks_for(load_standard().releases[RELEASE], load_policy(None, [r.id for r in load_rules()])))


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


def _rule(check: Check, release: Release) -> dict[str, Any]:
    assert check.field is not None
    said = _SAYS[check.rule.type](check, check.field, release)
    return {"id": our_id(check.rule.id, check.field.name), "field": check.field.name, **said}


def _in_list(_check: Check, field: Field, release: Release) -> Rule:
    return {"kind": "in_set", "values": list(texts_of(release, field.name))}


def _required(check: Check, field: Field, release: Release) -> Rule:
    said = (check.rule.when, field.mandatory_when, field.applicable_when)
    return {"kind": "required", "when": _unless_always(all_of(Translator(release).holds(parse(text)) for text in said))}


def _order(check: Check, _field: Field, release: Release) -> Rule:
    when = _unless_always(Translator(release).holds(parse(check.rule.when)))
    return {"kind": "order", "when": when, **{k: check.rule.parameters[k] for k in ("earlier", "later")}}


def _number(check: Check, _field: Field, _release: Release) -> Rule:
    if check.rule.parameters["problem"] == "decimals":
        return {"kind": "not_matches", "pattern": _DECIMALS}
    return {"kind": "matches", "pattern": _NUMBER}


def _range(check: Check, _field: Field, _release: Release) -> Rule:
    limit = "minimum" if "minimum" in check.rule.parameters else "maximum"
    return {"kind": limit, "limit": float(check.rule.parameters[limit])}


def _condition(check: Check, _field: Field, release: Release) -> Rule:
    return {"kind": "forbidden", "when": Translator(release).holds(parse(check.rule.when))}


def _unless_always(when: Tree) -> Tree | None:
    return None if when == TRUE else when


_SAYS: Mapping[str, Callable[[Check, Field, Release], Rule]] = {
    "list": _in_list,
    "required": _required,
    "date": lambda *_: {"kind": "date"},
    "date_order": _order,
    "number": _number,
    "number_range": _range,
    "format": lambda check, *_: {"kind": "matches", "pattern": FORMATS[check.rule.parameters["format"]]},
    "nhs_check_digit": lambda *_: {"kind": "check_digit"},
    "condition": _condition,
}
"""How each of our rule types is said in the neutral form."""
