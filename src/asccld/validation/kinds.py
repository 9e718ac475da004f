"""What a cell is, as one small number: `kind.<field>` of a prepared chunk, and its national check code.

Kinds of list columns say how near a text is to the list; kinds of free columns what is wrong with its form. The
collector has not published what each of its codes -2 to -6 means; ours are -2 not in the list, -3 recognised but
misspelt, -4 wrong form or unreadable, -5 out of range, -6 wrong check digit. Source of the codes: DHSC
create_GetDQValues_procedure.sql.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

Kind = Literal["blank", "valid", "case", "near", "earlier", "dropped", "later", "unknown"]
KINDS: tuple[Kind, ...] = ("blank", "valid", "case", "near", "earlier", "dropped", "later", "unknown")
"""Kinds of list columns in the order of their numbers; the first two are also those of free columns."""

BLANK, VALID = 0, 1
EARLIER, DROPPED, LATER, UNKNOWN = (KINDS.index(k) for k in ("earlier", "dropped", "later", "unknown"))
WRONG_FORM, OUT_OF_RANGE, WRONG_CHECK_DIGIT = 8, 9, 10

MANDATORY, APPLICABLE, NOT_APPLICABLE, UNDETERMINED = 2, 1, 0, -1

BLANK_CHECKS = (0, -1)
"""Check codes of blank cells: in order, and though mandatory."""
_CHECKS = {BLANK: BLANK_CHECKS[0], VALID: 1, 2: -3, 3: -3, LATER: -2, UNKNOWN: -2, 8: -4, 9: -5, 10: -6}
_RELEASE_1 = -7
_RELEASE_WITH_LABEL = "r1"
"""Its values have a validity of their own in the next release; an older value in a Release 1 file is merely invalid."""


def check_of(kind: int, status: int, previous_release: str | None) -> int:
    """The national check code of a cell of a kind and FieldStatus; `previous_release` is that before the file's."""
    if kind in (EARLIER, DROPPED):
        return _RELEASE_1 if previous_release == _RELEASE_WITH_LABEL else _CHECKS[UNKNOWN]
    return BLANK_CHECKS[1] if kind == BLANK and status == MANDATORY else _CHECKS[kind]


def kind_of(field: str) -> pl.Expr:
    """The column of a field's kind."""
    return pl.col(f"kind.{field}")


def is_blank(field: str) -> pl.Expr:
    """Whether a field's cell is blank."""
    return kind_of(field) == BLANK


def is_filled(field: str) -> pl.Expr:
    """Whether a field's cell holds anything."""
    return kind_of(field) != BLANK
