"""The national condition model: FieldStatus of every field on every row.

`status.<name>` (Int8): 2 Mandatory, 1 Applicable but not mandatory, 0 Not applicable, -1 Undetermined. With the kind of
a cell (`kinds`) it gives the national check code and FieldValidity. Source of the codes: DHSC
create_GetDQValues_procedure.sql.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from asccld.standard import Field
from asccld.standard.conditions import Condition, Constant, columns_of, parse
from asccld.validation.conditions import ConditionCompiler
from asccld.validation.kinds import APPLICABLE, MANDATORY, NOT_APPLICABLE, UNDETERMINED

STATUS_LABELS = {
    MANDATORY: "Mandatory",
    APPLICABLE: "Applicable but not mandatory",
    NOT_APPLICABLE: "Not applicable",
    UNDETERMINED: "Undetermined",
}
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
"""FieldValidity of each check code."""


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


def status_steps(stages: Sequence[Sequence[Field]], compiler: ConditionCompiler) -> Iterator[list[pl.Expr]]:
    """Columns to add, one step after the other, to get `status.` of every field; marks fields as decided.

    Fields of a stage with the same conditions share the data of one column.
    """
    for stage in stages:
        alike: dict[tuple[str, str], list[str]] = {}
        for field in stage:
            alike.setdefault((field.applicable_when, field.mandatory_when), []).append(field.name)
        statuses = [_status(*when, compiler).alias(f"status.{names[0]}") for when, names in alike.items()]
        yield compiler.fresh()
        yield statuses
        yield [pl.col(f"status.{first}").alias(f"status.{n}") for first, *others in alike.values() for n in others]
        compiler.decided |= {f.name for f in stage}


def _status(applicable_when: str, mandatory_when: str, compiler: ConditionCompiler) -> pl.Expr:
    applicable, mandatory = parse(applicable_when), parse(mandatory_when)
    code = _constant_status(applicable, mandatory)
    if code is not None:
        return _code(code)
    applies = compiler.compile(applicable)
    if mandatory == applicable:
        return _decided(applies, _code(MANDATORY))
    must = compiler.compile(mandatory)
    either = pl.when(must).then(_code(MANDATORY)).when(~must).then(_code(APPLICABLE)).otherwise(_code(UNDETERMINED))
    return _decided(applies, either)


def _decided(applies: pl.Expr, then: pl.Expr) -> pl.Expr:
    # null compares as neither: what cannot be decided stays undetermined
    return pl.when(applies).then(then).when(~applies).then(_code(NOT_APPLICABLE)).otherwise(_code(UNDETERMINED))


def _code(status: int) -> pl.Expr:
    return pl.lit(status, pl.Int8)


def _constant_status(applicable: Condition, mandatory: Condition) -> int | None:
    match applicable, mandatory:
        case Constant(value=True), Constant(value=must):
            return MANDATORY if must else APPLICABLE
        case Constant(value=False), _:
            return NOT_APPLICABLE
        case _:
            return None
