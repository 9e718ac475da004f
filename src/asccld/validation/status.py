"""The national condition and check model: FieldStatus and FieldValidity of every field on every row.

`status.<name>` (Int8): 2 Mandatory, 1 Applicable but not mandatory, 0 Not applicable, -1 Undetermined.
`check.<name>` (Int8): 1 Passed: Valid, 0 Passed: Blank (Not Mandatory), -1 Failed: Blank (Mandatory), -2 to -6
Failed: Invalid, -7 Failed: Release 1. The collector has not published what each of -2 to -6 means; ours are
-2 not in the list, -3 recognised but misspelt, -4 wrong form or unreadable, -5 out of range, -6 wrong check digit.
Source of the codes: DHSC create_GetDQValues_procedure.sql.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from asccld.standard import Field, Release
from asccld.standard.conditions import Constant, columns_of, parse
from asccld.validation.conditions import ConditionCompiler
from asccld.validation.lexicon import Lexicon
from asccld.validation.patterns import FORMATS, nhs_check_digit_holds

STATUS_LABELS = {2: "Mandatory", 1: "Applicable but not mandatory", 0: "Not applicable", -1: "Undetermined"}
VALIDITY_LABELS = {
    1: "Passed: Valid",
    0: "Passed: Blank (Not Mandatory)",
    -1: "Failed: Blank (Mandatory)",
    -2: "Failed: Invalid",
    -3: "Failed: Invalid",
    -4: "Failed: Invalid",
    -5: "Failed: Invalid",
    -6: "Failed: Invalid",
    -7: "Failed: Release 1",
}
NOT_IN_LIST, _EARLIER = -2, -7
WRONG_FORM = -4
WRONG_CHECK_DIGIT = -6
_RELEASE_WITH_LABEL = "r1"
"""Its values have a validity of their own in the next release; an older value in a Release 1 file is merely invalid."""


def in_order_of_decision(fields: Sequence[Field]) -> list[list[Field]]:
    """Fields in stages: each stage's conditions look only at fields of earlier stages."""
    by_name = {f.name: f for f in fields}
    placed: set[str] = set()
    stages: list[list[Field]] = []
    waiting = list(fields)
    while waiting:
        stage = [f for f in waiting if (_decided_by(f) & by_name.keys()) <= placed | {f.name}]
        stage = (
            stage or waiting
        )  # a circle of conditions: `proof` has no rule against it, so take the rest as it stands
        stages.append(stage)
        placed |= {f.name for f in stage}
        waiting = [f for f in waiting if f.name not in placed]
    return stages


def _decided_by(field: Field) -> frozenset[str]:
    used = columns_of(parse(field.applicable_when)) | columns_of(parse(field.mandatory_when))
    return used | {"date_of_birth"} if "age_at_period_end" in used else used


def with_status(
    prepared: pl.DataFrame, release: Release, lexicons: Mapping[str, Lexicon], stages: Sequence[Sequence[Field]]
) -> pl.DataFrame:
    """The prepared chunk with `status.` and `check.` of every field of the release that is in the file."""
    present = frozenset(c.removeprefix("blank.") for c in prepared.columns if c.startswith("blank."))
    absent = frozenset(release.by_name) - present
    decided: set[str] = set()
    for stage in stages:
        compiler = ConditionCompiler(lexicons, present | {"age_at_period_end"}, absent, decided)
        here = [f for f in stage if f.name in present]
        prepared = prepared.with_columns(_status(f, compiler) for f in here)
        decided |= {f.name for f in here}
    fields = [f for f in release.fields if f.name in present]
    earlier = _EARLIER if release.previous == _RELEASE_WITH_LABEL else NOT_IN_LIST
    return prepared.with_columns(_check(f, lexicons, earlier) for f in fields)


def _status(field: Field, compiler: ConditionCompiler) -> pl.Expr:
    applicable, mandatory = parse(field.applicable_when), parse(field.mandatory_when)
    code = _constant_status(applicable, mandatory)
    if code is not None:
        return pl.lit(code, pl.Int8).alias(f"status.{field.name}")
    applies = compiler.compile(applicable)
    must = applies & compiler.compile(mandatory)
    # null compares as neither: what cannot be decided stays -1
    status = pl.when(must).then(2).when(~applies).then(0).when(applies & ~must).then(1).otherwise(-1)
    return status.cast(pl.Int8).alias(f"status.{field.name}")


def _constant_status(applicable: object, mandatory: object) -> int | None:
    match applicable, mandatory:
        case Constant(value=True), Constant(value=must):
            return 2 if must else 1
        case Constant(value=False), _:
            return 0
        case _:
            return None


def _check(field: Field, lexicons: Mapping[str, Lexicon], earlier: int) -> pl.Expr:
    blank = pl.col(f"blank.{field.name}")
    mandatory = pl.col(f"status.{field.name}") == 2
    filled = _list_check(lexicons[field.name], earlier) if field.name in lexicons else _free_check(field)
    check = pl.when(~blank).then(filled).when(mandatory).then(-1).otherwise(0)
    return check.cast(pl.Int8).alias(f"check.{field.name}")


def _list_check(lexicon: Lexicon, earlier: int) -> pl.Expr:
    results = {"earlier": earlier, "dropped": earlier, "case": -3, "near": -3, "unknown": NOT_IN_LIST}
    results |= {"later": NOT_IN_LIST}
    checks = [results.get(entry.kind, 1) for entry in lexicon.entries]
    return pl.lit(pl.Series(checks, dtype=pl.Int8)).gather(pl.col(f"code.{lexicon.field.name}"))


def _free_check(field: Field) -> pl.Expr:
    value = pl.col(f"value.{field.name}")
    if field.type == "date":
        return pl.when(pl.col(f"date.{field.name}").is_null()).then(-4).otherwise(1)
    if field.type in ("decimal", "integer"):
        number = pl.col(f"number.{field.name}")
        return pl.when(number.is_null()).then(-4).when(number < 0).then(-5).otherwise(1)
    if field.format == "nhs-number":
        digits = pl.col(f"digits.{field.name}")
        return pl.when(digits.is_null()).then(-4).when(nhs_check_digit_holds(digits)).then(1).otherwise(-6)
    if field.format in FORMATS:
        return pl.when(value.str.contains(FORMATS[field.format])).then(1).otherwise(-4)
    return pl.lit(1)
