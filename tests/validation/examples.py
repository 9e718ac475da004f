"""For every rule a file that breaks it and a nearby one that does not: read top to bottom, this is what we check.

`fires` breaks the rule at the places `at`, (row, field); `beside` are the findings of other rules on the same file, so
that the whole outcome is stated. `silent` is as near as can be without breaking the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from validation.spec import Finding, Row

Place = tuple[int | None, str | None]
Table = str | Sequence[Row]

PLAIN = """
    event_type
    Service
"""


@dataclass(frozen=True)
class Example:
    """A rule at work."""

    fires: Table
    at: set[Place]
    silent: Table
    beside: set[Finding] = field(default_factory=set)
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of both files."""
    fires_with: Mapping[str, Any] = field(default_factory=dict)
    silent_with: Mapping[str, Any] = field(default_factory=dict)


EXAMPLES: dict[str, Example] = {}
FILE: Place = (None, None)
CARER = "Social support: Support to unpaid carer"


def example(
    rule: str,
    fires: Table,
    at: set[Place],
    silent: Table,
    *,
    beside: set[Finding] | None = None,
    fires_with: Mapping[str, Any] | None = None,
    silent_with: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """Add an example to the collection."""
    assert rule not in EXAMPLES
    EXAMPLES[rule] = Example(fires, at, silent, beside or set(), options, fires_with or {}, silent_with or {})


def with_check_digit(nine: str) -> str:
    """The valid NHS number that begins with nine digits, or with the next nine that any number begins with."""
    check = (11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
    return nine + str(check) if check != 10 else with_check_digit(f"{int(nine) + 1:09}")
