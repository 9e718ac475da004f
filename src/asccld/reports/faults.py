"""What the rules found, gathered for people: by rule and field, with examples and the commonest values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, cast

import polars as pl

from asccld.identifying import HIDDEN
from asccld.reports.display import visible, whole_words
from asccld.validation.result import SEVERITIES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asccld.validation.result import ValidationResult

Outcome = Literal["failed", "passed", "not applicable"]
Key = tuple[str, str | None]

EXAMPLES = 4
"""Rows named as examples of one rule on one field."""

LONGEST_MESSAGE = 400
"""Characters of a message that a page shows: messages repeat what the file says."""

LONGEST_PLACE = 160
"""Characters of what a check is about: column headers that nobody knows may be long, or many."""

COMMONEST = 3
"""Wrong values listed for one rule on one field."""

LOOKED_AT = 2_000
"""Findings of one rule on one field in which the commonest values are counted."""


@dataclass(frozen=True)
class WrongValue:
    """One of the commonest values that a rule found in a field."""

    value: str
    count: int
    of: int
    """Findings in which it was counted: all of the rule's on this field, or the first LOOKED_AT of them."""
    row: int | None
    fix: str


@dataclass(frozen=True)
class Check:
    """One rule on one field, or on the rows or the file where `field` is None."""

    rule: str
    field: str | None
    header: str | None
    severity: Severity
    outcome: Outcome
    failed: int
    checked: int
    listed: int
    confidence: str
    title: str
    message: str
    fix: str
    source: str
    example_row: int | None
    example_value: str | None
    place: str
    """The header of the field, or what the rule is about instead."""
    rows: tuple[int, ...]
    values: tuple[WrongValue, ...]


@dataclass(frozen=True)
class RuleOutcome:
    """One rule with its checks: failed if any failed, else passed if any passed."""

    checks: tuple[Check, ...]

    @cached_property
    def failing(self) -> tuple[Check, ...]:
        """The checks that found something, most findings first."""
        return tuple(sorted((c for c in self.checks if c.failed), key=lambda c: -c.failed))

    @cached_property
    def first(self) -> Check:
        """The check that speaks for the rule: the worst one."""
        return min(self.checks, key=lambda c: (not c.failed, SEVERITIES.index(c.severity), -c.failed))

    @cached_property
    def message(self) -> str:
        """What is wrong, in words that fit every field in which it was found."""
        return _general(self.first.message, self.first, self.failing)

    @cached_property
    def fix(self) -> str | None:
        """What to do, or None where that differs from field to field."""
        fixes = {_general(check.fix, check, self.failing) for check in self.failing or self.checks}
        return fixes.pop() if len(fixes) == 1 else None

    @property
    def outcome(self) -> Outcome:
        """Failed, passed or not applicable, over all fields."""
        found = {check.outcome for check in self.checks}
        return "failed" if "failed" in found else "passed" if "passed" in found else "not applicable"

    @property
    def failed(self) -> int:
        """Findings in all fields."""
        return sum(check.failed for check in self.checks)

    @property
    def checked(self) -> int:
        """Cells or rows looked at, in all fields."""
        return sum(check.checked for check in self.checks)


def checks_of(result: ValidationResult, *, examples: bool = True) -> tuple[Check, ...]:
    """Every rule on every field, in the order of the result's table; without `examples` only with its first row."""
    rows: dict[Key, tuple[int, ...]] = {}
    values: dict[Key, list[WrongValue]] = {}
    if examples:
        runs = _runs(result.findings)
        rows, values = _example_rows(result.findings, runs), _commonest_values(result.findings, runs)
    return tuple(_check(row, result.file.columns, rows, values) for row in result.rules.iter_rows(named=True))


def by_rule(checks: Iterable[Check]) -> tuple[RuleOutcome, ...]:
    """The rules, worst first, then by the number of findings."""
    ordered = sorted(checks, key=attrgetter("rule"))  # stable: fields keep their order
    rules = (RuleOutcome(tuple(group)) for _, group in groupby(ordered, key=attrgetter("rule")))
    return tuple(sorted(rules, key=lambda r: (SEVERITIES.index(r.first.severity), -r.failed, r.first.rule)))


