"""The terms under which a file is checked: release, standard, policy, submitting council and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from asccld.errors import AsccldError
from asccld.standard import Release, Standard
from asccld.validation.policy import Policy
from asccld.validation.rules import Check, checks_for

_CODE_LENGTHS = (3, 5)  # three digits; codes issued since 2021 have five characters


@dataclass(frozen=True)
class Terms:
    """What decides, besides the file; `la_code` is None when nobody said who submits."""

    release: Release
    standard: Standard
    policy: Policy
    checks: Sequence[Check]
    la_code: str | None
    today: date


def agree_terms(
    release: Release, standard: Standard, policy: Policy, la_code: str | None, received: date | None
) -> Terms:
    """The terms for one file; raises AsccldError when the council code cannot be one."""
    if la_code is not None and not (la_code.isalnum() and len(la_code) in _CODE_LENGTHS):
        raise AsccldError(
            "The council code is not one", "--la", "Give the code as in the LA Code column, for example 503"
        )
    day = received or datetime.now().astimezone().date()
    return Terms(release, standard, policy, checks_for(release, policy), la_code, day)
