"""Texts with columns in braces: `REQ-{CONTACT_ID}`."""

from __future__ import annotations

import re
from typing import Final

from asccld.intake.mapping.model import Source

_PART: Final = re.compile(r"\{([^{}]+)\}")


def columns_of(source: Source) -> list[str]:
    """The columns that a field needs."""
    if source.column is not None:
        return [source.column]
    return list(source.first_of or ()) or _PART.findall(source.text or "")


def parts_of(text: str) -> list[tuple[bool, str]]:
    """The parts of a template in order: whether each is a column, and its text."""
    split = _PART.split(text)
    return [(at % 2 == 1, part) for at, part in enumerate(split) if part]
