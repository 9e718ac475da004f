"""What becomes of a text that is one of a few: compared as the national database does, and quickly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ibis.expr.types import StringValue, Value

from asccld.processing.text import folded


def looked_up(value: Value, becomes: Mapping[str, Value | str], otherwise: Value | None) -> Value:
    """What the texts, given as they are compared, become.

    Most values have no spaces behind them, and to look for spaces takes longer than all else: so a value is first
    compared without regard to case alone, and only what was not found is compared without them too.
    """
    if not becomes:
        return cast("Value", otherwise)
    trimmed = folded(value).cases(*becomes.items(), else_=otherwise)
    return cast("StringValue", value).lower().cases(*becomes.items(), else_=trimmed)
