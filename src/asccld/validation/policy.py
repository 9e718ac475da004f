"""What makes the collector reject a file: a small TOML file with a shipped default."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from asccld.errors import AsccldError
from asccld.standard.names import did_you_mean
from asccld.validation.result import Severity

DEFAULT_POLICY = Path(__file__).parent / "data" / "policy.toml"

PolicySeverity = Literal["error", "warning", "info", "off"]
_KEYS = ("name", "version", "reject", "severity", "limits")


class PolicyError(AsccldError):
    """A policy file that does not say what it should."""


@dataclass(frozen=True)
class Policy:
    """`reject`: rules whose findings reject a file; `severities`: rules with another severity than shipped."""

    name: str
    version: str
    reject: frozenset[str]
    severities: Mapping[str, PolicySeverity]
    rows_with_errors: float
    fingerprint: str

    def severity(self, rule: str, shipped: Severity) -> Severity | Literal["off"]:
        """The severity of a rule before rejection is considered."""
        given: Severity | Literal["off"] | None = self.severities.get(rule)
        return given or shipped

    def verdict_severity(self, rule: str, shipped: Severity) -> Severity:
        """`reject` for a rule that rejects, else its severity."""
        return "reject" if rule in self.reject else cast("Severity", self.severity(rule, shipped))


def load_policy(path: Path | None, rule_ids: Collection[str]) -> Policy:
    """The policy in a file, or the shipped one; raises PolicyError naming the key that is wrong and near names."""
    source = path or DEFAULT_POLICY
    try:
        content = source.read_bytes()
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PolicyError(
            f"The policy cannot be read: {reason}",
            str(source),
            "Start from the shipped one: asccld policy --out policy.toml",
        ) from error
    return _policy(table, source, frozenset(rule_ids), hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()[:12])


def _policy(table: Mapping[str, Any], source: Path, rule_ids: frozenset[str], fingerprint: str) -> Policy:
    _known("key", table, _KEYS, source)
    reject = table.get("reject", [])
    if not isinstance(reject, list) or not all(isinstance(r, str) for r in cast("list[object]", reject)):
        raise PolicyError("'reject' must be a list of rule ids", str(source), 'Write reject = ["period-missing", ...]')
    severities = _table_of(table, "severity", source)
    _known("rule in 'reject'", cast("list[str]", reject), rule_ids, source)
    _known("rule in [severity]", severities, rule_ids, source)
    for rule, severity in severities.items():
        _known(f"severity of {rule}", [severity], ("error", "warning", "info", "off"), source)
    both = sorted(set(cast("list[str]", reject)) & {r for r, s in severities.items() if s == "off"})
    if both:
        raise PolicyError(
            f"{both[0]} is to reject and is off", str(source), "Take it out of 'reject' or out of [severity]"
        )
    return Policy(
        name=str(table.get("name", source.stem)),
        version=str(table.get("version", "")),
        reject=frozenset(cast("list[str]", reject)),
        severities=severities,
        rows_with_errors=_share(_table_of(table, "limits", source), source),
        fingerprint=fingerprint,
    )


def _table_of(table: Mapping[str, Any], key: str, source: Path) -> dict[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        remedy = f"Write [{key}] on a line of its own, and under it key = value"
        raise PolicyError(f"'{key}' must be a table", str(source), remedy)
    return cast("dict[str, Any]", found)


def _share(limits: Mapping[str, Any], source: Path) -> float:
    _known("limit", limits, ("rows_with_errors",), source)
    share = limits.get("rows_with_errors", 1.0)
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
        raise PolicyError(
            "'rows_with_errors' must be a number from 0 to 1", str(source), "Write for example rows_with_errors = 0.2"
        )
    return float(share)


def _known(what: str, given: Collection[Any], known: Collection[str], source: Path) -> None:
    for name in given:
        if name not in known:
            remedy = did_you_mean(str(name), known) or _all_of(known)
            raise PolicyError(f"Unknown {what}: '{name}'", str(source), remedy)


def _all_of(known: Collection[str]) -> str:
    few = len(known) <= 10
    return f"Known: {', '.join(sorted(known))}" if few else "docs/reference/rules.md lists all rules"