def to_fix_first(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Failed checks by severity and then by rows affected; information is nothing to fix."""
    faulty = (check for check in checks if check.failed and check.severity != "info")
    return tuple(sorted(faulty, key=lambda c: (SEVERITIES.index(c.severity), -c.failed, c.rule, c.place)))


def most_frequent(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Failed checks by severity and number of findings; information only where there is nothing else."""
    found = [check for check in checks if check.failed]
    faulty = [check for check in found if check.severity != "info"] or found
    return tuple(sorted(faulty, key=lambda c: (SEVERITIES.index(c.severity), -c.failed, c.rule, c.place)))


def _check(
    row: dict[str, object], columns: int, rows: Mapping[Key, tuple[int, ...]], values: Mapping[Key, list[WrongValue]]
) -> Check:
    key = cast("Key", (row["rule"], row["field"]))
    first = cast("int | None", row["example_row"])
    rows_named = rows.get(key) or ((first,) if first is not None else ())
    about = str(row["header"] or row["field"] or _without_field(cast("int", row["checked"]), columns))
    row.update({name: visible(str(row[name] or ""), LONGEST_MESSAGE) for name in ("title", "message", "fix", "source")})
    place = visible(whole_words(about, LONGEST_PLACE), LONGEST_PLACE + 1)
    return Check(**row, place=place, rows=rows_named, values=tuple(values.get(key, ())))  # pyright: ignore[reportArgumentType]


def _general(text: str, check: Check, among: tuple[Check, ...]) -> str:
    """The text of one field's check without that field's name, where several fields share it."""
    if len(among) < 2 or not check.header:
        return text
    general = text.replace(f"'{check.header}'", "the item").replace(f'"{check.header}"', "ITEM")
    return general[:1].upper() + general[1:]


def _without_field(checked: int, columns: int) -> str:
    return "Whole file" if checked <= 1 else "Column headers" if checked == columns else "Whole rows"


def _runs(findings: pl.DataFrame) -> pl.DataFrame:
    """Where each rule and field begins in the findings, and how many follow; findings lie in that order."""
    new = pl.col("rule").ne_missing(pl.col("rule").shift()) | pl.col("field").ne_missing(pl.col("field").shift())
    starts = findings.lazy().select(new.arg_true().cast(pl.Int64)).collect().to_series().alias("start")
    ends = starts.shift(-1, fill_value=findings.height)
    return pl.DataFrame({"start": starts, "length": ends - starts}).with_row_index("run")


def _places(runs: pl.DataFrame, most: int) -> pl.DataFrame:
    """Columns `run` and `place`: where the first so many findings of each run are."""
    length = pl.col("length").clip(upper_bound=most)
    return (
        runs.lazy()
        .select("run", pl.int_ranges("start", pl.col("start") + length).alias("place"))
        .explode("place", empty_as_null=False)
        .collect()
    )


def _example_rows(findings: pl.DataFrame, runs: pl.DataFrame) -> dict[Key, tuple[int, ...]]:
    places = _places(runs, EXAMPLES).get_column("place")
    examples = (
        findings.select("rule", "field", "row")[places]
        .drop_nulls("row")
        .group_by("rule", "field", maintain_order=True)
        .agg(pl.col("row").head(EXAMPLES))
    )
    return {(rule, field): tuple(rows) for rule, field, rows in examples.iter_rows()}


def _commonest_values(findings: pl.DataFrame, runs: pl.DataFrame) -> dict[Key, list[WrongValue]]:
    values = findings.get_column("value")
    places = _places(_repeating(values, runs), LOOKED_AT)
    counted = (
        places.lazy()
        .with_columns(value=values[places.get_column("place")])
        .group_by("run", "value")
        .agg(pl.len().alias("count"), pl.col("place").min())
        .filter(pl.col("value").is_not_null() & (pl.col("value") != HIDDEN))
        .sort(["run", "count", "place"], descending=[False, True, False])
        .group_by("run", maintain_order=True)
        .head(COMMONEST)
        .collect()
    )
    found: dict[Key, list[WrongValue]] = {}
    where = findings.select("rule", "field", "row", "fix")[counted.get_column("place")]
    looked_at = runs["length"].clip(upper_bound=LOOKED_AT)[counted["run"]]
    for (rule, field, row, fix), (value, count), of in zip(
        where.iter_rows(), counted.select("value", "count").iter_rows(), looked_at, strict=True
    ):
        found.setdefault((rule, field), []).append(WrongValue(value, count, of, row, visible(fix, LONGEST_MESSAGE)))
    return found


def _repeating(values: pl.Series, runs: pl.DataFrame, sample: int = 50) -> pl.DataFrame:
    """The runs that are short or whose first values repeat: counting many different ones would tell nothing."""
    places = _places(runs, sample)
    repeating = (
        places.lazy()
        .with_columns(value=values[places.get_column("place")])
        .group_by("run")
        .agg((pl.col("value").n_unique() * 2 <= pl.len()) | (pl.len() < sample))
        .filter("value")
        .select("run")
    )
    return runs.lazy().join(repeating, on="run", how="semi", maintain_order="left").collect()
